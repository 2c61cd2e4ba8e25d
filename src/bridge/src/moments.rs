//! Moments in words: how the tray, the status page and the doctor say days and times to a person.
//!
//! Pure. Whoever calls has the moment and the zone; what programs read is RFC 3339 and never comes here.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use jpki_protocol::Language;

/// The day in Japan, as a certificate's end stands in the papers to it.
pub(crate) fn day_in_japan(at: Timestamp, language: Language) -> String {
    let form = match language {
        Language::Ja => "%Y年%-m月%-d日",
        Language::En => "%-d %B %Y",
    };
    at.to_zoned(TimeZone::fixed(Offset::constant(9))).strftime(form).to_string()
}

/// Day and minute.
pub(crate) fn minute(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    let form = match language {
        Language::Ja => "%Y年%-m月%-d日 %H:%M",
        Language::En => "%-d %b %Y %H:%M",
    };
    at.to_zoned(zone.clone()).strftime(form).to_string()
}

/// The same without the year, for a place where there is little room and nothing is old.
#[cfg_attr(target_os = "macos", allow(dead_code, reason = "the tray's alone"))]
pub(crate) fn recent(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    let form = match language {
        Language::Ja => "%-m月%-d日 %H:%M",
        Language::En => "%-d %b %H:%M",
    };
    at.to_zoned(zone.clone()).strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_said_as_people_of_each_language_do() {
        let at: Timestamp = "2026-04-01T15:04:05Z".parse().unwrap();
        let zone = TimeZone::fixed(Offset::constant(-5));
        for (language, day, long, short) in [
            (Language::Ja, "2026年4月2日", "2026年4月1日 10:04", "4月1日 10:04"),
            (Language::En, "2 April 2026", "1 Apr 2026 10:04", "1 Apr 10:04"),
        ] {
            assert_eq!(day_in_japan(at, language), day);
            assert_eq!((minute(at, &zone, language), recent(at, &zone, language)), (long.to_owned(), short.to_owned()));
        }
    }
}
