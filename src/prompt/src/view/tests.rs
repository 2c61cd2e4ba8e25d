//! What is shown for each state.

use std::time::Duration;

use jpki_protocol::prompt::{Open, Status, ToPrompt};
use jpki_protocol::{ErrorCode, Language};

use super::*;
use crate::state::Event;

fn open(lang: &str, origin: &str) -> Open {
    serde_json::from_value(serde_json::json!({
        "version": 1, "operation": "authenticate", "origin": origin, "purpose": "会員登録",
        "discloses": ["certificate", "name"], "lang": lang, "virtualCard": false,
        "pin": {"kind": "auth", "min": 4, "max": 4, "charset": "digits"},
    }))
    .unwrap()
}

fn with(status: Status) -> View {
    let mut state = State::new(open("ja", "https://shop.example"));
    state.step(Duration::ZERO, Event::Message(ToPrompt::Status(status)));
    View::of(&state)
}

const READY: Status =
    Status { reader: Reader::Present, card: Card::Ready, attempts_left: Some(3), blocked: false, problem: None };

#[test]
fn reader_and_card_have_a_picture_and_words_for_each_state() {
    for (status, picture, title) in [
        (Status { reader: Reader::None, card: Card::None, ..READY }, Picture::NoReader, "カードリーダーがありません"),
        (Status { card: Card::None, ..READY }, Picture::NoCard, "カードを置いてください"),
        (Status { card: Card::Unsupported, ..READY }, Picture::Problem, "このカードは使えません"),
        (Status { attempts_left: None, ..READY }, Picture::Ready, "カードを確かめています"),
        (READY, Picture::Ready, "カードの準備ができました"),
        (Status { problem: Some(ErrorCode::CardInUse), ..READY }, Picture::Problem, "カードを使えません"),
        (Status { blocked: true, ..READY }, Picture::Problem, "暗証番号がロックされています"),
        (Status { attempts_left: Some(0), ..READY }, Picture::Problem, "暗証番号がロックされています"),
    ] {
        let view = with(status);
        assert_eq!((view.picture, view.card.0), (picture, title), "{status:?}");
    }
    assert_eq!(View::of(&State::new(open("ja", "https://a.example"))).picture, Picture::Waiting);
}

#[test]
fn a_problem_comes_with_its_remedy() {
    for code in ErrorCode::ALL {
        let view = with(Status { problem: Some(code), ..READY });
        let blocked = matches!(code, ErrorCode::PinBlocked | ErrorCode::PinAttemptsExhausted);
        assert_eq!(view.blocked_steps.is_some(), blocked, "{code}");
        assert!(blocked || view.card.1 == code.remedy(Language::Ja), "{code}");
    }
}

#[test]
fn the_origin_is_shown_whole_in_ascii_whatever_its_name() {
    let origin = "https://xn--wgv71a.example:8443";
    let view = View::of(&State::new(open("ja", origin)));
    assert_eq!(view.asker.name, origin);
    assert_eq!(view.asker.note.map(|note| note.warning), Some(false));
    let view = View::of(&State::new(open("en", "https://xn--80ak6aa92e.com")));
    assert_eq!(view.asker.note.map(|note| note.warning), Some(true));
}

#[test]
fn what_is_disclosed_is_listed_and_a_certificate_explained() {
    let view = View::of(&State::new(open("en", "https://shop.example")));
    assert_eq!(view.discloses.len(), 2);
    assert!(view.discloses[0].1.contains("number that identifies your card"));
}

#[test]
fn a_card_taken_away_after_consent_is_asked_for() {
    let mut state = State::new(open("ja", "https://shop.example"));
    state.step(Duration::ZERO, Event::Active(true));
    let none = Status { card: Card::None, attempts_left: None, ..READY };
    let ready = Event::Message(ToPrompt::Status(READY));
    let typed = Event::Typed(Field::Pin, "1234".to_owned().into());
    let gone = Event::Message(ToPrompt::Status(none));
    for event in [ready, typed, Event::Press, Event::Submit, gone] {
        state.step(crate::state::ARMING, event);
    }
    let view = View::of(&state);
    assert_eq!((view.page, view.notice.0), (PageKind::Working, "カードを置いてください"));
}

#[test]
fn a_failure_shows_message_and_code() {
    for (message, want) in [(Some("なぜか"), "なぜか"), (None, ErrorCode::CardRemoved.remedy(Language::Ja))] {
        let mut state = State::new(open("ja", "https://shop.example"));
        let close = ToPrompt::Close {
            result: Outcome::Failed,
            code: Some(ErrorCode::CardRemoved),
            message: message.map(str::to_owned),
        };
        state.step(Duration::ZERO, Event::Message(close));
        let view = View::of(&state);
        assert_eq!((view.page, view.notice.1.as_str()), (PageKind::Failed, want));
        assert_eq!(view.code.as_deref(), Some("コード：card_removed"));
    }
}
