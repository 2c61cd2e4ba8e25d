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
    let typed = Event::Typed("1234".to_owned().into());
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

/// A question by its members, beside those every question has.
fn asked(members: serde_json::Value) -> State {
    let mut open = serde_json::json!({"version": 1, "discloses": [], "lang": "ja", "virtualCard": false});
    open.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    State::new(serde_json::from_value(open).unwrap())
}

const TEXT: &str = r#"{"kind": "text", "min": 4, "max": 4, "charset": "digits"}"#;
const AUTH: &str = r#"{"kind": "auth", "min": 4, "max": 4, "charset": "digits"}"#;
const SIGN: &str = r#"{"kind": "sign", "min": 6, "max": 16, "charset": "alphanumeric"}"#;

fn rule(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn each_attribute_is_named_before_and_shown_before_it_is_handed_over() {
    let first = serde_json::json!({
        "operation": "readAttributes", "origin": "https://shop.example", "pin": rule(TEXT),
        "discloses": ["certificate", "name", "birthdate"], "question": {"number": 1, "of": 2},
    });
    let mut state = asked(first.clone());
    let view = View::of(&state);
    assert_eq!(view.question.as_deref(), Some("確認 1 / 2"));
    let names: Vec<_> = view.discloses.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["利用者証明用電子証明書", "氏名・生年月日"]);
    assert_eq!(view.submit, "同意して読み取る");
    assert!(view.values.is_empty());

    let mut second = asked(first).open;
    second.pin = Some(serde_json::from_str(AUTH).unwrap());
    second.attributes =
        serde_json::from_str(r#"{"name": "黒桐　幹也", "nameSubstitutes": [1], "birthdate": "1980-02-17"}"#).unwrap();
    state.step(Duration::ZERO, Event::Message(ToPrompt::Open(Box::new(second))));
    let view = View::of(&state);
    let values: Vec<_> = view.values.iter().map(|value| value.text.as_str()).collect();
    assert_eq!(values, ["黒桐※　幹也", "1980年2月17日"]);
    assert!(view.values_note.unwrap().starts_with("※の前の文字"));
    let names: Vec<_> = view.discloses.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["利用者証明用電子証明書"], "what is shown needs no name");
    assert_eq!(view.submit, "この内容を渡す");
}

#[test]
fn two_pins_of_one_card_are_told_apart() {
    let ask = |pin: &str, number: u8| {
        serde_json::json!({
            "operation": "readAttributes", "origin": "https://shop.example", "pin": rule(pin),
            "question": {"number": number, "of": 2},
        })
    };
    let mut state = asked(ask(TEXT, 1));
    assert!(View::of(&state).pin_note.is_some_and(|note| note.contains("もう1つの利用者証明用の暗証番号")));
    let second = asked(ask(AUTH, 2)).open;
    state.step(Duration::ZERO, Event::Message(ToPrompt::Open(Box::new(second))));
    let view = View::of(&state);
    assert!(view.pin_note.is_some_and(|note| note.contains("券面事項入力補助用とは別です")));
    assert_eq!(view.fields[0].label, "利用者証明用電子証明書の暗証番号");
    assert_eq!(View::of(&State::new(open("ja", "https://shop.example"))).pin_note, None);
}

#[test]
fn documents_are_shown_with_the_beginning_of_their_digest() {
    const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let view = View::of(&asked(serde_json::json!({
        "operation": "sign", "pin": rule(SIGN), "discloses": ["certificate", "name", "address", "birthdate", "gender"],
        "documents": [{"name": "契約書.pdf", "digest": DIGEST}, {"name": "b.pdf", "digest": ""}],
    })));
    assert_eq!(view.documents_title, "署名する文書（2件）");
    assert_eq!(
        (view.documents[0].brief.as_str(), view.documents[0].digest.as_str()),
        ("SHA-256 9f86d081884c7d65…", DIGEST)
    );
    assert_eq!(view.documents[1].brief, "ハッシュ値は署名するときに決まります");
    assert!(view.pledge.is_some_and(|pledge| pledge.contains("電子署名法第3条") && pledge.contains("氏名・住所")));
    assert_eq!(view.discloses.len(), 1, "what its explanation names isn't listed again");
    assert!(view.discloses[0].1.contains("氏名・住所・生年月日・性別"));
    assert!(view.fields[0].form.contains("小文字は大文字として扱います"));
}

#[test]
fn a_command_is_said_to_be_one() {
    let view = View::of(&asked(serde_json::json!({"operation": "changePin", "pin": rule(SIGN)})));
    assert_eq!(view.asker.name, "署名用の暗証番号の変更");
    assert!(view.asker.heading.contains("コマンド"));
    assert!(!view.ask_block && !view.ask_remember);
    let labels: Vec<_> = view.fields.iter().map(|field| field.label).collect();
    assert_eq!(labels, ["今の暗証番号", "新しい暗証番号", "新しい暗証番号（もう一度）"]);
}

#[test]
fn a_fault_stands_at_its_field() {
    let mut state = asked(serde_json::json!({"operation": "changePin", "pin": rule(AUTH)}));
    for (field, text) in [(Field::Pin, "1234"), (Field::New, "1234"), (Field::Again, "9")] {
        state.step(Duration::ZERO, Event::Entered(field));
        state.step(Duration::ZERO, Event::Typed(text.to_owned().into()));
    }
    let errors: Vec<_> = View::of(&state).fields.iter().map(|field| field.error).collect();
    assert_eq!(errors, [None, Some("今と違う暗証番号にしてください。"), Some("新しい暗証番号と一致していません。")]);
}

#[test]
fn a_remedy_is_that_of_the_card_and_of_whoever_asks() {
    let remedy = |members, code: ErrorCode| {
        let mut state = asked(members);
        let close = ToPrompt::Close { result: Outcome::Failed, code: Some(code), message: None };
        state.step(Duration::ZERO, Event::Message(close));
        View::of(&state).notice.1
    };
    let sign = || serde_json::json!({"operation": "sign", "pin": rule(SIGN)});
    let text = || serde_json::json!({"operation": "changePin", "pin": rule(TEXT)});
    assert!(remedy(sign(), ErrorCode::CertificateMissing).contains("15歳未満"));
    assert!(remedy(sign(), ErrorCode::InvalidRequest).contains("コマンド"));
    assert!(!remedy(text(), ErrorCode::PinAttemptsExhausted).contains("コンビニ"), "no kiosk resets this PIN");
    for code in ErrorCode::ALL {
        for members in [sign(), text()] {
            let remedy = remedy(members, code);
            assert!(
                remedy.ends_with('。') && !(remedy.contains("サイトで") || remedy.contains("サイトからの")),
                "{remedy}"
            );
        }
    }
}

#[test]
fn progress_is_known_once_the_card_works() {
    let mut state = State::new(open("ja", "https://shop.example"));
    assert_eq!(View::of(&state).percent, None);
    let step = jpki_protocol::prompt::Step::Signing;
    state.step(Duration::ZERO, Event::Message(ToPrompt::Working { step, percent: 43 }));
    assert_eq!(View::of(&state).percent, Some(43));
}
