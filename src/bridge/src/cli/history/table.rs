//! The history as people read it.

use jiff::tz::TimeZone;
use jpki_protocol::Language;

use crate::history::Entry;

/// What parts two columns.
const GAP: &str = "  ";

/// A table in the order in which it happened: the newest stands last, where the eye is.
pub(super) fn of(entries: &[Entry], language: Language, zone: &TimeZone) -> String {
    let heading = match language {
        Language::Ja => ["日時", "結果", "要求元", "内容"],
        Language::En => ["When", "Outcome", "Who", "What"],
    };
    if entries.is_empty() {
        return match language {
            Language::Ja => "履歴はありません。\n".to_owned(),
            Language::En => "There is nothing in the history.\n".to_owned(),
        };
    }
    let mut rows = vec![heading.map(str::to_owned)];
    rows.extend(entries.iter().map(|entry| {
        [
            entry.at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
            entry.outcome.words(language),
            entry.asker(language).to_owned(),
            entry.deed(language),
        ]
    }));
    let mut widths = [0; 4];
    for row in &rows {
        for (most, field) in widths.iter_mut().zip(row) {
            *most = width(field).max(*most);
        }
    }
    rows.iter().map(|row| line(row, widths)).collect()
}

fn line(row: &[String; 4], widths: [usize; 4]) -> String {
    let mut line = String::new();
    for (field, most) in row.iter().zip(widths) {
        line += field;
        line += &" ".repeat(most - width(field));
        line += GAP;
    }
    line.truncate(line.trim_end().len());
    line + "\n"
}

/// The columns a text takes on a terminal. Here are only words of our own and origins: what isn't ASCII is Japanese.
fn width(text: &str) -> usize {
    text.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Outcome;
    use jiff::tz::Offset;
    use jpki_protocol::attributes::{Attribute, AttributeSource};
    use jpki_protocol::prompt::{Operation, PinKind};
    use jpki_protocol::{ErrorCode, Origin};

    fn entries() -> [Entry; 3] {
        let first = Entry {
            at: "2026-11-21T15:04:05Z".parse().unwrap(),
            site: Some(Origin::try_from("https://bank.example".to_owned()).unwrap()),
            asked: Operation::ReadAttributes,
            attributes: vec![Attribute::Name, Attribute::Birthdate],
            source: Some(AttributeSource::Card),
            documents: 0,
            pin: None,
            outcome: Outcome::Done,
        };
        let second = Entry {
            asked: Operation::Sign,
            documents: 2,
            outcome: Outcome::Ended(ErrorCode::UserCancelled),
            ..first.clone()
        };
        let third = Entry {
            site: None,
            asked: Operation::ChangePin,
            pin: Some(PinKind::Auth),
            outcome: Outcome::Ended(ErrorCode::PinBlocked),
            ..first.clone()
        };
        [first, second, third]
    }

    fn japan() -> TimeZone {
        TimeZone::fixed(Offset::constant(9))
    }

    #[test]
    fn columns_stand_under_each_other_in_local_time() {
        assert_eq!(
            of(&entries(), Language::En, &japan()),
            "When              Outcome             Who                   What\n\
             2026-11-22 00:04  Done                https://bank.example  Information: name, date of birth\n\
             2026-11-22 00:04  Cancelled           https://bank.example  Signature of 2 documents\n\
             2026-11-22 00:04  Failed pin_blocked  A command here        Change of the authentication PIN\n"
        );
    }

    #[test]
    fn japanese_takes_two_columns_a_character() {
        let table = of(&entries(), Language::Ja, &japan());
        let starts: Vec<_> = table
            .lines()
            .skip(1)
            .map(|line| {
                let who = line.find("https").or_else(|| line.find("この端末")).unwrap();
                width(&line[..who])
            })
            .collect();
        assert_eq!(starts, [36; 3], "{table}");
        assert!(table.contains("情報の提供（氏名・生年月日）") && table.contains("取り消し"), "{table}");
    }

    #[test]
    fn nothing_is_said_in_a_sentence() {
        for language in [Language::Ja, Language::En] {
            assert_eq!(of(&[], language, &japan()).lines().count(), 1);
        }
    }
}
