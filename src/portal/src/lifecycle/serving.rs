//! A service that was begun: changed, suspended, resumed, terminated (guideline U, 5).

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::event::{Effect, Event, Refused, Slot};
use super::procedure::{Outcome, advance};
use super::{By, End, Notice, NoticeKind, Phase, Procedure, Round, Rules, Serving, State};
use crate::Environment::{Production, Test};

type Next = Result<(State, Vec<Effect>), Refused>;

/// Moves a service that was begun.
pub(super) fn step(rules: &Rules, serving: &Serving, event: &Event) -> Next {
    match event {
        Event::BeginChange => begin_change(serving),
        Event::AskNotice(kind) => ask(serving, *kind),
        Event::SendForm { short } => send_form(serving, *short),
        Event::FileNotice { kind, planned, today } => file(rules, serving, *kind, *planned, *today),
        Event::CancelNotice => match serving.notice {
            Some(_) => to(Serving { notice: None, ..serving.clone() }, Vec::new()),
            None => Err(Refused::NotNow),
        },
        Event::SuspendNow => suspend_now(serving),
        Event::LiftSuspension => lift(serving),
        Event::DayBegins(today) => day_begins(serving, *today),
        _ => change(rules, serving, event),
    }
}

fn to(serving: Serving, effects: Vec<Effect>) -> Next {
    Ok((State::Serving(serving), effects))
}

fn begin_change(serving: &Serving) -> Next {
    match (serving.suspended, &serving.change) {
        (Some(_), _) => Err(Refused::Suspended),
        (None, Some(_)) => Err(Refused::NotNow),
        (None, None) => to(Serving { change: Some(Procedure::begin(Round::Change)), ..serving.clone() }, Vec::new()),
    }
}

fn change(rules: &Rules, serving: &Serving, event: &Event) -> Next {
    let procedure = serving.change.as_ref().ok_or(Refused::NotNow)?;
    let (outcome, mut effects) = advance(rules, procedure, event)?;
    if serving.suspended.is_some() {
        return Err(Refused::Suspended);
    }
    let change = match outcome {
        Outcome::On(next) => Some(next),
        Outcome::Through => None,
        Outcome::Over(_) => {
            // What people use was never touched; the test environment goes back to what is agreed.
            effects.insert(0, Effect::DropChange);
            effects.insert(1, Effect::Register(Test, Slot::Service));
            if has_candidate(serving) {
                effects.insert(2, Effect::Terminate(Production, Slot::Candidate));
            }
            None
        }
    };
    to(Serving { change, ..serving.clone() }, effects)
}

fn has_candidate(serving: &Serving) -> bool {
    let reached = |change: &Procedure| change.round.has_reached(change.phase, Phase::ProductionCheck);
    serving.change.as_ref().is_some_and(reached)
}

/// The service's registrations in production.
fn in_production(serving: &Serving, effect: impl Fn(Slot) -> Effect) -> Vec<Effect> {
    let candidate = has_candidate(serving).then(|| effect(Slot::Candidate));
    [effect(Slot::Service)].into_iter().chain(candidate).collect()
}

fn ask(serving: &Serving, kind: NoticeKind) -> Next {
    if serving.notice.is_some() {
        return Err(Refused::NoticeUnderWay);
    }
    match (kind, serving.suspended) {
        (NoticeKind::Suspend, None) | (NoticeKind::Resume, Some(By::Applicant)) | (NoticeKind::Terminate, _) => {
            to(Serving { notice: Some(Notice::Asked(kind)), ..serving.clone() }, Vec::new())
        }
        (NoticeKind::Suspend, Some(_)) | (NoticeKind::Resume, Some(By::Operator)) => Err(Refused::Suspended),
        (NoticeKind::Resume, None) => Err(Refused::NotNow),
    }
}

fn send_form(serving: &Serving, short: bool) -> Next {
    let kind = match serving.notice {
        Some(Notice::Asked(kind)) => kind,
        // Sent again, to allow a date sooner than in two weeks.
        Some(Notice::FormSent { kind, short: false }) if short => kind,
        _ => return Err(Refused::NotNow),
    };
    to(Serving { notice: Some(Notice::FormSent { kind, short }), ..serving.clone() }, vec![Effect::TellStaff])
}

fn file(rules: &Rules, serving: &Serving, kind: NoticeKind, planned: Date, today: Date) -> Next {
    let short = match serving.notice {
        Some(Notice::FormSent { kind: sent, short }) if sent == kind => short,
        _ => return Err(Refused::NotNow),
    };
    let days = if short { 0 } else { rules.notice_days() };
    let earliest = today.saturating_add(days.days());
    if planned < earliest {
        return Err(Refused::TooSoon { earliest });
    }
    to(Serving { notice: Some(Notice::Filed { kind, planned }), ..serving.clone() }, Vec::new())
}

fn suspend_now(serving: &Serving) -> Next {
    if serving.suspended == Some(By::Operator) {
        return Err(Refused::Suspended);
    }
    let mut effects = in_production(serving, |slot| Effect::Suspend(Production, slot));
    effects.extend([Effect::Suspend(Test, Slot::Service), Effect::TellStaff]);
    // A termination that was announced still comes; a suspension is here, a resumption is the operator's now.
    let notice = serving.notice.filter(|notice| notice.kind() == NoticeKind::Terminate);
    to(Serving { suspended: Some(By::Operator), notice, change: serving.change.clone() }, effects)
}

fn lift(serving: &Serving) -> Next {
    if serving.suspended != Some(By::Operator) {
        return Err(Refused::NotNow);
    }
    let mut effects = in_production(serving, |slot| Effect::Activate(Production, slot));
    effects.extend([Effect::Activate(Test, Slot::Service), Effect::TellStaff]);
    to(Serving { suspended: None, ..serving.clone() }, effects)
}

fn day_begins(serving: &Serving, today: Date) -> Next {
    let kind = match serving.notice {
        Some(Notice::Filed { kind, planned }) if planned <= today => kind,
        _ => return Err(Refused::NotNow),
    };
    let rest = Serving { notice: None, ..serving.clone() };
    match kind {
        // The test environment stays open: whoever pauses may be mending something.
        NoticeKind::Suspend => {
            let mut effects = in_production(serving, |slot| Effect::Suspend(Production, slot));
            effects.push(Effect::TellStaff);
            to(Serving { suspended: Some(By::Applicant), ..rest }, effects)
        }
        NoticeKind::Resume => {
            let mut effects = in_production(serving, |slot| Effect::Activate(Production, slot));
            effects.push(Effect::TellStaff);
            to(Serving { suspended: None, ..rest }, effects)
        }
        NoticeKind::Terminate => {
            let mut effects = in_production(serving, |slot| Effect::Terminate(Production, slot));
            effects.extend([Effect::Terminate(Test, Slot::Service), Effect::TellStaff]);
            Ok((State::Ended(End::Terminated), effects))
        }
    }
}
