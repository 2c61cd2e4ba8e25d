//! Reader events, on a context of their own.
//!
//! The agent's watcher thread comes in through [`ReaderWatch`]. A look at the readers and a wait
//! for them to change alternate; the wait is `SCardGetStatusChange` with the plug-and-play
//! pseudo-reader, and whatever the service does, stopping included, is a snapshot and never an end.

use std::ffi::CString;
use std::sync::Arc;
use std::time::Duration;

use pcsc::{Context, PNP_NOTIFICATION, Scope, State};

use super::cancel::Shared;
use super::fault;
use super::insertions::Insertions;
use super::service::Service;
use crate::backend::{Canceller, CardPresence, ReaderState, ReaderWatch, Snapshot};
use crate::error::Error;

/// pcsc-lite refuses longer lists: 16 readers, the pseudo-reader among them.
const READERS_LIMIT: usize = 15;

/// The first wait after the list of readers changed. Older pcsc-lite takes the list at the
/// beginning of a wait for known, so a reader that comes just before would go unnoticed.
const SETTLE: Duration = Duration::from_secs(1);

/// How often to look for new readers where the service has no pseudo-reader to tell of them.
const WITHOUT_PNP: Duration = Duration::from_secs(3);

/// Tries after a sign of life of the service: its socket is there a moment before it listens.
const TRIES: u32 = 5;

/// The wait before the first of them; each next one is twice as long.
const FIRST_RETRY: Duration = Duration::from_millis(50);

/// How many readers in a row may leave while the readers are being looked at.
const VANISHED_LIMIT: u32 = 16;

/// How often to try again after a fault that is not a missing service.
const WITHOUT_SIGN: Duration = Duration::from_secs(5);

pub(super) struct PcscWatch {
    shared: Arc<Shared>,
    insertions: Insertions,
    service: Service,
    context: Option<Context>,
    /// Readers as last looked at; what a wait compares with.
    states: Vec<pcsc::ReaderState>,
    /// The pseudo-reader before the list was taken; none where the service has none.
    pnp: Option<pcsc::ReaderState>,
    /// Whether the list of readers has stood still for [`SETTLE`].
    settled: bool,
    armed: bool,
    tries_left: u32,
    failed_waits: u32,
    vanished: u32,
    last: Option<Snapshot>,
}

impl PcscWatch {
    pub(super) fn new(insertions: Insertions) -> Result<Self, Error> {
        let shared = Shared::new().map_err(|error| {
            tracing::warn!("the watch over readers can't begin: {error}");
            Error::ServiceUnavailable(None)
        })?;
        Ok(PcscWatch {
            shared: Arc::new(shared),
            insertions,
            service: Service::new(),
            context: None,
            states: Vec::new(),
            pnp: None,
            settled: false,
            armed: false,
            tries_left: 0,
            failed_waits: 0,
            vanished: 0,
            last: None,
        })
    }

    /// The readers of now, without waiting.
    fn look(&mut self) -> Result<Snapshot, pcsc::Error> {
        let context = match &self.context {
            Some(context) => context.clone(),
            None => self.context.insert(Context::establish(Scope::User)?).clone(),
        };
        self.pnp = pseudo_reader(&context)?;
        let mut names = context.list_readers_owned()?;
        names.truncate(READERS_LIMIT);
        self.note_gone(&names);
        let mut states: Vec<_> = names.into_iter().map(|name| pcsc::ReaderState::new(name, State::UNAWARE)).collect();
        if !states.is_empty() {
            context.get_status_change(Duration::ZERO, &mut states)?;
        }
        for state in &mut states {
            state.sync_current_state();
        }
        self.states = states;
        Ok(Snapshot::Readers(self.states.iter().map(|state| self.describe(state)).collect()))
    }

    /// Compares the list of readers with that of the last look.
    fn note_gone(&mut self, names: &[CString]) {
        let known = |name: &CString| self.states.iter().any(|state| state.name() == name.as_c_str());
        self.settled &= names.len() == self.states.len() && names.iter().all(known);
        for state in &self.states {
            if !names.iter().any(|name| name.as_c_str() == state.name()) {
                self.insertions.reader_gone(&state.name().to_string_lossy());
            }
        }
    }

    fn describe(&self, state: &pcsc::ReaderState) -> ReaderState {
        let name = state.name().to_string_lossy().into_owned();
        let flags = state.event_state();
        let card = if !flags.contains(State::PRESENT) {
            CardPresence::Absent
        } else if flags.contains(State::MUTE) {
            CardPresence::Mute
        } else {
            CardPresence::Present { atr: state.atr().to_vec() }
        };
        ReaderState {
            card,
            insertion: self.insertions.of(&name, state.event_count()),
            in_use_exclusive: flags.contains(State::EXCLUSIVE),
            name,
        }
    }

    /// Blocks until the readers may have changed.
    fn wait(&mut self, context: &Context) -> Result<(), pcsc::Error> {
        let limit = match (&self.pnp, self.settled) {
            (None, _) => Some(WITHOUT_PNP),
            (Some(_), false) => Some(SETTLE),
            (Some(_), true) => None,
        };
        let readers = self.states.len();
        self.states.extend(self.pnp.take());
        if self.states.is_empty() {
            self.service.wait(&self.shared.waker, limit);
            return Ok(());
        }
        let outcome = self.shared.while_waiting(context, || context.get_status_change(limit, &mut self.states));
        self.states.truncate(readers);
        match outcome {
            Some(Err(pcsc::Error::Timeout)) => {
                self.settled = true;
                Ok(())
            }
            // A reader that left in between is for the next look.
            None | Some(Err(pcsc::Error::Cancelled | pcsc::Error::UnknownReader)) => Ok(()),
            Some(outcome) => outcome,
        }
    }

    /// The service is gone or can't be used: forgets all that it told.
    fn lost(&mut self, fault: pcsc::Error) {
        if self.context.take().is_some() {
            tracing::debug!("the smart card service was lost: {fault}");
        }
        for state in self.states.drain(..) {
            self.insertions.reader_gone(&state.name().to_string_lossy());
        }
        self.pnp = None;
        self.settled = false;
    }

    /// Blocks until the service may be there.
    fn await_service(&mut self, fault: pcsc::Error) {
        if !self.armed {
            // Try once more now that no sign of life can be missed.
            self.service.arm();
            self.armed = true;
            return;
        }
        let limit = match self.tries_left.checked_sub(1) {
            Some(left) => {
                self.tries_left = left;
                Some(FIRST_RETRY * 2u32.pow(TRIES - 1 - left))
            }
            // What isn't a missing service may heal without a sign.
            None => (!fault::service_lost(fault)).then_some(WITHOUT_SIGN),
        };
        if self.service.wait(&self.shared.waker, limit) {
            self.tries_left = TRIES;
        }
        self.armed = false;
    }
}

impl Iterator for PcscWatch {
    type Item = Snapshot;

    fn next(&mut self) -> Option<Snapshot> {
        while !self.shared.cancelled() {
            let (snapshot, fault) = match self.look() {
                Ok(snapshot) => (snapshot, None),
                // A reader left between the list and the question.
                Err(pcsc::Error::UnknownReader) if self.vanished < VANISHED_LIMIT => {
                    self.vanished += 1;
                    continue;
                }
                Err(fault) => {
                    self.lost(fault);
                    (Snapshot::ServiceUnavailable, Some(fault))
                }
            };
            self.vanished = 0;
            if self.last.as_ref() != Some(&snapshot) {
                self.last = Some(snapshot.clone());
                return Some(snapshot);
            }
            match (fault, self.context.clone()) {
                (None, Some(context)) => match self.wait(&context) {
                    Ok(()) => self.failed_waits = 0,
                    Err(fault) if fault::service_lost(fault) => self.lost(fault),
                    Err(fault) => {
                        tracing::debug!("waiting for readers: {fault}");
                        let pause = FIRST_RETRY * 2u32.pow(self.failed_waits.min(TRIES));
                        self.failed_waits = self.failed_waits.saturating_add(1);
                        self.service.wait(&self.shared.waker, Some(pause));
                    }
                },
                (fault, _) => self.await_service(fault.unwrap_or(pcsc::Error::NoService)),
            }
        }
        None
    }
}

impl ReaderWatch for PcscWatch {
    fn canceller(&self) -> Canceller {
        let shared = Arc::clone(&self.shared);
        Canceller::new(move || shared.cancel())
    }
}

/// The pseudo-reader as it is now. On Windows and in pcsc-lite since 2.3 its state counts the
/// readers' comings and goings, so the next wait notices one in between. `None` where the service
/// doesn't know it, which it says by a mark or by a refusal.
fn pseudo_reader(context: &Context) -> Result<Option<pcsc::ReaderState>, pcsc::Error> {
    let mut states = [pcsc::ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)];
    match context.get_status_change(Duration::ZERO, &mut states) {
        Ok(()) | Err(pcsc::Error::Timeout) => {
            let [mut state] = states;
            state.sync_current_state();
            Ok(Some(state).filter(|state| !state.event_state().contains(State::UNKNOWN)))
        }
        Err(pcsc::Error::UnknownReader) => Ok(None),
        Err(fault) => Err(fault),
    }
}
