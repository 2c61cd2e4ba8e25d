//! What the page says: one table of texts a language. A text that one of them lacks doesn't compile.

mod en;
mod ja;

use jpki_protocol::attributes::Attribute;
use jpki_protocol::page::ProgressState;
use jpki_protocol::prompt::{Operation, PinKind};
use jpki_protocol::{ErrorCode, Language};

use super::section::Section;
use crate::doctor::Verdict;
use crate::live::{Card, CardKind, PinCount};
use crate::settings::Source;
use crate::settings::keys::Key;
use crate::sites::{By, Decision};

/// What the whole comes to: the page's first sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Headline {
    Unwatched,
    NoService,
    NoReader,
    NoCard,
    BadCard,
    CardInUse,
    CardPresent,
    Working,
}

impl Headline {
    #[cfg(test)]
    const ALL: [Self; 8] = [
        Self::Unwatched,
        Self::NoService,
        Self::NoReader,
        Self::NoCard,
        Self::BadCard,
        Self::CardInUse,
        Self::CardPresent,
        Self::Working,
    ];
}

/// All texts of a language. Members are in the order in which they appear.
pub(super) struct Texts {
    pub(super) language: Language,
    /// This language, as it calls itself.
    pub(super) own_name: &'static str,

    // Around every section.
    pub(super) skip: &'static str,
    pub(super) navigation: &'static str,
    pub(super) section: fn(Section) -> &'static str,
    pub(super) languages: &'static str,
    pub(super) test_card: &'static str,
    pub(super) test_card_note: &'static str,
    pub(super) undo: &'static str,
    pub(super) lost: &'static str,

    // Who did what, in several sections.
    pub(super) this_computer: &'static str,
    pub(super) operation: fn(Operation) -> &'static str,
    pub(super) done: &'static str,
    pub(super) declined: &'static str,
    pub(super) failed: &'static str,
    pub(super) who: &'static str,
    pub(super) what: &'static str,
    pub(super) when: &'static str,
    pub(super) outcome: &'static str,

    // Overview.
    pub(super) headline: fn(Headline) -> (&'static str, &'static str),
    pub(super) readers: &'static str,
    pub(super) no_readers: &'static str,
    pub(super) in_reader: &'static str,
    pub(super) card: fn(Card) -> &'static str,
    pub(super) kind: &'static str,
    pub(super) card_kind: fn(CardKind) -> &'static str,
    pub(super) attempts: fn(PinKind) -> &'static str,
    pub(super) count: fn(PinCount) -> String,
    pub(super) expires: &'static str,
    pub(super) expires_soon: fn(i64) -> String,
    pub(super) expired: &'static str,
    pub(super) unknown_card: &'static str,
    pub(super) underway: &'static str,
    pub(super) none_underway: &'static str,
    pub(super) stage: &'static str,
    pub(super) stages: fn(ProgressState) -> &'static str,
    pub(super) since: &'static str,
    pub(super) last: &'static str,
    pub(super) none_last: &'static str,

    // Sites.
    pub(super) sites_intro: &'static str,
    pub(super) no_sites: &'static str,
    pub(super) site: &'static str,
    pub(super) decision: &'static str,
    pub(super) decided: fn(Option<Decision>) -> &'static str,
    pub(super) change: &'static str,
    pub(super) decide: fn(Option<Decision>) -> &'static str,
    pub(super) decided_by: fn(By) -> &'static str,
    pub(super) only_allowed: &'static str,
    pub(super) cannot_allow: fn(&str, By) -> String,
    pub(super) add_site: &'static str,
    pub(super) add_site_hint: &'static str,
    pub(super) site_decided: fn(&str, Option<Decision>) -> String,
    pub(super) not_a_site: &'static str,

    // History.
    pub(super) history_intro: &'static str,
    pub(super) no_history: &'static str,
    pub(super) not_kept: &'static str,
    pub(super) filter: &'static str,
    pub(super) all_sites: &'static str,
    pub(super) from_day: &'static str,
    pub(super) show: &'static str,
    pub(super) export: &'static str,
    pub(super) details: &'static str,
    pub(super) attribute: fn(Attribute) -> &'static str,
    pub(super) and: &'static str,
    pub(super) documents: fn(u32) -> String,
    pub(super) pin: fn(PinKind) -> &'static str,
    pub(super) shown: fn(usize, usize) -> String,
    pub(super) skipped: fn(usize) -> String,
    pub(super) erase: &'static str,
    pub(super) erase_warning: &'static str,
    pub(super) erase_now: &'static str,
    pub(super) erased: fn(usize) -> String,

    // Diagnosis.
    pub(super) diagnosis_intro: &'static str,
    pub(super) examine: &'static str,
    pub(super) examining: &'static str,
    pub(super) examined: &'static str,
    pub(super) found: fn(usize, usize) -> String,
    pub(super) check: &'static str,
    pub(super) verdict: &'static str,
    pub(super) verdicts: fn(Verdict) -> &'static str,
    pub(super) finding: &'static str,
    pub(super) remedy: &'static str,

    // Settings.
    pub(super) settings_intro: &'static str,
    pub(super) setting: &'static str,
    pub(super) value: &'static str,
    pub(super) source: &'static str,
    pub(super) setting_name: fn(&Key) -> &'static str,
    /// What holds where nobody set anything.
    pub(super) unset: fn(&Key) -> &'static str,
    pub(super) set_by: fn(&Source) -> &'static str,
    pub(super) yes_no: fn(bool) -> &'static str,
    pub(super) autostart: &'static str,
    pub(super) starts: fn(bool) -> &'static str,
    pub(super) switch_start: fn(bool) -> &'static str,

    // Log.
    pub(super) log_intro: &'static str,
    pub(super) no_log: &'static str,

    // About.
    pub(super) about_intro: &'static str,
    pub(super) version: &'static str,
    pub(super) licence: &'static str,
    pub(super) homepage: &'static str,
    pub(super) privacy: &'static str,
    pub(super) slint: &'static str,

    // Who has no session.
    pub(super) locked: &'static str,
    pub(super) locked_note: &'static str,
}

impl Texts {
    pub(super) const fn of(language: Language) -> &'static Self {
        match language {
            Language::Ja => &ja::TEXTS,
            Language::En => &en::TEXTS,
        }
    }

    /// Why an operation ended, and what to do.
    pub(super) const fn reason(&self, code: ErrorCode) -> &'static str {
        code.remedy(self.language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::keys::KEYS;

    #[test]
    fn each_setting_has_a_name_of_its_own() {
        for language in [Language::Ja, Language::En] {
            let texts = Texts::of(language);
            let mut names: Vec<_> = KEYS.iter().map(|key| (texts.setting_name)(key)).collect();
            for (key, name) in KEYS.iter().zip(&names) {
                assert!(*name != key.name && !(texts.unset)(key).is_empty(), "{}", key.name);
            }
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), KEYS.len());
        }
    }

    #[test]
    fn each_headline_says_what_is_and_what_to_do() {
        for language in [Language::Ja, Language::En] {
            let texts = Texts::of(language);
            assert_eq!(texts.language, language);
            let mut said = Vec::new();
            for headline in Headline::ALL {
                let (what, then) = (texts.headline)(headline);
                assert!(!what.is_empty() && !then.is_empty() && !said.contains(&what), "{headline:?}");
                said.push(what);
            }
        }
    }
}
