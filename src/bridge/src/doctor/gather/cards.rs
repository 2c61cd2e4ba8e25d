//! Readers and the cards in them, as far as they show themselves without a PIN. No attempt is spent; the file with the My Number
//! is never touched.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use jiff::Timestamp;
use jpki_card::{
    Attempts, Auth, Backend, CardFacts, CardPresence, Error, ReaderState, Session, Sign, Snapshot, TextSession,
    TokenKind,
};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::limit::drain;
use crate::doctor::findings::{AuthCertificate, Card, CardKind, Contents, PinCount, Reader, ServiceAnswer};

/// How long the service may take to list its readers; it takes milliseconds.
const SERVICE: Duration = Duration::from_secs(5);

/// How long all cards may take together. A look at one takes some 0.3 s, and at one that is slow on a busy computer ten times
/// that.
const CARDS: Duration = Duration::from_secs(10);

enum Heard {
    Unavailable,
    Readers(Vec<String>),
    Contents(usize, Contents),
}

/// A look at all cards, under way.
pub(super) struct Looking(Receiver<Heard>);

/// Begins to look. `users` tells which programs have to do with cards, should one be in use.
pub(super) fn begin(backend: Arc<dyn Backend>, users: fn() -> Vec<String>) -> Looking {
    let (sender, heard) = channel();
    crate::threads::spawn("doctor-cards", move || look(backend.as_ref(), users, &sender));
    Looking(heard)
}

impl Looking {
    /// What came of it; a card that has not answered by then is silent.
    pub(super) fn wait(self) -> (ServiceAnswer, Option<Vec<Reader>>) {
        let names = match self.0.recv_timeout(SERVICE) {
            Ok(Heard::Readers(names)) => names,
            Ok(Heard::Unavailable | Heard::Contents(..)) | Err(RecvTimeoutError::Disconnected) => {
                return (ServiceAnswer::Unavailable, None);
            }
            Err(RecvTimeoutError::Timeout) => return (ServiceAnswer::Silent, None),
        };
        let silent = |name| Reader { name, contents: Contents::Silent };
        let mut readers: Vec<_> = names.into_iter().map(silent).collect();
        drain(&self.0, CARDS, |heard| {
            if let Heard::Contents(index, contents) = heard
                && let Some(reader) = readers.get_mut(index)
            {
                reader.contents = contents;
            }
        });
        (ServiceAnswer::Answers, Some(readers))
    }
}

fn look(backend: &dyn Backend, users: fn() -> Vec<String>, sender: &Sender<Heard>) {
    // Nobody listens to what comes too late.
    let tell = |heard| drop(sender.send(heard));
    let snapshot = backend.watch().ok().and_then(|mut watch| watch.next());
    let Some(Snapshot::Readers(readers)) = snapshot else { return tell(Heard::Unavailable) };
    tell(Heard::Readers(readers.iter().map(|reader| reader.name.clone()).collect()));
    for (index, reader) in readers.iter().enumerate() {
        tell(Heard::Contents(index, contents(backend, users, reader)));
    }
}

fn contents(backend: &dyn Backend, users: fn() -> Vec<String>, reader: &ReaderState) -> Contents {
    match reader.card {
        CardPresence::Absent => return Contents::Empty,
        CardPresence::Mute => return Contents::Mute,
        CardPresence::Present { .. } => {}
    }
    // A card that is moved fails for a moment; what fails twice is a fault.
    let look = || card(backend, &reader.name);
    match look().or_else(|error| if is_passing(&error) { look() } else { Err(error) }) {
        Ok(card) => Contents::Card(card),
        Err(Error::CardInUse(_)) => Contents::InUse(users()),
        Err(Error::CardMute(_)) => Contents::Mute,
        Err(Error::CardUnsupported(_)) => Contents::OtherCard,
        Err(Error::NoCard(_) | Error::CardRemoved(_)) => Contents::Empty,
        Err(error) => Contents::Failed(words_of(&error)),
    }
}

/// The word of the protocol, and what the card or the system said: it helps those who mend readers and drivers.
fn words_of(error: &Error) -> String {
    let code = error.code();
    match (error, std::error::Error::source(error)) {
        (Error::Refused { step, status }, _) => format!("{code}: {step}, {status:04X}"),
        (Error::Malformed { step, what }, _) => format!("{code}: {step}, {what}"),
        (_, Some(cause)) => format!("{code}: {cause}"),
        (_, None) => code.to_owned(),
    }
}

/// Whether another look may go better.
fn is_passing(error: &Error) -> bool {
    matches!(error, Error::CardReset(_) | Error::Reader(_) | Error::Refused { .. } | Error::Malformed { .. })
}

/// # Errors
/// What keeps the card from being used at all; what it merely doesn't tell is in the value.
fn card(backend: &dyn Backend, reader: &str) -> Result<Card, Error> {
    let mut session = Session::open(backend.connect(reader, None)?, CardFacts::default())?;
    let kind = match session.token_kind() {
        Ok(TokenKind::MyNumberCard) => CardKind::MyNumberCard,
        Ok(TokenKind::ResidentCard) => CardKind::ResidentCard,
        Ok(TokenKind::Android | TokenKind::IPhone) => CardKind::Phone,
        Ok(_) | Err(Error::Refused { .. }) => CardKind::Unknown,
        Err(error) => return Err(error),
    };
    let auth_pin = count(session.attempts_if_any::<Auth>())?;
    let sign_pin = count(session.attempts_if_any::<Sign>())?;
    let certificate = match session.auth_certificate() {
        Ok(certificate) => validity(certificate.der()),
        Err(Error::CertificateMissing) => AuthCertificate::Missing,
        Err(Error::CardUnsupported(_)) => AuthCertificate::Guarded,
        Err(Error::Refused { .. } | Error::Malformed { .. }) => AuthCertificate::Unreadable,
        Err(error) => return Err(error),
    };
    let has_sign_certificate = match session.has_sign_certificate() {
        Ok(has) => Some(has),
        Err(Error::Refused { .. } | Error::Malformed { .. }) => None,
        Err(error) => return Err(error),
    };
    let facts = session.facts();
    session.close();
    let text_pin = text_pin(backend, reader, facts)?;
    Ok(Card { kind, certificate, has_sign_certificate, auth_pin, sign_pin, text_pin })
}

/// The text application has a session of its own; a phone has none.
fn text_pin(backend: &dyn Backend, reader: &str, facts: CardFacts) -> Result<PinCount, Error> {
    match TextSession::open(backend.connect(reader, None)?, facts) {
        Ok(mut session) => count(session.attempts().map(Some)),
        Err(Error::CardUnsupported(_)) => Ok(PinCount::None),
        Err(error) => Err(error),
    }
}

fn count(answer: Result<Option<Attempts>, Error>) -> Result<PinCount, Error> {
    match answer {
        Ok(Some(attempts)) => Ok(PinCount::Counts(attempts)),
        Ok(None) => Ok(PinCount::None),
        Err(Error::Refused { .. } | Error::Malformed { .. }) => Ok(PinCount::Unreadable),
        Err(error) => Err(error),
    }
}

fn validity(der: &[u8]) -> AuthCertificate {
    let Ok((_, certificate)) = X509Certificate::from_der(der) else { return AuthCertificate::Unreadable };
    let validity = certificate.validity();
    let at = |time: x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp());
    match (at(validity.not_before), at(validity.not_after)) {
        (Ok(from), Ok(until)) => AuthCertificate::Valid { from, until },
        _ => AuthCertificate::Unreadable,
    }
}
