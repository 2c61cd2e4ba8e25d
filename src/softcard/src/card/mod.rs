//! The card itself: power, applications, files, PINs, keys and every command, answered as measured on real cards where
//! anybody published a measurement. What comes in is bytes of any content, what goes out is bytes; nothing panics.
//! Time, faults and readers live outside, in [`rig`](crate::rig) and [`vpcd`](crate::vpcd).

mod apdu;
mod content;
mod data;
mod files;
mod options;
mod other;
mod pin;
mod read;
mod select;
mod sign;
mod status;
mod store;
mod text;
mod tlv;

use std::{collections::BTreeSet, path::Path};

pub(crate) use apdu::Command;
pub use data::{CardFile, Profile};
pub use options::CardOptions;

use crate::{Error, KeyStore, ca::TestCa};
use data::Keys;
use files::{Access, Application, Df, Ef, PinId};
use status::{Reply, StatusWord};
use store::Store;

/// How a card may differ from the measured one. All off by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    /// Selecting the application that is selected already takes back what was verified. Measured: it doesn't.
    pub reselect_clears: bool,
    /// A warm reset takes back what was verified. Measured: it doesn't.
    pub warm_reset_clears: bool,
    /// The first command after power-up is answered 6F00 and not executed, as some cards do.
    pub first_command_fails: bool,
}

/// What was done with the card since it was made from its file; for tests that count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Commands of any kind that reached the powered card.
    pub commands: u32,
    /// VERIFY commands that carried a PIN.
    pub verifications: u32,
    /// Signatures made.
    pub signatures: u32,
    /// How often the file with the My Number was selected or a read of it tried, whatever came of it.
    pub my_number_accesses: u32,
}

/// A card, in a reader or not.
#[derive(Debug)]
pub struct SoftCard {
    card: CardFile,
    keys: Keys,
    applications: Vec<Application>,
    store: Option<Store>,
    quirks: Quirks,
    tally: Tally,
    power: Option<Session>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

/// What a card knows only while it has power.
#[derive(Debug)]
struct Session {
    df: Df,
    /// An application was selected by name since power-up or reset.
    df_was_selected: bool,
    ef: Option<u16>,
    /// The application that `verified` belongs to; it outlives a warm reset together with it.
    verified_in: Df,
    verified: BTreeSet<PinId>,
    first_command: bool,
}

impl Session {
    fn new() -> Self {
        Self {
            df: Df::Mf,
            df_was_selected: false,
            ef: None,
            verified_in: Df::Mf,
            verified: BTreeSet::new(),
            first_command: true,
        }
    }
}

impl SoftCard {
    /// A card that forgets at the end of the process.
    ///
    /// # Errors
    /// [`Error::Key`] when its keys can't be read.
    pub fn in_memory(card: CardFile) -> Result<Self, Error> {
        let keys = card.keys()?;
        Ok(Self::new(card, keys, None))
    }

    /// The card kept in a file. Nobody else can open it until this is dropped.
    ///
    /// # Errors
    /// [`Error::InUse`], [`Error::CardFile`], [`Error::Io`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        let (store, card, keys) = Store::open(path)?;
        Ok(Self::new(card, keys, Some(store)))
    }

    /// A card for a test, with this user's test CA and shared keys: made in milliseconds after the first time.
    ///
    /// # Errors
    /// Those of [`CardFile::issue`].
    pub fn for_tests(options: &CardOptions) -> Result<Self, Error> {
        let ca = TestCa::new(KeyStore::shared()?);
        Self::in_memory(CardFile::issue_with_keys(&ca, options, ca.keys())?)
    }

    fn new(card: CardFile, keys: Keys, store: Option<Store>) -> Self {
        let applications = content::applications(&card);
        let (quirks, tally) = (Quirks::default(), Tally::default());
        Self { card, keys, applications, store, quirks, tally, power: None }
    }

    /// The same card behaving otherwise.
    #[must_use]
    pub fn with_quirks(mut self, quirks: Quirks) -> Self {
        self.quirks = quirks;
        self
    }

    /// What the card is made of.
    pub fn file(&self) -> &CardFile {
        &self.card
    }

    /// What was done with it.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Gives it power from cold and returns the answer to reset. A powered card is powered off first.
    pub fn power_on(&mut self) -> &'static [u8] {
        self.power = Some(Session::new());
        self.atr()
    }

    /// Resets it under power and returns the answer to reset: nothing is selected afterwards, but what was verified in an
    /// application holds when that application is selected again (measured; see [`Quirks::warm_reset_clears`]).
    pub fn warm_reset(&mut self) -> &'static [u8] {
        let kept = self.power.take().filter(|_| !self.quirks.warm_reset_clears);
        let kept = kept.map_or((Df::Mf, BTreeSet::new()), |session| (session.verified_in, session.verified));
        self.power = Some(Session { verified_in: kept.0, verified: kept.1, first_command: false, ..Session::new() });
        self.atr()
    }

    /// Takes its power: everything verified and selected is gone.
    pub fn power_off(&mut self) {
        self.power = None;
    }

    /// Whether it has power.
    pub fn is_powered(&self) -> bool {
        self.power.is_some()
    }

    /// The answer to reset.
    pub fn atr(&self) -> &'static [u8] {
        self.card.profile().atr()
    }

    /// Executes a command of any content and gives the answer, which ends in a status word. A card without power gives
    /// no answer: nothing, not even a status word.
    pub fn transmit(&mut self, command: &[u8]) -> Vec<u8> {
        let Some(session) = &mut self.power else {
            return Vec::new();
        };
        let first = std::mem::take(&mut session.first_command);
        self.tally.commands = self.tally.commands.saturating_add(1);
        let reply = if first && self.quirks.first_command_fails {
            Err(StatusWord::SELF_DIAGNOSIS)
        } else {
            Command::parse(command).and_then(|command| self.execute(&command))
        };
        let (mut answer, status) = match reply {
            Ok(data) => (data, StatusWord::SUCCESS),
            Err(status) => (Vec::new(), status),
        };
        answer.extend_from_slice(&status.0.to_be_bytes());
        answer
    }

    fn execute(&mut self, command: &Command<'_>) -> Reply {
        match command.cla {
            0x00 | 0x80 => {}
            0x01..=0x03 | 0x81..=0x83 => return Err(StatusWord::NO_LOGICAL_CHANNEL),
            0x04 | 0x08 | 0x0C | 0x84 | 0x88 | 0x8C => return Err(StatusWord::NO_SECURE_MESSAGING),
            _ => return Err(StatusWord::NO_CLASS),
        }
        match (command.cla, command.ins) {
            (0x00, 0xA4) => self.select(command),
            (0x00, 0xB0) => self.read_binary(command),
            (0x00, 0xB2) => self.read_record(command),
            (0x00, 0x20) => self.verify(command),
            (0x00, 0x24) => self.change_reference_data(command),
            (0x80, 0x32) => self.change_key(command),
            (0x80, 0x2A) => self.compute_signature(command),
            (0x00, 0x88) => self.internal_authenticate(command),
            (0x00, 0x84) => self.get_challenge(command),
            (0x00, 0xCA) => self.get_data(command),
            _ => self.refuse(command),
        }
    }

    fn session(&mut self) -> Result<&mut Session, StatusWord> {
        self.power.as_mut().ok_or(StatusWord::SELF_DIAGNOSIS)
    }

    fn application(&mut self) -> Result<&Application, StatusWord> {
        let df = self.session()?.df;
        self.applications.iter().find(|application| application.df == df).ok_or(StatusWord::NO_FILE)
    }

    /// The file a command means by P2's low five bits: 0 the current one, else a short identifier, which makes that
    /// file current.
    fn target(&mut self, short_id: u8) -> Result<Ef, StatusWord> {
        let id = match short_id & 0x1F {
            0 => self.session()?.ef.ok_or(StatusWord::NO_CURRENT_FILE)?,
            short => u16::from(short),
        };
        let file = self.application()?.file(id).cloned().ok_or(StatusWord::NO_FILE)?;
        self.make_current(id)?;
        Ok(file)
    }

    fn make_current(&mut self, id: u16) -> Result<(), StatusWord> {
        let session = self.session()?;
        session.ef = Some(id);
        if (session.df, id) == (Df::Text, content::MY_NUMBER) {
            self.tally.my_number_accesses = self.tally.my_number_accesses.saturating_add(1);
        }
        Ok(())
    }

    fn allow(&mut self, access: Access) -> Result<(), StatusWord> {
        let verified = &self.session()?.verified;
        let open = match access {
            Access::Free => true,
            Access::AnyOf(pins) => pins.iter().any(|pin| verified.contains(pin)),
            Access::Never => false,
        };
        if open { Ok(()) } else { Err(StatusWord::SECURITY_STATUS) }
    }
}

#[cfg(test)]
pub(crate) mod tests;
