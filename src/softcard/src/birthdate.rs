//! 生年月日: a day, or what is known of one. The holder's date comes in as text or as a day of the calendar; the card's
//! formats take it out as digits. A date that can't have been is refused here and nowhere else.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A date of birth whose day, or month and day, may not be known: the digits are `00` then. How real cards write such a
/// date isn't published; this is a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Birthdate {
    /// The first day that it can be.
    earliest: Date,
    month_known: bool,
    day_known: bool,
}

impl Birthdate {
    /// The first day that it can be: the day itself where all is known.
    pub fn earliest(self) -> Date {
        self.earliest
    }

    /// `YYYYMMDD`.
    pub fn digits(self) -> String {
        format!("{:04}{}", self.earliest.year(), self.month_and_day())
    }

    /// `MMDD`.
    pub(crate) fn month_and_day(self) -> String {
        let (month, day) = self.parts();
        format!("{month:02}{day:02}")
    }

    fn parts(self) -> (i8, i8) {
        let known = |value, known| if known { value } else { 0 };
        (known(self.earliest.month(), self.month_known), known(self.earliest.day(), self.day_known))
    }
}

impl From<Date> for Birthdate {
    fn from(day: Date) -> Self {
        Self { earliest: day, month_known: true, day_known: true }
    }
}

impl FromStr for Birthdate {
    type Err = &'static str;

    /// `YYYY-MM-DD`, with `00` for a day or for month and day that are not known.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const RULE: &str = "give YYYY-MM-DD; YYYY-MM-00 or YYYY-00-00 where the rest isn't known";
        let number = |range| text.get(range).filter(|part: &&str| part.bytes().all(|byte| byte.is_ascii_digit()));
        let [Some(year), Some("-"), Some(month), Some("-"), Some(day)] =
            [number(0..4), text.get(4..5), number(5..7), text.get(7..8), number(8..10)]
        else {
            return Err(RULE);
        };
        if text.len() != 10 || (month, day) != ("00", "00") && month == "00" {
            return Err(RULE);
        }
        let (month_known, day_known) = (month != "00", day != "00");
        let first = |part, known| if known { i8::from_str(part) } else { Ok(1) };
        let parts = (i16::from_str(year), first(month, month_known), first(day, day_known));
        let (Ok(year), Ok(month), Ok(day)) = parts else { return Err(RULE) };
        let earliest = Date::new(year, month, day).map_err(|_| "the calendar has no such day")?;
        Ok(Self { earliest, month_known, day_known })
    }
}

impl fmt::Display for Birthdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (month, day) = self.parts();
        write!(f, "{:04}-{month:02}-{day:02}", self.earliest.year())
    }
}

impl TryFrom<String> for Birthdate {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Birthdate> for String {
    fn from(date: Birthdate) -> Self {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_is_not_known_is_written_with_zeros() {
        for (text, digits, earliest) in [
            ("1990-04-01", "19900401", date(1990, 4, 1)),
            ("1950-06-00", "19500600", date(1950, 6, 1)),
            ("1950-00-00", "19500000", date(1950, 1, 1)),
        ] {
            let born: Birthdate = text.parse().unwrap();
            assert_eq!((born.to_string().as_str(), born.digits().as_str()), (text, digits));
            assert_eq!(born.earliest(), earliest);
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["1990-02-30", "1990-13-01", "1950-00-01", "1990-4-1", "1990-04-011", "19900401", "+990-04-01", ""]
        {
            assert!(text.parse::<Birthdate>().is_err(), "{text}");
        }
    }
}
