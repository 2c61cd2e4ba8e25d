//! The sections that show one list or less each.

use askama::Template;
use jiff::Timestamp;
use jpki_protocol::{Language, Origin};

use super::{Frame, Moment, word};
use crate::doctor::{Check, Diagnosis, Verdict};
use crate::sites::{By, Decision};
use crate::status::texts::Texts;

#[derive(Template)]
#[template(path = "status/sites.html")]
pub(in crate::status) struct SitesPage {
    frame: Frame,
    content: Result<Vec<SiteRow>, String>,
    only_allowed: bool,
}

struct SiteRow {
    site: String,
    decision: &'static str,
    /// Who decided, if not the person.
    by: Option<&'static str>,
    /// What can be decided instead: the form's word and the button's.
    choices: Vec<(&'static str, &'static str)>,
}

impl SitesPage {
    /// With what holds for each site, and whether the administrator refuses all that they don't allow.
    pub(in crate::status) fn new(
        frame: Frame,
        sites: Result<Vec<(Origin, Decision, By)>, String>,
        only_allowed: bool,
    ) -> Self {
        let t = frame.t;
        let row = |(site, decision, by): (Origin, Decision, By)| SiteRow {
            site: site.to_string(),
            decision: (t.decided)(Some(decision)),
            by: (by != By::Person).then(|| (t.decided_by)(by)),
            choices: choices(t, decision, by),
        };
        Self { content: sites.map(|sites| sites.into_iter().map(row).collect()), frame, only_allowed }
    }

    /// What can be decided about a site that is typed.
    fn all(&self) -> [(&'static str, &'static str); 2] {
        [Decision::Allow, Decision::Block].map(|decision| (word(Some(decision)), (self.frame.t.decide)(Some(decision))))
    }
}

/// What the person can decide in place of what holds: nothing against a block of somebody else, but a block of their own
/// against who allows a site for them.
fn choices(t: &Texts, decision: Decision, by: By) -> Vec<(&'static str, &'static str)> {
    let choices: &[Option<Decision>] = match (by, decision) {
        (By::Person, Decision::Allow) => &[Some(Decision::Block), None],
        (By::Person, Decision::Block) => &[Some(Decision::Allow), None],
        (By::Settings | By::Policy, Decision::Allow) => &[Some(Decision::Block)],
        (By::Settings | By::Policy, Decision::Block) => &[],
    };
    choices.iter().map(|choice| (word(*choice), (t.decide)(*choice))).collect()
}

#[derive(Template)]
#[template(path = "status/diagnosis.html")]
pub(in crate::status) struct DiagnosisPage {
    frame: Frame,
    result: Option<Examined>,
}

struct Examined {
    at: Moment,
    summary: String,
    /// With the word of the verdict and its class in the style sheet.
    checks: Vec<(Check, &'static str, &'static str)>,
}

impl DiagnosisPage {
    pub(in crate::status) fn new(frame: Frame, diagnosis: Option<(Diagnosis, Timestamp)>) -> Self {
        let t = frame.t;
        let result = diagnosis.map(|(diagnosis, at)| {
            let summary = (t.found)(diagnosis.count(Verdict::Fault), diagnosis.count(Verdict::Attention));
            let mut checks: Vec<_> = diagnosis
                .checks
                .into_iter()
                .map(|check| {
                    let (said, class) = ((t.verdicts)(check.verdict), class(check.verdict));
                    (check, said, class)
                })
                .collect();
            // What is wrong comes first; among equals their own order stays.
            checks.sort_by_key(|(check, ..)| check.verdict);
            Examined { at: Moment::new(t, at), summary, checks }
        });
        Self { frame, result }
    }
}

const fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fault => "fault",
        Verdict::Attention => "attention",
        Verdict::Ok => "fine",
        Verdict::Unknown | Verdict::NotApplicable => "quiet",
    }
}

#[derive(Template)]
#[template(path = "status/log.html")]
pub(in crate::status) struct LogPage {
    frame: Frame,
    lines: Vec<String>,
}

impl LogPage {
    pub(in crate::status) fn new(frame: Frame, lines: Vec<String>) -> Self {
        Self { frame, lines }
    }
}

#[derive(Template)]
#[template(path = "status/about.html")]
pub(in crate::status) struct AboutPage {
    frame: Frame,
}

impl AboutPage {
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const LICENCE: &'static str = env!("CARGO_PKG_LICENSE");
    const HOMEPAGE: &'static str = env!("CARGO_PKG_HOMEPAGE");

    pub(in crate::status) fn new(frame: Frame) -> Self {
        Self { frame }
    }
}

/// What anybody sees who has no session: how to get one.
#[derive(Template)]
#[template(path = "status/locked.html")]
pub(in crate::status) struct LockedPage {
    t: &'static Texts,
}

impl LockedPage {
    pub(in crate::status) const fn new(language: Language) -> Self {
        Self { t: Texts::of(language) }
    }
}
