//! The values that are about to be handed over, as a person reads them.

use jpki_protocol::attributes::{Attribute, Attributes};
use jpki_protocol::text::Line;

use crate::texts::Texts;

/// Follows a character that stands for one the certificate can't carry (代替文字): people know it as the mark of a note.
pub(crate) const MARK: char = '※';

/// One value under its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) name: &'static str,
    pub(crate) text: String,
}

/// A birth date, as far as the register knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Birthdate {
    pub(crate) year: Option<u16>,
    /// 1 to 12.
    pub(crate) month: Option<u16>,
    pub(crate) day: Option<u16>,
}

/// What `attributes` hold, in the order in which people are used to read it.
pub(super) fn values(attributes: &Attributes, texts: &Texts) -> Vec<Value> {
    let text = |attribute| match attribute {
        Attribute::Name => Some(marked(attributes.name.as_ref()?, &attributes.name_substitutes)),
        Attribute::Address => Some(marked(attributes.address.as_ref()?, &attributes.address_substitutes)),
        Attribute::Birthdate => {
            let date = attributes.birthdate.as_ref()?;
            Some(birthdate(date).map_or_else(|| marked(date, &[]), texts.birthdate))
        }
        Attribute::Gender => Some((texts.gender)(attributes.gender?).to_owned()),
    };
    let value = |attribute| Some(Value { name: (texts.attribute)(attribute), text: text(attribute)? });
    Attribute::ALL.into_iter().filter_map(value).collect()
}

/// Does a character of these stand for another?
pub(super) fn has_marks(attributes: &Attributes) -> bool {
    !(attributes.name_substitutes.is_empty() && attributes.address_substitutes.is_empty())
}

/// `text` with a [`MARK`] after each character that stands for another. What a card says is no command to a
/// terminal and hides nothing in a window: a character that could do so is shown as one that is unknown.
fn marked(text: &str, substitutes: &[u16]) -> String {
    let mut shown = String::with_capacity(text.len());
    for (index, c) in text.chars().enumerate() {
        shown.push(if is_plain(c) { c } else { char::REPLACEMENT_CHARACTER });
        if substitutes.iter().any(|&at| usize::from(at) == index) {
            shown.push(MARK);
        }
    }
    shown
}

/// May a site show this character, too? Beside another, as a space alone is no line.
fn is_plain(c: char) -> bool {
    Line::<2>::parse(&format!("x{c}")).is_ok()
}

/// Reads `YYYY-MM-DD`, in which zeros are what nobody knows; none for anything else.
fn birthdate(text: &str) -> Option<Birthdate> {
    let mut parts = text.splitn(3, '-').map(|part| part.parse::<u16>().ok());
    let mut next = || parts.next().flatten();
    let (year, month, day) = (next()?, next()?, next()?);
    let known = |part| Some(part).filter(|&part| part != 0);
    (month <= 12).then_some(Birthdate { year: known(year), month: known(month), day: known(day) })
}

#[cfg(test)]
mod tests {
    use jpki_protocol::Language;
    use jpki_protocol::attributes::Gender;

    use super::*;

    fn texts(attributes: &Attributes, language: Language) -> Vec<String> {
        values(attributes, Texts::of(language))
            .into_iter()
            .map(|value| format!("{}={}", value.name, value.text))
            .collect()
    }

    #[test]
    fn only_what_is_handed_over_is_shown_in_the_usual_order() {
        let attributes = Attributes {
            gender: Some(Gender::Female),
            name: Some("黒桐　幹也".to_owned()),
            birthdate: Some("1980-02-17".to_owned()),
            ..Attributes::default()
        };
        assert_eq!(texts(&attributes, Language::Ja), ["氏名=黒桐　幹也", "生年月日=1980年2月17日", "性別=女性"]);
        assert_eq!(
            texts(&attributes, Language::En),
            ["Name=黒桐　幹也", "Date of birth=17 February 1980", "Gender=Female"]
        );
    }

    #[test]
    fn a_character_that_stands_for_another_is_marked() {
        let attributes = Attributes {
            name: Some("髙橋　一".to_owned()),
            name_substitutes: vec![0, 3],
            address: Some("葛飾区".to_owned()),
            address_substitutes: vec![0, 9],
            ..Attributes::default()
        };
        assert_eq!(texts(&attributes, Language::Ja), ["氏名=髙※橋　一※", "住所=葛※飾区"]);
    }

    #[test]
    fn a_value_neither_commands_a_terminal_nor_hides_anything() {
        assert_eq!(marked("a\u{1b}[2Jb\u{202e}c\n", &[]), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}");
        assert_eq!(marked("黒桐　幹也 A", &[]), "黒桐　幹也 A");
    }

    #[test]
    fn what_nobody_knows_of_a_birth_date_is_said() {
        for (date, ja, en) in [
            ("1950-00-00", "1950年（月日は不詳）", "1950 (day and month not known)"),
            ("1950-04-00", "1950年4月（日は不詳）", "April 1950 (day not known)"),
            ("0000-02-29", "2月29日（年は不詳）", "29 February (year not known)"),
            ("0000-00-00", "不詳", "Not known"),
            ("1980-13-01", "1980-13-01", "1980-13-01"),
            ("tomorrow", "tomorrow", "tomorrow"),
        ] {
            let attributes = Attributes { birthdate: Some(date.to_owned()), ..Attributes::default() };
            assert_eq!(texts(&attributes, Language::Ja), [format!("生年月日={ja}")]);
            assert_eq!(texts(&attributes, Language::En), [format!("Date of birth={en}")]);
        }
    }
}
