//! A change as the operator's form was filled in, and the way from there to one that can hold.

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::Change;
use crate::hours::jst::moment;
use crate::hours::{Calendar, Schedule, Span, Text, Window};

/// The most characters of a reason.
const LONGEST_REASON: usize = 300;
/// The longest stop, in days.
const LONGEST_STOP: i64 = 60;
/// How far ahead a change may lie, in days.
const FURTHEST: i64 = 730;

/// A change as a form holds it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Draft {
    /// What kind of change: a word of [`Kind`].
    #[serde(default)]
    pub(crate) kind: String,
    /// The word of the system to stop. Only for [`Kind::Close`].
    #[serde(default)]
    pub(crate) system: String,
    /// The name of the planned stop. Only for [`Kind::Move`] and [`Kind::Cancel`].
    #[serde(default)]
    pub(crate) window: String,
    /// The beginning by the clock of Japan, as `<input type="datetime-local">` sends it: `2026-11-21T22:00`. Not for [`Kind::Cancel`].
    #[serde(default)]
    pub(crate) start: String,
    /// The end, likewise.
    #[serde(default)]
    pub(crate) end: String,
    /// The reason for the public, in Japanese.
    #[serde(default)]
    pub(crate) reason_ja: String,
    /// The reason for the public, in English.
    #[serde(default)]
    pub(crate) reason_en: String,
}

/// Which kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A system is stopped.
    Close,
    /// A planned stop comes at another time.
    Move,
    /// A planned stop doesn't come.
    Cancel,
    /// Something is announced and nothing stopped.
    Announce,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Close, Self::Move, Self::Cancel, Self::Announce];

    /// Its word in forms and rows.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Move => "move",
            Self::Cancel => "cancel",
            Self::Announce => "announce",
        }
    }
}

/// What is wrong with a field, in Japanese and in English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The field's name in [`Draft`].
    pub(crate) field: &'static str,
    pub(crate) ja: &'static str,
    pub(crate) en: &'static str,
}

impl Wrong {
    pub(super) const REPLACED_ALREADY: Self = Self {
        field: "window",
        ja: "この計画停止は、すでに変更されています。先にその変更を取り消してください。",
        en: "This planned stop was changed already. Withdraw that change first.",
    };
    pub(super) const NO_REASON: Self = Self {
        field: "because",
        ja: "理由を300文字以内で入力してください。",
        en: "Give a reason of at most 300 characters.",
    };
    const KIND: Self = Self { field: "kind", ja: "種類を選んでください。", en: "Choose a kind." };
    const SYSTEM: Self =
        Self { field: "system", ja: "システムを選んでください。", en: "Choose a system." };
    const WINDOW: Self = Self {
        field: "window",
        ja: "これからの計画停止を選んでください。",
        en: "Choose a planned stop that isn't over.",
    };
    const START: Self = Self {
        field: "start",
        ja: "開始日時を、今から2年以内で入力してください（例 2026-11-21T22:00）。",
        en: "Enter when it begins, within two years from now (such as 2026-11-21T22:00).",
    };
    const END: Self = Self {
        field: "end",
        ja: "終了日時を、開始より後で60日以内、今より後で入力してください。",
        en: "Enter when it ends: after it begins, within 60 days, and not in the past.",
    };
    const REASON_JA: Self = Self {
        field: "reason_ja",
        ja: "理由（日本語）を300文字以内で入力してください。",
        en: "Give the reason in Japanese, at most 300 characters.",
    };
    const REASON_EN: Self = Self {
        field: "reason_en",
        ja: "理由（英語）を300文字以内で入力してください。",
        en: "Give the reason in English, at most 300 characters.",
    };
}

/// A draft with nothing wrong.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Checked {
    pub(super) change: Change,
    pub(super) reason: Text,
    pub(super) relevant_until: Timestamp,
}

impl Draft {
    /// What the draft means, or every field that must be filled in differently.
    pub(super) fn check(&self, calendar: &Calendar, now: Timestamp) -> Result<Checked, Vec<Wrong>> {
        let ((change, relevant_until), reason) = both(self.change(calendar, now), self.reason())?;
        Ok(Checked { change, reason, relevant_until })
    }

    fn change(&self, calendar: &Calendar, now: Timestamp) -> Result<(Change, Timestamp), Vec<Wrong>> {
        let kind = Kind::ALL.into_iter().find(|kind| kind.word() == self.kind).ok_or_else(|| vec![Wrong::KIND])?;
        match kind {
            Kind::Close => {
                let (system, span) = both(self.system(calendar), self.span(now))?;
                Ok((Change::Close { system, span }, span.end))
            }
            Kind::Move => {
                let (planned, span) = both(self.planned(calendar, now), self.span(now))?;
                let Window { system, name: window, .. } = planned;
                Ok((Change::Move { system, window, span }, span.end.max(planned.span.end)))
            }
            Kind::Cancel => {
                let Window { system, name: window, span, .. } = self.planned(calendar, now)?;
                Ok((Change::Cancel { system, window, span }, span.end))
            }
            Kind::Announce => {
                let span = self.span(now)?;
                Ok((Change::Announce { span }, span.end))
            }
        }
    }

    fn system(&self, calendar: &Calendar) -> Result<String, Vec<Wrong>> {
        calendar.system(&self.system).map(|system| system.id.clone()).ok_or_else(|| vec![Wrong::SYSTEM])
    }

    /// The planned stop with the name, if it isn't over.
    fn planned(&self, calendar: &Calendar, now: Timestamp) -> Result<Window, Vec<Wrong>> {
        let find = || {
            let mut parts = self.window.split('/');
            let (system, _, day) = (parts.next()?, parts.next()?, parts.next()?.parse::<Date>().ok()?);
            let start = moment(day.to_datetime(Time::midnight()))?;
            let range = Span::new(start, start.checked_add(SignedDuration::from_hours(24)).ok()?)?;
            let planned = Schedule::new(calendar, &[]).planned(system, range);
            planned.into_iter().find(|window| window.name == self.window && now < window.span.end)
        };
        find().ok_or_else(|| vec![Wrong::WINDOW])
    }

    fn span(&self, now: Timestamp) -> Result<Span, Vec<Wrong>> {
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        let read = |text: &str| text.trim().parse::<DateTime>().ok().and_then(moment);
        // What broke down an hour ago is written down as it was.
        let start = read(&self.start)
            .filter(|start| (days(-1)..=days(FURTHEST)).contains(&start.duration_since(now)))
            .ok_or_else(|| vec![Wrong::START]);
        let end = read(&self.end).filter(|end| now < *end).ok_or_else(|| vec![Wrong::END]);
        let (start, end) = both(start, end)?;
        Span::new(start, end)
            .filter(|span| span.end.duration_since(span.start) <= days(LONGEST_STOP))
            .ok_or_else(|| vec![Wrong::END])
    }

    fn reason(&self) -> Result<Text, Vec<Wrong>> {
        let ja = one_line(&self.reason_ja).ok_or_else(|| vec![Wrong::REASON_JA]);
        let en = one_line(&self.reason_en).ok_or_else(|| vec![Wrong::REASON_EN]);
        both(ja, en).map(|(ja, en)| Text::new(ja, en))
    }
}

/// Both, or everything that is wrong with either.
fn both<A, B>(a: Result<A, Vec<Wrong>>, b: Result<B, Vec<Wrong>>) -> Result<(A, B), Vec<Wrong>> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (a, b) => Err([a.err(), b.err()].into_iter().flatten().flatten().collect()),
    }
}

/// A text of one line, without the blanks around it, if it says something and isn't too long.
pub(super) fn one_line(text: &str) -> Option<&str> {
    let text = text.trim();
    let fine = !text.is_empty() && text.chars().count() <= LONGEST_REASON && !text.chars().any(char::is_control);
    fine.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(kind: Kind) -> Draft {
        Draft {
            kind: kind.word().to_owned(),
            system: "portal".to_owned(),
            window: "resident_network/third-weekend/2026-12-19".to_owned(),
            start: "2026-12-12T22:00".to_owned(),
            end: "2026-12-13T08:00".to_owned(),
            reason_ja: " 機器の交換 ".to_owned(),
            reason_en: "New machines".to_owned(),
        }
    }

    fn fields(draft: &Draft) -> Vec<&'static str> {
        let now = "2026-11-22T10:00:00+09:00".parse().unwrap();
        let calendar = Calendar::guideline().unwrap();
        draft.check(&calendar, now).err().unwrap_or_default().iter().map(|wrong| wrong.field).collect()
    }

    #[test]
    fn a_draft_means_what_it_says() {
        let now = "2026-11-22T10:00:00+09:00".parse().unwrap();
        let calendar = Calendar::guideline().unwrap();
        let checked = draft(Kind::Move).check(&calendar, now).unwrap();
        let moment = |text: &str| text.parse::<Timestamp>().unwrap();
        let span = Span::new(moment("2026-12-12T13:00:00Z"), moment("2026-12-12T23:00:00Z")).unwrap();
        let (system, window) = ("resident_network".to_owned(), "resident_network/third-weekend/2026-12-19".to_owned());
        assert_eq!(checked.change, Change::Move { system, window, span });
        assert_eq!(checked.reason, Text::new("機器の交換", "New machines"));
        // It must be known as long as the stop it replaces would have gone on.
        assert_eq!(checked.relevant_until, moment("2026-12-19T23:00:00Z"));
        for kind in [Kind::Close, Kind::Cancel, Kind::Announce] {
            assert_eq!(draft(kind).check(&calendar, now).unwrap().change.kind(), kind);
        }
    }

    #[test]
    fn every_field_that_is_wrong_is_named_at_once() {
        let broken = |kind| Draft {
            system: "fax".to_owned(),
            window: "x".to_owned(),
            start: String::new(),
            end: "soon".to_owned(),
            reason_ja: "\n".to_owned(),
            reason_en: "a".repeat(301),
            ..draft(kind)
        };
        assert_eq!(fields(&broken(Kind::Close)), ["system", "start", "end", "reason_ja", "reason_en"]);
        assert_eq!(fields(&broken(Kind::Move)), ["window", "start", "end", "reason_ja", "reason_en"]);
        assert_eq!(fields(&broken(Kind::Cancel)), ["window", "reason_ja", "reason_en"]);
        assert_eq!(fields(&broken(Kind::Announce)), ["start", "end", "reason_ja", "reason_en"]);
    }

    #[test]
    fn only_times_that_make_sense_are_taken() {
        let close =
            |start: &str, end: &str| fields(&Draft { start: start.into(), end: end.into(), ..draft(Kind::Close) });
        assert!(close("2026-11-22T09:00", "2026-11-22T10:01").is_empty());
        assert_eq!(close("2026-11-20T09:00", "2026-11-22T10:01"), ["start"]);
        assert_eq!(close("2026-11-22T08:00", "2026-11-22T10:00"), ["end"]);
        assert_eq!(close("2026-12-02T08:00", "2026-12-02T08:00"), ["end"]);
        assert_eq!(close("2026-12-02T08:00", "2027-02-01T08:00"), ["end"]);
        assert_eq!(close("2029-01-01T08:00", "2029-01-01T09:00"), ["start"]);
        assert_eq!(close("-009999-01-01T00:00", "9999-12-31T23:59"), ["start", "end"]);
    }

    #[test]
    fn only_a_planned_stop_that_is_not_over_can_be_replaced() {
        for window in [
            "resident_network/third-weekend/2026-11-21", // ended two hours ago
            "resident_network/third-weekend/2026-12-20", // the third Sunday
            "resident_network/first-weekend/2026-12-19",
            "portal/third-weekend/2026-12-19",
            "resident_network/third-weekend/2026-12-19/x",
            "",
        ] {
            assert_eq!(fields(&Draft { window: window.into(), ..draft(Kind::Cancel) }), ["window"], "{window}");
        }
        // The network is stopped until the end of this Sunday.
        let window = "information_provision_network/third-weekend/2026-11-21".to_owned();
        assert!(fields(&Draft { window, ..draft(Kind::Cancel) }).is_empty());
    }
}
