//! A card in software in place of PC/SC, in this process: for demonstrations and tests, and never
//! part of a release build.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use jpki_card::{
    Backend, Canceller, CardPresence, Connection, ControlCode, Disposition, Error, Insertion, ReaderState, ReaderWatch,
    Snapshot,
};
use jpki_softcard::SoftCard;

use crate::threads::lock;

/// The one reader there is.
const READER: &str = "Software card";

/// The one stay of the one card.
const INSERTION: Insertion = Insertion::new(1);

/// A software card that lies in a reader of its own for good.
pub struct VirtualCard {
    card: Arc<Slot>,
}

struct Slot {
    state: Mutex<SlotState>,
    atr: Vec<u8>,
}

struct SlotState {
    card: SoftCard,
    connected: bool,
}

impl VirtualCard {
    /// Takes a card.
    pub fn new(mut card: SoftCard) -> Self {
        let atr = card.power_on().to_vec();
        Self { card: Arc::new(Slot { state: Mutex::new(SlotState { card, connected: false }), atr }) }
    }

    /// Takes the card in `file`.
    ///
    /// # Errors
    /// The software card's, for a file that is missing or broken.
    pub fn open(file: &Path) -> Result<Self, jpki_softcard::Error> {
        Ok(Self::new(SoftCard::open(file)?))
    }
}

impl Slot {
    fn lock(&self) -> MutexGuard<'_, SlotState> {
        lock(&self.state)
    }
}

impl Backend for VirtualCard {
    fn watch(&self) -> Result<Box<dyn ReaderWatch>, Error> {
        let reader = ReaderState {
            name: READER.to_owned(),
            card: CardPresence::Present { atr: self.card.atr.clone() },
            insertion: INSERTION,
            in_use_exclusive: false,
        };
        let first = Some(Snapshot::Readers(vec![reader]));
        Ok(Box::new(StillLife { first, cancelled: Arc::default() }))
    }

    fn connect(&self, reader: &str, insertion: Option<Insertion>) -> Result<Box<dyn Connection>, Error> {
        if reader != READER {
            return Err(Error::NoReader(None));
        }
        if insertion.is_some_and(|insertion| insertion != INSERTION) {
            return Err(Error::CardRemoved(None));
        }
        let mut state = self.card.lock();
        if std::mem::replace(&mut state.connected, true) {
            return Err(Error::CardInUse(None));
        }
        Ok(Box::new(Contact { slot: Arc::clone(&self.card), disposition: Disposition::Unpower }))
    }
}

/// A connection; dropping it powers the card down unless it was disconnected otherwise.
struct Contact {
    slot: Arc<Slot>,
    disposition: Disposition,
}

impl Connection for Contact {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.slot.lock().card.transmit(command))
    }

    fn reconnect(&mut self) -> Result<(), Error> {
        self.slot.lock().card.warm_reset();
        Ok(())
    }

    fn control(&mut self, _: ControlCode, _: &[u8]) -> Result<Vec<u8>, Error> {
        Err(Error::PinpadUnsupported)
    }

    fn disconnect(mut self: Box<Self>, disposition: Disposition) -> Result<(), Error> {
        self.disposition = disposition;
        Ok(())
    }
}

impl Drop for Contact {
    fn drop(&mut self) {
        let mut state = self.slot.lock();
        state.connected = false;
        if self.disposition == Disposition::Unpower {
            state.card.power_off();
            state.card.power_on();
        }
    }
}

/// A watch over readers that never change.
struct StillLife {
    first: Option<Snapshot>,
    cancelled: Arc<(Mutex<bool>, Condvar)>,
}

impl Iterator for StillLife {
    type Item = Snapshot;

    fn next(&mut self) -> Option<Snapshot> {
        if self.first.is_some() {
            return self.first.take();
        }
        let (cancelled, changed) = &*self.cancelled;
        let mut is_cancelled = lock(cancelled);
        while !*is_cancelled {
            is_cancelled = changed.wait(is_cancelled).unwrap_or_else(PoisonError::into_inner);
        }
        None
    }
}

impl ReaderWatch for StillLife {
    fn canceller(&self) -> Canceller {
        let cancelled = Arc::clone(&self.cancelled);
        Canceller::new(move || {
            *lock(&cancelled.0) = true;
            cancelled.1.notify_all();
        })
    }
}
