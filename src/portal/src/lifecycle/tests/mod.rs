//! Every state takes every event, as a table.

mod forms;
mod preparing;
mod serving;

use jiff::civil::{Date, date};

use super::*;

pub(super) const TODAY: Date = date(2026, 11, 22);

pub(super) fn rules() -> Rules {
    Rules::built_in().unwrap()
}

pub(super) fn form(name: &str) -> FormId {
    FormId::new(name)
}

/// One of each event that a procedure could take, with its letter in the tables.
pub(super) fn procedure_events() -> Vec<(char, Event)> {
    vec![
        ('d', Event::File(form("disclosure"))),
        ('p', Event::File(form("plan"))),
        ('2', Event::File(form("sheet2"))),
        ('4', Event::File(form("sheet4"))),
        ('t', Event::File(form("form4"))),
        ('7', Event::File(form("form7"))),
        ('0', Event::File(form("form10"))),
        ('x', Event::File(form("nothing"))),
        ('S', Event::Submit),
        ('W', Event::Withdraw),
        ('C', Event::Check { requirement: "article-4-1-2".to_owned(), met: true }),
        ('A', Event::Approve),
        ('R', Event::Return),
        ('N', Event::Refuse),
        ('G', Event::SetAccess),
    ]
}

/// One of each event that only a begun service could take.
pub(super) fn service_events() -> Vec<(char, Event)> {
    let file = |kind| Event::FileNotice { kind, planned: date(2026, 12, 6), today: TODAY };
    vec![
        ('b', Event::BeginChange),
        ('s', Event::AskNotice(NoticeKind::Suspend)),
        ('r', Event::AskNotice(NoticeKind::Resume)),
        ('e', Event::AskNotice(NoticeKind::Terminate)),
        ('f', Event::SendForm { short: false }),
        ('F', Event::SendForm { short: true }),
        ('1', file(NoticeKind::Suspend)),
        ('2', file(NoticeKind::Resume)),
        ('3', file(NoticeKind::Terminate)),
        ('c', Event::CancelNotice),
        ('n', Event::SuspendNow),
        ('l', Event::LiftSuspension),
        ('D', Event::DayBegins(date(2026, 12, 6))),
    ]
}

/// A procedure in a phase, with everything filed and every requirement met.
pub(super) fn complete(round: Round, phase: Phase) -> Procedure {
    let rules = rules();
    let filed = rules.forms().iter().map(|form| form.id.clone()).collect();
    let met = rules.requirements().iter().map(|one| one.id.clone()).collect();
    Procedure { round, phase, filed, met }
}

/// The letters of the events that a state takes.
pub(super) fn taken(state: &State, events: &[(char, Event)]) -> String {
    let rules = rules();
    events.iter().filter(|(_, event)| step(&rules, state, event).is_ok()).map(|(letter, _)| *letter).collect()
}
