//! One exclusive session: a connection with the JPKI application selected.
//!
//! The operations come in with a connection and leave with an answer or, through
//! [`Session::verify`], with a [`Verified`] key. As long as no PIN was sent, a card that lost its
//! state is taken up again and the step is done over; after that nothing is ever repeated.
//!
//! However a session ends (also by an error or a panic), a card that was sent a PIN gets the issuer
//! security domain selected, which takes back every security status, and is left powered; if that
//! can't be done, its power is taken away. A card that was sent none is left as it is. Should the
//! whole process die, the resource manager resets the card and, left idle, powers it down.

use std::fmt;

use myna_card::ap::{DEFAULT_DF, jpki};
use myna_card::{Command, TokenType};
use zeroize::{Zeroize as _, Zeroizing};

use crate::attempts::{Attempts, LastTryConfirmed};
use crate::backend::{Connection, Disposition};
use crate::certificate::Certificate;
use crate::error::{Error, Step, VerifyError};
use crate::file::short_id;
use crate::key::{Auth, Key};
use crate::link::{Link, parse};
use crate::pin::{PIN_MAX, Pin};
use crate::pinpad::Pinpad;
use crate::status;
use crate::verified::Verified;

/// Header, Lc and the longest PIN.
const VERIFY_MAX: usize = 5 + PIN_MAX;

/// How often one session is taken up again after a reset.
const RESTARTS: u8 = 2;

/// How this card lets a command name its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Addressing {
    /// Nothing was tried yet.
    #[default]
    Unproven,
    /// The harmless retry query took a short identifier, so VERIFY does.
    ShortId,
    /// By SELECT first.
    Select,
}

/// What one session learns about a card and the next one may rely on, so that no VERIFY is ever
/// used to find out. Valid for one insertion of one card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CardFacts(Addressing);

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
pub struct Session {
    link: Option<Link>,
    facts: CardFacts,
    pin_sent: bool,
    restarts: u8,
    first_command: bool,
    /// The PIN that is the current file, so that a VERIFY after its query needs no second SELECT.
    current_pin: Option<u16>,
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
        let mut session = Session {
            link: Some(Link::new(connection)),
            facts,
            pin_sent: false,
            restarts: RESTARTS,
            first_command: true,
            current_pin: None,
        };
        match session.select_application() {
            Err(Error::CardReset(_)) => session.restart()?,
            outcome => outcome?,
        }
        Ok(session)
    }

    /// What was learnt about the card so far.
    pub fn facts(&self) -> CardFacts {
        self.facts
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
        self.recovering(|session| session.query_attempts(K::PIN))
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
        match self.recovering(|session| session.read_certificate(Auth::CERTIFICATE)) {
            Err(Error::Refused { status: 0x6982, .. }) => Err(Error::CardUnsupported(None)),
            outcome => outcome,
        }
    }

    /// The certificate of the authority behind key `K`. Commands and errors as
    /// [`Session::auth_certificate`].
    ///
    /// # Errors
    ///
    /// As [`Session::auth_certificate`].
    pub fn ca_certificate<K: Key>(&mut self) -> Result<Certificate, Error> {
        self.recovering(|session| session.read_certificate(K::CA_CERTIFICATE))
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
        let response = self.recovering(|session| session.open_file(step, jpki::ef::TOKEN_INFO, 32))?;
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
        let reference = self.prepare_verify(K::PIN, attempts, confirmed)?;
        // Filled in place and never moved: a move would leave a copy on the stack.
        let mut command = Zeroizing::new([0u8; VERIFY_MAX]);
        let length = pin.as_bytes().len();
        command[..5].copy_from_slice(&[0x00, 0x20, 0x00, reference, length as u8]);
        command[5..5 + length].copy_from_slice(pin.as_bytes());
        drop(pin);
        self.pin_sent = true;
        let response = self.link()?.send_once(Step::Verify, &command[..5 + length])?;
        // In place: to drop it by name would move it first, and leave the bytes where they were.
        command.zeroize();
        status::verified(response.status)?;
        Ok(Verified::new(self))
    }

    /// The reader's keypad, if it has one that can take a PIN. Sends nothing to the card.
    ///
    /// # Errors
    ///
    /// Those of the connection.
    pub fn pinpad(&mut self) -> Result<Option<Pinpad>, Error> {
        Pinpad::detect(self.link()?.connection())
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
        let reference = self.prepare_verify(Auth::PIN, attempts, confirmed)?;
        self.pin_sent = true;
        let answer = pinpad.verify::<Auth>(self.link()?.connection(), reference)?;
        let response = parse(Step::Verify, &answer)?;
        tracing::debug!("pinpad verify -> {:04X}", response.status.value());
        status::verified_on_pinpad(response.status)?;
        Ok(Verified::new(self))
    }

    /// Ends the session and leaves the card as it is: no PIN was sent, so nothing is open.
    pub fn close(self) {}

    /// Ends the session with the application deselected, for an operation that was cancelled.
    ///
    /// Commands: `00 A4 04 0C 07 A0000001510000`.
    pub fn deselect(mut self) {
        if let Some(link) = self.link.take() {
            leave(link);
        }
    }

    /// What has to be true before a VERIFY; gives its P2.
    fn prepare_verify(
        &mut self,
        pin: u16,
        mut attempts: Attempts,
        confirmed: Option<LastTryConfirmed>,
    ) -> Result<u8, VerifyError> {
        if self.addressing() == Addressing::Unproven {
            attempts = self.recovering(|session| session.query_attempts(pin))?;
        }
        attempts.permit(confirmed)?;
        if self.addressing() == Addressing::ShortId {
            return Ok(short_id(pin));
        }
        if self.current_pin == Some(pin) {
            return Ok(0x80);
        }
        let selected = self.recovering(|session| session.select_file(Step::Verify, pin))?;
        match selected.status.value() {
            0x9000 => Ok(0x80),
            status => Err(Error::Refused { step: Step::Verify, status }.into()),
        }
    }

    fn query_attempts(&mut self, pin: u16) -> Result<Attempts, Error> {
        let step = Step::Attempts;
        if self.addressing() != Addressing::Select {
            let query = Command::new(0x00, 0x20, 0x00, short_id(pin));
            let response = self.link()?.call(step, &query)?;
            if let Some(attempts) = status::queried(response.status) {
                self.set_addressing(Addressing::ShortId);
                return Ok(attempts);
            }
        }
        let selected = self.select_file(step, pin)?;
        if !selected.status.is_success() {
            return Err(Error::Refused { step, status: selected.status.value() });
        }
        let response = self.link()?.call(step, &Command::new(0x00, 0x20, 0x00, 0x80))?;
        let status = response.status.value();
        let attempts = status::queried(response.status).ok_or(Error::Refused { step, status })?;
        self.set_addressing(Addressing::Select);
        self.current_pin = Some(pin);
        Ok(attempts)
    }

    fn select_application(&mut self) -> Result<(), Error> {
        let step = Step::SelectApplication;
        let select = Command::with_data(0x00, 0xA4, 0x04, 0x0C, jpki::DF);
        self.current_pin = None;
        let first = std::mem::take(&mut self.first_command);
        let mut response = self.link()?.call(step, &select)?;
        if first && response.status.value() == status::SELF_DIAGNOSIS {
            // Some cards answer their first command after power-up so. The throw-away one has no
            // effect either way: 6A86 before an application is selected, 9000 after.
            self.link()?.call(step, &Command::new(0x00, 0xA4, 0x00, 0x00))?;
            response = self.link()?.call(step, &select)?;
        }
        status::application_selected(response.status)
    }

    /// Does `step`, and once more from a fresh selection if the card was reset under it. Only ever
    /// called before a PIN was sent.
    fn recovering<T>(&mut self, step: impl Fn(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        match step(self) {
            Err(Error::CardReset(_)) if !self.pin_sent && self.restarts > 0 => {
                self.restart()?;
                step(self)
            }
            outcome => outcome,
        }
    }

    fn restart(&mut self) -> Result<(), Error> {
        self.restarts = self.restarts.saturating_sub(1);
        tracing::debug!("the card was reset; taking up the session again");
        self.link()?.connection().reconnect()?;
        self.first_command = true;
        self.select_application()
    }

    pub(crate) fn link(&mut self) -> Result<&mut Link, Error> {
        self.link.as_mut().ok_or(Error::CardReset(None))
    }

    /// Another file becomes the current one.
    pub(crate) fn leave_pin(&mut self) {
        self.current_pin = None;
    }

    pub(crate) fn addressing(&self) -> Addressing {
        self.facts.0
    }

    pub(crate) fn set_addressing(&mut self, addressing: Addressing) {
        self.facts = CardFacts(addressing);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(link) = self.link.take() else { return };
        if self.pin_sent {
            leave(link);
        } else if let Err(error) = link.into_connection().disconnect(Disposition::Leave) {
            tracing::debug!("disconnecting: {error}");
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("facts", &self.facts).finish_non_exhaustive()
    }
}

/// Takes back every security status and ends the connection: by selecting the issuer security
/// domain, else by taking the card's power away.
pub(crate) fn leave(mut link: Link) {
    let select = Command::with_data(0x00, 0xA4, 0x04, 0x0C, DEFAULT_DF);
    let deselected = matches!(
        link.call(Step::Deselect, &select),
        Ok(response) if response.status.is_success()
    );
    let disposition = if deselected { Disposition::Leave } else { Disposition::Unpower };
    if let Err(error) = link.into_connection().disconnect(disposition) {
        tracing::debug!("disconnecting ({disposition:?}): {error}");
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
