//! Dates as PDF writes them (ISO 32000-2, section 7.9.4).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// A moment as `D:YYYYMMDDHHmmSSZ`: always 17 characters for the years 0 to 9999.
pub(super) fn format(time: Timestamp) -> String {
    let utc = Offset::UTC.to_datetime(time);
    format!(
        "D:{:04}{:02}{:02}{:02}{:02}{:02}Z",
        utc.year(),
        utc.month(),
        utc.day(),
        utc.hour(),
        utc.minute(),
        utc.second()
    )
}

/// Reads a date with at least year, month and day. One without a time zone is taken as UTC.
pub(super) fn parse(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let text = text.strip_prefix("D:").unwrap_or(text);
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (date, zone) = text.split_at_checked(digits)?;
    if !matches!(date.len(), 8 | 10 | 12 | 14) {
        return None;
    }
    let part = |from: usize| date.get(from..from + 2).map_or(Some(0), |digits| digits.parse::<i8>().ok());
    let year = date.get(..4)?.parse().ok()?;
    let time = DateTime::new(year, part(4)?, part(6)?, part(8)?, part(10)?, part(12)?, 0).ok()?;
    offset(zone)?.to_timestamp(time).ok()
}

/// `Z`, `+09'00'`, `+09'00`, `+09` or nothing.
fn offset(zone: &str) -> Option<Offset> {
    let (sign, rest) = match zone.as_bytes().first() {
        None => return Some(Offset::UTC),
        Some(b'Z') => (0, zone.get(1..)?),
        Some(b'+') => (1, zone.get(1..)?),
        Some(b'-') => (-1, zone.get(1..)?),
        Some(_) => return None,
    };
    let mut parts = rest.trim_end_matches('\'').split('\'');
    let mut number = |limit: i32| match parts.next() {
        None | Some("") => Some(0),
        Some(digits) if digits.len() == 2 => digits.parse::<i32>().ok().filter(|&number| (0..limit).contains(&number)),
        Some(_) => None,
    };
    let (hours, minutes) = (number(24)?, number(60)?);
    if parts.next().is_some() { None } else { Offset::from_seconds(sign * (hours * 60 + minutes) * 60).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let time: Timestamp = "2026-11-21T09:30:15Z".parse().unwrap();
        assert_eq!(format(time), "D:20261121093015Z");
        assert_eq!(parse(format(time).as_bytes()), Some(time));
    }

    #[test]
    fn other_programs_dates_are_read() {
        for (text, expected) in [
            ("D:20261121183015+09'00'", Some("2026-11-21T09:30:15Z")),
            ("D:20261121183015+09'00", Some("2026-11-21T09:30:15Z")),
            ("D:20261121043015-05'00'", Some("2026-11-21T09:30:15Z")),
            ("20261121093015Z00'00'", Some("2026-11-21T09:30:15Z")),
            ("D:202611210930", Some("2026-11-21T09:30:00Z")),
            ("D:20261121", Some("2026-11-21T00:00:00Z")),
            ("D:20261301", None),
            ("D:2026", None),
            ("D:20261121093015x", None),
            ("D:20261121093015+99'00'", None),
            ("D:20261121093015+09'00'00'00'", None),
            ("today", None),
            ("", None),
        ] {
            let expected = expected.map(|time| time.parse().unwrap());
            assert_eq!(parse(text.as_bytes()), expected, "{text}");
        }
    }
}
