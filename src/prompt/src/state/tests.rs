//! Every path through the prompt.

mod questions;

use jpki_protocol::Secret;
use jpki_protocol::prompt::{Disclosure, Operation, PinRule, Step, VERSION};
use jpki_protocol::{Language, Origin, OriginPolicy};

use super::*;

const MS: Duration = Duration::from_millis(1);

fn open() -> Open {
    Open {
        version: VERSION,
        operation: Operation::Authenticate,
        origin: Some(Origin::parse("https://shop.example", OriginPolicy::Secure).unwrap()),
        purpose: None,
        discloses: vec![Disclosure::Certificate],
        documents: vec![],
        attributes: None,
        pin: Some(PinRule::AUTH),
        question: None,
        lang: Language::En,
        virtual_card: false,
        remembered: false,
    }
}

fn ready(attempts_left: Option<u8>) -> Status {
    Status { reader: Reader::Present, card: Card::Ready, attempts_left, blocked: false, problem: None }
}

/// A prompt with a clock that the test moves.
struct Prompt {
    state: State,
    now: Duration,
}

impl Prompt {
    fn new() -> Self {
        Self { state: State::new(open()), now: Duration::ZERO }
    }

    /// A prompt for `open` that had the focus for long, with a card.
    fn waiting(open: Open, attempts_left: u8) -> Self {
        let mut prompt = Self { state: State::new(open), now: Duration::ZERO };
        prompt.on(Event::Active(true));
        prompt.now += ARMING;
        prompt.status(ready(Some(attempts_left)));
        prompt
    }

    /// The same with a PIN typed.
    fn typed(attempts_left: u8) -> Self {
        let mut prompt = Self::waiting(open(), attempts_left);
        prompt.on(typed("1234"));
        prompt
    }

    /// How much is typed into each field.
    fn lengths(&self) -> Vec<u8> {
        self.state.form.fields().map(|(_, pin)| pin.len()).collect()
    }

    fn on(&mut self, event: Event) -> Vec<Effect> {
        self.state.step(self.now, event)
    }

    fn hear(&mut self, message: ToPrompt) -> Vec<Effect> {
        self.on(Event::Message(message))
    }

    fn status(&mut self, status: Status) -> Vec<Effect> {
        self.hear(ToPrompt::Status(status))
    }

    /// A fresh press of the accept button.
    fn press_submit(&mut self) -> Option<FromPrompt> {
        self.on(Event::Press);
        answer(self.on(Event::Submit))
    }
}

fn typed(text: &str) -> Event {
    Event::Typed(text.to_owned().into())
}

fn answer(effects: Vec<Effect>) -> Option<FromPrompt> {
    effects.into_iter().find_map(|effect| match effect {
        Effect::Answer(answer) => Some(answer),
        _ => None,
    })
}

fn exits(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Exit(Ok(()))))
}

fn accept(pin: &str, last_try_confirmed: bool) -> Option<FromPrompt> {
    Some(FromPrompt::Accept { pin: Secret::new(pin), new_pin: None, remember: false, last_try_confirmed })
}

#[test]
fn a_pin_and_a_press_are_consent() {
    let mut prompt = Prompt::typed(3);
    assert_eq!(prompt.press_submit(), accept("1234", false));
    assert_eq!(prompt.state.page, Page::Working { step: None, percent: 0 });
    assert_eq!(prompt.lengths(), [0], "the PIN is forgotten once it is sent");
    assert_eq!(prompt.press_submit(), None, "and is sent once");
}

#[test]
fn a_press_counts_only_after_the_focus_stayed_for_400_ms() {
    let mut prompt = Prompt::typed(3);
    prompt.on(Event::Active(false));
    assert_eq!(prompt.press_submit(), None, "no focus");
    prompt.on(Event::Active(true));
    prompt.now += ARMING - MS;
    assert_eq!(prompt.press_submit(), None, "a millisecond too early");
    prompt.now += MS;
    assert_eq!(prompt.press_submit(), accept("1234", false));
}

#[test]
fn a_button_held_down_since_before_is_no_fresh_press() {
    let mut prompt = Prompt::typed(3);
    prompt.on(Event::Active(true));
    prompt.on(Event::Press);
    prompt.now += 10 * ARMING;
    assert_eq!(answer(prompt.on(Event::Submit)), None, "pressed before the window was armed");
    assert_eq!(answer(prompt.on(Event::Submit)), None, "no press at all, as when a key repeats");
}

#[test]
fn nothing_is_sent_before_the_card_and_its_counter_are_known() {
    let bad = [
        Status { card: Card::None, ..ready(Some(3)) },
        Status { card: Card::Unsupported, ..ready(Some(3)) },
        Status { reader: Reader::None, ..ready(Some(3)) },
        Status { problem: Some(ErrorCode::CardInUse), ..ready(Some(3)) },
        Status { blocked: true, ..ready(Some(3)) },
        ready(Some(0)),
        ready(None),
    ];
    for status in bad {
        let mut prompt = Prompt::typed(3);
        prompt.status(Status { card: Card::None, ..ready(None) });
        prompt.status(status);
        assert_eq!(prompt.press_submit(), None, "{status:?}");
    }
    let mut prompt = Prompt::typed(3);
    prompt.on(Event::Erased);
    assert_eq!(prompt.press_submit(), None, "three digits");
}

#[test]
fn a_pin_may_be_typed_before_the_card_is_placed() {
    let mut prompt = Prompt::new();
    prompt.on(Event::Active(true));
    prompt.on(typed("1234"));
    prompt.now += ARMING;
    assert_eq!(prompt.press_submit(), None);
    prompt.status(ready(Some(3)));
    assert_eq!(prompt.press_submit(), accept("1234", false));
}

#[test]
fn a_wrong_pin_is_said_and_the_field_is_empty() {
    let mut prompt = Prompt::typed(3);
    prompt.press_submit();
    prompt.hear(ToPrompt::PinRejected { attempts_left: 2 });
    assert_eq!(prompt.state.page, Page::Ask);
    assert_eq!((prompt.state.attempts(), prompt.state.rejected, prompt.lengths()), (Some(2), true, vec![0]));
    prompt.status(ready(None));
    assert_eq!(prompt.state.attempts(), Some(2), "the same card keeps its counter");
    prompt.on(typed("5678"));
    assert_eq!(prompt.press_submit(), accept("5678", false));
}

#[test]
fn the_last_attempt_needs_a_confirmation_of_its_own() {
    let mut prompt = Prompt::typed(1);
    assert_eq!(prompt.press_submit(), None);
    assert_eq!(prompt.state.page, Page::LastTry);
    assert_eq!(prompt.press_submit(), None, "a double click confirms nothing");
    prompt.now += ARMING;
    assert_eq!(prompt.press_submit(), accept("1234", true));
}

#[test]
fn the_confirmation_of_the_last_attempt_can_be_left() {
    for event in [Event::Back, Event::Dismiss] {
        let mut prompt = Prompt::typed(1);
        prompt.press_submit();
        assert!(prompt.on(event).is_empty());
        assert_eq!(prompt.state.page, Page::Ask);
        assert_eq!(prompt.lengths(), [4]);
    }
}

#[test]
fn another_card_takes_the_confirmation_back() {
    for status in [Status { card: Card::None, ..ready(None) }, ready(Some(3))] {
        let mut prompt = Prompt::typed(1);
        prompt.press_submit();
        prompt.status(status);
        assert_eq!(prompt.state.page, Page::Ask, "{status:?}");
    }
}

#[test]
fn a_consent_that_the_agent_did_not_take_is_asked_for_again() {
    let mut prompt = Prompt::typed(3);
    prompt.press_submit();
    let sent = Page::Working { step: None, percent: 0 };
    prompt.status(Status { card: Card::None, ..ready(None) });
    assert_eq!(prompt.state.page, sent, "the agent waits for the card");
    prompt.status(ready(Some(1)));
    assert_eq!((prompt.state.page.clone(), prompt.state.rejected), (Page::Ask, false));
    prompt.on(typed("1234"));
    prompt.press_submit();
    prompt.now += ARMING;
    assert_eq!(prompt.press_submit(), accept("1234", true));
    prompt.hear(ToPrompt::Working { step: Step::Signing, percent: 10 });
    prompt.status(ready(Some(1)));
    assert!(matches!(prompt.state.page, Page::Working { .. }), "at work, a status is only news of the card");
}

#[test]
fn a_rejected_last_attempt_leaves_a_blocked_card() {
    let mut prompt = Prompt::typed(1);
    prompt.press_submit();
    prompt.now += ARMING;
    prompt.press_submit();
    prompt.hear(ToPrompt::PinRejected { attempts_left: 0 });
    assert!(prompt.state.is_blocked());
    prompt.on(typed("1234"));
    assert_eq!(prompt.lengths(), [0], "there is nothing to type into");
}

#[test]
fn a_counter_belongs_to_its_card() {
    let mut prompt = Prompt::typed(1);
    prompt.status(Status { card: Card::None, ..ready(None) });
    assert_eq!(prompt.state.attempts(), None);
    prompt.status(ready(None));
    assert_eq!(prompt.press_submit(), None, "the new card's counter is not known yet");
}

#[test]
fn cancel_says_so_and_ends() {
    for mut prompt in [Prompt::new(), Prompt::typed(3)] {
        let effects = prompt.on(Event::Dismiss);
        assert!(exits(&effects));
        assert_eq!(answer(effects), Some(FromPrompt::Cancel));
    }
    let mut prompt = Prompt::typed(3);
    prompt.press_submit();
    assert_eq!(answer(prompt.on(Event::Dismiss)), Some(FromPrompt::Cancel), "while the card works");
}

#[test]
fn the_close_button_cancels_from_every_page() {
    for event in [Event::AskBlock, Event::About] {
        let mut prompt = Prompt::typed(3);
        prompt.on(event);
        assert_eq!(answer(prompt.on(Event::Close)), Some(FromPrompt::Cancel));
    }
}

#[test]
fn blocking_a_site_is_asked_twice() {
    let mut prompt = Prompt::typed(3);
    assert_eq!(answer(prompt.on(Event::Block)), None);
    prompt.on(Event::AskBlock);
    assert_eq!(prompt.press_submit(), None, "the PIN is not sent from here");
    let effects = prompt.on(Event::Block);
    assert!(exits(&effects));
    assert_eq!(answer(effects), Some(FromPrompt::Block));
}

#[test]
fn remember_goes_with_the_answer_unless_it_was_asked_before() {
    for remembered in [false, true] {
        let mut prompt = Prompt::typed(3);
        prompt.state.open.remembered = remembered;
        prompt.on(Event::Remember(true));
        let Some(FromPrompt::Accept { remember, .. }) = prompt.press_submit() else { panic!("no consent") };
        assert_eq!(remember, !remembered);
    }
}

#[test]
fn the_end_of_the_stream_ends_the_prompt_without_a_word() {
    let mut prompt = Prompt::typed(3);
    let effects = prompt.on(Event::StreamEnded);
    assert!(exits(&effects));
    assert_eq!(answer(effects), None);
    assert_eq!(prompt.lengths(), [0]);
}

#[test]
fn success_and_cancelling_close_by_themselves_and_failure_stays() {
    for (result, stays) in [(Outcome::Done, false), (Outcome::Cancelled, false), (Outcome::Failed, true)] {
        let mut prompt = Prompt::typed(3);
        let effects = prompt.hear(ToPrompt::Close { result, code: None, message: None });
        assert_eq!(effects.is_empty(), stays, "{result:?}");
        assert!(prompt.on(Event::StreamEnded).is_empty(), "what it says can be read to the end");
        let effects = prompt.on(Event::Dismiss);
        assert!(exits(&effects));
        assert_eq!(answer(effects), None);
    }
}

#[test]
fn nothing_changes_after_the_end() {
    let mut prompt = Prompt::typed(3);
    prompt.hear(ToPrompt::Close { result: Outcome::Failed, code: Some(ErrorCode::CardRemoved), message: None });
    prompt.hear(ToPrompt::PinRejected { attempts_left: 2 });
    prompt.hear(ToPrompt::Working { step: Step::Reading, percent: 1 });
    assert!(prompt.state.has_ended());
    assert_eq!(prompt.press_submit(), None);
}

#[test]
fn what_cannot_be_understood_ends_the_prompt_with_an_error() {
    let effects = Prompt::typed(3).on(Event::StreamFailed(PromptError::Malformed));
    assert!(matches!(effects[..], [Effect::Exit(Err(PromptError::Malformed))]));
}

#[test]
fn progress_never_passes_the_end() {
    let mut prompt = Prompt::typed(3);
    prompt.hear(ToPrompt::Working { step: Step::Signing, percent: 255 });
    assert_eq!(prompt.state.page, Page::Working { step: Some(Step::Signing), percent: 100 });
}
