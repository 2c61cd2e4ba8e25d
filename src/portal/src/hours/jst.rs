//! Japan's time: UTC+9 all year. There has been no summer time since 1951.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jpki_protocol::Language;

use crate::web::Lang;

pub(super) const JST: Offset = jiff::tz::offset(9);

/// A stretch of time: from `start` on, up to but without `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// The first moment in it.
    pub(crate) start: Timestamp,
    /// The first moment after it.
    pub(crate) end: Timestamp,
}

impl Span {
    /// A span, if it has any length.
    pub(crate) fn new(start: Timestamp, end: Timestamp) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// Whether a moment is in it.
    pub(crate) fn holds(&self, moment: Timestamp) -> bool {
        self.start <= moment && moment < self.end
    }

    /// Whether the two have a moment in common.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// What a clock in Japan shows.
pub(super) fn in_japan(moment: Timestamp) -> DateTime {
    JST.to_datetime(moment)
}

/// The date in Japan.
pub(crate) fn date_in_japan(moment: Timestamp) -> Date {
    in_japan(moment).date()
}

/// When a clock in Japan shows this; none at the very edges of time.
pub(super) fn moment(clock: DateTime) -> Option<Timestamp> {
    JST.to_timestamp(clock).ok()
}

/// A moment by the clock of Japan, for people: 2026年11月23日（月）0時00分, Monday 23 November 2026, 00:00 (Japan).
pub(crate) fn clock_in_japan(moment: Timestamp, l: Lang) -> String {
    let clock = in_japan(moment);
    match l.0 {
        Language::Ja => format!("{}{}", day_in_words(clock.date(), l), clock.strftime("%-H時%M分")),
        Language::En => format!("{}, {} (Japan)", day_in_words(clock.date(), l), clock.strftime("%H:%M")),
    }
}

/// A date for people: 2026年11月23日（月）, Monday 23 November 2026.
pub(crate) fn day_in_words(day: Date, l: Lang) -> String {
    match l.0 {
        Language::Ja => {
            let weekday =
                ["月", "火", "水", "木", "金", "土", "日"][usize::from(day.weekday().to_monday_zero_offset() as u8)];
            format!("{}（{weekday}）", day.strftime("%Y年%-m月%-d日"))
        }
        Language::En => day.strftime("%A %-d %B %Y").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_the_time_of_japan() {
        let moment = "2026-11-22T15:00:00Z".parse().unwrap();
        assert_eq!(clock_in_japan(moment, Lang(Language::Ja)), "2026年11月23日（月）0時00分");
        assert_eq!(clock_in_japan(moment, Lang(Language::En)), "Monday 23 November 2026, 00:00 (Japan)");
    }
}
