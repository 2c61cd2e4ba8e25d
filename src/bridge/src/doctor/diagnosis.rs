//! What a diagnosis is made of. The shapes here are those of `jpki-bridge doctor --json`, and so they are stable.

use jpki_protocol::Language;
use serde::Serialize;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A card operation can't start because of it.
    Fault,
    /// It works, but not everywhere, not for long, or not as it should.
    Attention,
    /// It could not be found out, often because of a fault elsewhere.
    Unknown,
    /// As it should be.
    Ok,
    /// It has no meaning on this computer.
    NotApplicable,
}

/// What puts a thing right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remedy {
    /// What to do, in one sentence.
    pub text: String,
    /// The command that does it on this system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The page that helps on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<&'static str>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Its name for programs; it never changes.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// How it came out.
    pub verdict: Verdict,
    /// What was found, in one or two sentences.
    pub found: String,
    /// What puts it right, where something has to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
    /// What of it a report says.
    #[serde(skip)]
    pub(super) public: Public,
}

/// What a report to attach says of a check. Silence is the default: a new check tells strangers nothing until somebody has
/// decided that it may.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Public {
    /// The verdict alone.
    #[default]
    Verdict,
    /// What was found: it holds nothing of the person or the card.
    Found,
    /// This instead.
    Text(String),
}

/// All checks of one examination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// The version of this program.
    pub version: &'static str,
    /// The operating system: `linux`, `windows` or `macos`.
    pub platform: &'static str,
    /// The language of the texts.
    pub language: Language,
    /// Whether a card operation could start: no check found a fault.
    pub ready: bool,
    /// The checks, in an order that never changes.
    pub checks: Vec<Check>,
}

impl Diagnosis {
    /// How many checks came out so.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.checks.iter().filter(|check| check.verdict == verdict).count()
    }
}

/// How a check came out, before it has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    pub(super) found: String,
    pub(super) remedy: Option<Remedy>,
    pub(super) public: Public,
}

impl Verdict {
    pub(super) fn because(self, found: impl Into<String>) -> Outcome {
        Outcome { verdict: self, found: found.into(), remedy: None, public: Public::Verdict }
    }
}

impl Outcome {
    pub(super) fn remedy(mut self, text: impl Into<String>) -> Self {
        self.remedy = Some(Remedy { text: text.into(), command: None, page: None });
        self
    }

    /// The command that carries the remedy out; there must be one.
    pub(super) fn command(mut self, command: impl Into<String>) -> Self {
        if let Some(remedy) = &mut self.remedy {
            remedy.command = Some(command.into());
        }
        self
    }

    /// As [`Outcome::command`], where there is one.
    pub(super) fn command_if(self, command: Option<String>) -> Self {
        match command {
            Some(command) => self.command(command),
            None => self,
        }
    }

    /// The page of the remedy; there must be one.
    pub(super) fn page(mut self, page: &'static str) -> Self {
        if let Some(remedy) = &mut self.remedy {
            remedy.page = Some(page);
        }
        self
    }

    /// What was found may stand in a report: it holds nothing of the person or the card.
    pub(super) fn public(mut self) -> Self {
        self.public = Public::Found;
        self
    }

    /// A report says this instead of what was found.
    pub(super) fn public_as(mut self, text: impl Into<String>) -> Self {
        self.public = Public::Text(text.into());
        self
    }
}
