//! One line: what was asked, by whom, when, and how it ended.

use jiff::Timestamp;
use jpki_protocol::Origin;
use jpki_protocol::attributes::{Attribute, AttributeSource};
use jpki_protocol::prompt::{Operation, PinKind};
use serde::{Deserialize, Serialize};

use crate::live::Outcome;
use crate::operation::{Request, Task};

/// An operation that ended. Members may be added to the format without a new version; a reader passes over those it
/// doesn't know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// When the window opened, to the second.
    pub at: Timestamp,
    /// Who asked; none for a command on this computer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Origin>,
    /// What was asked.
    pub asked: Operation,
    /// Which attributes were asked for. A signature's certificate holds all four.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    /// Where the attributes were to be read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<AttributeSource>,
    /// How many documents were to be signed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub documents: u32,
    /// Which PIN was to be changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<PinKind>,
    /// How it ended.
    pub outcome: Outcome,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Entry {
    pub(crate) fn new(request: &Request, at: Timestamp, outcome: Outcome) -> Self {
        let task = &request.task;
        Self {
            at: Timestamp::from_second(at.as_second()).unwrap_or(at),
            site: request.origin.clone(),
            asked: task.kind(),
            attributes: task.attributes().to_vec(),
            source: match task {
                Task::ReadAttributes { source, .. } => Some(*source),
                _ => None,
            },
            documents: match task {
                Task::Sign { documents } => u32::try_from(documents.len()).unwrap_or(u32::MAX),
                _ => 0,
            },
            pin: match task {
                Task::ChangePin(pin) => Some(*pin),
                _ => None,
            },
            outcome,
        }
    }
}
