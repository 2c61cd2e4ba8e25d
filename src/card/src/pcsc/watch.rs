//! Reader events, on a context of their own.
//!
//! The agent's watcher thread comes in through [`ReaderWatch`]. A look at the readers and a wait
//! for them to change alternate; the wait is `SCardGetStatusChange` with the plug-and-play
//! pseudo-reader, and whatever the service does, stopping included, is a snapshot and never an end.

use std::ffi::CString;
use std::sync::Arc;
use std::time::Duration;

use pcsc::{Context, Scope, State};

use super::cancel::{CancelWait, Shared};
use super::events::{Events, Heard};
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

pub(super) struct PcscWatch<C = Context> {
    establish: Box<dyn FnMut() -> Result<C, pcsc::Error> + Send>,
    shared: Arc<Shared<C>>,
    insertions: Insertions,
    service: Service,
    context: Option<C>,
    /// Readers as last looked at; what a wait compares with.
    readers: Vec<Heard>,
    /// The pseudo-reader before the list was taken; none where the service has none.
    pnp: Option<Heard>,
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
        Self::over(insertions, Service::new(), || Context::establish(Scope::User))
    }
}

impl<C: Events + CancelWait + Clone> PcscWatch<C> {
    fn over(
        insertions: Insertions,
        service: Service,
        establish: impl FnMut() -> Result<C, pcsc::Error> + Send + 'static,
    ) -> Result<Self, Error> {
        let shared = Shared::new().map_err(|error| {
            tracing::warn!("the watch over readers can't begin: {error}");
            Error::ServiceUnavailable(None)
        })?;
        Ok(PcscWatch {
            establish: Box::new(establish),
            shared: Arc::new(shared),
            insertions,
            service,
            context: None,
            readers: Vec::new(),
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
            None => self.context.insert((self.establish)()?).clone(),
        };
        self.pnp = context.pseudo_reader()?;
        let mut names = context.readers()?;
        names.truncate(READERS_LIMIT);
        self.note_gone(&names);
        let mut readers: Vec<_> = names.iter().map(|name| Heard::unaware(name)).collect();
        if !readers.is_empty() {
            context.changed(Some(Duration::ZERO), &mut readers)?;
        }
        self.readers = readers;
        Ok(Snapshot::Readers(self.readers.iter().map(|reader| self.describe(reader)).collect()))
    }

    /// Compares the list of readers with that of the last look.
    fn note_gone(&mut self, names: &[CString]) {
        let known = |name: &CString| self.readers.iter().any(|reader| reader.name == *name);
        self.settled &= names.len() == self.readers.len() && names.iter().all(known);
        for reader in &self.readers {
            if !names.contains(&reader.name) {
                self.insertions.reader_gone(&reader.name.to_string_lossy());
            }
        }
    }

    fn describe(&self, reader: &Heard) -> ReaderState {
        let name = reader.name.to_string_lossy().into_owned();
        let card = if !reader.state.contains(State::PRESENT) {
            CardPresence::Absent
        } else if reader.state.contains(State::MUTE) {
            CardPresence::Mute
        } else {
            CardPresence::Present { atr: reader.atr.clone() }
        };
        ReaderState {
            card,
            insertion: self.insertions.of(&name, reader.event_count()),
            in_use_exclusive: reader.state.contains(State::EXCLUSIVE),
            name,
        }
    }

    /// Blocks until the readers may have changed.
    fn wait(&mut self, context: &C) -> Result<(), pcsc::Error> {
        let limit = match (&self.pnp, self.settled) {
            (None, _) => Some(WITHOUT_PNP),
            (Some(_), false) => Some(SETTLE),
            (Some(_), true) => None,
        };
        let readers = self.readers.len();
        self.readers.extend(self.pnp.take());
        if self.readers.is_empty() {
            self.service.wait(&self.shared.waker, limit);
            return Ok(());
        }
        let outcome = self.shared.while_waiting(context, || context.changed(limit, &mut self.readers));
        self.readers.truncate(readers);
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
        for reader in self.readers.drain(..) {
            self.insertions.reader_gone(&reader.name.to_string_lossy());
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

impl<C: Events + CancelWait + Clone> Iterator for PcscWatch<C> {
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

impl<C: Events + CancelWait + Clone + Send + Sync + 'static> ReaderWatch for PcscWatch<C> {
    fn canceller(&self) -> Canceller {
        let shared = Arc::clone(&self.shared);
        Canceller::new(move || shared.cancel())
    }
}

#[cfg(test)]
mod tests;
