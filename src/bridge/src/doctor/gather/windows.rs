//! Windows: its own command line tools say what is needed, in forms that don't change with the language of the system. It needs
//! no unsafe code, and its reading is tested on every system.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::limit::said;
use super::{PATIENCE, Root, ServiceFacts, policies as judged, text_of};
use crate::doctor::findings::{Browser, Display, Driver, Holder, Packaging, Policy, Service, System, UsbReader};
use crate::doctor::models;

pub(super) fn service(_: &Root) -> ServiceFacts {
    let state = said("sc.exe", &["query", "SCardSvr"], PATIENCE).unwrap_or_default();
    let start = said("sc.exe", &["qc", "SCardSvr"], PATIENCE).unwrap_or_default();
    ServiceFacts {
        system: System::Windows,
        service: Service {
            installed: number_after(&state, "STATE").is_some(),
            // SERVICE_DISABLED
            disabled: number_after(&start, "START_TYPE") == Some(4),
            driver: Driver::BuiltIn,
            ..Service::default()
        },
    }
}

/// The number in a line like `STATE              : 4  RUNNING`.
fn number_after(text: &str, name: &str) -> Option<u32> {
    let line = text.lines().find_map(|line| line.trim_start().strip_prefix(name))?;
    line.split_once(':')?.1.split_ascii_whitespace().next()?.parse().ok()
}

pub(super) fn usb(_: &Root) -> Vec<UsbReader> {
    let of_class = said("pnputil.exe", &["/enum-devices", "/connected", "/class", "SmartCardReader"], PATIENCE);
    let all = said("pnputil.exe", &["/enum-devices", "/connected"], PATIENCE);
    let mut readers = devices_in(&of_class.unwrap_or_default(), true);
    for device in devices_in(&all.unwrap_or_default(), false) {
        let known = readers.iter().any(|reader| (reader.vendor, reader.product) == (device.vendor, device.product));
        if !known && models::is_reader(device.vendor, device.product) {
            readers.push(device);
        }
    }
    readers
}

/// The devices whose instance has the form `USB\VID_04E6&PID_5116\…`.
fn devices_in(text: &str, smart_card_class: bool) -> Vec<UsbReader> {
    let number = |line: &str, name: &str| {
        let (_, after) = line.split_once(name)?;
        u16::from_str_radix(after.get(..4)?, 16).ok()
    };
    let lines = text.lines().filter(|line| line.contains("USB\\VID_"));
    let numbers = lines.filter_map(|line| Some((number(line, "VID_")?, number(line, "PID_")?)));
    numbers.map(|(vendor, product)| UsbReader { vendor, product, smart_card_class }).collect()
}

pub(super) fn holder(port: u16) -> Option<Holder> {
    let process = listener_in(&said("netstat.exe", &["-ano", "-p", "TCP"], PATIENCE)?, port)
        .or_else(|| listener_in(&said("netstat.exe", &["-ano", "-p", "TCPv6"], PATIENCE)?, port))?;
    let filter = format!("PID eq {process}");
    let list = said("tasklist.exe", &["/FI", &filter, "/FO", "CSV", "/NH"], PATIENCE).unwrap_or_default();
    Some(Holder { program: programs_in(&list).into_iter().next(), process: Some(process), other_user: false })
}

/// The process of a row `TCP  127.0.0.1:39041  0.0.0.0:0  LISTENING  1234`. One that listens has no port on the other end,
/// whatever the language calls its state.
fn listener_in(text: &str, port: u16) -> Option<u32> {
    let port = format!(":{port}");
    text.lines().find_map(|line| {
        let columns: Vec<_> = line.split_ascii_whitespace().collect();
        let listens = columns.get(1)?.ends_with(&port) && columns.get(2)?.ends_with(":0");
        if listens { columns.last()?.parse().ok() } else { None }
    })
}

/// The first column of `tasklist` as CSV.
fn programs_in(text: &str) -> Vec<String> {
    let mut names: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix('"')?.split_once('"'))
        .map(|(name, _)| name.to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

pub(super) fn is_agent(process: u32) -> bool {
    let filter = format!("PID eq {process}");
    let list = said("tasklist.exe", &["/FI", &filter, "/FO", "CSV", "/NH"], PATIENCE).unwrap_or_default();
    programs_in(&list).iter().any(|name| is_ours(name))
}

pub(super) fn card_users() -> Vec<String> {
    let list = said("tasklist.exe", &["/M", "WinSCard.dll", "/FO", "CSV", "/NH"], PATIENCE).unwrap_or_default();
    let mut names = programs_in(&list);
    names.retain(|name| !is_ours(name));
    names
}

/// Whether a program is the agent, with a console or without.
fn is_ours(name: &str) -> bool {
    ["jpki-bridge.exe", "jpki-bridgew.exe"].iter().any(|ours| name.eq_ignore_ascii_case(ours))
}

/// Whoever runs a program here has a desktop.
pub(super) fn display() -> Display {
    Display::There
}

pub(super) fn browsers(_: &Root) -> Vec<Browser> {
    let folders: Vec<PathBuf> = ["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"]
        .iter()
        .filter_map(|name| std::env::var_os(name).map(PathBuf::from))
        .collect();
    browsers_in(&folders)
}

fn browsers_in(folders: &[PathBuf]) -> Vec<Browser> {
    let first = |path: &str| folders.iter().map(|folder| folder.join(path)).find(|path| path.is_dir());
    let chromium = [
        ("Chrome", "Google/Chrome/Application"),
        ("Edge", "Microsoft/Edge/Application"),
        ("Brave", "BraveSoftware/Brave-Browser/Application"),
    ];
    let browser = |name, version| Browser { name, version, packaging: Packaging::Plain };
    let mut found: Vec<_> = chromium
        .iter()
        .filter_map(|&(name, path)| first(path).map(|folder| browser(name, version_folder(&folder))))
        .collect();
    if let Some(folder) = first("Mozilla Firefox") {
        let ini = text_of(&folder.join("application.ini")).unwrap_or_default();
        found.push(browser("Firefox", ini.lines().find_map(|line| line.strip_prefix("Version=")).map(str::to_owned)));
    }
    found
}

/// Chromium and its kin keep each version in a folder of its name.
fn version_folder(folder: &Path) -> Option<String> {
    let names = std::fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter(|name| name.starts_with(|c: char| c.is_ascii_digit()) && name.contains('.')).max()
}

pub(super) fn policies(_: &Root) -> Vec<Policy> {
    let mut found = Vec::new();
    for (browser, key) in [
        ("Chrome", r"SOFTWARE\Policies\Google\Chrome"),
        ("Edge", r"SOFTWARE\Policies\Microsoft\Edge"),
        ("Brave", r"SOFTWARE\Policies\BraveSoftware\Brave"),
    ] {
        for hive in ["HKLM", "HKCU"] {
            let place = format!(r"{hive}\{key}");
            let text = said("reg.exe", &["query", &place, "/s"], PATIENCE).unwrap_or_default();
            let says = judged::chromium(&registry(&text));
            found.extend(says.into_iter().map(|says| Policy { browser, place: place.clone(), says }));
        }
    }
    found
}

/// What `reg query /s` writes, as the JSON that other systems have: a key with numbered values is a list.
fn registry(text: &str) -> Value {
    let (mut policies, mut key) = (Map::new(), String::new());
    for line in text.lines() {
        if !line.starts_with(' ') {
            key = line.trim_end().rsplit('\\').next().unwrap_or_default().to_owned();
            continue;
        }
        let mut columns = line.trim().splitn(3, "    ");
        let (Some(name), Some(_kind), Some(value)) = (columns.next(), columns.next(), columns.next()) else { continue };
        let value = Value::String(value.to_owned());
        if name.bytes().all(|byte| byte.is_ascii_digit()) {
            if let Value::Array(list) = policies.entry(key.clone()).or_insert_with(|| Value::Array(Vec::new())) {
                list.push(value);
            }
        } else {
            policies.insert(name.to_owned(), value);
        }
    }
    Value::Object(policies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_of_a_service_is_a_number() {
        let text = "\nSERVICE_NAME: SCardSvr \n        TYPE               : 20  WIN32_SHARE_PROCESS  \n        STATE              : 1  STOPPED \n";
        assert_eq!(number_after(text, "STATE"), Some(1));
        assert_eq!(number_after("[SC] EnumQueryServicesStatus:OpenService FAILED 1060", "STATE"), None);
    }

    #[test]
    fn devices_are_read_by_their_numbers() {
        let text = "Instance ID:                USB\\VID_054C&PID_0DC8\\5&2F\r\nDevice Description: x\r\nInstance ID: PCI\\VEN_8086\r\n";
        let expected = UsbReader { vendor: 0x054C, product: 0x0DC8, smart_card_class: true };
        assert_eq!(devices_in(text, true), [expected]);
    }

    #[test]
    fn the_process_that_listens_is_read_in_any_language() {
        let text = "  TCP         127.0.0.1:39041        127.0.0.1:5000         ESTABLISHED     1\r\n  TCP         127.0.0.1:39041        0.0.0.0:0              ABHÖREN         4321\r\n";
        assert_eq!(listener_in(text, 39041), Some(4321));
        assert_eq!(listener_in(text, 9041), None);
        assert!(is_ours("JPKI-Bridgew.exe") && !is_ours("node.exe"));
        assert_eq!(programs_in("\"node.exe\",\"4321\",\"Console\",\"1\",\"9 K\"\r\nINFO: x\r\n"), ["node.exe"]);
    }

    #[test]
    fn policies_are_read_from_the_registry() {
        let text = "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Google\\Chrome\r\n    ProxyBypassList    REG_SZ    <-loopback>\r\n\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Google\\Chrome\\URLBlocklist\r\n    1    REG_SZ    a.example\r\n    2    REG_SZ    *\r\n";
        let expected = serde_json::json!({ "ProxyBypassList": "<-loopback>", "URLBlocklist": ["a.example", "*"] });
        assert_eq!(registry(text), expected);
    }

    #[test]
    fn browsers_keep_their_version_beside_their_program() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("Google/Chrome/Application/156.0.1.2")).unwrap();
        let found = browsers_in(&[folder.path().to_owned()]);
        assert_eq!(found, [Browser { name: "Chrome", version: Some("156.0.1.2".into()), packaging: Packaging::Plain }]);
    }
}
