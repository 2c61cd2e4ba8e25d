//! Every way through an operation.

use std::num::NonZeroU8;
use std::sync::Arc;

use jpki_card::{Attempts, CardFacts, CardPresence, Insertion, ReaderState, Snapshot};
use jpki_protocol::prompt::{Card, Reader, Status};
use jpki_protocol::{Challenge, Language, Origin, OriginPolicy, Secret};

use super::*;

mod tasks;
use crate::certificate::CardCertificate;

const READER: &str = "Reader 00 00";

/// An operation, and everything it asked for so far.
struct Play {
    operation: Operation,
    effects: Vec<Effect>,
}

impl Play {
    fn begin() -> Self {
        Self::begin_task(Task::Authenticate { challenge: challenge() })
    }

    fn begin_task(task: Task) -> Self {
        let request = Request {
            origin: Some(origin()),
            task,
            purpose: None,
            language: Language::En,
            remembered: false,
            virtual_card: false,
        };
        let (operation, effects) = Operation::new(request);
        Self { operation, effects }
    }

    /// Begins, and lets a card be seen and read.
    fn with_card(attempts: Attempts) -> Self {
        Self::task_with_card(Task::Authenticate { challenge: challenge() }, attempts)
    }

    fn task_with_card(task: Task, attempts: Attempts) -> Self {
        Self::begin_task(task).then(Event::Readers(present(1))).then(surveyed(1, Ok(facts(attempts))))
    }

    /// One event; what was asked for before it is forgotten.
    fn then(mut self, event: Event) -> Self {
        self.effects = self.operation.step(event);
        self
    }

    fn told(&self) -> Vec<&ToPrompt> {
        self.effects.iter().filter_map(|e| if let Effect::Tell(m) = e { Some(m) } else { None }).collect()
    }

    fn status(&self) -> Option<Status> {
        self.told().into_iter().find_map(|m| if let ToPrompt::Status(s) = m { Some(*s) } else { None })
    }

    fn progress(&self) -> Vec<ProgressState> {
        self.effects.iter().filter_map(|e| if let Effect::Progress(s) = e { Some(*s) } else { None }).collect()
    }

    fn answer(&self) -> Option<Result<(), ErrorCode>> {
        let mut answers = self.effects.iter().filter_map(|e| match e {
            Effect::Answer(result) => Some(result.as_ref().map(|_| ()).map_err(|code| *code)),
            _ => None,
        });
        let answer = answers.next();
        assert!(answers.next().is_none(), "a page is answered once");
        answer
    }

    fn card_job(&self) -> Option<&CardJob> {
        self.effects.iter().find_map(|e| if let Effect::Work(job) = e { Some(job) } else { None })
    }

    fn surveys(&self) -> Vec<CardAt> {
        self.effects
            .iter()
            .filter_map(|e| if let Effect::Survey(at, _) = e { Some(at.clone()) } else { None })
            .collect()
    }

    fn releases(&self) -> usize {
        self.effects.iter().filter(|e| matches!(e, Effect::Release(_))).count()
    }

    fn ends(&self, want: Result<(), ErrorCode>) {
        assert_eq!(self.answer(), Some(want));
        let closed = self.told().into_iter().any(|m| matches!(m, ToPrompt::Close { .. }));
        assert!(closed, "the window is told of the end");
    }
}

fn origin() -> Origin {
    Origin::parse("https://shop.example", OriginPolicy::Secure).unwrap()
}

fn challenge() -> Challenge {
    Challenge::parse(&"A".repeat(44)).unwrap()
}

fn token() -> Signed {
    Signed { signature: vec![1; 256], certificate: certificate() }
}

fn at(insertion: u64) -> CardAt {
    CardAt { reader: READER.into(), insertion: Insertion::new(insertion) }
}

fn reader(card: CardPresence, insertion: u64) -> Snapshot {
    let state =
        ReaderState { name: READER.into(), card, insertion: Insertion::new(insertion), in_use_exclusive: false };
    Snapshot::Readers(vec![state])
}

fn present(insertion: u64) -> Snapshot {
    reader(CardPresence::Present { atr: vec![0x3B] }, insertion)
}

fn absent() -> Snapshot {
    reader(CardPresence::Absent, 2)
}

fn left(count: u8) -> Attempts {
    Attempts::Left(NonZeroU8::new(count).unwrap())
}

fn certificate() -> Arc<CardCertificate> {
    Arc::new(CardCertificate::for_tests())
}

fn facts(attempts: Attempts) -> Facts {
    Facts { attempts, certificate: Some(certificate()), card: CardFacts::default() }
}

fn surveyed(insertion: u64, result: Result<Facts, SurveyFault>) -> Event {
    Event::Surveyed(at(insertion), result)
}

fn accept_with(pin: &str, last_try_confirmed: bool) -> Event {
    Event::Prompt(FromPrompt::Accept { pin: Secret::new(pin), new_pin: None, remember: false, last_try_confirmed })
}

fn accept() -> Event {
    accept_with("1234", false)
}

fn signed() -> Event {
    Event::Worked(Ok(Done::Token(token())))
}

fn wrong(attempts: Attempts) -> Event {
    Event::Worked(Err(Fault::WrongPin { attempts }))
}

#[test]
fn the_window_opens_before_anything_else() {
    let play = Play::begin();
    assert!(matches!(play.effects[0], Effect::OpenPrompt(ToPrompt::Open(_))));
    assert_eq!(play.progress(), [ProgressState::WaitingForUser]);
    assert!(play.answer().is_none());
}

#[test]
fn a_card_is_read_once_and_shown() {
    let play = Play::begin().then(Event::Readers(present(1)));
    assert_eq!(play.surveys(), [at(1)]);
    assert_eq!(play.status().unwrap().card, Card::None);
    let play = play.then(Event::Readers(present(1)));
    assert!(play.surveys().is_empty() && play.status().is_none());
    let play = play.then(surveyed(1, Ok(facts(left(3)))));
    let status = play.status().unwrap();
    assert_eq!((status.card, status.attempts_left), (Card::Ready, Some(3)));
    assert!(play.progress().is_empty(), "the page learns nothing of readers and cards before consent");
}

#[test]
fn consent_leads_to_one_signature_and_the_answer() {
    let play = Play::with_card(left(3)).then(accept());
    assert_eq!(play.card_job().unwrap().at, at(1));
    assert_eq!(play.progress(), [ProgressState::Working]);
    let play = play.then(signed());
    play.ends(Ok(()));
    assert!(play.operation.is_over());
    assert_eq!(play.releases(), 0, "the session that signed has deselected");
}

#[test]
fn what_is_remembered_is_only_what_succeeded() {
    let remember = || {
        Event::Prompt(FromPrompt::Accept {
            pin: Secret::new("1234"),
            new_pin: None,
            remember: true,
            last_try_confirmed: false,
        })
    };
    let allows = |play: &Play| play.effects.iter().any(|e| matches!(e, Effect::AllowSite));
    assert!(allows(&Play::with_card(left(3)).then(remember()).then(signed())));
    let failed = Event::Worked(Err(Fault::Failed(ErrorCode::CardError)));
    assert!(!allows(&Play::with_card(left(3)).then(remember()).then(failed)));
    assert!(!allows(&Play::with_card(left(3)).then(accept()).then(signed())));
}

#[test]
fn consent_given_too_early_waits_for_the_card() {
    let play = Play::begin().then(accept());
    assert_eq!(play.progress(), [ProgressState::WaitingForCard]);
    let play = play.then(Event::Readers(present(1)));
    assert!(play.card_job().is_none() && play.progress().is_empty());
    let play = play.then(surveyed(1, Ok(facts(left(3)))));
    assert!(play.card_job().is_some());
}

#[test]
fn consent_without_a_card_ends_after_the_grace_with_what_is_missing() {
    for (readers, code) in [
        (Snapshot::Readers(vec![]), ErrorCode::NoReader),
        (absent(), ErrorCode::NoCard),
        (reader(CardPresence::Mute, 1), ErrorCode::CardUnsupported),
    ] {
        let play = Play::begin().then(Event::Readers(readers)).then(accept());
        assert!(play.answer().is_none());
        play.then(Event::Elapsed(Timer::Grace)).ends(Err(code));
    }
    Play::begin().then(accept()).then(Event::Elapsed(Timer::Grace)).ends(Err(ErrorCode::ServiceUnavailable));
}

#[test]
fn consent_where_nothing_can_come_ends_at_once() {
    Play::begin()
        .then(Event::Readers(Snapshot::ServiceUnavailable))
        .then(accept())
        .ends(Err(ErrorCode::ServiceUnavailable));
    for (fault, code) in [
        (SurveyFault::Unsupported, ErrorCode::CardUnsupported),
        (SurveyFault::Failed(ErrorCode::CertificateMissing), ErrorCode::CertificateMissing),
        (SurveyFault::Failed(ErrorCode::CertificateExpired), ErrorCode::CertificateExpired),
        (SurveyFault::Failed(ErrorCode::CardError), ErrorCode::CardError),
    ] {
        let play = Play::begin().then(Event::Readers(present(1))).then(surveyed(1, Err(fault)));
        assert!(play.answer().is_none(), "the window stays: another card may be put in");
        let play = play.then(accept());
        assert!(play.card_job().is_none());
        play.ends(Err(code));
    }
}

#[test]
fn a_missing_service_that_comes_back_is_shown() {
    let play = Play::begin().then(Event::Readers(Snapshot::ServiceUnavailable));
    let status = play.status().unwrap();
    assert_eq!((status.reader, status.problem), (Reader::None, Some(ErrorCode::ServiceUnavailable)));
    let status = play.then(Event::Readers(absent())).status().unwrap();
    assert_eq!((status.reader, status.problem), (Reader::Present, None));
}

#[test]
fn a_wrong_pin_asks_again_with_what_is_left() {
    let play = Play::with_card(left(3)).then(accept()).then(wrong(left(2)));
    assert!(play.told().contains(&&ToPrompt::PinRejected { attempts_left: 2 }));
    assert_eq!(play.progress(), [ProgressState::WaitingForUser]);
    assert_eq!(play.status().unwrap().attempts_left, Some(2));
    assert!(play.answer().is_none());
    let play = play.then(accept());
    assert_eq!(play.card_job().unwrap().attempts, left(2));
    play.then(signed()).ends(Ok(()));
}

#[test]
fn a_pin_is_never_sent_again_by_itself() {
    let play = Play::with_card(left(3)).then(accept()).then(wrong(left(2)));
    assert!(play.card_job().is_none());
    let play = play.then(Event::Readers(present(5))).then(surveyed(5, Ok(facts(left(3)))));
    assert!(play.card_job().is_none());
}

#[test]
fn the_last_attempt_needs_its_confirmation() {
    for attempts in [left(1), Attempts::NotReported] {
        let play = Play::with_card(attempts).then(accept());
        assert!(play.card_job().is_none() && play.answer().is_none());
        assert_eq!(play.status().unwrap().attempts_left, Some(1), "the window hears why it is asked again");
        let play = play.then(accept_with("1234", true));
        assert!(play.card_job().unwrap().last_try_confirmed);
        let exhausted = Event::Worked(Err(Fault::Failed(ErrorCode::PinAttemptsExhausted)));
        play.then(exhausted).ends(Err(ErrorCode::PinAttemptsExhausted));
    }
}

#[test]
fn only_a_warning_that_was_shown_can_be_confirmed() {
    let play = Play::begin().then(accept_with("1234", true)).then(Event::Readers(present(1)));
    let play = play.then(surveyed(1, Ok(facts(left(1)))));
    assert!(play.card_job().is_none());
    assert_eq!(play.status().unwrap().attempts_left, Some(1));
    assert!(play.then(accept_with("1234", true)).card_job().is_some());
    let play = Play::with_card(left(3)).then(accept_with("1234", true));
    assert!(!play.card_job().unwrap().last_try_confirmed, "three attempts were shown, not the warning");
}

#[test]
fn what_was_typed_for_a_card_that_left_is_not_for_the_next() {
    let play = Play::with_card(left(3)).then(Event::Readers(absent()));
    assert_eq!(play.releases(), 1, "a card that left is let go of");
    let play = play.then(accept()).then(Event::Readers(present(2))).then(surveyed(2, Ok(facts(left(3)))));
    assert!(play.card_job().is_none());
    assert_eq!(play.status().unwrap().card, Card::Ready, "the window hears that it has to ask again");
    assert!(play.then(accept()).card_job().is_some());
    let play = Play::with_card(left(3)).then(Event::Readers(absent())).then(accept());
    play.then(Event::Elapsed(Timer::Grace)).ends(Err(ErrorCode::NoCard));
}

#[test]
fn attempts_that_others_spent_meanwhile_are_shown_before_the_last_one_is() {
    let play = Play::with_card(left(3)).then(accept());
    let play = play.then(Event::Worked(Err(Fault::Unconfirmed { attempts: left(1) })));
    assert_eq!(play.status().unwrap().attempts_left, Some(1));
    assert!(play.answer().is_none());
    assert_eq!(play.then(Event::PageGone).releases(), 1, "the card is still in our hands");
}

#[test]
fn a_blocked_pin_is_shown_and_never_tried() {
    let play = Play::with_card(Attempts::Blocked);
    let status = play.status().unwrap();
    assert!(status.blocked && status.attempts_left == Some(0));
    let play = play.then(accept_with("1234", true));
    assert!(play.card_job().is_none());
    play.ends(Err(ErrorCode::PinBlocked));
}

#[test]
fn what_is_no_pin_costs_nothing() {
    for pin in ["", "123", "12345", "12a4", "ABC123"] {
        let play = Play::with_card(left(2)).then(accept_with(pin, false));
        assert!(play.card_job().is_none(), "{pin}");
        assert!(play.told().contains(&&ToPrompt::PinRejected { attempts_left: 2 }), "{pin}");
    }
    let play = Play::with_card(left(2)).then(accept_with("１２３４", false));
    assert!(play.card_job().is_some(), "full-width digits are digits");
}

#[test]
fn cancelling_leaves_the_card_as_it_was_found() {
    for event in [|| Event::Prompt(FromPrompt::Cancel), || Event::PromptGone, || Event::PageGone] {
        let play = Play::with_card(left(3)).then(event());
        play.ends(Err(ErrorCode::UserCancelled));
        assert_eq!(play.releases(), 1);
        assert!(play.operation.is_over());
        let play = Play::begin().then(event());
        play.ends(Err(ErrorCode::UserCancelled));
        assert_eq!(play.releases(), 0);
    }
}

#[test]
fn blocking_blocks_and_ends() {
    let play = Play::with_card(left(3)).then(Event::Prompt(FromPrompt::Block));
    assert!(play.effects.iter().any(|e| matches!(e, Effect::BlockSite)));
    play.ends(Err(ErrorCode::SiteBlocked));
}

#[test]
fn a_prompt_that_breaks_its_protocol_is_our_defect() {
    Play::with_card(left(3)).then(Event::PromptFailed).ends(Err(ErrorCode::Internal));
}

#[test]
fn cancelling_while_the_card_signs_waits_for_the_card() {
    for event in [|| Event::Prompt(FromPrompt::Cancel), || Event::PromptGone, || Event::PageGone] {
        let play = Play::with_card(left(3)).then(accept()).then(event());
        play.ends(Err(ErrorCode::UserCancelled));
        assert!(play.effects.iter().any(|e| matches!(e, Effect::StopWork)));
        assert!(!play.operation.is_over(), "nobody finds the card unlocked");
        let play = play.then(signed());
        assert!(play.effects.is_empty(), "the token is thrown away");
        assert!(play.operation.is_over());
    }
}

#[test]
fn a_second_accept_while_the_card_works_sends_nothing() {
    let play = Play::with_card(left(3)).then(accept()).then(accept());
    assert!(play.effects.is_empty());
    play.then(signed()).ends(Ok(()));
}

#[test]
fn a_card_taken_out_while_signing_ends_the_operation() {
    let play = Play::with_card(left(3)).then(accept()).then(Event::Readers(absent()));
    play.ends(Err(ErrorCode::CardRemoved));
    assert!(!play.operation.is_over());
    assert!(play.then(Event::Worked(Err(Fault::Failed(ErrorCode::CardRemoved)))).operation.is_over());
}

#[test]
fn a_card_swapped_while_signing_is_not_used() {
    let play = Play::with_card(left(3)).then(accept()).then(Event::Readers(present(2)));
    play.ends(Err(ErrorCode::CardRemoved));
    assert!(play.surveys().is_empty());
}

#[test]
fn a_card_swapped_while_asking_is_read_anew() {
    let play = Play::with_card(left(3)).then(Event::Readers(present(2)));
    assert_eq!(play.surveys(), [at(2)]);
    assert_eq!(play.status().unwrap().card, Card::None);
    let play = play.then(accept());
    assert!(play.card_job().is_none(), "the first card's facts are not the second's");
    let play = play.then(surveyed(2, Ok(facts(left(1)))));
    assert!(play.card_job().is_none(), "what was typed for the first is not for the second");
}

#[test]
fn a_late_look_at_a_card_that_left_means_nothing() {
    let play = Play::begin().then(Event::Readers(present(1))).then(Event::Readers(absent()));
    let play = play.then(surveyed(1, Ok(facts(left(3)))));
    assert!(play.status().is_none());
    assert_eq!(play.then(Event::PageGone).releases(), 0);
}

#[test]
fn a_card_in_use_is_tried_again_for_a_while() {
    let mut play = Play::begin().then(Event::Readers(present(1)));
    for tries in 1..=times::RETRIES {
        play = play.then(surveyed(1, Err(SurveyFault::InUse)));
        let told = (tries == times::RETRIES_UNSEEN).then_some(ErrorCode::CardInUse);
        assert_eq!(play.status().and_then(|status| status.problem), told, "after {tries} tries");
        assert!(play.effects.iter().any(|e| matches!(e, Effect::Start(Timer::Retry, _))));
        play = play.then(Event::Elapsed(Timer::Retry));
        assert_eq!(play.surveys(), [at(1)]);
    }
    play = play.then(surveyed(1, Err(SurveyFault::InUse)));
    play.then(accept()).ends(Err(ErrorCode::CardInUse));
}

#[test]
fn a_card_that_is_just_being_put_in_is_tried_again() {
    let play = Play::begin().then(Event::Readers(present(1))).then(accept()).then(surveyed(1, Err(SurveyFault::Gone)));
    assert!(play.answer().is_none());
    let play = play.then(Event::Elapsed(Timer::Retry)).then(surveyed(1, Ok(facts(left(3)))));
    assert!(play.card_job().is_some());
}

#[test]
fn a_card_that_hangs_is_given_up() {
    let abandons = |play: &Play| play.effects.iter().any(|e| matches!(e, Effect::AbandonCard));
    let play = Play::begin().then(Event::Readers(present(1))).then(Event::Elapsed(Timer::Card));
    assert!(abandons(&play));
    assert_eq!(play.status().unwrap().problem, Some(ErrorCode::CardError));
    let play = Play::with_card(left(3)).then(accept()).then(Event::Elapsed(Timer::Card));
    assert!(abandons(&play));
    play.ends(Err(ErrorCode::CardError));
    assert!(play.operation.is_over());
    let play = Play::with_card(left(3)).then(accept()).then(Event::PageGone).then(Event::Elapsed(Timer::Card));
    assert!(play.operation.is_over());
    assert!(abandons(&play), "the next operation gets a worker of its own");
}

#[test]
fn a_person_who_does_not_answer_ends_it() {
    Play::with_card(left(3)).then(Event::Elapsed(Timer::User)).ends(Err(ErrorCode::Timeout));
}

#[test]
fn the_second_reader_is_used_where_the_first_holds_something_else() {
    let state = |name: &str| ReaderState {
        name: name.into(),
        card: CardPresence::Present { atr: vec![0x3B] },
        insertion: Insertion::new(1),
        in_use_exclusive: false,
    };
    let card = |name: &str| CardAt { reader: name.into(), insertion: Insertion::new(1) };
    let play = Play::begin().then(Event::Readers(Snapshot::Readers(vec![state("a"), state("b")])));
    assert_eq!(play.surveys(), [card("a")]);
    let play = play.then(Event::Surveyed(card("a"), Err(SurveyFault::Unsupported)));
    assert_eq!(play.surveys(), [card("b")]);
    let play = play.then(Event::Surveyed(card("b"), Ok(facts(left(3)))));
    assert_eq!(play.status().unwrap().card, Card::Ready);
    assert_eq!(play.then(accept()).card_job().unwrap().at, card("b"));
}
