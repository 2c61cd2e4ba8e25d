//! What a form asks for: read once, as a whole, or not at all.

use jpki_protocol::{Language, Origin, OriginPolicy};

use super::section::Section;
use crate::onetime::Key;
use crate::server::http::form_pairs;
use crate::sites::Decision;

/// A form as it was sent.
#[derive(Debug)]
pub(super) struct Form {
    /// What proves that it stood in the session's page.
    pub(super) token: Option<Key>,
    pub(super) action: Action,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Show the page in this language, in this section.
    Language(Language, Section),
    /// Decide about a site, or forget it; none if what was typed is no site.
    Site(Option<Origin>, Option<Decision>),
    /// Take back the last decision.
    Undo,
    /// Erase the history.
    EraseHistory,
    /// Start at login, or not.
    StartAtLogin(bool),
    /// Examine everything.
    Examine,
}

impl Form {
    /// Reads a body. Unknown and repeated fields are refused.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let [mut token, mut action, mut site, mut decision, mut language, mut section] = [const { None::<String> }; 6];
        for (name, value) in form_pairs(std::str::from_utf8(body).ok()?)? {
            let slot = match name.as_str() {
                "token" => &mut token,
                "do" => &mut action,
                "site" => &mut site,
                "decision" => &mut decision,
                "language" => &mut language,
                "section" => &mut section,
                _ => return None,
            };
            if slot.replace(value).is_some() {
                return None;
            }
        }
        let action = match (action.as_deref()?, site, decision.as_deref(), language.as_deref(), section) {
            ("language", None, None, Some(language), Some(section)) => {
                Action::Language(read_language(language)?, Section::at(&section)?)
            }
            ("site", Some(site), Some(decision), None, None) => {
                Action::Site(read_site(&site), read_decision(decision)?)
            }
            ("undo", None, None, None, None) => Action::Undo,
            ("erase", None, None, None, None) => Action::EraseHistory,
            ("start", None, None, None, None) => Action::StartAtLogin(true),
            ("no-start", None, None, None, None) => Action::StartAtLogin(false),
            ("examine", None, None, None, None) => Action::Examine,
            _ => return None,
        };
        Some(Self { token: token.as_deref().and_then(Key::parse), action })
    }
}

fn read_language(tag: &str) -> Option<Language> {
    [Language::Ja, Language::En].into_iter().find(|language| language.tag() == tag)
}

fn read_decision(word: &str) -> Option<Option<Decision>> {
    match word {
        "allow" => Some(Some(Decision::Allow)),
        "block" => Some(Some(Decision::Block)),
        "forget" => Some(None),
        _ => None,
    }
}

/// A site as people write it: with spaces around, a slash at the end, or without `https://`.
fn read_site(typed: &str) -> Option<Origin> {
    let site = typed.trim().trim_end_matches('/').to_ascii_lowercase();
    let site = if site.contains("://") { site } else { format!("https://{site}") };
    Origin::parse(&site, OriginPolicy::Developer).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(body: &str) -> Option<Action> {
        Form::parse(body.as_bytes()).map(|form| form.action)
    }

    fn site(name: &str) -> Option<Origin> {
        Some(Origin::parse(name, OriginPolicy::Developer).unwrap())
    }

    #[test]
    fn forms_are_read() {
        let block = Some(Decision::Block);
        for (body, wanted) in [
            ("do=language&language=en&section=%2Fstatus%2Flog", Action::Language(Language::En, Section::Log)),
            ("do=site&site=https%3A%2F%2Fa.example&decision=block", Action::Site(site("https://a.example"), block)),
            ("do=site&site=+A.example%2F+&decision=forget", Action::Site(site("https://a.example"), None)),
            ("do=site&site=a+b&decision=block", Action::Site(None, block)),
            ("do=site&site=http%3A%2F%2Fa.example&decision=block", Action::Site(None, block)),
            ("do=undo", Action::Undo),
            ("token=x&do=erase", Action::EraseHistory),
            ("do=start", Action::StartAtLogin(true)),
            ("do=no-start", Action::StartAtLogin(false)),
            ("do=examine", Action::Examine),
        ] {
            assert_eq!(action(body), Some(wanted), "{body}");
        }
    }

    #[test]
    fn what_is_no_form_of_the_page_is_not_read() {
        for body in [
            "",
            "do=",
            "do=quit",
            "do=undo&do=erase",
            "do=undo&more=1",
            "do=undo&site=https%3A%2F%2Fa.example",
            "do=site&site=https%3A%2F%2Fa.example",
            "do=site&site=https%3A%2F%2Fa.example&decision=trust",
            "do=language&language=fr&section=%2Fstatus",
            "do=language&language=en&section=https%3A%2F%2Fevil.example",
            "do=%FF",
        ] {
            assert_eq!(action(body), None, "{body}");
        }
        assert!(Form::parse(b"do=\xFF").is_none());
    }
}
