//! Who a software card belongs to: an invented person, and what of them stands on the card.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Birthdate, Error};

/// Sex (性別) as text AP and 署名用 certificate encode it: one digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gender {
    /// `1`
    Male,
    /// `2`
    Female,
    /// `0`: not known.
    Unknown,
    /// `9`: not applicable.
    Other,
}

impl Gender {
    /// The digit on the card.
    pub fn digit(self) -> char {
        match self {
            Self::Male => '1',
            Self::Female => '2',
            Self::Unknown => '0',
            Self::Other => '9',
        }
    }
}

impl FromStr for Gender {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "male" | "1" => Ok(Self::Male),
            "female" | "2" => Ok(Self::Female),
            "unknown" | "0" => Ok(Self::Unknown),
            "other" | "9" => Ok(Self::Other),
            _ => Err("give male, female, unknown or other"),
        }
    }
}

impl fmt::Display for Gender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Male => "male",
            Self::Female => "female",
            Self::Unknown => "unknown",
            Self::Other => "other",
        })
    }
}

/// The card's invented holder. [`Holder::default`] is the person of the documentation, 見本　花子.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// 氏名, family and given name parted by an ideographic space (U+3000).
    pub name: String,
    /// 住所 as one line.
    pub address: String,
    /// 生年月日.
    pub birthdate: Birthdate,
    /// 性別.
    pub gender: Gender,
    /// 個人番号, twelve digits. No code outside tests may ever read it from a card.
    pub my_number: String,
    /// 市区町村コード, five digits.
    pub municipality: String,
    /// 都道府県 in Latin letters, as the 署名用 certificate's subject writes it.
    pub prefecture_latin: String,
    /// 市区町村 in Latin letters.
    pub city_latin: String,
    /// セキュリティコード, the four digits printed on the face; part of 照合番号B.
    pub security_code: String,
}

impl Default for Holder {
    fn default() -> Self {
        Self {
            name: "見本　花子".to_owned(),
            address: "東京都架空市見本町一丁目２番３号".to_owned(),
            birthdate: Date::constant(1990, 4, 1).into(),
            gender: Gender::Female,
            my_number: "123456789018".to_owned(),
            municipality: "13999".to_owned(),
            prefecture_latin: "Tokyo-to".to_owned(),
            city_latin: "Kakuu-shi".to_owned(),
            security_code: "0000".to_owned(),
        }
    }
}

/// First days of the eras since Meiji, newest first, with the digit of the 署名用 certificate's birth date
/// (3 Showa and 4 Heisei are seen in samples, the others inferred from their order).
const ERAS: [(Date, char); 4] = [
    (Date::constant(2019, 5, 1), '5'),
    (Date::constant(1989, 1, 8), '4'),
    (Date::constant(1926, 12, 25), '3'),
    (Date::constant(1912, 7, 30), '2'),
];

impl Holder {
    /// Refuses what the card's formats can't carry.
    ///
    /// # Errors
    /// [`Error::Holder`] naming the field.
    pub fn check(&self) -> Result<(), Error> {
        let text = |field, value: &str, limit| {
            let reason = if value.is_empty() {
                "it is empty"
            } else if value.len() > limit {
                "it is too long"
            } else if value.chars().any(char::is_control) {
                "it has control characters"
            } else {
                return Ok(());
            };
            Err(Error::Holder { field, reason })
        };
        let digits = |field, value: &str, count| {
            if value.len() == count && value.bytes().all(|b| b.is_ascii_digit()) {
                return Ok(());
            }
            Err(Error::Holder { field, reason: "it must be digits of the fixed length" })
        };
        text("name", &self.name, 300)?;
        text("address", &self.address, 600)?;
        text("prefecture", &self.prefecture_latin, 64)?;
        text("city", &self.city_latin, 64)?;
        digits("my number", &self.my_number, 12)?;
        digits("municipality code", &self.municipality, 5)?;
        digits("security code", &self.security_code, 4)
    }

    /// The digit of the era of birth.
    pub(crate) fn era_digit(&self) -> char {
        self.era().0
    }

    /// 照合番号B: `YYMMDD` with the year of the era, the card's year of expiry, the security code.
    pub(crate) fn number_b(&self, expiry: Date) -> String {
        let (_, year) = self.era();
        format!("{year:02}{}{:04}{}", self.birthdate.month_and_day(), expiry.year(), self.security_code)
    }

    fn era(&self) -> (char, i16) {
        let born = self.birthdate.earliest();
        let of = |(first, digit): (Date, char)| (digit, born.year() - first.year() + 1);
        ERAS.into_iter().find(|(first, _)| *first <= born).map_or(('1', born.year() - 1867), of)
    }

    /// The holder's `count`-th birthday after `day`: certificates end on the fifth, cards on the tenth.
    ///
    /// # Errors
    /// [`Error::Date`] beyond the end of the calendar.
    pub(crate) fn birthday_after(&self, day: Date, count: i16) -> Result<Date, Error> {
        let born = self.birthdate.earliest();
        let in_year =
            |year| Date::new(year, born.month(), born.day()).or_else(|_| Date::new(year, born.month(), born.day() - 1));
        let passed = in_year(day.year())? <= day;
        Ok(in_year(day.year() + count - i16::from(!passed))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn born(birthdate: Date) -> Holder {
        Holder { birthdate: birthdate.into(), security_code: "2285".to_owned(), ..Holder::default() }
    }

    #[test]
    fn the_eras_of_birth_are_those_of_the_samples() {
        for (day, expected) in [
            (date(1980, 2, 17), '3'),
            (date(1989, 1, 7), '3'),
            (date(1989, 1, 8), '4'),
            (date(2019, 4, 30), '4'),
            (date(2019, 5, 1), '5'),
            (date(1912, 7, 29), '1'),
        ] {
            assert_eq!(born(day).era_digit(), expected, "{day}");
        }
    }

    #[test]
    fn number_b_is_that_of_the_published_test_card() {
        assert_eq!(born(date(1980, 2, 17)).number_b(date(2035, 2, 17)), "55021720352285");
    }

    #[test]
    fn certificates_end_on_the_fifth_birthday_also_for_the_29th_of_february() {
        let holder = born(date(1990, 4, 1));
        assert_eq!(holder.birthday_after(date(2025, 3, 31), 5).unwrap(), date(2029, 4, 1));
        assert_eq!(holder.birthday_after(date(2025, 4, 1), 5).unwrap(), date(2030, 4, 1));
        assert_eq!(born(date(1992, 2, 29)).birthday_after(date(2025, 5, 1), 5).unwrap(), date(2030, 2, 28));
    }

    #[test]
    fn a_holder_that_does_not_fit_a_card_is_refused() {
        let wrong = Holder { my_number: "12345678901".to_owned(), ..Holder::default() };
        assert!(wrong.check().unwrap_err().to_string().contains("my number"));
        assert!(Holder { name: String::new(), ..Holder::default() }.check().is_err());
        assert!(Holder::default().check().is_ok());
    }
}
