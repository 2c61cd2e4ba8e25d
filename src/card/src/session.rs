//! One exclusive session with the JPKI application (公的個人認証AP).
//!
//! The operations come in with a connection and leave with an answer or, through
//! [`Session::verify`], with a [`Verified`] key. What a session promises, however it ends, is
//! written where sessions are made: nothing is repeated after a PIN, and nothing is left open.

use myna_card::TokenType;
use myna_card::ap::jpki;

use crate::attempts::{Attempts, LastTryConfirmed};
use crate::backend::Connection;
use crate::certificate::Certificate;
use crate::error::{Error, Step, VerifyError};
use crate::key::{Auth, Key};
use crate::link::parse;
use crate::pin::Pin;
use crate::pinpad::Pinpad;
use crate::selected::{Application, CardFacts, Selected};
use crate::status;
use crate::verified::Verified;

/// What kind of token answers under the JPKI application's AID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenKind {
    /// `JPKIAPICCTOKEN2`: a My Number Card.
    MyNumberCard,
    /// `JPKIAPICCTOKEN`: the former resident card (住民基本台帳カード).
    ResidentCard,
    /// `JPKIAPGPSETOKEN`: an Android phone's secure element.
    Android,
    /// `JPKIAPIOSTOKEN`: an iPhone.
    IPhone,
    /// Anything else.
    Unknown,
}

/// One exclusive session with the JPKI application (公的個人認証AP) selected and no PIN sent.
#[derive(Debug)]
pub struct Session {
    selected: Selected,
}

impl Session {
    /// Selects the JPKI application by its AID.
    ///
    /// Commands: `00 A4 04 0C 0A D392F000260100000001`. A card that answers `6F00` to this very
    /// first command gets a throw-away `00 A4 00 00` and the SELECT again.
    ///
    /// `facts` come from an earlier session with the same insertion, or are the default.
    ///
    /// # Errors
    ///
    /// [`Error::CardUnsupported`] for a card without the application, and those of the connection.
    pub fn open(connection: Box<dyn Connection>, facts: CardFacts) -> Result<Self, Error> {
        Ok(Session { selected: Selected::open(connection, Application::Jpki, facts)? })
    }

    /// What was learnt about the card so far.
    pub fn facts(&self) -> CardFacts {
        self.selected.facts()
    }

    /// How many attempts the PIN of `K` has left. Spends none.
    ///
    /// Commands: `00 20 00 <80|short id>`; where that is refused with anything but a count,
    /// `00 A4 02 0C 02 <EF>` and `00 20 00 80`.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] where the card gives no count either way, and those of the connection.
    pub fn attempts<K: Key>(&mut self) -> Result<Attempts, Error> {
        self.selected.attempts(K::PIN)
    }

    /// As [`Session::attempts`], and `None` where the card has no such PIN.
    ///
    /// # Errors
    ///
    /// As [`Session::attempts`].
    pub fn attempts_if_any<K: Key>(&mut self) -> Result<Option<Attempts>, Error> {
        self.selected.attempts_if_any(K::PIN)
    }

    /// The authentication certificate (利用者証明用電子証明書), readable without a PIN.
    ///
    /// Commands: `00 B0 8A 00 00`, then `00 B0 <offset> <length>` per 256 bytes.
    ///
    /// # Errors
    ///
    /// [`Error::CertificateMissing`] where the card has none, [`Error::CardUnsupported`] where it
    /// is guarded by a PIN (as in a phone), [`Error::Malformed`] for anything that is not a
    /// certificate of at most [`crate::CERTIFICATE_LIMIT`], and those of the connection.
    pub fn auth_certificate(&mut self) -> Result<Certificate, Error> {
        match self.selected.recovering(|selected| selected.read_certificate(Auth::CERTIFICATE)) {
            Err(Error::Refused { status: 0x6982, .. }) => Err(Error::CardUnsupported(None)),
            outcome => outcome,
        }
    }

    /// Whether the card has a signature certificate (署名用電子証明書), which it shows only after its
    /// password. Spends nothing.
    ///
    /// Commands: `00 B0 81 00 01`; where the card takes no short identifiers,
    /// `00 A4 02 0C 02 0001` instead.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] where the answer says neither, and those of the connection.
    pub fn has_sign_certificate(&mut self) -> Result<bool, Error> {
        self.selected.recovering(|selected| selected.probe_certificate(jpki::ef::SIGN_CERTIFICATE))
    }

    /// The certificate of the authority behind key `K`. Commands and errors as
    /// [`Session::auth_certificate`].
    ///
    /// # Errors
    ///
    /// As [`Session::auth_certificate`].
    pub fn ca_certificate<K: Key>(&mut self) -> Result<Certificate, Error> {
        self.selected.recovering(|selected| selected.read_certificate(K::CA_CERTIFICATE))
    }

    /// What kind of token this is, by the label in EF 0006.
    ///
    /// Commands: `00 B0 86 00 20`.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] where the file can't be read, and those of the connection.
    pub fn token_kind(&mut self) -> Result<TokenKind, Error> {
        let step = Step::ReadTokenInfo;
        let response = self.selected.recovering(|selected| selected.open_file(step, jpki::ef::TOKEN_INFO, 32))?;
        match response.status.value() {
            0x9000 | 0x6282 => Ok(token_kind(&response.data)),
            status => Err(Error::Refused { step, status }),
        }
    }

    /// Sends the PIN, once, and on success hands out the key it opens.
    ///
    /// `attempts` is the count last read from this card. With one left (or none told) nothing is
    /// sent without `confirmed`.
    ///
    /// Commands: `00 20 00 <80|short id> <length> <PIN>` and nothing else; after a SELECT of the PIN
    /// where the card wants that, and after a query where no earlier session made one. A PIN
    /// that was refused ends the session with SELECT of the issuer security domain.
    ///
    /// # Errors
    ///
    /// [`VerifyError`]; the session is over and deselected.
    pub fn verify<K: Key>(
        mut self,
        pin: Pin<K>,
        attempts: Attempts,
        confirmed: Option<LastTryConfirmed>,
    ) -> Result<Verified<K>, VerifyError> {
        self.selected.verify(K::PIN, pin, attempts, confirmed)?;
        Ok(Verified::new(self.selected))
    }

    /// The reader's keypad, if it has one that can take a PIN. Sends nothing to the card.
    ///
    /// # Errors
    ///
    /// Those of the connection.
    pub fn pinpad(&mut self) -> Result<Option<Pinpad>, Error> {
        Pinpad::detect(self.selected.link()?.connection())
    }

    /// As [`Session::verify`] for the authentication PIN, typed on the reader's keypad: the PIN
    /// never enters this machine. Blocks until the person has typed, cancelled, or let the time run out.
    ///
    /// # Errors
    ///
    /// [`VerifyError`]; the session is over and deselected.
    pub fn verify_on_pinpad(
        mut self,
        pinpad: &Pinpad,
        attempts: Attempts,
        confirmed: Option<LastTryConfirmed>,
    ) -> Result<Verified<Auth>, VerifyError> {
        let reference = self.selected.prepare_verify(Auth::PIN, attempts, confirmed)?;
        self.selected.pin_is_sent();
        let answer = pinpad.verify::<Auth>(self.selected.link()?.connection(), reference)?;
        let response = parse(Step::Verify, &answer)?;
        tracing::debug!("pinpad verify -> {:04X}", response.status.value());
        status::verified_on_pinpad(response.status)?;
        Ok(Verified::new(self.selected))
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

fn token_kind(label: &[u8]) -> TokenKind {
    match TokenType::from_bytes(label) {
        TokenType::Card => TokenKind::MyNumberCard,
        TokenType::Android => TokenKind::Android,
        TokenType::IPhone => TokenKind::IPhone,
        TokenType::Other(label) if label.trim_ascii_end() == b"JPKIAPICCTOKEN" => TokenKind::ResidentCard,
        TokenType::Other(_) | TokenType::Absent => TokenKind::Unknown,
    }
}

#[cfg(test)]
mod tests;
