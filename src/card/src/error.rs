//! Everything that can go wrong between here and the card.
//!
//! The agent matches on [`Error::code`], whose words are the page protocol's; the sentence for the
//! person lives with the protocol, in two languages. A cause is kept as `source`, and no message
//! ever holds what was sent to the card or read from it.

use std::fmt;

use crate::attempts::Attempts;

/// What the card was asked for when something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// SELECT of an application.
    SelectApplication,
    /// The query of the attempts left.
    Attempts,
    /// Reading a certificate.
    ReadCertificate,
    /// Reading the token information (EF 0006).
    ReadTokenInfo,
    /// Reading the basic four attributes (基本4情報) and what vouches for them.
    ReadAttributes,
    /// VERIFY.
    Verify,
    /// CHANGE REFERENCE DATA.
    ChangePin,
    /// COMPUTE DIGITAL SIGNATURE.
    Sign,
    /// SELECT of the issuer security domain, which takes back every security status.
    Deselect,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Step::SelectApplication => "selecting the application",
            Step::Attempts => "asking how many attempts are left",
            Step::ReadCertificate => "reading the certificate",
            Step::ReadTokenInfo => "reading the token information",
            Step::ReadAttributes => "reading the attributes",
            Step::Verify => "checking the PIN",
            Step::ChangePin => "changing the PIN",
            Step::Sign => "signing",
            Step::Deselect => "deselecting the application",
        })
    }
}

/// Why an operation on readers or card did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// PC/SC itself is not there: `pcscd` or the system's smart card service.
    #[error("the smart card service does not answer; install or start it (pcscd on Linux)")]
    ServiceUnavailable(#[source] Option<pcsc::Error>),
    /// The reader isn't connected any more.
    #[error("the card reader is not connected; connect it and try again")]
    NoReader(#[source] Option<pcsc::Error>),
    /// No card in the reader.
    #[error("there is no card in the reader; put the card in")]
    NoCard(#[source] Option<pcsc::Error>),
    /// The card left, or it isn't the one the operation began with.
    #[error("the card was removed or changed; put it back and start again")]
    CardRemoved(#[source] Option<pcsc::Error>),
    /// Another program holds the card.
    #[error("another program is using the card; close it and try again")]
    CardInUse(#[source] Option<pcsc::Error>),
    /// The card lost its state under the session and nothing may be repeated any more.
    #[error("the card was reset in the middle of the operation; start again")]
    CardReset(#[source] Option<pcsc::Error>),
    /// A card is there and doesn't answer to power.
    #[error("the card does not respond; turn it over, or clean its contacts, and put it in again")]
    CardMute(#[source] Option<pcsc::Error>),
    /// Not a card with the application that is needed.
    #[error("this is no My Number Card, or one without the application that is needed; use a My Number Card")]
    CardUnsupported(#[source] Option<pcsc::Error>),
    /// The card refused a command.
    #[error("the card refused {step} with status {status:04X}; start again")]
    Refused {
        /// What was asked.
        step: Step,
        /// The status word, SW1 in the high byte (JICSAP table 25).
        status: u16,
    },
    /// The card answered something that can't be true.
    #[error("the card's answer to {step} is malformed ({what}); start again")]
    Malformed {
        /// What was asked.
        step: Step,
        /// What is wrong with the answer; never the answer itself.
        what: &'static str,
    },
    /// Reader or driver failed.
    #[error("the card reader failed; reconnect it and try again")]
    Reader(#[source] Option<pcsc::Error>),
    /// The PIN was blocked before this operation sent anything.
    #[error("the PIN is blocked; it can be reset at the municipal office")]
    PinBlocked,
    /// The attempt just made was the last one.
    #[error("that was the last attempt; the PIN is now blocked and can be reset at the municipal office")]
    PinAttemptsExhausted,
    /// The card carries no such certificate.
    #[error("the card holds no such certificate; ask the municipal office to issue one")]
    CertificateMissing,
    /// The reader has no keypad that can take a PIN, or refuses to.
    #[error("the reader's keypad can't take this PIN; type it on the computer")]
    PinpadUnsupported,
}

impl Error {
    /// The stable word of the page protocol (`data.code`) for this error.
    pub fn code(&self) -> &'static str {
        match self {
            Error::ServiceUnavailable(_) => "service_unavailable",
            Error::NoReader(_) => "no_reader",
            Error::NoCard(_) => "no_card",
            Error::CardRemoved(_) => "card_removed",
            Error::CardInUse(_) => "card_in_use",
            Error::CardUnsupported(_) => "card_unsupported",
            Error::PinBlocked => "pin_blocked",
            Error::PinAttemptsExhausted => "pin_attempts_exhausted",
            Error::CertificateMissing => "certificate_missing",
            Error::PinpadUnsupported => "unsupported",
            Error::CardReset(_)
            | Error::CardMute(_)
            | Error::Refused { .. }
            | Error::Malformed { .. }
            | Error::Reader(_) => "card_error",
        }
    }
}

/// Why a PIN did not open the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The PIN was wrong and cost one attempt; at least one is left.
    #[error("the PIN is wrong; {attempts}")]
    WrongPin {
        /// What the card counted after this attempt.
        attempts: Attempts,
    },
    /// One attempt is left (or the card doesn't say) and the person hasn't confirmed. Nothing was sent.
    #[error("only the last attempt may be left; it has to be confirmed first")]
    LastTryUnconfirmed,
    /// Nobody typed a PIN on the reader's keypad in time. No attempt was spent.
    #[error("no PIN was typed on the reader's keypad in time; start again")]
    PinpadTimeout,
    /// The person pressed cancel on the reader's keypad. No attempt was spent.
    #[error("the PIN entry was cancelled on the reader's keypad")]
    PinpadCancelled,
    /// Too few or too many digits were typed on the reader's keypad. No attempt was spent.
    #[error("the PIN typed on the reader's keypad doesn't have four digits; type four digits")]
    PinpadLength,
    /// Something else; the session is over.
    #[error(transparent)]
    Failed(#[from] Error),
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn every_error_has_a_word_of_the_protocol() {
        let refused = Error::Refused { step: Step::Sign, status: 0x6F00 };
        let malformed = Error::Malformed { step: Step::Sign, what: "too short" };
        for (error, code) in [
            (Error::ServiceUnavailable(None), "service_unavailable"),
            (Error::NoReader(None), "no_reader"),
            (Error::NoCard(None), "no_card"),
            (Error::CardRemoved(None), "card_removed"),
            (Error::CardInUse(None), "card_in_use"),
            (Error::CardReset(None), "card_error"),
            (Error::CardMute(None), "card_error"),
            (Error::CardUnsupported(None), "card_unsupported"),
            (refused, "card_error"),
            (malformed, "card_error"),
            (Error::Reader(None), "card_error"),
            (Error::PinBlocked, "pin_blocked"),
            (Error::PinAttemptsExhausted, "pin_attempts_exhausted"),
            (Error::CertificateMissing, "certificate_missing"),
            (Error::PinpadUnsupported, "unsupported"),
        ] {
            assert_eq!(error.code(), code, "{error}");
        }
    }

    #[test]
    fn the_cause_is_kept_as_source() {
        let error = Error::CardInUse(Some(pcsc::Error::SharingViolation));
        assert!(error.source().is_some_and(|cause| cause.is::<pcsc::Error>()));
        assert!(Error::CardInUse(None).source().is_none());
    }
}
