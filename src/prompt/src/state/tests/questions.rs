//! Questions that follow one another, and those that ask for more or less than one PIN.

use jpki_protocol::attributes::Attributes;
use jpki_protocol::prompt::Question;

use super::*;

/// The first of two questions for attributes.
fn first() -> Open {
    let question = Some(Question { number: 1, of: 2 });
    Open { operation: Operation::ReadAttributes, pin: Some(PinRule::TEXT), question, ..open() }
}

/// The second, with the values.
fn second(pin: Option<PinRule>) -> Open {
    let attributes = Some(Attributes { name: Some("黒桐　幹也".to_owned()), ..Attributes::default() });
    Open { pin, attributes, question: Some(Question { number: 2, of: 2 }), ..first() }
}

fn changing(rule: PinRule) -> Open {
    Open { operation: Operation::ChangePin, origin: None, pin: Some(rule), discloses: vec![], ..open() }
}

impl Prompt {
    fn ask(&mut self, open: Open) -> Vec<Effect> {
        self.hear(ToPrompt::Open(Box::new(open)))
    }

    fn fill(&mut self, texts: [&str; 3]) {
        for (field, text) in [Field::Pin, Field::New, Field::Again].into_iter().zip(texts) {
            self.on(Event::Entered(field));
            self.on(Event::Replaced(text.to_owned().into()));
        }
    }

    fn enter(&mut self) -> Option<FromPrompt> {
        self.on(Event::Press);
        answer(self.on(Event::Next))
    }
}

#[test]
fn the_next_question_takes_the_place_of_the_one_before() {
    let mut prompt = Prompt::waiting(first(), 3);
    prompt.on(typed("1234"));
    prompt.on(Event::Remember(true));
    assert!(matches!(prompt.press_submit(), Some(FromPrompt::Accept { remember: true, .. })));
    prompt.hear(ToPrompt::Working { step: Step::Reading, percent: 100 });
    let turn = prompt.state.turn;
    assert!(prompt.ask(second(Some(PinRule::AUTH))).is_empty());
    assert_eq!((prompt.state.page.clone(), prompt.lengths()), (Page::Ask, vec![0]));
    assert_eq!((prompt.state.field, prompt.state.asked_before), (Field::Pin, Some(PinKind::Text)));
    assert_ne!(prompt.state.turn, turn, "the focus is put to the field");
    assert!(!prompt.state.asks_remember(), "that was asked before");
    prompt.now += ARMING;
    prompt.status(ready(Some(3)));
    prompt.on(typed("5678"));
    assert!(matches!(prompt.press_submit(), Some(FromPrompt::Accept { remember: true, .. })), "and stays so");
}

#[test]
fn a_question_in_place_of_an_open_one_wipes_what_was_typed() {
    let mut prompt = Prompt::waiting(Open { pin: Some(PinRule::SIGN), ..first() }, 5);
    prompt.on(typed("abc123"));
    prompt.on(Event::Reveal(true));
    prompt.ask(second(Some(PinRule::AUTH)));
    assert_eq!((prompt.lengths(), prompt.state.revealed), (vec![0], false));
}

#[test]
fn the_counter_of_one_pin_is_not_that_of_the_next() {
    let mut prompt = Prompt::waiting(first(), 1);
    prompt.ask(second(Some(PinRule::AUTH)));
    assert_eq!(prompt.state.attempts(), None);
    prompt.now += ARMING;
    prompt.on(typed("1234"));
    assert_eq!(prompt.press_submit(), None, "its attempts left must be known and shown first");
    prompt.status(ready(Some(3)));
    assert_eq!(prompt.press_submit(), accept("1234", false));
}

#[test]
fn a_double_click_on_one_question_does_not_answer_the_next() {
    let mut prompt = Prompt::waiting(first(), 3);
    prompt.ask(second(None));
    assert_eq!(prompt.press_submit(), None);
    prompt.now += ARMING;
    let yes = FromPrompt::Accept { pin: None, new_pin: None, remember: false, last_try_confirmed: false };
    assert_eq!(prompt.press_submit(), Some(yes));
}

#[test]
fn where_a_yes_is_enough_no_counter_and_no_card_stand_in_the_way() {
    let gone = Status { card: Card::None, ..ready(None) };
    for status in [ready(None), ready(Some(1)), Status { blocked: true, ..ready(Some(0)) }, gone] {
        let mut prompt = Prompt::waiting(second(None), 3);
        prompt.status(status);
        assert!(!prompt.state.is_blocked(), "{status:?}");
        assert!(matches!(prompt.press_submit(), Some(FromPrompt::Accept { pin: None, .. })), "{status:?}");
        prompt.status(ready(Some(3)));
        assert!(matches!(prompt.state.page, Page::Working { .. }), "it is not asked for again");
    }
}

#[test]
fn another_site_or_operation_cannot_slip_in_as_the_next_question() {
    let elsewhere = Origin::parse("https://evil.example", OriginPolicy::Secure).ok();
    for open in [
        Open { origin: elsewhere, ..second(None) },
        Open { origin: None, ..second(None) },
        Open { operation: Operation::Sign, ..second(Some(PinRule::SIGN)) },
    ] {
        let effects = Prompt::waiting(first(), 3).ask(open);
        assert!(matches!(effects[..], [Effect::Exit(Err(PromptError::Malformed))]));
    }
}

#[test]
fn a_command_has_no_site_to_block_or_to_remember() {
    let mut prompt = Prompt::waiting(changing(PinRule::AUTH), 3);
    prompt.on(Event::AskBlock);
    prompt.on(Event::Remember(true));
    assert_eq!((prompt.state.page.clone(), prompt.state.remember), (Page::Ask, false));
}

#[test]
fn a_changed_pin_goes_out_with_the_old_one() {
    let mut prompt = Prompt::waiting(changing(PinRule::AUTH), 3);
    for texts in [["1234", "5678", "567"], ["1234", "1234", "1234"], ["1234", "5678", "5679"], ["123", "5678", "5678"]]
    {
        prompt.fill(texts);
        assert_eq!(prompt.press_submit(), None, "{texts:?}");
    }
    prompt.fill(["1234", "5678", "5678"]);
    let want = FromPrompt::Accept {
        pin: Secret::new("1234"),
        new_pin: Secret::new("5678"),
        remember: false,
        last_try_confirmed: false,
    };
    assert_eq!(prompt.press_submit(), Some(want));
    assert_eq!(prompt.lengths(), [0, 0, 0]);
}

#[test]
fn a_wrong_old_pin_clears_all_fields_and_takes_the_focus() {
    let mut prompt = Prompt::waiting(changing(PinRule::SIGN), 5);
    prompt.fill(["abc123", "abc1234", "abc1234"]);
    prompt.on(Event::Reveal(true));
    let turn = prompt.state.turn;
    assert!(prompt.enter().is_some());
    prompt.hear(ToPrompt::PinRejected { attempts_left: 4 });
    assert_eq!((prompt.lengths(), prompt.state.field, prompt.state.revealed), (vec![0, 0, 0], Field::Pin, false));
    assert_ne!(prompt.state.turn, turn);
}

#[test]
fn the_last_attempt_is_confirmed_before_a_change_too() {
    let mut prompt = Prompt::waiting(changing(PinRule::AUTH), 1);
    prompt.fill(["1234", "5678", "5678"]);
    assert_eq!(prompt.press_submit(), None);
    assert_eq!(prompt.state.page, Page::LastTry);
    prompt.now += ARMING;
    assert!(matches!(prompt.press_submit(), Some(FromPrompt::Accept { last_try_confirmed: true, .. })));
}

#[test]
fn enter_leads_from_field_to_field_once_one_is_filled() {
    let mut prompt = Prompt::waiting(changing(PinRule::AUTH), 3);
    assert_eq!((prompt.enter(), prompt.state.field), (None, Field::Pin), "nothing is typed yet");
    prompt.on(typed("1234"));
    assert_eq!((prompt.enter(), prompt.state.field), (None, Field::New));
    prompt.on(Event::Typed("1234".to_owned().into()));
    assert_eq!((prompt.enter(), prompt.state.field), (None, Field::New), "the same as the old one");
    prompt.on(Event::Replaced("5678".to_owned().into()));
    assert_eq!((prompt.enter(), prompt.state.field), (None, Field::Again));
    prompt.on(Event::Typed("5678".to_owned().into()));
    prompt.on(Event::Entered(Field::Pin));
    assert!(prompt.enter().is_some(), "all is filled, from whichever field");
}

#[test]
fn only_letters_are_shown_and_only_while_they_are_typed() {
    let mut digits = Prompt::typed(3);
    digits.on(Event::Reveal(true));
    assert!(!digits.state.revealed, "four digits can be counted");
    let mut prompt = Prompt::waiting(Open { pin: Some(PinRule::SIGN), ..open() }, 5);
    assert!(!prompt.state.revealed);
    prompt.on(typed("abc123"));
    prompt.on(Event::Reveal(true));
    assert!(prompt.state.revealed);
    prompt.press_submit();
    assert!(!prompt.state.revealed);
    prompt.hear(ToPrompt::PinRejected { attempts_left: 4 });
    assert!(!prompt.state.revealed);
}
