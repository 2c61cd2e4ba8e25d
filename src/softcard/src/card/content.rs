//! What stands in the files of a card that is issued to somebody.

use super::{
    data::{CardFile, Profile},
    files::{Access, Application, Df, Ef, KeyId, PinId},
    text,
};

pub(super) const ISD_AID: &[u8] = &[0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00];
pub(super) const JPKI_AID: &[u8] = &[0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01];
pub(super) const TEXT_AID: &[u8] = &[0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08];
pub(super) const COMMON_AID: &[u8] = &[0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x01, 0x00];

/// The text AP's file with the My Number, 個人番号.
pub(super) const MY_NUMBER: u16 = 0x0001;

const AUTH: Access = Access::AnyOf(&[PinId::Auth]);
const SIGN: Access = Access::AnyOf(&[PinId::Sign]);

/// The applications of the card, the master file first.
pub(super) fn applications(card: &CardFile) -> Vec<Application> {
    let mf = Application { df: Df::Mf, aid: ISD_AID, files: vec![Ef::internal(0x001E)] };
    match card.profile {
        Profile::Android => vec![mf, jpki(card)],
        Profile::Contact | Profile::Contactless => vec![mf, jpki(card), text_application(card), common(card)],
    }
}

fn jpki(card: &CardFile) -> Application {
    let certificates = &card.certificates;
    // On the phone even the authentication certificate is behind its PIN.
    let auth_certificate = if card.profile == Profile::Android { AUTH } else { Access::Free };
    let available = if certificates.sign.is_some() { 0x8F } else { 0x00 };
    let mut files = vec![
        Ef::transparent(0x0002, certificates.sign_ca.clone(), Access::Free),
        Ef::transparent(0x0005, [], Access::Never),
        Ef::transparent(0x0006, token_information(card), Access::Free),
        Ef::transparent(0x0008, [available, 0x8F, 0x00], Access::Free),
        Ef::transparent(0x0009, [], Access::Never),
        Ef::transparent(0x000A, certificates.auth.clone(), auth_certificate),
        Ef::transparent(0x000B, certificates.auth_ca.clone(), Access::Free),
        Ef::internal(0x0016),
        Ef::key(0x0017, KeyId::Auth, AUTH),
        Ef::pin(0x0018, PinId::Auth),
    ];
    if card.pins.contains_key(&PinId::Sign) {
        files.push(Ef::pin(0x001B, PinId::Sign));
    }
    if let Some(certificate) = &certificates.sign {
        files.push(Ef::transparent(0x0001, certificate.clone(), SIGN));
        files.push(Ef::key(0x001A, KeyId::Sign, SIGN));
    }
    Application { df: Df::Jpki, aid: JPKI_AID, files }
}

/// A serialised `CK_TOKEN_INFO` (PKCS #11) of 160 bytes; its label tells cards from phones.
fn token_information(card: &CardFile) -> Vec<u8> {
    const UNKNOWN: u32 = u32::MAX;
    let label = match card.profile {
        Profile::Android => "JPKIAPGPSETOKEN",
        Profile::Contact | Profile::Contactless => "JPKIAPICCTOKEN2",
    };
    let numbers = [0x0000_040D, 1, 0, 1, 0, 16, 6, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN];
    let mut bytes = format!("{label:<32}{:032}{:<16}{:0>16}", 1, "E16R01NJ", &card.serial).into_bytes();
    bytes.extend(numbers.iter().flat_map(|n: &u32| n.to_be_bytes()));
    bytes.extend_from_slice(b"0301");
    bytes.extend_from_slice(&[b'9'; 16]);
    bytes
}

fn text_application(card: &CardFile) -> Application {
    use PinId::{NumberA, NumberB, Text};
    let files = vec![
        Ef::transparent(MY_NUMBER, text::my_number(&card.holder), Access::AnyOf(&[Text, NumberA])),
        Ef::transparent(0x0002, text::basic_four_file(card), Access::AnyOf(&[Text, NumberB])),
        Ef::transparent(0x0003, card.text.digests.clone(), Access::AnyOf(&[Text, NumberA])),
        Ef::transparent(0x0004, card.text.issuer.clone(), Access::Free),
        Ef::transparent(0x0005, text::basic_information(), Access::Free),
        Ef::transparent(0x0007, card.text.key.clone(), Access::AnyOf(&[Text, NumberA, NumberB])),
        Ef::transparent(0x0008, [0xFF; 16], Access::Free),
        Ef::pin(0x0011, Text),
        Ef::pin(0x0012, PinId::TextBlocked),
        Ef::key(0x0013, KeyId::Text, Access::Free),
        Ef::pin(0x0014, NumberA),
        Ef::pin(0x0015, NumberB),
    ];
    Application { df: Df::Text, aid: TEXT_AID, files }
}

fn common(card: &CardFile) -> Application {
    let mut number = card.serial_and_municipality();
    number.push_str(&card.expiry_digits());
    let files = vec![
        Ef::record(0x0001, 0x01, number.as_bytes()),
        Ef::record(0x0002, 0x01, KEY_REFERENCE),
        Ef::key(0x0019, KeyId::Common, Access::Free),
        Ef::pin(0x001C, PinId::Common),
    ];
    Application { df: Df::Common, aid: COMMON_AID, files }
}

const KEY_REFERENCE: &[u8] = b"6000020\x08\x05000\x00\x00\x00\x00";

/// The master file's data objects that GET DATA gives.
pub(super) fn data_object(card: &CardFile, tag: u16) -> Option<Vec<u8>> {
    // GlobalPlatform card recognition data: an empty template under the GlobalPlatform OID.
    const RECOGNITION: &[u8] = &[0x73, 0x09, 0x06, 0x07, 0x2A, 0x86, 0x48, 0x86, 0xFC, 0x6B, 0x01];
    match tag {
        0x0042 | 0x00F7 => Some(KEY_REFERENCE.to_vec()),
        0x0045 => Some(card.serial.clone().into_bytes()),
        0x0066 => Some(RECOGNITION.to_vec()),
        0x00F0 => Some(card.holder.municipality.clone().into_bytes()),
        0x00F2 => Some(card.expiry_digits().into_bytes()),
        // The contact ATR without TS, on every interface.
        0x5F51 => Some(Profile::Contact.atr()[1..].to_vec()),
        _ => None,
    }
}
