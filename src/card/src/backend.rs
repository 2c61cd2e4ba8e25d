//! The seam between this crate and whatever holds the card.
//!
//! PC/SC implements it in [`crate::pcsc`]; a test script or a card in software implements it to
//! stand in. An implementation only carries bytes and events: it never repeats, shortens or
//! interprets a command, because the one it repeats could be a VERIFY.

use std::fmt;
use std::sync::Arc;

use crate::error::Error;

/// A source of readers and of connections to the cards in them.
pub trait Backend: Send + Sync {
    /// Starts watching readers. Each watch is independent and belongs to one thread.
    ///
    /// # Errors
    ///
    /// [`Error::ServiceUnavailable`] when the system has no resources left for it; a service that
    /// is not there is no error but a [`Snapshot`].
    fn watch(&self) -> Result<Box<dyn ReaderWatch>, Error>;

    /// Connects exclusively to the card in `reader`, a name from a [`Snapshot`].
    ///
    /// With `insertion` given, the card must be the one that was reported under it.
    ///
    /// # Errors
    ///
    /// [`Error::CardInUse`] when another program is connected, [`Error::CardRemoved`] when another
    /// insertion took place, and the errors of reader and service.
    fn connect(&self, reader: &str, insertion: Option<Insertion>) -> Result<Box<dyn Connection>, Error>;
}

/// One exclusive connection to one card.
///
/// Dropping a connection that was not disconnected must power the card down: nobody knows what
/// state it was left in.
pub trait Connection: Send {
    /// Sends one command APDU, once, and returns the whole answer including SW1-SW2.
    ///
    /// # Errors
    ///
    /// [`Error::CardReset`] when the card lost its state, [`Error::CardRemoved`] when it is gone,
    /// and the errors of reader and service. No error may say how the command went.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Error>;

    /// Takes up the connection again after [`Error::CardReset`], still exclusive.
    ///
    /// # Errors
    ///
    /// As [`Backend::connect`].
    fn reconnect(&mut self) -> Result<(), Error>;

    /// Sends a control command to the reader (PC/SC part 10).
    ///
    /// # Errors
    ///
    /// [`Error::PinpadUnsupported`] when the reader knows no such command, and the errors of
    /// reader, card and service.
    fn control(&mut self, code: ControlCode, input: &[u8]) -> Result<Vec<u8>, Error>;

    /// Ends the connection.
    ///
    /// # Errors
    ///
    /// The errors of reader and service; the connection is over all the same.
    fn disconnect(self: Box<Self>, disposition: Disposition) -> Result<(), Error>;
}

/// A control command to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ControlCode {
    /// `CM_IOCTL_GET_FEATURE_REQUEST`, function 3400 (PC/SC part 10, 2.2); its number on the wire
    /// differs between systems.
    GetFeatureRequest,
    /// A code the reader itself gave in its answer to that.
    Feature(u32),
}

/// What becomes of the card when a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// Leave it powered and as it is: right after nothing was verified, or all was taken back.
    Leave,
    /// Take its power away: a warm reset is not enough, since the card keeps its security status
    /// through one.
    Unpower,
}

/// Names one stay of one card in one reader: another insertion is another value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Insertion(u64);

impl Insertion {
    /// A value of the backend's own counting; only equality has a meaning.
    pub const fn new(value: u64) -> Self {
        Insertion(value)
    }
}

/// What is in a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardPresence {
    /// Nothing.
    Absent,
    /// A card that answered to power.
    Present {
        /// Its answer to reset, for information only: an application is chosen by AID.
        atr: Vec<u8>,
    },
    /// A card that does not answer: upside down, dirty, or not a smart card.
    Mute,
}

/// One reader, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderState {
    /// The system's name of the reader.
    pub name: String,
    /// What is in it.
    pub card: CardPresence,
    /// Changes whenever a card comes or goes.
    pub insertion: Insertion,
    /// Whether some connection (possibly ours) holds the card exclusively.
    pub in_use_exclusive: bool,
}

/// All readers, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Snapshot {
    /// The smart card service isn't there. The watch waits for it.
    ServiceUnavailable,
    /// The readers in the order the system lists them; possibly none.
    Readers(Vec<ReaderState>),
}

/// A blocking source of snapshots.
///
/// The first call of `next` gives the state of now, each further one blocks until something
/// changed. It ends with `None` once cancelled, and only then: a service that stops is a state.
pub trait ReaderWatch: Iterator<Item = Snapshot> + Send {
    /// A handle that ends this watch from any thread.
    fn canceller(&self) -> Canceller;
}

/// Ends a [`ReaderWatch`] from any thread, before, while or after it waits.
#[derive(Clone)]
pub struct Canceller(Arc<dyn Fn() + Send + Sync>);

impl Canceller {
    /// A canceller that runs `end`, which must be safe to call more than once.
    pub fn new(end: impl Fn() + Send + Sync + 'static) -> Self {
        Canceller(Arc::new(end))
    }

    /// Ends the watch. When this returns, its `next` no longer blocks.
    pub fn cancel(&self) {
        (self.0)();
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Canceller")
    }
}
