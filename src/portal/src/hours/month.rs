//! A month as calendars on walls show it.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::jst::{date_in_japan, moment};
use super::{Closure, Span};

/// A month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Month {
    first: Date,
}

/// A day of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) number: i8,
    pub(super) is_today: bool,
    pub(super) mark: Mark,
}

/// How much of a day is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Open,
    Partly,
    Closed,
}

impl Month {
    /// The month of a moment, by the calendar of Japan.
    pub(super) fn of(moment: Timestamp) -> Self {
        Self { first: date_in_japan(moment).first_of_month() }
    }

    /// Reads `2026-11`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let is_written_so = |digits: &str, many| digits.len() == many && digits.bytes().all(|c| c.is_ascii_digit());
        if !is_written_so(year, 4) || !is_written_so(month, 2) {
            return None;
        }
        Some(Self { first: Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()? })
    }

    /// The month so many months later.
    pub(super) fn plus(self, months: i32) -> Option<Self> {
        Some(Self { first: self.first.checked_add(jiff::Span::new().months(months)).ok()? })
    }

    /// How many months lie between two.
    pub(super) fn distance(self, other: Self) -> i32 {
        let number = |one: Self| i32::from(one.first.year()) * 12 + i32::from(one.first.month());
        (number(self) - number(other)).abs()
    }

    pub(super) fn year(self) -> i16 {
        self.first.year()
    }

    pub(super) fn number(self) -> i8 {
        self.first.month()
    }

    /// Its name in English.
    pub(super) fn name(self) -> String {
        self.first.strftime("%B %Y").to_string()
    }

    /// From its first moment to the next month's.
    pub(super) fn span(self) -> Option<Span> {
        Span::new(midnight(self.first)?, midnight(self.first.last_of_month().tomorrow().ok()?)?)
    }

    /// Its weeks, from Sunday to Saturday.
    pub(super) fn weeks(self, today: Date, closures: &[Closure]) -> Vec<[Option<Day>; 7]> {
        let before = usize::from(self.first.weekday().to_sunday_zero_offset().unsigned_abs());
        let days = usize::from(self.first.days_in_month().unsigned_abs());
        let mut weeks = vec![[None; 7]; (before + days).div_ceil(7)];
        for (at, date) in (before..before + days).zip(self.first.series(jiff::Span::new().days(1))) {
            let mark = mark(date, closures);
            weeks[at / 7][at % 7] = Some(Day { number: date.day(), is_today: date == today, mark });
        }
        weeks
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
    }
}

fn midnight(date: Date) -> Option<Timestamp> {
    moment(date.to_datetime(Time::midnight()))
}

fn mark(date: Date, closures: &[Closure]) -> Mark {
    let day =
        midnight(date).zip(date.tomorrow().ok().and_then(midnight)).and_then(|(start, end)| Span::new(start, end));
    let Some(day) = day else { return Mark::Open };
    let mut meeting = closures.iter().map(|closure| closure.span).filter(|span| span.meets(&day)).peekable();
    if meeting.peek().is_none() {
        return Mark::Open;
    }
    // What closes without a gap is one closure, so a day that is closed as a whole lies in one.
    if meeting.any(|span| span.start <= day.start && day.end <= span.end) { Mark::Closed } else { Mark::Partly }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hours::{Calendar, Schedule, Service};

    #[test]
    fn a_month_that_begins_on_a_sunday_shows_the_stop_on_the_third_saturday_and_its_morrow() {
        let calendar = Calendar::guideline().unwrap();
        let month = Month::read("2026-11").unwrap();
        let closures = Schedule::new(&calendar, &[]).closures(Service::Registration, month.span().unwrap());
        let weeks = month.weeks("2026-11-22".parse().unwrap(), &closures);
        assert_eq!(weeks.len(), 5);
        assert_eq!(weeks[0][0].unwrap().number, 1);
        assert_eq!(weeks[4][2], None);
        let closed = |day: &Day| day.mark != Mark::Open;
        let stopped: Vec<_> = weeks.iter().flatten().flatten().filter(|day| closed(day)).copied().collect();
        let day = |number, is_today| Day { number, is_today, mark: Mark::Closed };
        assert_eq!(stopped, [day(21, false), day(22, true)]);
    }

    #[test]
    fn the_turn_of_the_year_closes_some_days_in_part() {
        let calendar = Calendar::guideline().unwrap();
        let month = Month::read("2027-01").unwrap();
        let closures = Schedule::new(&calendar, &[]).closures(Service::Registration, month.span().unwrap());
        let weeks = month.weeks("2026-11-22".parse().unwrap(), &closures);
        let marks: Vec<_> = weeks.iter().flatten().flatten().take(5).map(|day| day.mark).collect();
        assert_eq!(marks, [Mark::Closed, Mark::Closed, Mark::Closed, Mark::Partly, Mark::Open]);
    }

    #[test]
    fn months_are_read_strictly() {
        for wrong in ["", "2026", "2026-1", "2026-13", "2026-00", "+026-11", "26-11-1", "２０２６"] {
            assert_eq!(Month::read(wrong), None, "{wrong}");
        }
        let month = Month::read("2026-12").unwrap();
        assert_eq!(month.plus(1).unwrap().to_string(), "2027-01");
        assert_eq!(month.distance(Month::read("2025-11").unwrap()), 13);
    }
}
