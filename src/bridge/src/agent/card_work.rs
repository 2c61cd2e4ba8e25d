//! What a card does for a PIN: one VERIFY, its work, and the application deselected on every path.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jpki_card::{
    Attempts, Auth, Backend, CardFacts, Connection, Error, Key, LastTryConfirmed, Pin, RecordIssuer, Session,
    Sha256Digest, Sign, Text, TextSession, TextVerified, Verified, VerifyError,
};
use jpki_protocol::ErrorCode;
use jpki_protocol::attributes::{Attributes, Gender, birthdate};
use jpki_protocol::page::{self, Record, RecordSignature};
use jpki_signing::{Signer, holder};
use ring::digest::{SHA256, digest};
use tokio::sync::mpsc::UnboundedSender;

use super::Drafts;
use super::card_worker::code;
use crate::certificate::CardCertificate;
use crate::operation::{CardAt, CardJob, Deed, Done, Event, Fault, PinChange, Signed};
use crate::threads::lock;

/// A card that was looked at and is exclusively ours.
pub(super) enum Held {
    Jpki(Session),
    Text(TextSession),
}

impl Held {
    pub(super) fn deselect(self) {
        match self {
            Self::Jpki(session) => session.deselect(),
            Self::Text(session) => session.deselect(),
        }
    }
}

/// What surrounds one job.
pub(super) struct Occasion<'a> {
    pub(super) backend: &'a dyn Backend,
    /// Set when nobody waits for the card any more.
    pub(super) stop: &'a AtomicBool,
    pub(super) drafts: &'a Drafts,
    pub(super) reply: &'a UnboundedSender<Event>,
    /// The card, where the job ended without sending it a PIN.
    pub(super) kept: Option<Held>,
}

/// How the one card is to be opened.
struct Ticket {
    at: CardAt,
    card: CardFacts,
    attempts: Attempts,
    last_try_confirmed: bool,
}

/// A session that a PIN of kind `K` opens.
trait Locked<K>: Sized {
    type Opened;
    fn open(connection: Box<dyn Connection>, facts: CardFacts) -> Result<Self, Error>;
    fn from_held(held: Held) -> Option<Self>;
    fn into_held(self) -> Held;
    fn count(&mut self) -> Result<Attempts, Error>;
    fn unlock(
        self,
        pin: Pin<K>,
        attempts: Attempts,
        confirmed: Option<LastTryConfirmed>,
    ) -> Result<Self::Opened, VerifyError>;
}

impl<K: Key> Locked<K> for Session {
    type Opened = Verified<K>;
    fn open(connection: Box<dyn Connection>, facts: CardFacts) -> Result<Self, Error> {
        Session::open(connection, facts)
    }
    fn from_held(held: Held) -> Option<Self> {
        if let Held::Jpki(session) = held { Some(session) } else { None }
    }
    fn into_held(self) -> Held {
        Held::Jpki(self)
    }
    fn count(&mut self) -> Result<Attempts, Error> {
        self.attempts::<K>()
    }
    fn unlock(
        self,
        pin: Pin<K>,
        attempts: Attempts,
        confirmed: Option<LastTryConfirmed>,
    ) -> Result<Verified<K>, VerifyError> {
        self.verify(pin, attempts, confirmed)
    }
}

impl Locked<Text> for TextSession {
    type Opened = TextVerified;
    fn open(connection: Box<dyn Connection>, facts: CardFacts) -> Result<Self, Error> {
        TextSession::open(connection, facts)
    }
    fn from_held(held: Held) -> Option<Self> {
        if let Held::Text(session) = held { Some(session) } else { None }
    }
    fn into_held(self) -> Held {
        Held::Text(self)
    }
    fn count(&mut self) -> Result<Attempts, Error> {
        self.attempts()
    }
    fn unlock(
        self,
        pin: Pin<Text>,
        attempts: Attempts,
        confirmed: Option<LastTryConfirmed>,
    ) -> Result<TextVerified, VerifyError> {
        self.verify(pin, attempts, confirmed)
    }
}

/// Does one job. What the card still had open is closed when this returns.
pub(super) fn work(occasion: &mut Occasion<'_>, job: CardJob, held: Option<Held>) -> Result<Done, Fault> {
    let CardJob { at, deed, card, attempts, last_try_confirmed, certificate } = job;
    let ticket = Ticket { at, card, attempts, last_try_confirmed };
    match deed {
        Deed::Token { pin, value } => {
            let certificate = certificate.ok_or(Fault::Failed(ErrorCode::Internal))?;
            let mut key = occasion.unlock::<Auth, Session>(ticket, pin, held)?;
            let signature = sign_value(&mut key, &value, &certificate)?;
            Ok(Done::Token(Signed { signature, certificate }))
        }
        Deed::Record { pin } => {
            let mut text = occasion.unlock::<Text, TextSession>(ticket, pin, held)?;
            let four = text.basic_four().map_err(failed)?;
            text.finish();
            let attributes = Attributes {
                birthdate: birthdate(&four.birthdate),
                gender: Gender::from_digit(four.gender),
                name: Some(four.name.to_string()),
                address: Some(four.address.to_string()),
                ..Attributes::default()
            };
            if attributes.birthdate.is_none() || attributes.gender.is_none() {
                tracing::error!("the card's record has a birth date or sex that is none");
                return Err(Fault::Failed(ErrorCode::CardError));
            }
            let issuer = match four.issuer {
                RecordIssuer::Jlis => page::RecordIssuer::Jlis,
                RecordIssuer::JlisTest => page::RecordIssuer::JlisTest,
                _ => page::RecordIssuer::Unknown,
            };
            let record = Some(Record { signature: RecordSignature::Valid, issuer });
            Ok(Done::Read { attributes, record, token: None })
        }
        Deed::HolderCertificate { pin, value } => {
            let mut key = occasion.unlock::<Sign, Session>(ticket, pin, held)?;
            let certificate = signature_certificate(&mut key)?;
            let attributes = holder::read(certificate.der()).map_err(|error| {
                tracing::error!("the signature certificate: {error}");
                Fault::Failed(ErrorCode::CardError)
            })?;
            let token = match value {
                Some(value) => {
                    occasion.go_on()?;
                    Some(Signed { signature: sign_value(&mut key, &value, &certificate)?, certificate })
                }
                None => None,
            };
            Ok(Done::Read { attributes, record: None, token })
        }
        Deed::Documents { pin } => {
            let key = occasion.unlock::<Sign, Session>(ticket, pin, held)?;
            occasion.sign_documents(key)
        }
        Deed::ChangePin(change) => {
            match change {
                PinChange::Auth(old, new) => occasion.unlock::<Auth, Session>(ticket, old, held)?.change_pin(new),
                PinChange::Sign(old, new) => occasion.unlock::<Sign, Session>(ticket, old, held)?.change_pin(new),
                PinChange::Text(old, new) => occasion.unlock::<Text, TextSession>(ticket, old, held)?.change_pin(new),
            }
            .map_err(failed)?;
            Ok(Done::PinChanged)
        }
    }
}

impl Occasion<'_> {
    /// Opens the card with the PIN, in the session it was looked at with; after a wrong PIN in a new one, with the
    /// attempts counted anew.
    fn unlock<K, L: Locked<K>>(&mut self, ticket: Ticket, pin: Pin<K>, held: Option<Held>) -> Result<L::Opened, Fault> {
        let (session, attempts) = match held.and_then(L::from_held) {
            Some(session) => (session, ticket.attempts),
            None => {
                let reader = &ticket.at.reader;
                let connection = self.backend.connect(reader, Some(ticket.at.insertion)).map_err(failed)?;
                let mut session = L::open(connection, ticket.card).map_err(failed)?;
                let attempts = session.count().map_err(failed)?;
                (session, attempts)
            }
        };
        if let Err(fault) = self.go_on() {
            session.into_held().deselect();
            return Err(fault);
        }
        if attempts.is_last() && !ticket.last_try_confirmed {
            self.kept = Some(session.into_held());
            return Err(Fault::Unconfirmed { attempts });
        }
        let confirmed = ticket.last_try_confirmed.then(LastTryConfirmed::by_the_person);
        let opened = session.unlock(pin, attempts, confirmed).map_err(verify_fault)?;
        self.go_on()?;
        Ok(opened)
    }

    /// Whether somebody still waits for the card.
    fn go_on(&self) -> Result<(), Fault> {
        if self.stop.load(Ordering::Acquire) { Err(Fault::Failed(ErrorCode::UserCancelled)) } else { Ok(()) }
    }

    fn sign_documents(&self, mut key: Verified<Sign>) -> Result<Done, Fault> {
        let certificate = signature_certificate(&mut key)?;
        let signer = Signer { certificate: certificate.der().to_vec(), time: jiff::Timestamp::now() };
        let mut drafts = lock(self.drafts);
        let count = drafts.len();
        let mut signatures = Vec::with_capacity(count);
        for (index, draft) in drafts.iter_mut().enumerate() {
            self.go_on()?;
            let digest = draft.digest(&signer).map_err(|error| {
                tracing::error!("a document can't be signed: {error}");
                Fault::Failed(ErrorCode::Internal)
            })?;
            let signature = key.sign(&Sha256Digest(digest)).map_err(failed)?;
            signatures.push(signature.as_bytes().to_vec());
            // An operation that ended meanwhile doesn't listen.
            let _ = self.reply.send(Event::Progressed { done: index + 1, of: count });
        }
        key.finish();
        Ok(Done::Documents { signatures, certificate })
    }
}

/// Reads the signature certificate, which its PIN opened.
fn signature_certificate(key: &mut Verified<Sign>) -> Result<Arc<CardCertificate>, Fault> {
    let certificate = key.certificate().map_err(failed)?;
    CardCertificate::parse(certificate.der(), jiff::Timestamp::now()).map(Arc::new).map_err(Fault::Failed)
}

/// Signs a token's value, and makes sure that the certificate is the key's.
fn sign_value<K: Key>(
    key: &mut Verified<K>,
    value: &[u8; 64],
    certificate: &CardCertificate,
) -> Result<Vec<u8>, Fault> {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, value).as_ref());
    let signature = key.sign(&Sha256Digest(hash)).map_err(failed)?;
    if !certificate.signed(value, signature.as_bytes()) {
        tracing::error!("the card's signature doesn't belong to its certificate");
        return Err(Fault::Failed(ErrorCode::CardError));
    }
    Ok(signature.as_bytes().to_vec())
}

fn failed(error: Error) -> Fault {
    Fault::Failed(code(&error))
}

fn verify_fault(error: VerifyError) -> Fault {
    match error {
        VerifyError::WrongPin { attempts } => Fault::WrongPin { attempts },
        VerifyError::Failed(error) => failed(error),
        // The operation asks for confirmation first, and hands no PIN pad in.
        other => {
            tracing::error!("card: {other}");
            Fault::Failed(ErrorCode::Internal)
        }
    }
}
