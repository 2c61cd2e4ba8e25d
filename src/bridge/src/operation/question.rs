//! The questions an operation asks a person, one after the other, and what the card does for each answer.
//!
//! Most operations are one question. Attributes take two: a PIN to read them, then a last look at the values before
//! they are handed over.

use jpki_card::{Auth, NewPin, Pin, PinFormatError, Sign, Text};
use jpki_protocol::attributes::{Attribute, AttributeSource, Attributes};
use jpki_protocol::page::Record;
use jpki_protocol::prompt::{Disclosure, Open, PinKind, PinRule, Question as Place, ToPrompt, VERSION};
use jpki_protocol::token::{signed_value, signed_value_of};
use jpki_protocol::{Origin, Secret};

use super::event::{Look, Request, Signed, Task};

/// One question.
#[derive(Debug)]
pub(crate) enum Question {
    /// The PIN that signs in.
    SignIn,
    /// The PIN of the text application, to read the record.
    Record,
    /// The signature password, to read the signature certificate.
    HolderCertificate,
    /// A last look at what was read, and the PIN that signs it in a token.
    HandOver(Found),
    /// A last look at what was read; the signature key signed the token while it was open.
    Confirm(Found, Signed),
    /// The signature password, to sign documents.
    Sign,
    /// The old PIN and the new one.
    ChangePin(PinKind),
}

/// What was read from a card, and nothing that wasn't asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) attributes: Attributes,
    pub(crate) record: Option<Record>,
}

/// What the card is to do, with the PIN it takes.
#[derive(Debug)]
pub(crate) enum Deed {
    /// Sign a token's value with the authentication key.
    Token { pin: Pin<Auth>, value: [u8; 64] },
    /// Read the record of the text application.
    Record { pin: Pin<Text> },
    /// Read the signature certificate, and sign a token's value with its key where one is given.
    HolderCertificate { pin: Pin<Sign>, value: Option<[u8; 64]> },
    /// Sign the documents.
    Documents { pin: Pin<Sign> },
    /// Change a PIN.
    ChangePin(PinChange),
}

/// The old PIN and the new one.
#[derive(Debug)]
pub(crate) enum PinChange {
    Auth(Pin<Auth>, NewPin<Auth>),
    Text(Pin<Text>, NewPin<Text>),
    Sign(Pin<Sign>, NewPin<Sign>),
}

/// What was typed is none of the card's PINs. Nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoPin;

impl Question {
    /// The first question of a task.
    pub(crate) fn first(task: &Task) -> Self {
        match task {
            Task::Authenticate { .. } => Self::SignIn,
            Task::ReadAttributes { source: AttributeSource::Card, .. } => Self::Record,
            Task::ReadAttributes { source: AttributeSource::SignatureCertificate, .. } => Self::HolderCertificate,
            Task::Sign { .. } => Self::Sign,
            Task::ChangePin(kind) => Self::ChangePin(*kind),
        }
    }

    /// Which PIN it asks for; none where a yes is enough.
    fn pin(&self) -> Option<PinKind> {
        match self {
            Self::SignIn | Self::HandOver(_) => Some(PinKind::Auth),
            Self::Record => Some(PinKind::Text),
            Self::HolderCertificate | Self::Sign => Some(PinKind::Sign),
            Self::ChangePin(kind) => Some(*kind),
            Self::Confirm(..) => None,
        }
    }

    /// What is to be known of the card before it is asked; none where a yes is enough.
    pub(crate) fn look(&self) -> Option<Look> {
        match self {
            Self::SignIn | Self::HandOver(_) => Some(Look::Authentication),
            Self::ChangePin(PinKind::Auth) => Some(Look::AuthenticationPin),
            Self::HolderCertificate | Self::Sign | Self::ChangePin(PinKind::Sign) => Some(Look::Signature),
            Self::Record | Self::ChangePin(PinKind::Text) => Some(Look::Text),
            Self::Confirm(..) => None,
        }
    }

    /// Whether the card reads for it, rather than signs.
    pub(crate) fn reads(&self) -> bool {
        matches!(self, Self::Record | Self::HolderCertificate)
    }

    /// The message that puts it to the person.
    pub(crate) fn open(&self, request: &Request) -> ToPrompt {
        let look = match self {
            Self::HandOver(found) | Self::Confirm(found, _) => Some(found.attributes.clone()),
            _ => None,
        };
        let number = 1 + u8::from(look.is_some());
        let question = matches!(request.task, Task::ReadAttributes { .. }).then_some(Place { number, of: 2 });
        let documents = match &request.task {
            Task::Sign { documents } => documents.clone(),
            _ => Vec::new(),
        };
        ToPrompt::Open(Box::new(Open {
            version: VERSION,
            operation: request.task.kind(),
            origin: request.origin.clone(),
            purpose: request.purpose.clone(),
            discloses: self.discloses(&request.task),
            documents,
            pin: self.pin().map(rule),
            question,
            lang: request.language,
            virtual_card: request.virtual_card,
            // Asked once: the second question is no occasion to ask it again.
            remembered: request.remembered || look.is_some(),
            attributes: look,
        }))
    }

    /// What the site learns. The certificate is that of the key whose PIN is asked for; where that one is only read,
    /// it isn't named.
    fn discloses(&self, task: &Task) -> Vec<Disclosure> {
        let named = task.attributes();
        let certificate = match task {
            Task::Authenticate { .. } | Task::Sign { .. } => true,
            Task::ReadAttributes { .. } => !matches!(self, Self::HolderCertificate) || hands_over_certificate(named),
            Task::ChangePin(_) => false,
        };
        let named = Attribute::ALL.into_iter().filter(|attribute| named.contains(attribute)).map(Disclosure::from);
        certificate.then_some(Disclosure::Certificate).into_iter().chain(named).collect()
    }

    /// What the card does with what was typed.
    ///
    /// # Errors
    /// [`NoPin`] for what breaks the rules of the PIN that was asked for.
    pub(crate) fn deed(&self, request: &Request, typed: Option<&Secret>, new: Option<&Secret>) -> Result<Deed, NoPin> {
        let typed = typed.ok_or(NoPin)?.expose();
        let value =
            |text: &str| request.origin.as_ref().map(Origin::as_str).map(|origin| signed_value_of(origin, text));
        match (self, &request.task) {
            (Self::SignIn, Task::Authenticate { challenge }) => {
                let value = value(challenge.as_str()).ok_or(NoPin)?;
                Ok(Deed::Token { pin: Pin::parse(typed)?, value })
            }
            (Self::HandOver(found), Task::ReadAttributes { challenge, .. }) => {
                let value = value(&found.attributes.bound_challenge(challenge)).ok_or(NoPin)?;
                Ok(Deed::Token { pin: Pin::parse(typed)?, value })
            }
            (Self::Record, _) => Ok(Deed::Record { pin: Pin::parse(typed)? }),
            (Self::HolderCertificate, Task::ReadAttributes { challenge, attributes, .. }) => {
                let origin = request.origin.as_ref().filter(|_| hands_over_certificate(attributes));
                let value = origin.map(|origin| signed_value(origin, challenge));
                Ok(Deed::HolderCertificate { pin: Pin::parse(typed)?, value })
            }
            (Self::Sign, _) => Ok(Deed::Documents { pin: Pin::parse(typed)? }),
            (Self::ChangePin(kind), _) => {
                let new = new.ok_or(NoPin)?.expose();
                Ok(Deed::ChangePin(match kind {
                    PinKind::Auth => PinChange::Auth(Pin::parse(typed)?, NewPin::parse(new)?),
                    PinKind::Text => PinChange::Text(Pin::parse(typed)?, NewPin::parse(new)?),
                    PinKind::Sign => PinChange::Sign(Pin::parse(typed)?, NewPin::parse(new)?),
                }))
            }
            _ => Err(NoPin),
        }
    }
}

/// The signature certificate holds all four attributes: it leaves the machine only where all four were asked for.
fn hands_over_certificate(asked: &[Attribute]) -> bool {
    Attribute::ALL.iter().all(|attribute| asked.contains(attribute))
}

fn rule(kind: PinKind) -> PinRule {
    match kind {
        PinKind::Auth => PinRule::AUTH,
        PinKind::Text => PinRule::TEXT,
        PinKind::Sign => PinRule::SIGN,
    }
}

impl From<PinFormatError> for NoPin {
    fn from(_: PinFormatError) -> Self {
        NoPin
    }
}
