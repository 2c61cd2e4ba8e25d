//! The attributes of a person, 基本4情報, as they travel from the card to a site, and how a token binds them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::challenge::Challenge;

/// Which attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Attribute {
    /// 氏名
    Name,
    /// 住所
    Address,
    /// 生年月日
    Birthdate,
    /// 性別
    Gender,
}

impl Attribute {
    /// All four, in the order in which people are used to read them.
    pub const ALL: [Self; 4] = [Self::Name, Self::Address, Self::Birthdate, Self::Gender];
}

/// Where attributes are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum AttributeSource {
    /// 券面入力補助: the text application, with its 4-digit PIN.
    #[default]
    Card,
    /// The signature certificate, with the signature password.
    SignatureCertificate,
}

/// 性別 as the resident register records it (ISO/IEC 5218).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Gender {
    /// `1`
    Male,
    /// `2`
    Female,
    /// `0`
    Unknown,
    /// `9`
    NotApplicable,
}

impl Gender {
    /// Reads the digit on the card.
    pub fn from_digit(digit: char) -> Option<Self> {
        match digit {
            '0' => Some(Self::Unknown),
            '1' => Some(Self::Male),
            '2' => Some(Self::Female),
            '9' => Some(Self::NotApplicable),
            _ => None,
        }
    }
}

/// The attributes that were asked for, and no other. `Debug` shows which, never what.
///
/// The members are in the order of their names, so that plain serialisation is already the canonical form
/// (RFC 8785) that a token binds.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attributes {
    /// 住所, one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Which characters of `address`, counted from 0, stand for one that the certificate can't carry (代替文字).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub address_substitutes: Vec<u16>,
    /// 生年月日, `YYYY-MM-DD` of the Gregorian calendar; zeros where the register knows no year, month or day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<String>,
    /// 性別
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// 氏名, family and given name parted by an ideographic space (U+3000).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// As `addressSubstitutes`, for `name`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub name_substitutes: Vec<u16>,
}

impl Attributes {
    /// These attributes without those that `asked` doesn't name.
    #[must_use]
    pub fn only(mut self, asked: &[Attribute]) -> Self {
        if !asked.contains(&Attribute::Name) {
            (self.name, self.name_substitutes) = (None, Vec::new());
        }
        if !asked.contains(&Attribute::Address) {
            (self.address, self.address_substitutes) = (None, Vec::new());
        }
        if !asked.contains(&Attribute::Birthdate) {
            self.birthdate = None;
        }
        if !asked.contains(&Attribute::Gender) {
            self.gender = None;
        }
        self
    }

    /// Which attributes these are.
    pub fn present(&self) -> Vec<Attribute> {
        Attribute::ALL
            .into_iter()
            .filter(|attribute| match attribute {
                Attribute::Name => self.name.is_some(),
                Attribute::Address => self.address.is_some(),
                Attribute::Birthdate => self.birthdate.is_some(),
                Attribute::Gender => self.gender.is_some(),
            })
            .collect()
    }

    /// The canonical JSON (RFC 8785): members by name, no white space.
    pub fn canonical(&self) -> String {
        // Strings, numbers and unit variants always encode.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The challenge text a token over these attributes signs: `challenge "." base64url(SHA-256(canonical JSON))`.
    pub fn bound_challenge(&self, challenge: &Challenge) -> String {
        let hash = digest(&SHA256, self.canonical().as_bytes());
        format!("{}.{}", challenge.as_str(), URL_SAFE_NO_PAD.encode(hash))
    }
}

impl std::fmt::Debug for Attributes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Attributes").field(&self.present()).finish()
    }
}

/// Writes eight digits `YYYYMMDD`, as card and certificate have them, as `YYYY-MM-DD`.
///
/// A register may not know all of a birth date: its unknown parts are zeros, and stay so. None for anything else
/// that is not a day of the calendar.
pub fn birthdate(digits: &str) -> Option<String> {
    let number = |part: &str| part.parse::<u16>().ok();
    if digits.len() != 8 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let (year, month, day) = (&digits[..4], &digits[4..6], &digits[6..]);
    let leap = number(year).is_some_and(|year| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    let days = match number(month)? {
        2 if year == "0000" || leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        0..=12 => 31,
        _ => return None,
    };
    (number(day)? <= days).then(|| format!("{year}-{month}-{day}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn four() -> Attributes {
        Attributes {
            name: Some("黒桐　幹也".to_owned()),
            address: Some("東京都清瀬市\"１\"".to_owned()),
            birthdate: Some("1980-02-17".to_owned()),
            gender: Some(Gender::Male),
            name_substitutes: vec![1],
            ..Attributes::default()
        }
    }

    #[test]
    fn the_canonical_form_has_its_members_by_name_and_no_white_space() {
        assert_eq!(
            four().canonical(),
            r#"{"address":"東京都清瀬市\"１\"","birthdate":"1980-02-17","gender":"male","name":"黒桐　幹也","nameSubstitutes":[1]}"#
        );
        assert_eq!(Attributes::default().canonical(), "{}");
    }

    #[test]
    fn only_what_was_asked_for_stays() {
        let only = four().only(&[Attribute::Birthdate]);
        assert_eq!(only.canonical(), r#"{"birthdate":"1980-02-17"}"#);
        assert_eq!(only.present(), [Attribute::Birthdate]);
        assert_eq!(four().only(&Attribute::ALL), four());
        assert_eq!(four().only(&[]), Attributes::default());
    }

    #[test]
    fn a_token_binds_the_attributes_by_their_hash() {
        let challenge = Challenge::parse(&"A".repeat(44)).unwrap();
        let only = four().only(&[Attribute::Birthdate]);
        // printf '{"birthdate":"1980-02-17"}' | openssl dgst -sha256 -binary | basenc --base64url
        let hash = "JOWjx6apBqsCJmc8k5Ok8HTfGXVRzpo8xrtW2j-5Aqw";
        assert_eq!(only.bound_challenge(&challenge), format!("{}.{hash}", "A".repeat(44)));
    }

    #[test]
    fn a_birth_date_is_a_day_or_has_zeros_for_what_nobody_knows() {
        for (digits, expected) in [
            ("19800217", Some("1980-02-17")),
            ("20000229", Some("2000-02-29")),
            ("19000229", None),
            ("19500000", Some("1950-00-00")),
            ("19500400", Some("1950-04-00")),
            ("00000000", Some("0000-00-00")),
            ("00000229", Some("0000-02-29")),
            ("19801301", None),
            ("19800431", None),
            ("1980021", None),
            ("198002170", None),
            ("1980０17", None),
            ("+9800217", None),
        ] {
            assert_eq!(birthdate(digits).as_deref(), expected, "{digits}");
        }
    }

    #[test]
    fn debug_says_which_and_never_what() {
        assert_eq!(format!("{:?}", four().only(&[Attribute::Name])), "Attributes([Name])");
    }
}
