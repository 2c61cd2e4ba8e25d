//! What an operation is told, and what it asks for.

use std::sync::Arc;
use std::time::Duration;

use jpki_card::{Attempts, CardFacts, Snapshot};
use jpki_protocol::attributes::{Attribute, AttributeSource, Attributes};
use jpki_protocol::page::{ProgressState, Record};
use jpki_protocol::prompt::{FromPrompt, Operation as Kind, PinKind, ShownDocument, ToPrompt};
use jpki_protocol::text::Purpose;
use jpki_protocol::{Challenge, ErrorCode, Language, Origin};

use super::cards::{CardAt, Facts, SurveyFault};
use super::question::{Deed, Found, PinChange};
use crate::certificate::CardCertificate;

/// What was asked for, and what is known of who asks.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The page's; none where the person asked by a command on this computer.
    pub(crate) origin: Option<Origin>,
    pub(crate) task: Task,
    pub(crate) purpose: Option<Purpose>,
    pub(crate) language: Language,
    /// The person allowed this site before.
    pub(crate) remembered: bool,
    /// The agent runs on a card in software.
    pub(crate) virtual_card: bool,
}

/// What is to be done.
#[derive(Debug, Clone)]
pub(crate) enum Task {
    /// Make a token.
    Authenticate { challenge: Challenge },
    /// Hand over attributes.
    ReadAttributes { challenge: Challenge, attributes: Vec<Attribute>, source: AttributeSource },
    /// Sign documents.
    Sign { documents: Vec<ShownDocument> },
    /// Change a PIN. No page can ask for it: the protocol has no such method.
    ChangePin(PinKind),
}

impl Task {
    /// What kind of task it is.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Authenticate { .. } => Kind::Authenticate,
            Self::ReadAttributes { .. } => Kind::ReadAttributes,
            Self::Sign { .. } => Kind::Sign,
            Self::ChangePin(_) => Kind::ChangePin,
        }
    }

    /// Which attributes whoever asked learns, by themselves or in a certificate.
    pub(crate) fn attributes(&self) -> &[Attribute] {
        match self {
            Self::ReadAttributes { attributes, .. } => attributes,
            // They stand in the signature certificate.
            Self::Sign { .. } => &Attribute::ALL,
            Self::Authenticate { .. } | Self::ChangePin(_) => &[],
        }
    }
}

/// What happened.
#[derive(Debug)]
pub(crate) enum Event {
    /// The prompt said something.
    Prompt(FromPrompt),
    /// The prompt's process ended.
    PromptGone,
    /// The prompt could not be started, or broke its protocol.
    PromptFailed,
    /// The page cancelled, or closed its connection, or the agent stops.
    PageGone,
    /// Readers or cards came or went.
    Readers(Snapshot),
    /// The card worker looked at a card.
    Surveyed(CardAt, Result<Facts, SurveyFault>),
    /// The card worker did so much of its work.
    Progressed {
        /// Parts done, at least one.
        done: usize,
        /// All parts.
        of: usize,
    },
    /// The card worker is done.
    Worked(Result<Done, Fault>),
    /// A timer ran out.
    Elapsed(Timer),
}

/// A signature and the certificate it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) signature: Vec<u8>,
    pub(crate) certificate: Arc<CardCertificate>,
}

/// What the card did.
#[derive(Debug)]
pub(crate) enum Done {
    /// It signed a token's value.
    Token(Signed),
    /// It was read; with the signature of a token's value where that was asked for.
    Read { attributes: Attributes, record: Option<Record>, token: Option<Signed> },
    /// It signed the documents, in their order.
    Documents { signatures: Vec<Vec<u8>>, certificate: Arc<CardCertificate> },
    /// The PIN is changed.
    PinChanged,
}

/// What whoever asked gets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A token.
    Token(Signed),
    /// Attributes, and the token that binds them.
    Attributes(Found, Signed),
    /// A signature for each document, in their order.
    Documents { signatures: Vec<Vec<u8>>, certificate: Arc<CardCertificate> },
    /// The PIN is changed.
    PinChanged,
}

/// Why a card did not do what it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The PIN was wrong.
    WrongPin {
        /// What the card counted after this attempt.
        attempts: Attempts,
    },
    /// Only the last attempt is left, and the person hasn't confirmed it. Nothing was sent.
    Unconfirmed {
        /// What the card counts.
        attempts: Attempts,
    },
    /// Anything else.
    Failed(ErrorCode),
}

/// What has to be done.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Start the prompt with this message.
    OpenPrompt(ToPrompt),
    /// Send the prompt a message.
    Tell(ToPrompt),
    /// Report readers, now and at each change.
    WatchReaders,
    /// Look at a card.
    Survey(CardAt, Look),
    /// Verify the PIN and do what it is for.
    Work(CardJob),
    /// Let go of a card that was only looked at, its application deselected.
    Release(CardAt),
    /// Nobody waits for the card any more: what has not been sent to it is not sent.
    StopWork,
    /// The card worker hangs: go on without it.
    AbandonCard,
    /// Tell the page how it stands.
    Progress(ProgressState),
    /// Answer the page; sent exactly once.
    Answer(Result<Answer, ErrorCode>),
    /// Allow the site from now on.
    AllowSite,
    /// Block the site from now on.
    BlockSite,
    /// Start a timer, or start it again.
    Start(Timer, Duration),
    /// Stop a timer.
    Stop(Timer),
}

/// What is to be known of a card before a PIN is asked for: always how often it may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// The authentication certificate.
    Authentication,
    /// Nothing else, of the authentication PIN.
    AuthenticationPin,
    /// Whether there is a signature certificate.
    Signature,
    /// Nothing else, of the text application's PIN.
    Text,
}

impl Look {
    /// Which PIN it counts the attempts of.
    pub(crate) fn pin(self) -> PinKind {
        match self {
            Self::Authentication | Self::AuthenticationPin => PinKind::Auth,
            Self::Signature => PinKind::Sign,
            Self::Text => PinKind::Text,
        }
    }
}

/// Everything the card worker needs.
#[derive(Debug)]
pub(crate) struct CardJob {
    pub(crate) at: CardAt,
    pub(crate) deed: Deed,
    pub(crate) card: CardFacts,
    pub(crate) attempts: Attempts,
    pub(crate) last_try_confirmed: bool,
    /// The authentication certificate, where its key is to sign.
    pub(crate) certificate: Option<Arc<CardCertificate>>,
}

impl CardJob {
    /// Which PIN it takes.
    pub(crate) fn pin(&self) -> PinKind {
        match self.deed {
            Deed::Token { .. } | Deed::ChangePin(PinChange::Auth(..)) => PinKind::Auth,
            Deed::Record { .. } | Deed::ChangePin(PinChange::Text(..)) => PinKind::Text,
            Deed::HolderCertificate { .. } | Deed::Documents { .. } | Deed::ChangePin(PinChange::Sign(..)) => {
                PinKind::Sign
            }
        }
    }
}

/// The timers of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Timer {
    /// The person has this long to answer.
    User,
    /// After consent, a card has this long to appear.
    Grace,
    /// Before a card that was in use is tried again.
    Retry,
    /// One session with the card may take this long between two signs of life.
    Card,
}
