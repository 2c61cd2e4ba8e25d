//! Attributes, signatures and PIN changes: what is asked in which order, and what reaches the page.

use jpki_protocol::attributes::{Attribute, AttributeSource, Attributes, Gender};
use jpki_protocol::page::{Record, RecordIssuer, RecordSignature};
use jpki_protocol::prompt::{Disclosure, Open, PinKind, PinRule, ShownDocument, Step};
use jpki_protocol::text::DocumentName;
use jpki_protocol::token::{signed_value, signed_value_of};

use super::*;
use crate::operation::question::Found;

const RECORD: Record = Record { signature: RecordSignature::Valid, issuer: RecordIssuer::Jlis };

fn read(attributes: &[Attribute], source: AttributeSource) -> Task {
    Task::ReadAttributes { challenge: challenge(), attributes: attributes.to_vec(), source }
}

fn four() -> Attributes {
    Attributes {
        name: Some("見本　花子".into()),
        address: Some("東京都架空市".into()),
        birthdate: Some("1990-04-01".into()),
        gender: Some(Gender::Female),
        ..Attributes::default()
    }
}

fn found(record: Option<Record>, token: Option<Signed>) -> Event {
    Event::Worked(Ok(Done::Read { attributes: four(), record, token }))
}

fn sign(count: usize) -> Task {
    let name = DocumentName::parse("契約書.pdf").unwrap();
    Task::Sign { documents: vec![ShownDocument { name, digest: "00".repeat(32) }; count] }
}

impl Play {
    fn asked(&self) -> &Open {
        let opened = self.effects.iter().find_map(|e| match e {
            Effect::OpenPrompt(ToPrompt::Open(open)) | Effect::Tell(ToPrompt::Open(open)) => Some(open),
            _ => None,
        });
        opened.expect("a question is asked")
    }

    fn looks(&self) -> Vec<Look> {
        self.effects.iter().filter_map(|e| if let Effect::Survey(_, look) = e { Some(*look) } else { None }).collect()
    }

    fn answered(self) -> Answer {
        let answer =
            self.effects.into_iter().find_map(|e| if let Effect::Answer(answer) = e { Some(answer) } else { None });
        answer.expect("the page is answered").expect("with a result")
    }

    /// The first question answered, the attributes read.
    fn after_reading(task: Task, record: Option<Record>, token: Option<Signed>) -> Self {
        let typed =
            if matches!(task, Task::ReadAttributes { source: AttributeSource::Card, .. }) { "1234" } else { "abc123" };
        Self::task_with_card(task, left(3)).then(accept_with(typed, false)).then(found(record, token))
    }
}

#[test]
fn attributes_of_the_card_take_two_pins_and_a_last_look() {
    let asked = [Attribute::Name, Attribute::Birthdate];
    let play = Play::begin_task(read(&asked, AttributeSource::Card));
    let open = play.asked();
    assert_eq!(open.pin, Some(PinRule::TEXT));
    assert_eq!(open.discloses, [Disclosure::Certificate, Disclosure::Name, Disclosure::Birthdate]);
    assert!(open.attributes.is_none() && open.question.is_some_and(|place| (place.number, place.of) == (1, 2)));
    let play = play.then(Event::Readers(present(1)));
    assert_eq!(play.looks(), [Look::Text]);
    let play = play.then(surveyed(1, Ok(facts(left(3))))).then(accept());
    assert!(matches!(play.card_job().unwrap().deed, Deed::Record { .. }));
    let play = play.then(found(Some(RECORD), None));
    assert!(play.answer().is_none(), "nothing is handed over before the last look");
    assert_eq!(play.looks(), [Look::Authentication]);
    assert_eq!(play.progress(), [ProgressState::WaitingForUser]);
    let open = play.asked();
    let shown = four().only(&asked);
    assert_eq!((open.pin, open.attributes.as_ref()), (Some(PinRule::AUTH), Some(&shown)));
    assert!(open.remembered, "whether to remember the site was asked once");
    let play = play.then(surveyed(1, Ok(facts(left(3))))).then(accept());
    let Deed::Token { value, .. } = &play.card_job().unwrap().deed else { panic!("a token is signed") };
    assert_eq!(*value, signed_value_of(origin().as_str(), &shown.bound_challenge(&challenge())));
    let Answer::Attributes(found, _) = play.then(signed()).answered() else { panic!("attributes") };
    assert_eq!(found, Found { attributes: shown, record: Some(RECORD) });
}

#[test]
fn the_signature_certificate_is_handed_over_only_with_all_it_holds() {
    let task = read(&Attribute::ALL, AttributeSource::SignatureCertificate);
    let play = Play::task_with_card(task.clone(), left(5));
    let play = play.then(accept_with("abc123", false));
    let Deed::HolderCertificate { value, .. } = &play.card_job().unwrap().deed else { panic!("it is read") };
    assert_eq!(*value, Some(signed_value(&origin(), &challenge())));
    let play = play.then(found(None, Some(token())));
    let open = play.asked();
    assert_eq!((open.pin, open.attributes.as_ref()), (None, Some(&four())));
    assert!(play.looks().is_empty(), "a yes needs no card");
    assert_eq!(play.status().unwrap().card, Card::Ready);
    let yes =
        Event::Prompt(FromPrompt::Accept { pin: None, new_pin: None, remember: false, last_try_confirmed: false });
    let Answer::Attributes(found, signed) = play.then(yes).answered() else { panic!("attributes") };
    assert_eq!((found.attributes, signed), (four(), token()));
}

#[test]
fn fewer_attributes_leave_without_the_certificate_that_holds_all() {
    let task = read(&[Attribute::Gender], AttributeSource::SignatureCertificate);
    assert_eq!(Play::begin_task(task.clone()).asked().discloses, [Disclosure::Gender]);
    let play = Play::task_with_card(task, left(5)).then(accept_with("ABC123", false));
    let Deed::HolderCertificate { value, .. } = &play.card_job().unwrap().deed else { panic!("it is read") };
    assert_eq!(*value, None, "its key signs nothing");
    let play = play.then(found(None, None));
    assert_eq!(play.asked().pin, Some(PinRule::AUTH));
    assert_eq!(play.asked().discloses, [Disclosure::Certificate, Disclosure::Gender]);
    let play = play.then(surveyed(1, Ok(facts(left(3))))).then(accept()).then(signed());
    let Answer::Attributes(found, _) = play.answered() else { panic!("attributes") };
    assert_eq!(found.attributes, four().only(&[Attribute::Gender]));
}

#[test]
fn who_declines_the_last_look_hands_over_nothing() {
    for (task, token) in [
        (read(&[Attribute::Name], AttributeSource::Card), None),
        (read(&Attribute::ALL, AttributeSource::SignatureCertificate), Some(token())),
    ] {
        let play = Play::after_reading(task, None, token);
        play.then(Event::Prompt(FromPrompt::Cancel)).ends(Err(ErrorCode::UserCancelled));
    }
}

#[test]
fn a_card_that_leaves_between_the_questions_ends_it() {
    let play = Play::after_reading(read(&[Attribute::Name], AttributeSource::Card), Some(RECORD), None);
    play.then(Event::Readers(absent())).ends(Err(ErrorCode::CardRemoved));
    let play = Play::after_reading(read(&[Attribute::Name], AttributeSource::Card), Some(RECORD), None);
    play.then(Event::Readers(present(2))).ends(Err(ErrorCode::CardRemoved));
    let all = read(&Attribute::ALL, AttributeSource::SignatureCertificate);
    let play = Play::after_reading(all, None, Some(token())).then(Event::Readers(absent()));
    assert!(play.answer().is_none(), "the card did its part");
}

#[test]
fn another_card_that_comes_meanwhile_is_not_looked_at() {
    let state = |name: &str| ReaderState {
        name: name.into(),
        card: CardPresence::Present { atr: vec![0x3B] },
        insertion: Insertion::new(1),
        in_use_exclusive: false,
    };
    let play = Play::after_reading(read(&[Attribute::Name], AttributeSource::Card), Some(RECORD), None);
    let play = play.then(Event::Readers(Snapshot::Readers(vec![state("another"), state(READER)])));
    assert!(play.looks().is_empty() && play.answer().is_none());
}

#[test]
fn a_wrong_pin_at_the_last_look_asks_for_that_pin_again() {
    let play = Play::after_reading(read(&[Attribute::Name], AttributeSource::Card), Some(RECORD), None);
    let play = play.then(surveyed(1, Ok(facts(left(3))))).then(accept()).then(wrong(left(2)));
    assert!(play.told().contains(&&ToPrompt::PinRejected { attempts_left: 2 }));
    let play = play.then(accept());
    assert!(matches!(play.card_job().unwrap().deed, Deed::Token { .. }));
    assert!(matches!(play.then(signed()).answered(), Answer::Attributes(..)));
}

#[test]
fn documents_are_signed_under_one_pin_with_progress() {
    let play = Play::begin_task(sign(16));
    let open = play.asked();
    assert_eq!((open.pin, open.documents.len(), open.question), (Some(PinRule::SIGN), 16, None));
    assert_eq!(open.discloses.len(), 5, "the certificate holds all four attributes");
    let play = play.then(Event::Readers(present(1)));
    assert_eq!(play.looks(), [Look::Signature]);
    let play = play.then(surveyed(1, Ok(facts(left(5))))).then(accept_with("ａｂｃ１２３", false));
    assert!(matches!(play.card_job().unwrap().deed, Deed::Documents { .. }));
    let play = play.then(Event::Progressed { done: 8, of: 16 });
    assert_eq!(play.told(), [&ToPrompt::Working { step: Step::Signing, percent: 55 }]);
    let lives_on = |e: &Effect| matches!(e, Effect::Start(Timer::Card, _));
    assert!(play.effects.iter().any(lives_on), "each signature is a sign of life");
    let done = Done::Documents { signatures: vec![vec![1]; 16], certificate: certificate() };
    let Answer::Documents { signatures, .. } = play.then(Event::Worked(Ok(done))).answered() else {
        panic!("signatures")
    };
    assert_eq!(signatures.len(), 16);
}

#[test]
fn what_is_no_password_costs_nothing() {
    for password in ["ABC12", "ABCDEFGH123456789", "ABC-123", "1234"] {
        let play = Play::task_with_card(sign(1), left(5)).then(accept_with(password, false));
        assert!(play.card_job().is_none(), "{password}");
    }
}

#[test]
fn a_late_progress_means_nothing() {
    assert!(Play::task_with_card(sign(1), left(5)).then(Event::Progressed { done: 8, of: 16 }).effects.is_empty());
}

#[test]
fn a_pin_change_needs_both_pins_by_their_rules() {
    let change = |kind, old: &str, new: Option<&str>| {
        let new_pin = new.and_then(Secret::new);
        let accept = FromPrompt::Accept { pin: Secret::new(old), new_pin, remember: false, last_try_confirmed: false };
        Play::task_with_card(Task::ChangePin(kind), left(3)).then(Event::Prompt(accept))
    };
    for (kind, old, new) in
        [(PinKind::Auth, "1234", "5678"), (PinKind::Text, "１２３４", "5678"), (PinKind::Sign, "abc123", "xyz789")]
    {
        let play = change(kind, old, Some(new));
        assert!(matches!(play.card_job().unwrap().deed, Deed::ChangePin(_)), "{kind:?}");
        play.then(Event::Worked(Ok(Done::PinChanged))).ends(Ok(()));
    }
    for (kind, old, new) in [
        (PinKind::Auth, "1234", None),
        (PinKind::Auth, "1234", Some("123")),
        (PinKind::Auth, "12345", Some("1234")),
        (PinKind::Sign, "ABC123", Some("ABCDEF")),
        (PinKind::Sign, "ABC123", Some("123456")),
        (PinKind::Sign, "ABC123", Some("A1")),
    ] {
        assert!(change(kind, old, new).card_job().is_none(), "{kind:?} {old} {new:?}");
    }
    assert_eq!(Play::begin_task(Task::ChangePin(PinKind::Auth)).asked().discloses, []);
}

#[test]
fn an_answer_without_the_pin_that_was_asked_for_is_none() {
    let yes =
        Event::Prompt(FromPrompt::Accept { pin: None, new_pin: None, remember: false, last_try_confirmed: false });
    let play = Play::with_card(left(3)).then(yes);
    assert!(play.card_job().is_none() && play.answer().is_none());
}
