//! The sections as HTML: templates in `assets/status`, each with the value it is filled from. Pure.
//!
//! Everything that comes from outside is escaped by the templates; nothing here makes HTML of text by hand.

mod history;
mod overview;
mod pages;
mod settings;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use jpki_protocol::Language;

use super::section::Section;
use super::session::{Notice, Session};
use super::texts::Texts;
use crate::live::Outcome;
use crate::moments;
use crate::sites::Decision;

pub(super) use history::{Choice, HistoryPage};
pub(super) use overview::OverviewPage;
pub(super) use pages::{AboutPage, DiagnosisPage, LockedPage, LogPage, SitesPage};
pub(super) use settings::SettingsPage;

/// What stands around every section.
pub(super) struct Frame {
    t: &'static Texts,
    section: Section,
    /// Proves that a form stands in this session's page.
    token: String,
    notice: Option<(String, bool)>,
    test_card: bool,
}

impl Frame {
    pub(super) fn new(section: Section, session: &Session, language: Language, test_card: bool) -> Self {
        let t = Texts::of(language);
        let notice = session.notice.as_ref().filter(|(at, _)| *at == section).map(|(_, notice)| said(t, notice));
        Self { t, section, token: session.token.as_str().to_owned(), notice, test_card }
    }

    fn title(&self) -> &'static str {
        (self.t.section)(self.section)
    }

    fn sections(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        Section::ALL.into_iter().map(|section| (section.path(), (self.t.section)(section), section == self.section))
    }

    /// The other languages, which the page can be had in.
    fn others(&self) -> impl Iterator<Item = &'static Texts> {
        [Language::Ja, Language::En].into_iter().filter(|language| *language != self.t.language).map(Texts::of)
    }
}

/// A notice in words, and whether it can be undone.
fn said(t: &Texts, notice: &Notice) -> (String, bool) {
    match notice {
        Notice::Decided { site, now, before } => ((t.site_decided)(site.as_str(), *now), now != before),
        Notice::NoSite => (t.not_a_site.to_owned(), false),
        Notice::Blocked(site, by) => ((t.cannot_allow)(site.as_str(), *by), false),
        Notice::Erased(count) => ((t.erased)(*count), false),
        Notice::Failed(reason) => (reason.clone(), false),
    }
}

/// A moment as people read it, in the computer's time zone.
struct Moment {
    /// For programs (HTML, `datetime`).
    machine: String,
    person: String,
}

impl Moment {
    fn new(t: &Texts, at: Timestamp) -> Self {
        Self { machine: at.to_string(), person: moments::minute(at, &TimeZone::system(), t.language) }
    }

    /// The day a certificate ends.
    fn day(t: &Texts, at: Timestamp) -> Self {
        Self { machine: at.to_string(), person: moments::day_in_japan(at, t.language) }
    }
}

/// An outcome in a word, and why it was no other.
fn outcome(t: &Texts, outcome: Outcome) -> (&'static str, Option<&'static str>) {
    match outcome {
        Outcome::Done => (t.done, None),
        Outcome::Ended(code) if outcome.is_declined() => (t.declined, Some(t.reason(code))),
        Outcome::Ended(code) => (t.failed, Some(t.reason(code))),
    }
}

/// A decision as forms name it.
const fn word(decision: Option<Decision>) -> &'static str {
    match decision {
        Some(Decision::Allow) => "allow",
        Some(Decision::Block) => "block",
        None => "forget",
    }
}
