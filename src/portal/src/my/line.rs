//! The history's lines: what was agreed with whom and when, and every switched setting, in one order.

use std::fmt;

use jiff::Timestamp;
use jpki_oidc::Scopes;
use serde::{Serialize, Serializer};

use crate::account::{Event, What};
use crate::status::{Change, Setting};
use crate::web::Lang;

/// One line, as it is exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    /// When.
    pub(super) at: Timestamp,
    /// What happened, as a word.
    pub(super) what: &'static str,
    /// The service, by its identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) service: Option<String>,
    /// What was permitted, or which setting was switched.
    #[serde(skip_serializing_if = "About::is_nothing")]
    pub(super) about: About,
    /// The version of the text that was agreed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) consent: Option<String>,
}

/// What a line is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum About {
    Nothing,
    Scopes(Scopes),
    Setting(Setting),
}

impl About {
    fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Scopes(scopes) => scopes.fmt(f),
            Self::Setting(setting) => f.write_str(setting.word()),
        }
    }
}

impl Serialize for About {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<Event> for Line {
    fn from(event: Event) -> Self {
        Self {
            at: event.at,
            what: event.what.word(),
            service: event.consent.client,
            about: match event.consent.scopes.is_empty() {
                true => About::Nothing,
                false => About::Scopes(event.consent.scopes),
            },
            consent: Some(event.consent.version).filter(|version| !version.is_empty()),
        }
    }
}

impl From<Change> for Line {
    fn from(change: Change) -> Self {
        Self {
            at: change.at,
            what: if change.is_on { "setting_on" } else { "setting_off" },
            service: None,
            about: About::Setting(change.setting),
            consent: None,
        }
    }
}

/// All lines, the newest first.
pub(super) fn merged(events: Vec<Event>, changes: Vec<Change>) -> Vec<Line> {
    let mut lines: Vec<Line> = events.into_iter().map(Line::from).chain(changes.into_iter().map(Line::from)).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.at));
    lines
}

/// A word for what happened, for people.
pub(super) fn text(l: Lang, what: &str) -> &'static str {
    const EVENTS: [(&str, &str, &str); 9] = [
        (What::Opened.word(), "利用者登録をしました", "You registered"),
        (What::Linked.word(), "サービスとつながりました", "You linked a service"),
        (What::Widened.word(), "サービスに許可を追加しました", "You permitted a service more"),
        (What::AgreedAgain.word(), "サービスの利用にあらためて同意しました", "You agreed with a service again"),
        (What::Unlinked.word(), "サービスとのつながりを解除しました", "You unlinked a service"),
        (What::CardReplaced.word(), "新しいカードに切り替えました", "Your renewed card took over"),
        (What::Closed.word(), "登録を削除しました", "You closed your account"),
        ("setting_on", "連携設定を「あり」にしました", "You switched a link on"),
        ("setting_off", "連携設定を「なし」にしました", "You switched a link off"),
    ];
    EVENTS.iter().find(|(word, ..)| *word == what).map_or("", |(_, ja, en)| l.t(ja, en))
}

/// The lines as CSV (RFC 4180), in UTF-8 with the mark by which spreadsheets know it.
pub(super) fn csv(lines: &[Line]) -> String {
    let mut text = String::from("\u{feff}at,what,service,about,consent\r\n");
    for line in lines {
        let about = line.about.to_string();
        let fields = [
            &line.at.to_string(),
            line.what,
            line.service.as_deref().unwrap_or_default(),
            &about,
            line.consent.as_deref().unwrap_or_default(),
        ];
        text.push_str(&fields.map(field).join(","));
        text.push_str("\r\n");
    }
    text
}

/// A field: quoted where it must be, and never taken for a formula.
fn field(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use jpki_protocol::Language;

    use super::*;
    use crate::account::Consent;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn lines() -> Vec<Line> {
        let scopes = Scopes::parse("openid notices.read").unwrap();
        let linked = Event::now(at(20), What::Linked, Consent::to_service("=shop,1", scopes, "2026-06"));
        let opened = Event::now(at(10), What::Opened, Consent::to_portal(""));
        let change = Change { setting: Setting::Mypost, is_on: true, at: at(15) };
        merged(vec![linked, opened], vec![change])
    }

    #[test]
    fn both_histories_come_in_one_order() {
        let words: Vec<_> = lines().iter().map(|line| line.what).collect();
        assert_eq!(words, ["linked", "setting_on", "opened"]);
        for word in words {
            assert!(!text(Lang(Language::Ja), word).is_empty() && !text(Lang(Language::En), word).is_empty(), "{word}");
        }
    }

    #[test]
    fn a_spreadsheet_reads_the_export_as_text() {
        let csv = csv(&lines());
        let rows: Vec<_> = csv.trim_start_matches('\u{feff}').split("\r\n").collect();
        assert_eq!(rows[1], "1970-01-01T00:00:20Z,linked,\"'=shop,1\",notices.read openid,2026-06");
        assert_eq!(rows[2], "1970-01-01T00:00:15Z,setting_on,,mypost,");
    }
}
