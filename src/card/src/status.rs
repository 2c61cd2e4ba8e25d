//! What status words mean here (JICSAP table 25, ISO/IEC 7816-4).
//!
//! Pure tables from a status word to an outcome, one for each kind of command; whoever sent the
//! command comes in. Nothing here talks to a card.

use std::num::NonZeroU8;

use myna_card::StatusWord;

use crate::attempts::Attempts;
use crate::error::{Error, Step, VerifyError};

pub(crate) const SELF_DIAGNOSIS: u16 = 0x6F00;

/// The count in a `63Cx`, `6300`, `6983` or `6984`; `None` for anything else.
///
/// A blocked key answers `6984` on the cards measured and `6983` in ISO/IEC 7816-4; both, and a
/// count of zero, mean blocked.
fn counted(status: StatusWord) -> Option<Attempts> {
    match (status.value(), status.retries_remaining()) {
        (0x6983 | 0x6984, _) => Some(Attempts::Blocked),
        (0x6300, _) => Some(Attempts::Unlimited),
        (_, Some(left)) => Some(NonZeroU8::new(left).map_or(Attempts::Blocked, Attempts::Left)),
        _ => None,
    }
}

/// The answer to a VERIFY without data (JICSAP 6.4.9 (5)); `None` where it is no count.
pub(crate) fn queried(status: StatusWord) -> Option<Attempts> {
    if status.is_success() { Some(Attempts::NotReported) } else { counted(status) }
}

/// The answer to a VERIFY with a PIN.
pub(crate) fn verified(status: StatusWord) -> Result<(), VerifyError> {
    if status.is_success() {
        return Ok(());
    }
    Err(match (status.value(), counted(status)) {
        // Refused unseen: it was blocked before.
        (0x6983 | 0x6984, _) => Error::PinBlocked.into(),
        (_, Some(Attempts::Blocked)) => Error::PinAttemptsExhausted.into(),
        (_, Some(attempts)) => VerifyError::WrongPin { attempts },
        (value, None) => Error::Refused { step: Step::Verify, status: value }.into(),
    })
}

/// The answer to a VERIFY through the reader's keypad (PC/SC part 10, 2.5.2): the reader's own
/// answers, else the card's.
pub(crate) fn verified_on_pinpad(status: StatusWord) -> Result<(), VerifyError> {
    match status.value() {
        0x6400 => Err(VerifyError::PinpadTimeout),
        0x6401 => Err(VerifyError::PinpadCancelled),
        0x6403 => Err(VerifyError::PinpadLength),
        // 6402 (two new PINs differ) belongs to changing a PIN; 6B80 is a structure the reader
        // can't work with.
        0x6402 | 0x6B80 => Err(Error::PinpadUnsupported.into()),
        _ => verified(status),
    }
}

/// The answer to SELECT of an application.
pub(crate) fn application_selected(status: StatusWord) -> Result<(), Error> {
    match status.value() {
        0x9000 => Ok(()),
        // Not found, or a card that speaks of applications in another way.
        0x6999 | 0x6700 | 0x6A80..=0x6A8F | 0x6B00 | 0x6D00 | 0x6E00 => Err(Error::CardUnsupported(None)),
        status => Err(Error::Refused { step: Step::SelectApplication, status }),
    }
}

/// Whether the card says that there is no such file or key.
pub(crate) fn is_absent(status: u16) -> bool {
    matches!(status, 0x6A82 | 0x6A88)
}

/// Whether COMPUTE DIGITAL SIGNATURE was refused for how it named its key, so that the form after
/// a SELECT may still work.
pub(crate) fn short_id_refused(status: StatusWord) -> bool {
    matches!(status.value(), 0x6A80..=0x6A8F | 0x6B00 | 0x6D00 | 0x6985 | 0x6986)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(count: u8) -> Attempts {
        Attempts::Left(NonZeroU8::new(count).unwrap())
    }

    #[test]
    fn each_answer_to_the_query_is_one_count_or_none() {
        for (status, attempts) in [
            (0x63C3, Some(left(3))),
            (0x63C1, Some(left(1))),
            (0x63CF, Some(left(15))),
            (0x63C0, Some(Attempts::Blocked)),
            (0x6983, Some(Attempts::Blocked)),
            (0x6984, Some(Attempts::Blocked)),
            (0x6300, Some(Attempts::Unlimited)),
            (0x9000, Some(Attempts::NotReported)),
            (0x6301, None),
            (0x6381, None),
            (0x6700, None),
            (0x6982, None),
            (0x6985, None),
            (0x6986, None),
            (0x6A82, None),
            (0x6A86, None),
            (0x6B00, None),
            (0x6D00, None),
            (0x6F00, None),
            (0x6C04, None),
            (0x6104, None),
        ] {
            assert_eq!(queried(StatusWord::new(status)), attempts, "{status:04X}");
        }
    }

    #[test]
    fn each_answer_to_verify_is_one_outcome() {
        let refused = |status| Err(Error::Refused { step: Step::Verify, status }.into());
        for (status, outcome) in [
            (0x9000, Ok(())),
            (0x63C2, Err(VerifyError::WrongPin { attempts: left(2) })),
            (0x63C1, Err(VerifyError::WrongPin { attempts: left(1) })),
            (0x6300, Err(VerifyError::WrongPin { attempts: Attempts::Unlimited })),
            (0x63C0, Err(Error::PinAttemptsExhausted.into())),
            (0x6983, Err(Error::PinBlocked.into())),
            (0x6984, Err(Error::PinBlocked.into())),
            (0x6700, refused(0x6700)),
            (0x6C04, refused(0x6C04)),
            (0x6104, refused(0x6104)),
            (0x6400, refused(0x6400)),
            (0x9001, refused(0x9001)),
        ] {
            assert_eq!(verified(StatusWord::new(status)), outcome, "{status:04X}");
        }
    }

    #[test]
    fn a_keypad_speaks_for_itself_before_the_card_does() {
        for (status, outcome) in [
            (0x9000, Ok(())),
            (0x6400, Err(VerifyError::PinpadTimeout)),
            (0x6401, Err(VerifyError::PinpadCancelled)),
            (0x6402, Err(Error::PinpadUnsupported.into())),
            (0x6403, Err(VerifyError::PinpadLength)),
            (0x6B80, Err(Error::PinpadUnsupported.into())),
            (0x63C1, Err(VerifyError::WrongPin { attempts: left(1) })),
            (0x6984, Err(Error::PinBlocked.into())),
        ] {
            assert_eq!(verified_on_pinpad(StatusWord::new(status)), outcome, "{status:04X}");
        }
    }

    #[test]
    fn a_foreign_card_is_unsupported_and_a_failing_one_is_an_error() {
        for status in [0x6A82, 0x6A81, 0x6A86, 0x6D00, 0x6E00, 0x6999, 0x6700] {
            let outcome = application_selected(StatusWord::new(status));
            assert_eq!(outcome, Err(Error::CardUnsupported(None)), "{status:04X}");
        }
        for status in [0x6F00, 0x6283, 0x6581, 0x6982] {
            let outcome = application_selected(StatusWord::new(status));
            let refused = Error::Refused { step: Step::SelectApplication, status };
            assert_eq!(outcome, Err(refused), "{status:04X}");
        }
    }
}
