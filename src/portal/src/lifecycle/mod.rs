//! A service's way from the first application to its end: forms, phases and their gates, changes, notices with their two weeks.
//! Pages come in with what somebody filled in or decided; they get back the next state and what must be done, or why it is refused.
//! Everything here is pure: no clock, no database, no request. What forms hold and what each phase needs is data.

mod day;
mod difference;
mod event;
mod fill;
mod forms;
mod phase;
mod procedure;
mod rules;
mod serving;
mod state;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use day::{in_japan, today_in_japan};
pub(crate) use difference::difference;
pub(crate) use event::{Effect, Event, Refused, Slot};
pub(crate) use fill::{Content, Wrong, fill, is_mail};
pub(crate) use forms::{Field, Form, FormId, Kind};
pub(crate) use phase::{Phase, Round, Turn};
pub(crate) use rules::PLANNED;
pub use rules::Rules;
pub(crate) use rules::{Requirement, Wants};
pub(crate) use state::{By, End, Notice, NoticeKind, Procedure, Serving, State, step};
