//! Keypads on readers (PC/SC part 10, version 2.02.09).
//!
//! The session comes in with a connection. A PIN typed on the reader goes to the card inside the
//! reader and never through this machine. What the reader answers is as little trusted as the card.

use crate::backend::{Connection, ControlCode};
use crate::error::Error;
use crate::pin::PinKind;

/// `FEATURE_VERIFY_PIN_DIRECT` (part 10, 2.3).
const VERIFY_PIN_DIRECT: u8 = 0x06;

/// Seconds a person has for typing.
const TIMEOUT_SECONDS: u8 = 30;

/// A reader's keypad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pinpad {
    verify_direct: u32,
}

impl Pinpad {
    /// Asks the reader for its features. A reader that doesn't know the question has no keypad.
    pub(crate) fn detect(connection: &mut dyn Connection) -> Result<Option<Self>, Error> {
        let features = match connection.control(ControlCode::GetFeatureRequest, &[]) {
            Err(Error::PinpadUnsupported) => return Ok(None),
            outcome => outcome?,
        };
        Ok(feature(&features, VERIFY_PIN_DIRECT).map(|verify_direct| Pinpad { verify_direct }))
    }

    /// Has the reader ask for a PIN of kind `K` and send VERIFY with P2 `reference`; gives the
    /// card's answer, or the reader's own.
    pub(crate) fn verify<K: PinKind>(&self, connection: &mut dyn Connection, reference: u8) -> Result<Vec<u8>, Error> {
        let structure = pin_verify_structure::<K>(reference);
        connection.control(ControlCode::Feature(self.verify_direct), &structure)
    }
}

/// Finds a feature's control code in the answer to `CM_IOCTL_GET_FEATURE_REQUEST`: TLVs of a tag,
/// the length 4 and a big-endian code (part 10, 2.2). Reading stops at the first that isn't one.
fn feature(answer: &[u8], wanted: u8) -> Option<u32> {
    let (entries, _) = answer.as_chunks::<6>();
    entries
        .iter()
        .take_while(|[_, length, ..]| *length == 4)
        .find(|[tag, ..]| *tag == wanted)
        .map(|&[_, _, a, b, c, d]| u32::from_be_bytes([a, b, c, d]))
}

/// `PIN_VERIFY_STRUCTURE` (part 10, 2.5.2) for a PIN of fixed length, in ASCII and unpadded. Its
/// multi-byte members are in the order of the machine, as drivers take them.
fn pin_verify_structure<K: PinKind>(reference: u8) -> Vec<u8> {
    let (min, max) = (K::MIN as u8, K::MAX as u8);
    // The reader writes the digits over the filler.
    let mut apdu = vec![0x00, 0x20, 0x00, reference, max];
    apdu.resize(5 + K::MAX, 0xFF);
    let mut structure = vec![
        TIMEOUT_SECONDS,
        TIMEOUT_SECONDS,
        0x82, // bmFormatString: units of bytes, position 0, left justified, ASCII
        max,  // bmPINBlockString: no length bits, a block of this many bytes
        0x00, // bmPINLengthFormat: the length is not inserted
    ];
    structure.extend(u16::from_be_bytes([min, max]).to_ne_bytes()); // wPINMaxExtraDigit
    structure.extend([0x02, 0x01]); // bEntryValidationCondition: the OK key; bNumberMessage: one
    structure.extend(0x0409u16.to_ne_bytes()); // wLangId: English, which every keypad has
    structure.extend([0x00, 0x00, 0x00, 0x00]); // bMsgIndex, bTeoPrologue
    structure.extend((apdu.len() as u32).to_ne_bytes()); // ulDataLength
    structure.extend(apdu);
    structure
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Auth;

    #[test]
    fn the_feature_list_is_read_and_never_past_its_end() {
        let list = [
            0x0A, 4, 0x42, 0x33, 0x00, 0x0A, // FEATURE_IFD_PIN_PROPERTIES
            0x06, 4, 0x42, 0x33, 0x00, 0x06,
        ];
        assert_eq!(feature(&list, 0x06), Some(0x4233_0006));
        assert_eq!(feature(&list, 0x07), None);
        for cut in 0..list.len() {
            assert_eq!(feature(&list[..cut], 0x06), None);
        }
        assert_eq!(feature(&[0x06, 3, 1, 2, 3, 4], 0x06), None);
        assert_eq!(feature(&[0xFF; 64], 0x06), None);
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn the_structure_asks_for_exactly_four_digits() {
        assert_eq!(
            pin_verify_structure::<Auth>(0x98),
            [
                30, 30, 0x82, 0x04, 0x00, 0x04, 0x04, 0x02, 0x01, 0x09, 0x04, 0x00, 0x00, 0x00, 0x00, 0x09, 0x00, 0x00,
                0x00, 0x00, 0x20, 0x00, 0x98, 0x04, 0xFF, 0xFF, 0xFF, 0xFF,
            ]
        );
    }
}
