//! macOS: its own command line tools say what is needed. It needs no unsafe code, and its reading is tested on every system.

use std::path::Path;

use super::limit::said;
use super::{PATIENCE, Root, ServiceFacts, policies as judged, text_of};
use crate::doctor::findings::{Browser, Display, Driver, Holder, Packaging, Policy, Service, System, UsbReader};
use crate::doctor::models;

/// PC/SC and a driver for CCID readers come with the system (`com.apple.ctkpcscd`, started when it is needed).
pub(super) fn service(_: &Root) -> ServiceFacts {
    let service = Service { installed: true, driver: Driver::BuiltIn, ..Service::default() };
    ServiceFacts { system: System::MacOs, service }
}

pub(super) fn usb(_: &Root) -> Vec<UsbReader> {
    devices_in(&said("ioreg", &["-p", "IOUSB", "-l", "-w", "0"], PATIENCE).unwrap_or_default())
}

/// The known readers among the devices: `"idVendor" = 1356` and `"idProduct" = 3528`, in either order within one device.
fn devices_in(text: &str) -> Vec<UsbReader> {
    let number = |device: &str, name: &str| -> Option<u16> {
        let (_, after) = device.split_once(&format!("\"{name}\" = "))?;
        after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    let devices =
        text.split("+-o ").filter_map(|device| Some((number(device, "idVendor")?, number(device, "idProduct")?)));
    devices
        .filter(|&(vendor, product)| models::is_reader(vendor, product))
        .map(|(vendor, product)| UsbReader { vendor, product, smart_card_class: false })
        .collect()
}

pub(super) fn holder(port: u16) -> Option<Holder> {
    let address = format!("-iTCP:{port}");
    // Without rights it shows this user's processes alone: then all that is known is that somebody listens.
    let text = said("lsof", &["-nP", &address, "-sTCP:LISTEN", "-Fpc"], PATIENCE).unwrap_or_default();
    Some(holder_in(&text))
}

/// lsof(8), "output for other programs": a letter, then its field, a line each.
fn holder_in(text: &str) -> Holder {
    let field = |letter: char| text.lines().find_map(|line| line.strip_prefix(letter));
    let process = field('p').and_then(|number| number.parse().ok());
    Holder { program: field('c').map(str::to_owned), process, other_user: process.is_none() }
}

pub(super) fn is_agent(process: u32) -> bool {
    let name = said("ps", &["-p", &process.to_string(), "-o", "comm="], PATIENCE).unwrap_or_default();
    Path::new(name.trim()).file_name().is_some_and(|name| name == "jpki-bridge")
}

/// The system doesn't tell.
pub(super) fn card_users() -> Vec<String> {
    Vec::new()
}

/// Whoever runs a program here has a desktop.
pub(super) fn display() -> Display {
    Display::There
}

pub(super) fn browsers(root: &Root) -> Vec<Browser> {
    [
        ("Chrome", "/Applications/Google Chrome.app"),
        ("Edge", "/Applications/Microsoft Edge.app"),
        ("Brave", "/Applications/Brave Browser.app"),
        ("Firefox", "/Applications/Firefox.app"),
        ("Safari", "/Applications/Safari.app"),
    ]
    .into_iter()
    .filter(|(_, path)| root.has(path))
    .map(|(name, path)| {
        let info = text_of(&root.at(path).join("Contents/Info.plist"));
        Browser { name, version: info.as_deref().and_then(version_in), packaging: Packaging::Plain }
    })
    .collect()
}

/// `CFBundleShortVersionString`, where the list is written as XML.
fn version_in(info: &str) -> Option<String> {
    let (_, after) = info.split_once("<key>CFBundleShortVersionString</key>")?;
    let (_, value) = after.split_once("<string>")?;
    Some(value.split_once("</string>")?.0.to_owned())
}

pub(super) fn policies(root: &Root) -> Vec<Policy> {
    let mut found = Vec::new();
    for (browser, path) in [
        ("Chrome", "/Library/Managed Preferences/com.google.Chrome.plist"),
        ("Edge", "/Library/Managed Preferences/com.microsoft.Edge.plist"),
        ("Brave", "/Library/Managed Preferences/com.brave.Browser.plist"),
    ] {
        if !root.has(path) {
            continue;
        }
        let place = root.at(path).display().to_string();
        let text = said("plutil", &["-convert", "json", "-o", "-", &place], PATIENCE).unwrap_or_default();
        let says = serde_json::from_str(&text).map(|policies| judged::chromium(&policies)).unwrap_or_default();
        found.extend(says.into_iter().map(|says| Policy { browser, place: place.clone(), says }));
    }
    let firefox = root.at("/Applications/Firefox.app/Contents/Resources/distribution/policies.json");
    if let Some(document) = text_of(&firefox).and_then(|text| serde_json::from_str(&text).ok()) {
        let place = firefox.display().to_string();
        found.extend(judged::firefox(&document).into_iter().map(|says| Policy {
            browser: "Firefox",
            place: place.clone(),
            says,
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_read_by_their_numbers() {
        let text = "+-o Root  <class IORegistryEntry>\n  +-o FeliCa Port@1  <class IOUSBHostDevice>\n    {\n      \"idProduct\" = 3528\n      \"idVendor\" = 1356\n    }\n  +-o Mouse@2\n    {\n \"idProduct\" = 1\n \"idVendor\" = 2\n    }\n";
        assert_eq!(devices_in(text), [UsbReader { vendor: 0x054C, product: 0x0DC8, smart_card_class: false }]);
    }

    #[test]
    fn the_process_that_listens_is_read() {
        let holder = holder_in("p4321\ncnode\nf12\n");
        assert_eq!((holder.process, holder.program.as_deref()), (Some(4321), Some("node")));
        assert!(holder_in("").other_user);
    }

    #[test]
    fn a_version_is_read_from_the_bundle() {
        let info = "<dict>\n<key>CFBundleShortVersionString</key>\n\t<string>156.0.1.2</string>\n</dict>";
        assert_eq!(version_in(info).as_deref(), Some("156.0.1.2"));
        assert_eq!(version_in("bplist00"), None);
    }
}
