//! The history, filtered, newest first.

use askama::Template;
use jiff::tz::TimeZone;
use jpki_protocol::Origin;

use super::{Frame, Moment, outcome};
use crate::history::{Entry, Filter, Reading};
use crate::status::texts::Texts;

/// The most entries that a page shows; an export has all.
const SHOWN: usize = 200;

/// What the filter's form says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::status) struct Choice {
    site: Option<Origin>,
    since: Option<jiff::civil::Date>,
}

impl Choice {
    /// Reads the query of the form; what can't be read chooses nothing.
    pub(in crate::status) fn read(query: &[(String, String)]) -> Self {
        let value = |wanted: &str| query.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
        Self {
            site: value("site").and_then(|site| Origin::try_from(site).ok()),
            since: value("since").and_then(|day| day.parse().ok()),
        }
    }

    pub(in crate::status) fn filter(&self) -> Filter {
        let since = self.since.and_then(|day| day.to_zoned(TimeZone::system()).ok()).map(|zoned| zoned.timestamp());
        Filter { site: self.site.clone(), since }
    }

    /// As a query again; every character in it means itself.
    fn query(&self) -> String {
        let encode =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let site = self.site.as_ref().map(|site| format!("site={}", encode(site.as_str())));
        let since = self.since.map(|day| format!("since={day}"));
        site.into_iter().chain(since).collect::<Vec<_>>().join("&")
    }
}

#[derive(Template)]
#[template(path = "status/history.html")]
pub(in crate::status) struct HistoryPage {
    frame: Frame,
    /// None where no history is kept; the reason where it can't be read.
    content: Option<Result<Content, String>>,
    trouble: Option<String>,
}

struct Content {
    rows: Vec<Row>,
    shown: Option<String>,
    skipped: Option<String>,
    sites: Vec<(String, bool)>,
    since: String,
    query: String,
    is_empty: bool,
}

struct Row {
    when: Moment,
    who: String,
    what: &'static str,
    details: String,
    how: &'static str,
    why: Option<&'static str>,
}

impl HistoryPage {
    pub(in crate::status) fn new(
        frame: Frame,
        reading: Option<Result<Reading, String>>,
        choice: &Choice,
        trouble: Option<String>,
    ) -> Self {
        let t = frame.t;
        let content = reading.map(|reading| reading.map(|reading| Content::new(t, &reading, choice)));
        Self { frame, content, trouble }
    }
}

impl Content {
    fn new(t: &Texts, reading: &Reading, choice: &Choice) -> Self {
        let filter = choice.filter();
        let admitted: Vec<&Entry> = reading.entries.iter().filter(|entry| filter.admits(entry)).collect();
        let mut sites: Vec<&Origin> = reading.entries.iter().filter_map(|entry| entry.site.as_ref()).collect();
        sites.sort();
        sites.dedup();
        Self {
            rows: admitted.iter().rev().take(SHOWN).map(|entry| Row::new(t, entry)).collect(),
            shown: (admitted.len() > SHOWN).then(|| (t.shown)(SHOWN, admitted.len())),
            skipped: (reading.skipped > 0).then(|| (t.skipped)(reading.skipped)),
            sites: sites.into_iter().map(|site| (site.to_string(), choice.site.as_ref() == Some(site))).collect(),
            since: choice.since.map(|day| day.to_string()).unwrap_or_default(),
            query: choice.query(),
            is_empty: reading.entries.is_empty(),
        }
    }
}

impl Row {
    fn new(t: &Texts, entry: &Entry) -> Self {
        let attributes: Vec<&str> = entry.attributes.iter().map(|attribute| (t.attribute)(*attribute)).collect();
        let documents = (entry.documents > 0).then(|| (t.documents)(entry.documents));
        let pin = entry.pin.map(|pin| (t.pin)(pin).to_owned());
        let attributes = (!attributes.is_empty()).then(|| attributes.join(t.and));
        let (how, why) = outcome(t, entry.outcome);
        Self {
            when: Moment::new(t, entry.at),
            who: entry.site.as_ref().map_or_else(|| t.this_computer.to_owned(), ToString::to_string),
            what: (t.operation)(entry.asked),
            details: [documents, attributes, pin].into_iter().flatten().collect::<Vec<_>>().join(t.and),
            how,
            why,
        }
    }
}
