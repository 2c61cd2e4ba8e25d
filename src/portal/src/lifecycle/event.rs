//! What happens to an application, what follows, and why something is refused.

use jiff::civil::Date;

use super::{FormId, NoticeKind};
use crate::Environment;

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// The applicant files a version of a form.
    File(FormId),
    /// The applicant hands the phase's forms in, or says that its work is done.
    Submit,
    /// The applicant gives the application, or the change, up.
    Withdraw,
    /// The applicant begins a change.
    BeginChange,
    /// The applicant tells that a notice will come.
    AskNotice(NoticeKind),
    /// The applicant files a notice.
    FileNotice { kind: NoticeKind, planned: Date, today: Date },
    /// The applicant takes a notice back.
    CancelNotice,
    /// The operator found a requirement met, or not.
    Check { requirement: String, met: bool },
    /// The operator agrees.
    Approve,
    /// The operator wants it done again.
    Return,
    /// The operator refuses for good.
    Refuse,
    /// The operator set the access rights.
    SetAccess,
    /// The operator sends a notice's form; `short` lets it announce something sooner than in two weeks.
    SendForm { short: bool },
    /// The operator suspends at once.
    SuspendNow,
    /// The operator ends the suspension.
    LiftSuspension,
    /// A day began.
    DayBegins(Date),
}

/// Which of a service's registrations in an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Its own.
    Service,
    /// The one by which a change is checked in production while the service goes on as it was.
    Candidate,
}

/// What must be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// These forms count from now on, as filed last.
    Agree(Vec<FormId>),
    /// What was filed for the change counts no more.
    DropChange,
    /// Make or renew a registration from the agreed sheets.
    Register(Environment, Slot),
    /// Let a registration be served again.
    Activate(Environment, Slot),
    /// Refuse a registration until further notice.
    Suspend(Environment, Slot),
    /// Refuse a registration for good.
    Terminate(Environment, Slot),
    /// Tell the applicant's staff that something changed.
    TellStaff,
}

/// Why something is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It isn't the time for it.
    NotNow,
    /// It isn't asked for now.
    NotWanted,
    /// These forms are missing.
    Missing(Vec<FormId>),
    /// A change that changes nothing.
    NothingRevised,
    /// Requirements aren't found met.
    RequirementsOpen,
    /// There is no such requirement.
    UnknownRequirement,
    /// The service is suspended.
    Suspended,
    /// Another notice is on its way.
    NoticeUnderWay,
    /// The date is sooner than the rules allow.
    TooSoon { earliest: Date },
    /// The application is over.
    Ended,
}

impl Event {
    /// The word for it in the audit trail.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::Submit => "submit",
            Self::Withdraw => "withdraw",
            Self::BeginChange => "begin_change",
            Self::AskNotice(_) => "ask_notice",
            Self::FileNotice { .. } => "file_notice",
            Self::CancelNotice => "cancel_notice",
            Self::Check { .. } => "check",
            Self::Approve => "approve",
            Self::Return => "return",
            Self::Refuse => "refuse",
            Self::SetAccess => "set_access",
            Self::SendForm { short: false } => "send_form",
            Self::SendForm { short: true } => "allow_short_notice",
            Self::SuspendNow => "suspend_now",
            Self::LiftSuspension => "lift_suspension",
            Self::DayBegins(_) => "day_begins",
        }
    }
}
