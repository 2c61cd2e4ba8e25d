//! Where an application stands, and the one function that moves it.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::event::{Effect, Event, Refused};
use super::{FormId, Phase, Round, Rules, procedure, serving};

/// Where an application stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// On the way to its service.
    Preparing(Procedure),
    /// The service was begun.
    Serving(Serving),
    /// Over for good.
    Ended(End),
}

/// A procedure under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Procedure {
    pub(crate) round: Round,
    pub(crate) phase: Phase,
    /// What was filed in this round.
    pub(crate) filed: BTreeSet<FormId>,
    /// The requirements that were found met.
    pub(crate) met: BTreeSet<String>,
}

/// A service that was begun.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Serving {
    /// Who suspended it, if it is.
    pub(crate) suspended: Option<By>,
    /// A change under way. What is live stays until it is through.
    pub(crate) change: Option<Procedure>,
    pub(crate) notice: Option<Notice>,
}

/// Who suspended a service: what the operator suspended, only the operator resumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum By {
    Applicant,
    Operator,
}

/// How an application ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum End {
    /// 利用終了.
    Terminated,
    Refused,
    Withdrawn,
}

/// What a notice announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NoticeKind {
    /// 利用停止.
    Suspend,
    /// 利用再開.
    Resume,
    /// 利用終了.
    Terminate,
}

/// A notice on its way (5.2 to 5.4): the wish is told, the operator sends the form, the applicant files it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Notice {
    Asked(NoticeKind),
    /// The form was sent; `short` lets it announce something sooner than in two weeks.
    FormSent {
        kind: NoticeKind,
        short: bool,
    },
    /// It takes effect at the beginning of the day.
    Filed {
        kind: NoticeKind,
        planned: Date,
    },
}

impl Notice {
    /// What it announces.
    pub(crate) const fn kind(&self) -> NoticeKind {
        match self {
            Self::Asked(kind) | Self::FormSent { kind, .. } | Self::Filed { kind, .. } => *kind,
        }
    }
}

impl Procedure {
    /// The beginning of a round.
    pub(crate) fn begin(round: Round) -> Self {
        let phase = match round {
            Round::First => Phase::Considering,
            Round::Change => Phase::Changing,
        };
        Self { round, phase, filed: BTreeSet::new(), met: BTreeSet::new() }
    }

    /// What must still be filed before the phase's papers can be handed in.
    pub(crate) fn missing(&self, rules: &Rules) -> Vec<FormId> {
        rules.needs(self.phase).iter().filter(|form| !self.filed.contains(*form)).cloned().collect()
    }
}

impl State {
    /// A new application.
    pub(crate) fn new() -> Self {
        Self::Preparing(Procedure::begin(Round::First))
    }

    /// The procedure under way.
    pub(crate) fn procedure(&self) -> Option<&Procedure> {
        match self {
            Self::Preparing(procedure) => Some(procedure),
            Self::Serving(serving) => serving.change.as_ref(),
            Self::Ended(_) => None,
        }
    }

    /// The notice under way.
    pub(crate) fn notice(&self) -> Option<&Notice> {
        match self {
            Self::Serving(serving) => serving.notice.as_ref(),
            _ => None,
        }
    }

    /// Whether the technical documents are disclosed to the applicant.
    pub(crate) fn is_disclosed(&self) -> bool {
        match self {
            Self::Preparing(procedure) => procedure.round.has_reached(procedure.phase, Phase::Planning),
            Self::Serving(_) => true,
            Self::Ended(_) => false,
        }
    }

    /// The day on which something announced takes effect.
    pub(crate) fn due(&self) -> Option<Date> {
        match self.notice() {
            Some(Notice::Filed { planned, .. }) => Some(*planned),
            _ => None,
        }
    }
}

/// Takes one event and says what follows from it, or why it is refused.
pub(crate) fn step(rules: &Rules, state: &State, event: &Event) -> Result<(State, Vec<Effect>), Refused> {
    match state {
        State::Preparing(procedure) => procedure::first(rules, procedure, event),
        State::Serving(serving) => serving::step(rules, serving, event),
        State::Ended(_) => Err(Refused::Ended),
    }
}
