//! One exclusive session with the text application (券面入力補助AP), which tells the basic four
//! attributes (基本4情報) after its PIN.
//!
//! The operations come in with a connection and leave with a [`BasicFour`] that was checked against
//! its issuer's signature. The file with the My Number (個人番号) is never selected nor read, and the
//! record that carries its hash never leaves this folder.

mod record;

use myna_card::ap::text::ef;
use zeroize::Zeroizing;

use crate::attempts::{Attempts, LastTryConfirmed};
use crate::backend::Connection;
use crate::error::{Error, Step, VerifyError};
use crate::file::{Extent, OBJECT_LIMIT};
use crate::pin::{NewPin, Pin, Text};
use crate::selected::{Application, CardFacts, Selected};
use crate::tlv;
pub use record::{BasicFour, RecordIssuer};

/// EF of the application's PIN.
pub(crate) const PIN: u16 = ef::PIN;

/// One exclusive session with the text application selected and no PIN sent. What
/// [`crate::Session`] promises, it promises too.
#[derive(Debug)]
pub struct TextSession {
    selected: Selected,
}

impl TextSession {
    /// Selects the text application by its AID.
    ///
    /// Commands: `00 A4 04 0C 0A D3921000310001010408`; a card that answers `6F00` is treated as
    /// [`crate::Session::open`] does. `facts` come from any session with the same insertion, or are
    /// the default.
    ///
    /// # Errors
    ///
    /// [`Error::CardUnsupported`] for a card without the application, as phones are, and those of
    /// the connection.
    pub fn open(connection: Box<dyn Connection>, facts: CardFacts) -> Result<Self, Error> {
        Ok(TextSession { selected: Selected::open(connection, Application::Text, facts)? })
    }

    /// What was learnt about the card so far.
    pub fn facts(&self) -> CardFacts {
        self.selected.facts()
    }

    /// How many attempts the PIN has left. Spends none. Commands and errors as
    /// [`crate::Session::attempts`].
    ///
    /// # Errors
    ///
    /// As [`crate::Session::attempts`].
    pub fn attempts(&mut self) -> Result<Attempts, Error> {
        self.selected.attempts(PIN)
    }

    /// Sends the PIN, once, by the rules and with the commands of [`crate::Session::verify`].
    ///
    /// # Errors
    ///
    /// [`VerifyError`]; the session is over and deselected.
    pub fn verify(
        mut self,
        pin: Pin<Text>,
        attempts: Attempts,
        confirmed: Option<LastTryConfirmed>,
    ) -> Result<TextVerified, VerifyError> {
        self.selected.verify(PIN, pin, attempts, confirmed)?;
        Ok(TextVerified { selected: self.selected })
    }

    /// Ends the session and leaves the card as it is: no PIN was sent, so nothing is open.
    pub fn close(self) {}

    /// Ends the session with the application deselected, for an operation that was cancelled.
    ///
    /// Commands: `00 A4 04 0C 07 A0000001510000`.
    pub fn deselect(self) {
        self.selected.deselect();
    }
}

/// The session with the PIN of the text application accepted. Dropping it deselects the application.
#[derive(Debug)]
pub struct TextVerified {
    selected: Selected,
}

impl TextVerified {
    /// Reads name, address, date of birth and gender, and checks that they are what their issuer
    /// signed.
    ///
    /// Commands: one READ BINARY per 256 bytes of EF 0002, 0003 and 0004, which is six for a record
    /// of usual length; a SELECT more per file where short identifiers are refused.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`] where a file is not what belongs there or a signature doesn't fit,
    /// [`Error::Refused`], and those of the connection.
    pub fn basic_four(&mut self) -> Result<BasicFour, Error> {
        let attributes = self.read(ef::ATTRIBUTES, record::TAG_ATTRIBUTES)?;
        let digests = self.read(ef::INTEGRITY, record::TAG_DIGESTS)?;
        let certificate = self.read(ef::CERTIFICATE, record::TAG_CERTIFICATE)?;
        record::check(&attributes, &digests, &certificate, myna_card::ca::KNOWN).map_err(malformed)
    }

    /// Replaces the PIN that was verified, by the rules and with the commands of
    /// [`crate::Verified::change_pin`].
    ///
    /// # Errors
    ///
    /// As [`crate::Verified::change_pin`].
    pub fn change_pin(&mut self, new: NewPin<Text>) -> Result<(), Error> {
        self.selected.change_pin(PIN, new)
    }

    /// Deselects the application and ends the session, as dropping does.
    ///
    /// Commands: `00 A4 04 0C 07 A0000001510000`; where that fails, the card loses its power.
    pub fn finish(self) {}

    fn read(&mut self, file: u16, tag: u16) -> Result<Zeroizing<Vec<u8>>, Error> {
        let object = self.selected.read_object(Step::ReadAttributes, file, |first| extent(first, tag))?;
        object.ok_or_else(|| malformed("a file of the record is missing"))
    }
}

fn extent(first: &[u8], tag: u16) -> Extent {
    match (first, tlv::header(first, tag)) {
        (_, Some((header, length))) if header + length <= OBJECT_LIMIT => Extent::Length(header + length),
        (_, Some(_)) => Extent::Invalid("longer than a file may be"),
        // All of these files begin with a byte other than 00; two bytes of FF are filler.
        ([] | [0x00, ..] | [0xFF, 0xFF, ..], None) => Extent::Empty,
        _ => Extent::Invalid("another object than belongs there"),
    }
}

fn malformed(what: &'static str) -> Error {
    Error::Malformed { step: Step::ReadAttributes, what }
}

#[cfg(test)]
mod tests;
