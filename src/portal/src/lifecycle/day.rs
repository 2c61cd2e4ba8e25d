//! Days as they are counted in Japan (日本標準時, UTC+9 all year).

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

/// Japan's clock at a moment.
pub(crate) fn in_japan(moment: Timestamp) -> DateTime {
    moment.to_zoned(TimeZone::fixed(Offset::constant(9))).datetime()
}

/// Japan's date at a moment.
pub(crate) fn today_in_japan(moment: Timestamp) -> Date {
    in_japan(moment).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_japan() {
        let day = |moment: &str| today_in_japan(moment.parse().unwrap()).to_string();
        assert_eq!(day("2026-11-22T14:59:59Z"), "2026-11-22");
        assert_eq!(day("2026-11-22T15:00:00Z"), "2026-11-23");
        assert_eq!(day("2027-01-01T00:00:00+09:00"), "2027-01-01");
    }
}
