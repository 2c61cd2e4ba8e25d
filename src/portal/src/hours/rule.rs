//! When a planned stop comes again.

use jiff::civil::{Date, Time, Weekday};
use jiff::{Span as Days, Timestamp};
use serde::Deserialize;

use super::Span;
use super::jst::{date_in_japan, moment};

/// A stop that comes again every week, month or year, by the clock of Japan. It belongs to the day on which it begins, and
/// where it ends is counted from that day: the Sunday after the third Saturday is that Saturday's morrow, and not the
/// month's third Sunday, which is six days earlier in a month that begins on a Sunday.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "every", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Rule {
    /// Each week from a time on a day, until a time some days later.
    Week { weekday: Day, from: Time, days_later: i64, until: Time },
    /// Each month from a time on its nth such day (−1: the last one), until a time some days later.
    Month { nth: i8, weekday: Day, from: Time, days_later: i64, until: Time },
    /// Each year between two dates; if the second isn't later in the year, it is the next year's.
    Year { from_day: YearDay, from: Time, until_day: YearDay, until: Time },
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Day {
    fn weekday(self) -> Weekday {
        match self {
            Self::Monday => Weekday::Monday,
            Self::Tuesday => Weekday::Tuesday,
            Self::Wednesday => Weekday::Wednesday,
            Self::Thursday => Weekday::Thursday,
            Self::Friday => Weekday::Friday,
            Self::Saturday => Weekday::Saturday,
            Self::Sunday => Weekday::Sunday,
        }
    }
}

/// A day of every year, written `12-28`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct YearDay {
    month: i8,
    day: i8,
}

impl TryFrom<String> for YearDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("{text} is no day of every year, such as 12-28");
        let (month, day) = text.split_once('-').filter(|_| text.len() == 5).ok_or_else(wrong)?;
        let (month, day) = (month.parse().map_err(|_| wrong())?, day.parse().map_err(|_| wrong())?);
        // 2026 has no leap day, and neither has every year.
        Date::new(2026, month, day).map_err(|_| wrong())?;
        Ok(Self { month, day })
    }
}

/// The longest that a stop of a rule may take, in days: shorter than the time to the next one.
const LONGEST: [i64; 2] = [6, 27];

impl Rule {
    /// What a document can say that no rule may.
    pub(super) fn check(&self) -> Result<(), String> {
        let (days, longest, from, until) = match self {
            Self::Week { days_later, from, until, .. } => (*days_later, LONGEST[0], from, until),
            Self::Month { nth, days_later, from, until, .. } => {
                if !matches!(nth, 1..=5 | -1) {
                    return Err("nth is 1 to 5, or -1 for the last".to_owned());
                }
                (*days_later, LONGEST[1], from, until)
            }
            Self::Year { from_day, from, until_day, until } => {
                return if (from_day, from) == (until_day, until) { Err("it never opens".to_owned()) } else { Ok(()) };
            }
        };
        if !(0..=longest).contains(&days) || (days == 0 && from >= until) {
            return Err(format!("it ends after it began and at most {longest} days later"));
        }
        Ok(())
    }

    /// The stops that have a moment in common with a range, each with the day to which it belongs, in order.
    pub(super) fn stops(&self, range: Span) -> Vec<(Date, Span)> {
        let last = date_in_japan(range.end);
        self.days(date_in_japan(range.start))
            .take_while(|day| *day <= last)
            .filter_map(|day| self.stop(day).map(|span| (day, span)))
            .filter(|(_, span)| span.meets(&range))
            .collect()
    }

    /// The days on which stops begin, from one whose stop may still go on at `first`.
    fn days(&self, first: Date) -> Box<dyn Iterator<Item = Date> + '_> {
        match self {
            Self::Week { weekday, .. } => {
                let start = first.nth_weekday(-1, weekday.weekday()).unwrap_or(first);
                Box::new(start.series(Days::new().weeks(1)))
            }
            Self::Month { nth, weekday, .. } => {
                let start = first.first_of_month().checked_sub(Days::new().months(1)).unwrap_or(first);
                let months = start.series(Days::new().months(1));
                // Not every month has a fifth.
                Box::new(months.filter_map(|month| month.nth_weekday_of_month(*nth, weekday.weekday()).ok()))
            }
            Self::Year { from_day, .. } => Box::new(
                (first.year().saturating_sub(1)..=first.year().saturating_add(200))
                    .filter_map(|year| Date::new(year, from_day.month, from_day.day).ok()),
            ),
        }
    }

    /// The stop that begins on a day.
    fn stop(&self, day: Date) -> Option<Span> {
        let (from, last, until) = match self {
            Self::Week { from, days_later, until, .. } | Self::Month { from, days_later, until, .. } => {
                (from, day.checked_add(Days::new().days(*days_later)).ok()?, until)
            }
            Self::Year { from_day, from, until_day, until } => {
                let next = i16::from((until_day, until) <= (from_day, from));
                (from, Date::new(day.year().checked_add(next)?, until_day.month, until_day.day).ok()?, until)
            }
        };
        let at = |day: Date, time: &Time| -> Option<Timestamp> { moment(day.to_datetime(*time)) };
        Span::new(at(day, from)?, at(last, until)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stops(rule: &str, from: &str, to: &str) -> Vec<String> {
        let rule: Rule = serde_json::from_str(rule).unwrap();
        rule.check().unwrap();
        let day = |text: &str| moment(text.parse::<Date>().unwrap().to_datetime(Time::midnight())).unwrap();
        let show = |moment: Timestamp| super::super::jst::in_japan(moment).strftime("%m-%d %H:%M").to_string();
        rule.stops(Span::new(day(from), day(to)).unwrap())
            .iter()
            .map(|(day, span)| format!("{day}: {} to {}", show(span.start), show(span.end)))
            .collect()
    }

    const THIRD: &str =
        r#"{"every":"month","nth":3,"weekday":"saturday","from":"22:00","days_later":1,"until":"08:00"}"#;

    #[test]
    fn the_sunday_is_the_third_saturdays_morrow_even_if_the_month_begins_on_a_sunday() {
        assert_eq!(stops(THIRD, "2026-11-01", "2026-12-01"), ["2026-11-21: 11-21 22:00 to 11-22 08:00"]);
        assert_eq!(stops(THIRD, "2026-02-01", "2026-03-01"), ["2026-02-21: 02-21 22:00 to 02-22 08:00"]);
        assert_eq!(stops(THIRD, "2027-08-01", "2027-09-01"), ["2027-08-21: 08-21 22:00 to 08-22 08:00"]);
    }

    #[test]
    fn a_stop_that_began_before_the_range_is_in_it_and_one_that_ends_there_is_not() {
        assert_eq!(stops(THIRD, "2026-11-22", "2026-11-23").len(), 1);
        assert_eq!(stops(THIRD, "2026-11-23", "2026-11-24").len(), 0);
        let midnight =
            r#"{"every":"month","nth":3,"weekday":"saturday","from":"00:00","days_later":2,"until":"00:00"}"#;
        assert_eq!(stops(midnight, "2026-11-23", "2026-11-24").len(), 0);
        assert_eq!(stops(midnight, "2026-11-20", "2026-11-21").len(), 0);
    }

    #[test]
    fn a_year_ends_in_the_middle_of_a_stop() {
        let rule = r#"{"every":"year","from_day":"12-28","from":"21:00","until_day":"01-04","until":"08:00"}"#;
        let over = ["2026-12-28: 12-28 21:00 to 01-04 08:00"];
        assert_eq!(stops(rule, "2026-12-31", "2027-01-01"), over);
        assert_eq!(stops(rule, "2027-01-04", "2027-01-05"), over);
        assert_eq!(stops(rule, "2027-01-05", "2027-12-28").len(), 0);
        let within = r#"{"every":"year","from_day":"08-13","from":"00:00","until_day":"08-16","until":"00:00"}"#;
        assert_eq!(stops(within, "2026-01-01", "2027-01-01"), ["2026-08-13: 08-13 00:00 to 08-16 00:00"]);
    }

    #[test]
    fn weeks_and_last_and_fifth_days_count_too() {
        let week = r#"{"every":"week","weekday":"sunday","from":"23:00","days_later":1,"until":"02:00"}"#;
        assert_eq!(
            stops(week, "2026-11-02", "2026-11-10"),
            ["2026-11-01: 11-01 23:00 to 11-02 02:00", "2026-11-08: 11-08 23:00 to 11-09 02:00"]
        );
        let fifth = r#"{"every":"month","nth":5,"weekday":"monday","from":"01:00","days_later":0,"until":"02:00"}"#;
        assert_eq!(stops(fifth, "2026-09-01", "2026-12-01"), ["2026-11-30: 11-30 01:00 to 11-30 02:00"]);
        let last = r#"{"every":"month","nth":-1,"weekday":"monday","from":"01:00","days_later":0,"until":"02:00"}"#;
        assert_eq!(
            stops(last, "2026-10-01", "2026-12-01"),
            ["2026-10-26: 10-26 01:00 to 10-26 02:00", "2026-11-30: 11-30 01:00 to 11-30 02:00"]
        );
    }
}
