//! PC/SC's errors in this crate's words.
//!
//! Two tables, since one number means different things to a card and to the service: pcsc-lite
//! reports a lost daemon as `SCARD_F_COMM_ERROR` or `SCARD_E_INVALID_HANDLE` as well.

use crate::error::Error;

/// What a failed call on a connection means.
pub(super) fn error(fault: pcsc::Error) -> Error {
    let cause = Some(fault);
    match fault {
        fault if service_lost(fault) => Error::ServiceUnavailable(cause),
        pcsc::Error::UnknownReader | pcsc::Error::ReaderUnavailable | pcsc::Error::NoReadersAvailable => {
            Error::NoReader(cause)
        }
        pcsc::Error::NoSmartcard => Error::NoCard(cause),
        pcsc::Error::RemovedCard => Error::CardRemoved(cause),
        pcsc::Error::SharingViolation => Error::CardInUse(cause),
        pcsc::Error::ResetCard | pcsc::Error::UnpoweredCard => Error::CardReset(cause),
        pcsc::Error::UnresponsiveCard => Error::CardMute(cause),
        pcsc::Error::UnsupportedCard | pcsc::Error::CardUnsupported | pcsc::Error::ProtoMismatch => {
            Error::CardUnsupported(cause)
        }
        _ => Error::Reader(cause),
    }
}

/// Whether the service, not reader or card, is what failed.
pub(super) fn service_lost(fault: pcsc::Error) -> bool {
    matches!(
        fault,
        pcsc::Error::NoService
            | pcsc::Error::ServiceStopped
            | pcsc::Error::Shutdown
            | pcsc::Error::CommError
            | pcsc::Error::InvalidHandle
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_has_the_word_a_person_is_helped_by() {
        for (fault, code) in [
            (pcsc::Error::NoService, "service_unavailable"),
            (pcsc::Error::ServiceStopped, "service_unavailable"),
            (pcsc::Error::InvalidHandle, "service_unavailable"),
            (pcsc::Error::CommError, "service_unavailable"),
            (pcsc::Error::UnknownReader, "no_reader"),
            (pcsc::Error::ReaderUnavailable, "no_reader"),
            (pcsc::Error::NoSmartcard, "no_card"),
            (pcsc::Error::RemovedCard, "card_removed"),
            (pcsc::Error::SharingViolation, "card_in_use"),
            (pcsc::Error::ResetCard, "card_error"),
            (pcsc::Error::UnresponsiveCard, "card_error"),
            (pcsc::Error::ProtoMismatch, "card_unsupported"),
            (pcsc::Error::NotTransacted, "card_error"),
        ] {
            assert_eq!(error(fault).code(), code, "{fault:?}");
        }
    }
}
