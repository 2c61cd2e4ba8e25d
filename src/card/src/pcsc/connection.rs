//! One exclusive connection to a card.
//!
//! `SCARD_SHARE_EXCLUSIVE` keeps every other program away from the card while it may be unlocked.
//! A connection that is dropped without being disconnected powers the card down.

use std::ffi::CString;
use std::time::Duration;

use pcsc::{Context, Protocols, Scope, ShareMode};

use super::fault;
use crate::backend::{Connection, ControlCode, Disposition};
use crate::error::Error;

/// Room for the longest answer to a short command and for what drivers want in addition.
const BUFFER: usize = 1024;

/// How long a failed exchange waits for the reader to notice that the card was pulled. Drivers
/// look a few times a second, so the failure comes first.
const REMOVAL_NOTICE: Duration = Duration::from_secs(1);

pub(super) struct PcscConnection {
    context: Context,
    reader: CString,
    card: Option<pcsc::Card>,
}

impl PcscConnection {
    pub(super) fn open(reader: &str) -> Result<Self, Error> {
        let context = Context::establish(Scope::User).map_err(fault::error)?;
        // A name with a NUL in it is none a system gave.
        let reader = CString::new(reader).map_err(|_| Error::NoReader(None))?;
        let card =
            context.connect(&reader, ShareMode::Exclusive, Protocols::T0 | Protocols::T1).map_err(fault::error)?;
        Ok(PcscConnection { context, reader, card: Some(card) })
    }

    /// How many cards came and went in this reader, as the service counts.
    pub(super) fn event_count(&self) -> Result<u32, Error> {
        Ok(self.state(pcsc::State::UNAWARE, Duration::ZERO)?.event_count())
    }

    fn state(&self, known: pcsc::State, wait: Duration) -> Result<pcsc::ReaderState, Error> {
        let mut states = [pcsc::ReaderState::new(self.reader.clone(), known)];
        self.context.get_status_change(wait, &mut states).map_err(fault::error)?;
        let [state] = states;
        Ok(state)
    }

    fn card(&self) -> Result<&pcsc::Card, Error> {
        self.card.as_ref().ok_or(Error::CardRemoved(None))
    }

    /// A card that is pulled out in the middle shows as a failed exchange first.
    fn explain(&self, fault: pcsc::Error) -> Error {
        let error = fault::error(fault);
        if !matches!(error, Error::Reader(_)) {
            return error;
        }
        match self.state(pcsc::State::PRESENT, REMOVAL_NOTICE) {
            Ok(state) if state.event_state().contains(pcsc::State::EMPTY) => Error::CardRemoved(Some(fault)),
            Err(gone @ (Error::NoReader(_) | Error::ServiceUnavailable(_))) => gone,
            _ => error,
        }
    }
}

impl Connection for PcscConnection {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Error> {
        let mut buffer = [0; BUFFER];
        match self.card()?.transmit(command, &mut buffer) {
            // Some drivers report a card that left as an exchange that succeeded with no answer.
            Ok([] | [_]) => Err(self.explain(pcsc::Error::CommDataLost)),
            Ok(answer) => Ok(answer.to_vec()),
            Err(fault) => Err(self.explain(fault)),
        }
    }

    fn reconnect(&mut self) -> Result<(), Error> {
        let card = self.card.as_mut().ok_or(Error::CardRemoved(None))?;
        card.reconnect(ShareMode::Exclusive, Protocols::T0 | Protocols::T1, pcsc::Disposition::LeaveCard)
            .map_err(fault::error)
    }

    fn control(&mut self, code: ControlCode, input: &[u8]) -> Result<Vec<u8>, Error> {
        // CM_IOCTL_GET_FEATURE_REQUEST (PC/SC part 10, 2.2).
        const GET_FEATURE_REQUEST: u32 = 3400;
        let raw = match code {
            ControlCode::GetFeatureRequest => pcsc::ctl_code(GET_FEATURE_REQUEST.into()),
            ControlCode::Feature(code) => code.into(),
        };
        let mut buffer = [0; BUFFER];
        match self.card()?.control(raw, input, &mut buffer) {
            Ok(answer) => Ok(answer.to_vec()),
            Err(
                pcsc::Error::NotTransacted
                | pcsc::Error::UnsupportedFeature
                | pcsc::Error::InvalidParameter
                | pcsc::Error::InvalidValue,
            ) => Err(Error::PinpadUnsupported),
            Err(fault) => Err(self.explain(fault)),
        }
    }

    fn disconnect(mut self: Box<Self>, disposition: Disposition) -> Result<(), Error> {
        let Some(card) = self.card.take() else { return Ok(()) };
        disconnect(card, disposition)
    }
}

impl Drop for PcscConnection {
    fn drop(&mut self) {
        if let Some(card) = self.card.take()
            && let Err(error) = disconnect(card, Disposition::Unpower)
        {
            tracing::debug!("powering down an abandoned card: {error}");
        }
    }
}

fn disconnect(card: pcsc::Card, disposition: Disposition) -> Result<(), Error> {
    let disposition = match disposition {
        Disposition::Leave => pcsc::Disposition::LeaveCard,
        Disposition::Unpower => pcsc::Disposition::UnpowerCard,
    };
    card.disconnect(disposition).map_err(|(_, fault)| fault::error(fault))
}
