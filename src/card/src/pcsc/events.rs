//! What the watch asks of PC/SC, as little as it needs.
//!
//! The watch comes in through [`Events`]; behind it is a context, or in a test a script. A reader's
//! state keeps the count of events in its upper half, which is what makes a wait notice a change
//! that came before it.

use std::ffi::{CStr, CString};
use std::time::Duration;

use pcsc::{Context, PNP_NOTIFICATION, State};

/// A reader, or the pseudo-reader, as last heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) name: CString,
    /// The state with its count of events; `UNAWARE` before the first answer.
    pub(super) state: State,
    pub(super) atr: Vec<u8>,
}

impl Heard {
    /// Nothing is known of it yet.
    pub(super) fn unaware(name: &CStr) -> Self {
        Heard { name: name.to_owned(), state: State::UNAWARE, atr: Vec::new() }
    }

    /// How many cards came and went.
    pub(super) fn event_count(&self) -> u32 {
        u32::try_from(self.state.bits() >> 16 & 0xFFFF).unwrap_or_default()
    }
}

/// The wait for what has no limit. With none given, pcsc-lite's library wakes up each minute to ask
/// again; a wait of twenty days ends as early when something happens, and fits its 31 bits of
/// milliseconds.
const LONGEST: Duration = Duration::from_secs(20 * 24 * 60 * 60);

/// A source of reader events.
pub(super) trait Events {
    /// All readers, by name.
    fn readers(&self) -> Result<Vec<CString>, pcsc::Error>;

    /// Blocks until one of `readers` isn't as heard of any more, or for `limit`; then fills in what
    /// is true now. Without a limit it may still end by `Timeout`, after days.
    fn changed(&self, limit: Option<Duration>, readers: &mut [Heard]) -> Result<(), pcsc::Error>;

    /// The pseudo-reader as it is now. On Windows and in pcsc-lite since 2.3 its state counts the
    /// readers' comings and goings, so the next wait notices one in between. `None` where the
    /// service doesn't know it, which it says by a mark or by a refusal.
    fn pseudo_reader(&self) -> Result<Option<Heard>, pcsc::Error> {
        let mut readers = [Heard::unaware(PNP_NOTIFICATION())];
        match self.changed(Some(Duration::ZERO), &mut readers) {
            Ok(()) | Err(pcsc::Error::Timeout) => {
                let [reader] = readers;
                Ok(Some(reader).filter(|reader| !reader.state.contains(State::UNKNOWN)))
            }
            Err(pcsc::Error::UnknownReader) => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

impl Events for Context {
    fn readers(&self) -> Result<Vec<CString>, pcsc::Error> {
        self.list_readers_owned()
    }

    fn changed(&self, limit: Option<Duration>, readers: &mut [Heard]) -> Result<(), pcsc::Error> {
        let mut states: Vec<_> =
            readers.iter().map(|reader| pcsc::ReaderState::new(reader.name.clone(), reader.state)).collect();
        let outcome = self.get_status_change(limit.unwrap_or(LONGEST), &mut states);
        if matches!(outcome, Ok(()) | Err(pcsc::Error::Timeout)) {
            for (reader, state) in readers.iter_mut().zip(&states) {
                let count = State::from_bits_retain((state.event_count() << 16).into());
                reader.state = state.event_state().union(count);
                reader.atr = state.atr().to_vec();
            }
        }
        outcome
    }
}
