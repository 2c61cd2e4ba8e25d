//! One application selected over one exclusive connection: what every session is made of.
//!
//! [`crate::Session`] and [`crate::TextSession`] come in, each with its own application, and so does
//! what their PINs opened. As long as no PIN was sent, a card that lost its state is taken up again
//! and the step is done over; after that nothing is ever repeated.
//!
//! However a session ends (also by an error or a panic), a card that was sent a PIN gets the issuer
//! security domain selected, which takes back every security status, and is left powered; if that
//! can't be done, its power is taken away. A card that was sent none is left as it is. Should the
//! whole process die, the resource manager resets the card and, left idle, powers it down.

use std::fmt;

use myna_card::ap::{DEFAULT_DF, jpki, text};
use myna_card::{Command, Response};
use zeroize::{Zeroize as _, Zeroizing};

use crate::attempts::{Attempts, LastTryConfirmed};
use crate::backend::{Connection, Disposition};
use crate::error::{Error, Step, VerifyError};
use crate::link::Link;
use crate::pin::{NewPin, PIN_MAX, Pin, PinKind};
use crate::status;

/// Header, Lc and the longest PIN.
const PIN_COMMAND_MAX: usize = 5 + PIN_MAX;

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
/// used to find out. Valid for one insertion of one card, in all its applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CardFacts(pub(crate) Addressing);

/// An application of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Application {
    /// 公的個人認証AP.
    Jpki,
    /// 券面入力補助AP.
    Text,
}

impl Application {
    fn aid(self) -> [u8; 10] {
        match self {
            Application::Jpki => jpki::DF,
            Application::Text => text::DF,
        }
    }
}

/// An exclusive connection to a card with one application selected.
pub(crate) struct Selected {
    link: Option<Link>,
    application: Application,
    facts: CardFacts,
    pin_sent: bool,
    restarts: u8,
    first_command: bool,
    /// The file that was selected last, so that the next command for it needs no second SELECT.
    current: Option<u16>,
}

impl Selected {
    /// Selects `application` by its AID.
    pub(crate) fn open(
        connection: Box<dyn Connection>,
        application: Application,
        facts: CardFacts,
    ) -> Result<Self, Error> {
        let mut selected = Selected {
            link: Some(Link::new(connection)),
            application,
            facts,
            pin_sent: false,
            restarts: RESTARTS,
            first_command: true,
            current: None,
        };
        match selected.select_application() {
            Err(Error::CardReset(_)) => selected.restart()?,
            outcome => outcome?,
        }
        Ok(selected)
    }

    /// Goes over to another application of the same card.
    pub(crate) fn switch(&mut self, application: Application) -> Result<(), Error> {
        self.application = application;
        self.recovering(Self::select_application)
    }

    pub(crate) fn facts(&self) -> CardFacts {
        self.facts
    }

    /// How many attempts the PIN in EF `pin` has left. Spends none.
    pub(crate) fn attempts(&mut self, pin: u16) -> Result<Attempts, Error> {
        self.recovering(|selected| selected.query_attempts(pin))
    }

    /// As [`Selected::attempts`], and `None` where the card has no such PIN.
    pub(crate) fn attempts_if_any(&mut self, pin: u16) -> Result<Option<Attempts>, Error> {
        match self.attempts(pin) {
            Err(Error::Refused { status, .. }) if status::is_absent(status) => Ok(None),
            outcome => outcome.map(Some),
        }
    }

    /// Sends the PIN in EF `file`, once.
    pub(crate) fn verify<K: PinKind>(
        &mut self,
        file: u16,
        pin: Pin<K>,
        attempts: Attempts,
        confirmed: Option<LastTryConfirmed>,
    ) -> Result<(), VerifyError> {
        let reference = self.prepare_verify(file, attempts, confirmed)?;
        let response = self.send_pin(Step::Verify, [0x00, 0x20, 0x00, reference], pin)?;
        status::verified(response.status)
    }

    /// What has to be true before a VERIFY; gives its P2.
    pub(crate) fn prepare_verify(
        &mut self,
        pin: u16,
        mut attempts: Attempts,
        confirmed: Option<LastTryConfirmed>,
    ) -> Result<u8, VerifyError> {
        if self.addressing() == Addressing::Unproven {
            attempts = self.attempts(pin)?;
        }
        attempts.permit(confirmed)?;
        if self.addressing() == Addressing::ShortId {
            return Ok(self.short_id(pin));
        }
        self.recovering(|selected| selected.make_current(Step::Verify, pin))?;
        Ok(0x80)
    }

    /// From here on nothing is repeated, and the end deselects.
    pub(crate) fn pin_is_sent(&mut self) {
        self.pin_sent = true;
    }

    /// Replaces the verified PIN in EF `file`: CHANGE REFERENCE DATA, once.
    ///
    /// The form by short identifier was never measured on a card, and this is no command to try out:
    /// the file is selected, unless it is the current one.
    pub(crate) fn change_pin<K: PinKind>(&mut self, file: u16, new: NewPin<K>) -> Result<(), Error> {
        let step = Step::ChangePin;
        self.make_current(step, file)?;
        let response = self.send_pin(step, [0x00, 0x24, 0x01, 0x80], new.into_pin())?;
        match response.status.value() {
            0x9000 => Ok(()),
            status => Err(Error::Refused { step, status }),
        }
    }

    /// Sends a command that carries a PIN, once, and wipes it where it was put together.
    fn send_pin<K: PinKind>(&mut self, step: Step, header: [u8; 4], pin: Pin<K>) -> Result<Response, Error> {
        // Filled in place and never moved: a move would leave a copy on the stack.
        let mut command = Zeroizing::new([0u8; PIN_COMMAND_MAX]);
        let length = pin.as_bytes().len();
        command[..4].copy_from_slice(&header);
        command[4] = length as u8;
        command[5..5 + length].copy_from_slice(pin.as_bytes());
        drop(pin);
        self.pin_is_sent();
        let response = self.link()?.send_once(step, &command[..5 + length]);
        // In place: to drop it by name would move it first, and leave the bytes where they were.
        command.zeroize();
        response
    }

    fn query_attempts(&mut self, pin: u16) -> Result<Attempts, Error> {
        let step = Step::Attempts;
        if self.addressing() != Addressing::Select {
            let query = Command::new(0x00, 0x20, 0x00, self.short_id(pin));
            let response = self.link()?.call(step, &query)?;
            if let Some(attempts) = status::queried(response.status) {
                self.set_addressing(Addressing::ShortId);
                return Ok(attempts);
            }
        }
        self.make_current(step, pin)?;
        let response = self.link()?.call(step, &Command::new(0x00, 0x20, 0x00, 0x80))?;
        let status = response.status.value();
        let attempts = status::queried(response.status).ok_or(Error::Refused { step, status })?;
        self.set_addressing(Addressing::Select);
        Ok(attempts)
    }

    fn select_application(&mut self) -> Result<(), Error> {
        let step = Step::SelectApplication;
        let select = Command::with_data(0x00, 0xA4, 0x04, 0x0C, self.application.aid());
        self.current = None;
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
    /// repeats before a PIN was sent.
    pub(crate) fn recovering<T>(&mut self, step: impl Fn(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
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

    pub(crate) fn current(&self) -> Option<u16> {
        self.current
    }

    pub(crate) fn set_current(&mut self, file: Option<u16>) {
        self.current = file;
    }

    pub(crate) fn addressing(&self) -> Addressing {
        self.facts.0
    }

    pub(crate) fn set_addressing(&mut self, addressing: Addressing) {
        self.facts = CardFacts(addressing);
    }

    /// Ends the session with the application deselected, whether or not a PIN was sent.
    pub(crate) fn deselect(mut self) {
        if let Some(link) = self.link.take() {
            leave(link);
        }
    }
}

impl Drop for Selected {
    fn drop(&mut self) {
        let Some(link) = self.link.take() else { return };
        if self.pin_sent {
            leave(link);
        } else if let Err(error) = link.into_connection().disconnect(Disposition::Leave) {
            tracing::debug!("disconnecting: {error}");
        }
    }
}

impl fmt::Debug for Selected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (application, facts) = (&self.application, &self.facts);
        f.debug_struct("Selected").field("application", application).field("facts", facts).finish_non_exhaustive()
    }
}

/// Takes back every security status and ends the connection: by selecting the issuer security
/// domain, else by taking the card's power away.
fn leave(mut link: Link) {
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
