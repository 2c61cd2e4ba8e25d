//! What an onlooker of the agent may know, as one value: readers, the operation under way, how the last one ended.
//!
//! The tray and the status page come in and wait for changes; the agent writes from where things happen. What a card
//! holds never comes here: no name, no serial number, no certificate, only what a person at the reader is shown anyway.

mod board;
#[cfg(test)]
mod tests;
mod update;

use jiff::Timestamp;
use jpki_card::{Attempts, Insertion};
use jpki_protocol::page::ProgressState;
use jpki_protocol::prompt::Operation;
use jpki_protocol::{ErrorCode, Origin};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(crate) use board::Board;
pub(crate) use update::Learnt;

/// The agent, as it is at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Live {
    /// The readers and what is in them.
    pub readers: Readers,
    /// The operation under way; there is never more than one.
    pub operation: Option<Underway>,
    /// The operation that ended last, since this agent started or the history was erased through it.
    pub last: Option<Ended>,
    /// How the history is.
    pub history: Keeping,
    /// Whether the card is one in software: whoever shows anything says "test card".
    pub test_card: bool,
}

/// What is known of readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", content = "list", rename_all = "camelCase")]
pub enum Readers {
    /// Nobody has looked yet. See [`crate::Bridge::watch_readers`].
    Unwatched,
    /// The smart card service isn't there. It is awaited.
    ServiceUnavailable,
    /// These, in the order in which the system lists them; possibly none.
    Listed(Vec<Reader>),
}

/// A reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reader {
    /// The system's name of it.
    pub name: String,
    /// What is in it.
    pub card: Card,
    /// What is known of the card, if an operation looked at it.
    pub known: Option<KnownCard>,
    /// Which stay of which card this is.
    #[serde(skip)]
    insertion: Insertion,
}

/// What is in a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Card {
    /// Nothing.
    None,
    /// A card that answered to power.
    Present,
    /// A card that doesn't answer: upside down, dirty, or not a smart card.
    Mute,
    /// A card that some program holds exclusively. During an operation that program is this one.
    InUse,
}

/// What an operation learnt of a card without a PIN, or as a PIN was typed. It holds for one insertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownCard {
    /// What kind of card it is.
    pub kind: CardKind,
    /// Attempts left on the PIN of the authentication key; none where nobody asked.
    pub auth: Option<PinCount>,
    /// Attempts left on the PIN of the text application; none where nobody asked.
    pub text: Option<PinCount>,
    /// Attempts left on the signature password; none where nobody asked.
    pub sign: Option<PinCount>,
    /// When the authentication certificate ends; none where nobody read it. The signature certificate can't be read
    /// without its password, and stays out.
    pub auth_expires: Option<Timestamp>,
}

/// What kind of card it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CardKind {
    /// マイナンバーカード
    MyNumber,
    /// One that has not the application that was looked for.
    Other,
}

/// How often a PIN may still be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PinCount {
    /// So often, 1 to 15 times.
    Left(u8),
    /// Never again.
    Blocked,
    /// As often as one likes.
    Unlimited,
    /// The card doesn't say: perhaps once.
    NotReported,
}

impl From<Attempts> for PinCount {
    fn from(attempts: Attempts) -> Self {
        match attempts {
            Attempts::Left(left) => Self::Left(left.get()),
            Attempts::Blocked => Self::Blocked,
            Attempts::Unlimited => Self::Unlimited,
            Attempts::NotReported => Self::NotReported,
        }
    }
}

/// An operation under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Underway {
    /// Who asks; none for a command on this computer.
    pub origin: Option<Origin>,
    /// For what.
    pub kind: Operation,
    /// Who is waited for.
    pub stage: ProgressState,
    /// Since when.
    pub began: Timestamp,
}

/// An operation that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// Who asked; none for a command on this computer.
    pub origin: Option<Origin>,
    /// For what.
    pub kind: Operation,
    /// When it ended.
    pub at: Timestamp,
    /// How.
    pub outcome: Outcome,
}

/// How the history is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Keeping {
    /// Counts what this agent changed in it: whoever shows it reads it again when this is another number.
    pub revision: u64,
    /// Why the last entry was not kept, and what to do; none if it was.
    pub trouble: Option<String>,
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Whoever asked got what they asked for.
    Done,
    /// It was cancelled, blocked, or failed: the code that whoever asked was told.
    Ended(ErrorCode),
}

impl Outcome {
    /// The word for [`Outcome::Done`]; all others have that of their code.
    const DONE: &'static str = "done";

    /// `done`, or the code's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => Self::DONE,
            Self::Ended(code) => code.as_str(),
        }
    }

    /// Whether somebody did not want it, as opposed to something having failed.
    pub const fn is_declined(self) -> bool {
        matches!(self, Self::Ended(ErrorCode::UserCancelled | ErrorCode::SiteBlocked))
    }

    pub(crate) fn of<T>(answer: &Result<T, ErrorCode>) -> Self {
        answer.as_ref().map_or_else(|code| Self::Ended(*code), |_| Self::Done)
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Outcome {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        if word == Self::DONE {
            return Ok(Self::Done);
        }
        let code = ErrorCode::from_word(&word).ok_or_else(|| Error::custom("no such outcome"))?;
        Ok(Self::Ended(code))
    }
}
