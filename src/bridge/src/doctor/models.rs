//! Card readers by their numbers on USB: those that are reported to read My Number Cards, and those that are known not to.

/// Models by vendor and product; where the product is missing, any of the vendor's that says it is a smart card reader.
const KNOWN: [(u16, Option<u16>, &str); 9] = [
    (0x04E6, Some(0x5116), "Identiv SCR3310"),
    (0x04E6, None, "Identiv"),
    (ACS, Some(0x223B), "ACS ACR1252"),
    (ACS, Some(0x221A), "ACS ACR1251"),
    (ACS, Some(0x221B), "ACS ACR1251"),
    (ACS, None, "ACS"),
    (SONY, Some(0x0DC8), "Sony RC-S300 (PaSoRi)"),
    (SONY, Some(0x0DC9), "Sony RC-S300 (PaSoRi)"),
    (0x04A4, None, "Hitachi/Maxell"),
];

pub(super) const SONY: u16 = 0x054C;
pub(super) const ACS: u16 = 0x072F;

/// RC-S380/S and RC-S380/P: no smart card class, and no PC/SC driver on Linux (the kernel's `port100` speaks to them as to NFC
/// devices).
const RC_S380: [u16; 2] = [0x06C1, 0x06C3];

/// RC-S310, RC-S320, and RC-S330 to RC-S370: they read no My Number Card.
const OLD_PASORI: [u16; 3] = [0x006C, 0x01BB, 0x02E1];

/// Whether a device is a card reader, as far as its numbers alone tell.
pub(super) fn is_reader(vendor: u16, product: u16) -> bool {
    KNOWN.iter().any(|&(v, p, _)| v == vendor && p == Some(product))
        || is_rc_s380(vendor, product)
        || is_old_pasori(vendor, product)
}

pub(super) fn is_rc_s380(vendor: u16, product: u16) -> bool {
    vendor == SONY && RC_S380.contains(&product)
}

pub(super) fn is_old_pasori(vendor: u16, product: u16) -> bool {
    vendor == SONY && OLD_PASORI.contains(&product)
}

/// The model's name, or the maker's, and the numbers.
pub(super) fn name(vendor: u16, product: u16) -> String {
    let numbers = format!("{vendor:04x}:{product:04x}");
    if is_rc_s380(vendor, product) {
        return format!("Sony RC-S380 (PaSoRi, {numbers})");
    }
    match KNOWN.iter().find(|(v, p, _)| *v == vendor && p.is_none_or(|p| p == product)) {
        Some((_, _, name)) => format!("{name} ({numbers})"),
        None => numbers,
    }
}
