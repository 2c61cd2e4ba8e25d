//! The lines on the terminal, as text that follows from the view.

use std::fmt::Write;

use crate::texts::Texts;
use crate::view::{PageKind, View};

/// To the beginning of the line, which is emptied.
const CLEAR: &str = "\r\x1b[K";

/// What stands above everything: who asks, for what, and what it will learn.
pub(super) fn opening(view: &View, texts: &Texts, test_card: bool) -> String {
    let mut text = String::from("\r\n");
    if test_card {
        let _ = write!(text, "** {} **\r\n\r\n", texts.test_card);
    }
    let _ = write!(text, "{}\r\n\r\n    \x1b[1m{}\x1b[0m\r\n", view.heading, view.origin);
    if let Some(note) = &view.origin_note {
        let _ = write!(text, "    {}\r\n", note.text);
    }
    if let Some(purpose) = &view.purpose {
        let _ = write!(text, "\r\n{}\r\n    {purpose}\r\n", texts.purpose);
    }
    let _ = write!(text, "\r\n{}\r\n", texts.discloses);
    for (name, detail) in &view.discloses {
        let _ = write!(text, "  - {name}\r\n");
        if !detail.is_empty() {
            let _ = write!(text, "    {detail}\r\n");
        }
    }
    let _ = write!(text, "\r\n{}\r\n", texts.terminal_keys);
    text + &card(view)
}

/// What is new between two views, as lines above the question.
pub(super) fn news(before: &View, view: &View, texts: &Texts) -> String {
    let mut text = String::from(CLEAR);
    if view.page == PageKind::Ask {
        if view.card != before.card {
            text += &card(view);
        }
        if view.pin.rejected && !before.pin.rejected {
            let _ = write!(text, "! {}\r\n", texts.rejected);
        }
        match &view.pin.attempts {
            Some(attempts) if view.pin.attempts != before.pin.attempts => {
                let _ = write!(text, "* {attempts}\r\n");
            }
            _ => {}
        }
        if view.remember != before.remember {
            let _ = write!(text, "{}\r\n", (texts.terminal_remember)(view.remember));
        }
    } else if (view.page, &view.notice) != (before.page, &before.notice) {
        let _ = write!(text, "{}\r\n{}\r\n", view.notice.0, visible(&view.notice.1));
        if let Some(code) = &view.code {
            let _ = write!(text, "{code}\r\n");
        }
    }
    text
}

/// The line the cursor stands on.
pub(super) fn question(view: &View, texts: &Texts) -> String {
    match view.page {
        PageKind::Ask if view.blocked_steps.is_some() => String::from(CLEAR),
        PageKind::Ask => {
            let stars = "*".repeat(view.pin.typed.into());
            format!("{CLEAR}{} ({}): {stars}", view.pin.label, view.pin.form)
        }
        PageKind::LastTry | PageKind::Block => format!("{CLEAR}{} ", texts.terminal_confirm),
        PageKind::Working => format!("{CLEAR}{:3} % ", view.percent),
        _ => String::from(CLEAR),
    }
}

fn card(view: &View) -> String {
    let mut text = format!("* {}\r\n", view.card.0);
    if !view.card.1.is_empty() {
        let _ = write!(text, "  {}\r\n", view.card.1);
    }
    for step in view.blocked_steps.unwrap_or_default().iter().filter(|step| !step.is_empty()) {
        let _ = write!(text, "  - {step}\r\n");
    }
    text
}

/// Text without anything a terminal would take as a command.
fn visible(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jpki_protocol::Language;
    use jpki_protocol::prompt::{Open, Outcome, ToPrompt};

    use super::*;
    use crate::state::{Event, State};

    fn state() -> State {
        let open: Open = serde_json::from_str(
            r#"{"version":1,"operation":"authenticate","origin":"https://shop.example","purpose":"Join",
            "discloses":["certificate"],"pin":{"kind":"auth","min":4,"max":4,"charset":"digits"},"lang":"en","virtualCard":true}"#,
        )
        .unwrap();
        State::new(open)
    }

    #[test]
    fn the_opening_holds_the_facts_of_the_window() {
        let texts = Texts::of(Language::En);
        let text = opening(&View::of(&state()), texts, true);
        for fact in ["https://shop.example", "Join", "number that identifies your card", texts.test_card] {
            assert!(text.contains(fact), "{fact}");
        }
    }

    #[test]
    fn a_typed_pin_shows_as_stars() {
        let mut state = state();
        state.step(Duration::ZERO, Event::Typed("123".to_owned().into()));
        let line = question(&View::of(&state), Texts::of(Language::En));
        assert!(line.ends_with(": ***"), "{line:?}");
    }

    #[test]
    fn a_message_cannot_command_the_terminal() {
        let mut state = state();
        let before = View::of(&state);
        let message = Some("a\x1b]0;x\x07b".to_owned());
        let close = ToPrompt::Close { result: Outcome::Failed, code: None, message };
        state.step(Duration::ZERO, Event::Message(close));
        let text = news(&before, &View::of(&state), Texts::of(Language::En));
        assert!(text.contains("a]0;xb"), "{text:?}");
    }
}
