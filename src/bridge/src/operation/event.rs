//! What an operation is told, and what it asks for.

use std::sync::Arc;

use jpki_card::{Attempts, Auth, CardFacts, Pin, Snapshot};
use jpki_protocol::page::ProgressState;
use jpki_protocol::prompt::{FromPrompt, ToPrompt};
use jpki_protocol::text::Purpose;
use jpki_protocol::{Challenge, ErrorCode, Language, Origin};
use std::time::Duration;

use super::cards::{CardAt, Facts, SurveyFault};
use crate::certificate::CardCertificate;

/// What a page asked for, and what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) origin: Origin,
    pub(crate) challenge: Challenge,
    pub(crate) purpose: Option<Purpose>,
    pub(crate) language: Language,
    /// The person allowed this site before.
    pub(crate) remembered: bool,
    /// The agent runs on a card in software.
    pub(crate) virtual_card: bool,
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
    /// The card worker finished signing.
    Signed(Result<Answer, SignFault>),
    /// A timer ran out.
    Elapsed(Timer),
}

/// What the card signed: the signature and the certificate it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) signature: Vec<u8>,
    pub(crate) certificate: Arc<CardCertificate>,
}

/// Why a card did not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignFault {
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
    Survey(CardAt),
    /// Verify the PIN and sign.
    Sign(SignJob),
    /// Let go of a card that was only looked at, its application deselected.
    Release(CardAt),
    /// Nobody waits for the signature any more: what has not been sent to the card is not sent.
    StopSigning,
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

/// Everything the card worker needs to sign.
#[derive(Debug)]
pub(crate) struct SignJob {
    pub(crate) at: CardAt,
    pub(crate) pin: Pin<Auth>,
    pub(crate) card: CardFacts,
    pub(crate) attempts: Attempts,
    pub(crate) last_try_confirmed: bool,
    pub(crate) certificate: Arc<CardCertificate>,
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
    /// One session with the card may take this long.
    Card,
}
