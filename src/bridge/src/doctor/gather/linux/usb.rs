//! Readers on USB (sysfs-bus-usb): a device says what it is by the class of its interfaces.

use std::path::Path;

use super::super::{Root, text_of};
use crate::doctor::findings::UsbReader;
use crate::doctor::models;

/// Smart card (USB-IF, defined class codes).
const SMART_CARD: u16 = 0x0B;

pub(in super::super) fn usb(root: &Root) -> Vec<UsbReader> {
    let Ok(entries) = std::fs::read_dir(root.at("/sys/bus/usb/devices")) else { return Vec::new() };
    let paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    let mut readers: Vec<_> = paths.iter().filter_map(|device| reader(device, &paths)).collect();
    readers.sort_by_key(|reader| (reader.vendor, reader.product));
    readers
}

fn reader(device: &Path, all: &[std::path::PathBuf]) -> Option<UsbReader> {
    let (vendor, product) = (number(&device.join("idVendor"))?, number(&device.join("idProduct"))?);
    // The interfaces of `1-2` are `1-2:1.0`, `1-2:1.1` and so on.
    let prefix = format!("{}:", device.file_name()?.to_str()?);
    let is_interface = |path: &&std::path::PathBuf| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(&prefix))
    };
    let smart_card_class =
        all.iter().filter(is_interface).any(|path| number(&path.join("bInterfaceClass")) == Some(SMART_CARD));
    let is_reader = smart_card_class || models::is_reader(vendor, product);
    is_reader.then_some(UsbReader { vendor, product, smart_card_class })
}

/// A number as sysfs writes it: hexadecimal.
fn number(path: &Path) -> Option<u16> {
    u16::from_str_radix(text_of(path)?.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::super::root_with;
    use super::*;

    #[test]
    fn a_reader_is_known_by_its_class_or_its_numbers() {
        let (_folder, root) = root_with(&[
            ("/sys/bus/usb/devices/1-1/idVendor", "1234\n"),
            ("/sys/bus/usb/devices/1-1/idProduct", "0001\n"),
            ("/sys/bus/usb/devices/1-1:1.0/bInterfaceClass", "0b\n"),
            ("/sys/bus/usb/devices/1-10/idVendor", "054c\n"),
            ("/sys/bus/usb/devices/1-10/idProduct", "06c1\n"),
            ("/sys/bus/usb/devices/1-10:1.0/bInterfaceClass", "ff\n"),
            ("/sys/bus/usb/devices/usb1/idVendor", "1d6b\n"),
            ("/sys/bus/usb/devices/usb1/idProduct", "0002\n"),
            ("/sys/bus/usb/devices/1-0:1.0/bInterfaceClass", "09\n"),
        ]);
        let seen = usb(&root);
        assert_eq!(
            seen,
            [
                UsbReader { vendor: 0x054C, product: 0x06C1, smart_card_class: false },
                UsbReader { vendor: 0x1234, product: 0x0001, smart_card_class: true },
            ]
        );
        assert_eq!(usb(&root_with(&[]).1), []);
    }
}
