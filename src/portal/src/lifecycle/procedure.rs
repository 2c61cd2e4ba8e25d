//! The way of a procedure through its phases: the first one, and that of a change.

use super::event::{Effect, Event, Refused, Slot};
use super::{End, FormId, Phase, Procedure, Round, Rules, Serving, State, Turn};
use crate::Environment::{Production, Test};

/// What became of a procedure.
pub(super) enum Outcome {
    /// It goes on.
    On(Procedure),
    /// It is through: the service begins, or the change is live.
    Through,
    /// It is given up or refused.
    Over(End),
}

/// Moves the first procedure.
pub(super) fn first(rules: &Rules, procedure: &Procedure, event: &Event) -> Result<(State, Vec<Effect>), Refused> {
    let (outcome, mut effects) = advance(rules, procedure, event)?;
    let state = match outcome {
        Outcome::On(next) => State::Preparing(next),
        Outcome::Through => State::Serving(Serving::default()),
        Outcome::Over(end) => {
            effects.insert(0, Effect::Terminate(Test, Slot::Service));
            effects.insert(1, Effect::Terminate(Production, Slot::Service));
            State::Ended(end)
        }
    };
    Ok((state, effects))
}

/// Moves a procedure.
pub(super) fn advance(rules: &Rules, procedure: &Procedure, event: &Event) -> Result<(Outcome, Vec<Effect>), Refused> {
    let phase = procedure.phase;
    match (phase.turn(), event) {
        (_, Event::Withdraw) => Ok((Outcome::Over(End::Withdrawn), Vec::new())),
        (_, Event::Refuse) => Ok((Outcome::Over(End::Refused), vec![Effect::TellStaff])),
        (Turn::Applicant, Event::File(form)) => file(rules, procedure, form),
        (Turn::Applicant, Event::Submit) => submit(rules, procedure),
        (Turn::Operator, Event::Check { requirement, met }) => check(rules, procedure, requirement, *met),
        (Turn::Operator, Event::Approve) if !phase.is_access() => approve(rules, procedure),
        (Turn::Operator, Event::SetAccess) if phase.is_access() => Ok(set_access(procedure)),
        (Turn::Operator, Event::Return) => {
            let back = procedure.round.back_from(phase).ok_or(Refused::NotNow)?;
            Ok((on(procedure, back), vec![Effect::TellStaff]))
        }
        _ => Err(Refused::NotNow),
    }
}

fn on(procedure: &Procedure, phase: Phase) -> Outcome {
    Outcome::On(Procedure { phase, ..procedure.clone() })
}

fn forward(procedure: &Procedure) -> Outcome {
    procedure.round.after(procedure.phase).map_or(Outcome::Through, |phase| on(procedure, phase))
}

fn file(rules: &Rules, procedure: &Procedure, form: &FormId) -> Result<(Outcome, Vec<Effect>), Refused> {
    rules.wants(procedure.phase, form).ok_or(Refused::NotWanted)?;
    let mut next = procedure.clone();
    next.filed.insert(form.clone());
    Ok((Outcome::On(next), Vec::new()))
}

fn submit(rules: &Rules, procedure: &Procedure) -> Result<(Outcome, Vec<Effect>), Refused> {
    let missing = procedure.missing(rules);
    if !missing.is_empty() {
        return Err(Refused::Missing(missing));
    }
    let revises = || rules.changeable().iter().any(|form| procedure.filed.contains(form));
    if procedure.phase == Phase::Changing && !revises() {
        return Err(Refused::NothingRevised);
    }
    Ok((forward(procedure), Vec::new()))
}

fn check(
    rules: &Rules,
    procedure: &Procedure,
    requirement: &str,
    met: bool,
) -> Result<(Outcome, Vec<Effect>), Refused> {
    if procedure.phase != Phase::DisclosureReview {
        return Err(Refused::NotNow);
    }
    if !rules.requirements().iter().any(|known| known.id == requirement) {
        return Err(Refused::UnknownRequirement);
    }
    let mut next = procedure.clone();
    if met {
        next.met.insert(requirement.to_owned());
    } else {
        next.met.remove(requirement);
    }
    Ok((Outcome::On(next), Vec::new()))
}

fn approve(rules: &Rules, procedure: &Procedure) -> Result<(Outcome, Vec<Effect>), Refused> {
    let met = |id: &String| procedure.met.contains(id);
    if procedure.phase == Phase::DisclosureReview && !rules.requirements().iter().all(|known| met(&known.id)) {
        return Err(Refused::RequirementsOpen);
    }
    let mut effects = Vec::new();
    let reviewed = procedure.round.back_from(procedure.phase);
    let wanted = |form: &&FormId| reviewed.is_some_and(|phase| rules.wants(phase, form).is_some());
    let agreed: Vec<_> = procedure.filed.iter().filter(wanted).cloned().collect();
    if !agreed.is_empty() {
        effects.push(Effect::Agree(agreed));
    }
    let next = forward(procedure);
    if let (Outcome::Through, Round::Change) = (&next, procedure.round) {
        effects.push(Effect::Register(Production, Slot::Service));
        effects.push(Effect::Terminate(Production, Slot::Candidate));
    }
    effects.push(Effect::TellStaff);
    Ok((next, effects))
}

fn set_access(procedure: &Procedure) -> (Outcome, Vec<Effect>) {
    let register = match (procedure.phase, procedure.round) {
        (Phase::ProductionAccess, Round::First) => Effect::Register(Production, Slot::Service),
        (Phase::ProductionAccess, Round::Change) => Effect::Register(Production, Slot::Candidate),
        _ => Effect::Register(Test, Slot::Service),
    };
    (forward(procedure), vec![register, Effect::TellStaff])
}
