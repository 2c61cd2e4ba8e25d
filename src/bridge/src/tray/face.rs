//! How the tray looks: a value of the state.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use jpki_protocol::{Language, Origin};

use super::alarm::Alarm;
use super::menu::{Menu, menu};
use super::words::{Asker, Words};
use crate::live::{Card, CardKind, Live, Readers};
use crate::moments;

/// What the icon tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    /// No reader is connected.
    NoReader,
    /// A reader waits for a card.
    Ready,
    /// A card is in a reader.
    Card,
    /// An operation is under way.
    Working,
    /// There is something to look at.
    Attention,
    /// The card is one in software.
    TestCard,
}

/// What is shown besides the agent's own state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look<'a> {
    /// The person's language.
    pub(crate) language: Language,
    /// Whether the agent starts at login; none where that can't be changed.
    pub(crate) starts_at_login: Option<bool>,
    /// The time.
    pub(crate) now: Timestamp,
    /// Where it is that time.
    pub(crate) zone: &'a TimeZone,
}

/// The tray, as it should look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Face {
    /// What the icon tells.
    pub(crate) icon: Icon,
    /// The name of the program, and "test card" where it is one.
    pub(crate) title: &'static str,
    /// The state in one sentence: the tooltip under the title, and the menu's first line.
    pub(crate) status: String,
    /// The menu.
    pub(crate) menu: Menu,
}

/// How the tray looks.
pub(crate) fn face(live: &Live, look: Look<'_>) -> Face {
    let words = Words::of(look.language);
    let alarm = Alarm::of(live, look.now);
    let status = status(live, alarm, words);
    let last = match &live.last {
        Some(last) => {
            let when = moments::recent(last.at, look.zone, look.language);
            (words.last)(last.kind, asker(last.origin.as_ref()), last.outcome, &when)
        }
        None => words.no_last.to_owned(),
    };
    Face {
        icon: icon(live, alarm),
        title: if live.test_card { words.title_test_card } else { words.title },
        menu: menu(&status, last, words, look.language, look.starts_at_login),
        status,
    }
}

fn icon(live: &Live, alarm: Option<Alarm>) -> Icon {
    match &live.readers {
        _ if live.operation.is_some() => Icon::Working,
        _ if alarm.is_some() => Icon::Attention,
        // What such a card signs proves nothing: that must be seen whatever else is.
        _ if live.test_card => Icon::TestCard,
        Readers::Listed(readers) if readers.is_empty() => Icon::NoReader,
        Readers::Listed(readers) if readers.iter().any(|reader| reader.card != Card::None) => Icon::Card,
        Readers::Listed(_) | Readers::Unwatched | Readers::ServiceUnavailable => Icon::Ready,
    }
}

fn status(live: &Live, alarm: Option<Alarm>, words: &Words) -> String {
    if let Some(operation) = &live.operation {
        return (words.working)(asker(operation.origin.as_ref()), operation.stage);
    }
    if let Some(alarm) = alarm {
        return (words.alarm)(alarm);
    }
    let state = match &live.readers {
        _ if live.test_card => words.test_card.0,
        Readers::Unwatched | Readers::ServiceUnavailable => words.ready,
        Readers::Listed(readers) if readers.is_empty() => words.no_reader,
        Readers::Listed(readers) => {
            let foreign = |kind| kind == CardKind::Other;
            let mut cards = readers.iter().filter(|reader| reader.card != Card::None).peekable();
            if cards.peek().is_none() {
                words.ready
            } else if cards.all(|reader| reader.known.is_some_and(|card| foreign(card.kind))) {
                words.foreign_card
            } else {
                words.card
            }
        }
    };
    state.to_owned()
}

fn asker(origin: Option<&Origin>) -> Asker<'_> {
    origin.map_or(Asker::Command, |origin| Asker::Site(origin.authority()))
}

#[cfg(test)]
mod tests {
    use jpki_protocol::ErrorCode;
    use jpki_protocol::page::ProgressState;
    use jpki_protocol::prompt::{Operation, PinKind};

    use super::*;
    use crate::live::{KnownCard, Outcome, PinCount};
    use crate::tray::menu::{Action, Entry, Section};
    use crate::tray::samples::{NOON, PLAIN, ended, holding, live, reader, underway};

    fn shown(live: &Live, language: Language) -> Face {
        face(live, Look { language, starts_at_login: Some(false), now: NOON, zone: &TimeZone::UTC })
    }

    fn english(live: &Live) -> Face {
        shown(live, Language::En)
    }

    #[test]
    fn each_state_has_its_icon_and_its_sentence() {
        let listed = |readers| live(Readers::Listed(readers));
        let blocked = KnownCard { auth: Some(PinCount::Blocked), ..PLAIN };
        let foreign = KnownCard { kind: CardKind::Other, ..PLAIN };
        for (state, icon, status) in [
            (live(Readers::Unwatched), Icon::Ready, "Ready"),
            (listed(vec![]), Icon::NoReader, "No card reader"),
            (listed(vec![reader(Card::None)]), Icon::Ready, "Ready"),
            (listed(vec![reader(Card::None), reader(Card::Present)]), Icon::Card, "A card is in the reader"),
            (listed(vec![reader(Card::InUse)]), Icon::Card, "A card is in the reader"),
            (listed(vec![holding(Some(foreign))]), Icon::Card, "no My Number Card"),
            (listed(vec![holding(Some(blocked))]), Icon::Attention, "blocked"),
            (live(Readers::ServiceUnavailable), Icon::Attention, "smart card service"),
        ] {
            let face = english(&state);
            assert_eq!(face.icon, icon, "{state:?}");
            assert!(face.status.contains(status), "{} for {state:?}", face.status);
            assert_eq!(face.menu[0], Entry::Text(face.status));
        }
    }

    #[test]
    fn an_operation_is_shown_before_all_else_with_who_asks_and_what_is_awaited() {
        let blocked = KnownCard { auth: Some(PinCount::Blocked), ..PLAIN };
        let mut state = live(Readers::Listed(vec![holding(Some(blocked))]));
        let sentences: Vec<_> = [ProgressState::WaitingForUser, ProgressState::WaitingForCard, ProgressState::Working]
            .map(|stage| {
                state.operation = Some(underway(stage));
                let face = english(&state);
                assert_eq!(face.icon, Icon::Working);
                assert!(face.status.contains("shop.example"), "{}", face.status);
                face.status
            })
            .into();
        assert!(sentences[0] != sentences[1] && sentences[1] != sentences[2], "{sentences:?}");
    }

    #[test]
    fn a_test_card_is_always_seen() {
        for readers in [Readers::Unwatched, Readers::Listed(vec![]), Readers::Listed(vec![holding(None)])] {
            let face = english(&Live { test_card: true, ..live(readers) });
            assert_eq!(face.icon, Icon::TestCard);
            assert!(face.title.contains("test card") && face.status.contains("test card"));
        }
    }

    #[test]
    fn the_last_operation_is_told_with_its_outcome_and_time() {
        let told = |outcome| {
            let state = Live { last: Some(ended(outcome)), ..live(Readers::Unwatched) };
            let Entry::Text(line) = english(&state).menu.swap_remove(1) else { panic!("no line") };
            line
        };
        assert_eq!(told(Outcome::Done), "Last: identity check for shop.example, done 21 Sep 14:13");
        assert!(told(Outcome::Ended(ErrorCode::UserCancelled)).ends_with("declined 21 Sep 14:13"));
        assert!(told(Outcome::Ended(ErrorCode::CardRemoved)).contains("failed"));
        let Entry::Text(none) = &english(&live(Readers::Unwatched)).menu[1] else { panic!("no line") };
        assert_eq!(none, "No request yet");
    }

    fn shape(menu: &[Entry]) -> Vec<(std::mem::Discriminant<Entry>, usize)> {
        let inner = |entry: &Entry| if let Entry::Group(_, menu) = entry { menu.len() } else { 0 };
        menu.iter().map(|entry| (std::mem::discriminant(entry), inner(entry))).collect()
    }

    #[test]
    fn no_state_moves_an_entry_to_another_place() {
        let plain = live(Readers::Unwatched);
        let rich = Live {
            operation: Some(underway(ProgressState::Working)),
            last: Some(ended(Outcome::Done)),
            test_card: true,
            ..live(Readers::ServiceUnavailable)
        };
        let other =
            face(&rich, Look { language: Language::Ja, starts_at_login: None, now: NOON, zone: &TimeZone::UTC });
        assert_eq!(shape(&english(&plain).menu), shape(&other.menu));
    }

    #[test]
    fn the_menu_follows_language_and_login() {
        let state = live(Readers::Unwatched);
        for (language, open, chosen) in
            [(Language::Ja, "状態のページを開く", "日本語"), (Language::En, "Open status page", "English")]
        {
            let menu = shown(&state, language).menu;
            assert!(menu.contains(&Entry::Do(open, Action::Open(Section::Status))), "{menu:?}");
            let languages = menu.iter().find_map(|entry| match entry {
                Entry::Group(_, languages) => Some(languages),
                _ => None,
            });
            let picked = languages.unwrap().iter().filter(|entry| matches!(entry, Entry::Pick(_, true, _)));
            assert_eq!(picked.collect::<Vec<_>>(), [&Entry::Pick(chosen, true, Action::Speak(language))]);
        }
        let login = |on| {
            let menu =
                face(&state, Look { language: Language::En, starts_at_login: on, now: NOON, zone: &TimeZone::UTC })
                    .menu;
            menu.iter().find(|entry| matches!(entry, Entry::Switch { .. })).and_then(Entry::action)
        };
        assert_eq!(login(Some(true)), Some(Action::StartAtLogin(false)));
        assert_eq!(login(Some(false)), Some(Action::StartAtLogin(true)));
        assert_eq!(login(None), None);
    }

    #[test]
    fn every_sentence_exists_in_both_languages_and_is_another_one() {
        let alarms = [
            Alarm::ServiceMissing,
            Alarm::Mute,
            Alarm::Blocked(PinKind::Auth),
            Alarm::LastAttempt(PinKind::Sign),
            Alarm::Expired,
            Alarm::EndsIn(30),
        ];
        let (ja, en) = (Words::of(Language::Ja), Words::of(Language::En));
        let mut said: Vec<String> = alarms.iter().flat_map(|alarm| [(ja.alarm)(*alarm), (en.alarm)(*alarm)]).collect();
        for kind in [Operation::Authenticate, Operation::ReadAttributes, Operation::Sign, Operation::ChangePin] {
            said.extend([ja, en].map(|words| (words.last)(kind, Asker::Command, Outcome::Done, "")));
        }
        let count = said.len();
        said.sort();
        said.dedup();
        assert_eq!(said.len(), count);
    }
}
