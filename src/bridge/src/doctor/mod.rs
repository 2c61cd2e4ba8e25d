//! The doctor: looks at everything a card operation needs and says what stands in its way, with the remedy.
//!
//! `jpki-bridge doctor` and the agent's status page come in through [`examine`]. `gather` looks, each part within a time
//! limit, and brings [`Findings`]; `checks` are pure functions over those; `print` and `report` put a [`Diagnosis`] into words.
//! Nothing here spends a PIN attempt, reads personal data from a card, or changes anything on the computer.

mod checks;
mod diagnosis;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "no system finds everything"))]
mod findings;
mod gather;
mod models;
mod print;
mod report;

use std::path::PathBuf;
use std::sync::Arc;

use jpki_card::Backend;
use jpki_protocol::Language;

pub use diagnosis::{Check, Diagnosis, Remedy, Verdict};
pub use findings::Findings;

use crate::PromptProgram;

/// What to examine.
pub struct Subject {
    /// Where readers and cards are. Give it a backend of its own: one watch at a time names a card's stay in a reader.
    pub backend: Arc<dyn Backend>,
    /// Whether the card is one in software.
    pub virtual_card: bool,
    /// The settings file that is named on the command line; otherwise the person's own.
    pub config: Option<PathBuf>,
    /// Who asks the person, if that is named on the command line; otherwise whom the settings say.
    pub prompt: Option<PromptProgram>,
}

/// Looks at everything, and says what it means. Takes some seconds at most, whatever hangs; blocks for as long.
///
/// A part that hangs keeps its thread until it answers.
pub fn examine(subject: &Subject, language: Language) -> Diagnosis {
    gather(subject).diagnosis(language)
}

/// Looks at everything. See [`examine`].
pub fn gather(subject: &Subject) -> Findings {
    gather::everything(subject)
}
