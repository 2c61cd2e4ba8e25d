//! The lines on the terminal, as text that follows from the view.

use std::fmt::Write;

use crate::texts::Texts;
use crate::view::{PageKind, View};

/// To the beginning of the line, which is emptied.
const CLEAR: &str = "\r\x1b[K";

/// What stands above a question: who asks, for what, what is signed or handed over, and what will be learned.
pub(super) fn opening(view: &View, texts: &Texts, test_card: bool) -> String {
    let mut text = String::from("\r\n");
    if test_card {
        let _ = write!(text, "** {} **\r\n\r\n", texts.test_card);
    }
    if let Some(question) = &view.question {
        let _ = write!(text, "[{question}]\r\n");
    }
    let _ = write!(text, "{}\r\n\r\n    \x1b[1m{}\x1b[0m\r\n", view.asker.heading, view.asker.name);
    if let Some(note) = &view.asker.note {
        let _ = write!(text, "    {}\r\n", note.text);
    }
    if let Some(purpose) = &view.purpose {
        let _ = write!(text, "\r\n{}\r\n    {purpose}\r\n", texts.purpose);
    }
    text += &documents(view);
    text += &values(view, texts);
    if !view.discloses.is_empty() {
        let _ = write!(text, "\r\n{}\r\n", view.discloses_title);
    }
    for (name, detail) in &view.discloses {
        let _ = write!(text, "  - {name}\r\n");
        if !detail.is_empty() {
            let _ = write!(text, "    {detail}\r\n");
        }
    }
    for note in [view.pledge, view.pin_note].into_iter().flatten() {
        let _ = write!(text, "\r\n{note}\r\n");
    }
    if let Some(field) = view.fields.iter().find(|field| is_long(&field.form)) {
        let _ = write!(text, "\r\n{}: {}\r\n", field.label, field.form);
    }
    let _ = write!(text, "\r\n{}\r\n", keys(view, texts));
    text + &card(view)
}

fn documents(view: &View) -> String {
    if view.documents.is_empty() {
        return String::new();
    }
    let mut text = format!("\r\n{}\r\n", view.documents_title);
    for (number, document) in (1..).zip(&view.documents) {
        let _ = write!(text, "{number:>4}. {}\r\n", document.name);
        let _ = match document.digest.as_str() {
            "" => write!(text, "      {}\r\n", document.brief),
            digest => write!(text, "      SHA-256 {digest}\r\n"),
        };
    }
    text
}

fn values(view: &View, texts: &Texts) -> String {
    if view.values.is_empty() {
        return String::new();
    }
    let mut text = format!("\r\n{}\r\n", texts.values);
    for (number, value) in (1..).zip(&view.values) {
        let _ = write!(text, "{number:>4}. {}\r\n      \x1b[1m{}\x1b[0m\r\n", value.name, value.text);
    }
    if let Some(note) = &view.values_note {
        let _ = write!(text, "      {note}\r\n");
    }
    text
}

/// Which keys do what.
fn keys(view: &View, texts: &Texts) -> String {
    let several = view.fields.len() > 1;
    let keys = [
        Some(("Enter", view.submit)),
        several.then_some(("Tab", texts.keys.next_field)),
        view.ask_remember.then_some(("Tab", texts.keys.remember)),
        view.ask_block.then_some(("Ctrl-B", texts.keys.block)),
        Some(("Esc", texts.keys.cancel)),
    ];
    let keys: Vec<_> = keys.into_iter().flatten().map(|(key, does)| format!("[{key}] {does}")).collect();
    keys.join("  ")
}

/// What is new between two views, as lines above the question.
pub(super) fn news(before: &View, view: &View, texts: &Texts) -> String {
    let mut text = String::from(CLEAR);
    if view.page == PageKind::Ask {
        if before.page == PageKind::Ask && view.field != before.field {
            // What was typed before stays to be seen, as far as stars can be.
            let _ = write!(text, "{}\r\n", field(before));
        }
        if view.card != before.card {
            text += &card(view);
        }
        for field in &view.fields {
            let known = before.fields.iter().any(|known| known.field == field.field && known.error == field.error);
            if let Some(error) = field.error.filter(|_| !known) {
                let _ = write!(text, "! {error}\r\n");
            }
        }
        match &view.attempts {
            Some(attempts) if view.attempts != before.attempts => {
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
        PageKind::Ask => format!("{CLEAR}{}", field(view)),
        PageKind::LastTry | PageKind::Block => format!("{CLEAR}{} ", texts.terminal_confirm),
        PageKind::Working => match view.percent {
            Some(percent) => format!("{CLEAR}{} ", progress(percent)),
            None => String::from(CLEAR),
        },
        _ => String::from(CLEAR),
    }
}

/// What would make the question longer than a row of 80 columns, which can't be redrawn in place, stands above it once.
fn is_long(form: &str) -> bool {
    form.chars().count() > 20
}

/// The field to type into, or what Enter does where there is none.
fn field(view: &View) -> String {
    match view.fields.iter().find(|field| field.field == view.field) {
        Some(field) if is_long(&field.form) => format!("{}: {}", field.label, "*".repeat(field.typed.into())),
        Some(field) => format!("{} ({}): {}", field.label, field.form, "*".repeat(field.typed.into())),
        None => format!("[Enter] {}: ", view.submit),
    }
}

/// A bar of twenty parts.
fn progress(percent: u8) -> String {
    let done = usize::from(percent.min(100)) / 5;
    format!("[{}{}] {percent:3} %", "#".repeat(done), ".".repeat(20 - done))
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
    use crate::form::Field;
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

    #[test]
    fn the_line_to_type_into_fits_a_row_whatever_is_typed() {
        for kind in ["sign", "auth", "text"] {
            let (max, charset) = if kind == "sign" { (16, "alphanumeric") } else { (4, "digits") };
            let pin = format!(r#""pin":{{"kind":"{kind}","min":4,"max":{max},"charset":"{charset}"}}"#);
            let state = asked(&format!(r#""operation":"changePin",{pin}"#));
            let view = View::of(&state);
            let line = field(&view).chars().count() + max;
            assert!(line < 80, "{kind}: {line} columns");
        }
    }

    fn asked(members: &str) -> State {
        let open = format!(r#"{{"version":1,"discloses":[],"lang":"en","virtualCard":false,{members}}}"#);
        State::new(serde_json::from_str(&open).unwrap())
    }

    const SIGN: &str = r#""operation":"sign","pin":{"kind":"sign","min":6,"max":16,"charset":"alphanumeric"},
        "documents":[{"name":"a.pdf","digest":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
        {"name":"b.pdf","digest":""}]"#;
    const CHANGE: &str = r#""operation":"changePin","pin":{"kind":"auth","min":4,"max":4,"charset":"digits"}"#;
    const VALUES: &str = r#""operation":"readAttributes","origin":"https://shop.example",
        "attributes":{"name":"黒桐　幹也","nameSubstitutes":[1],"gender":"male"},"question":{"number":2,"of":2}"#;

    #[test]
    fn documents_are_numbered_and_their_digests_whole() {
        let text = opening(&View::of(&asked(SIGN)), Texts::of(Language::En), false);
        for fact in [
            "A command on this computer",
            "   1. a.pdf\r\n      SHA-256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\r\n",
            "   2. b.pdf\r\n      The digest is made with the signature\r\n",
            "seal",
            "[Enter] Agree and sign  [Esc] cancel",
        ] {
            assert!(text.contains(fact), "{fact} in {text}");
        }
    }

    #[test]
    fn values_are_shown_and_a_yes_needs_no_field() {
        let view = View::of(&asked(VALUES));
        let text = opening(&view, Texts::of(Language::En), false);
        for fact in ["[Question 2 of 2]", "1. Name", "黒桐※　幹也", "2. Gender", "Male", "※ follows"] {
            assert!(text.contains(fact), "{fact} in {text}");
        }
        assert!(question(&view, Texts::of(Language::En)).ends_with("[Enter] Hand this over: "));
    }

    #[test]
    fn fields_follow_one_another_and_say_what_is_wrong() {
        let texts = Texts::of(Language::En);
        let mut state = asked(CHANGE);
        state.step(Duration::ZERO, Event::Typed("1234".to_owned().into()));
        let before = View::of(&state);
        state.step(Duration::ZERO, Event::Entered(Field::New));
        state.step(Duration::ZERO, Event::Typed("1234".to_owned().into()));
        let view = View::of(&state);
        let text = news(&before, &view, texts);
        assert!(text.contains("Present PIN (4 digits): ****\r\n"), "{text:?}");
        assert!(text.contains("! Choose another than the present one.\r\n"), "{text:?}");
        assert!(question(&view, texts).ends_with("New PIN (4 digits): ****"));
        assert!(!news(&view, &view, texts).contains('!'), "an error is said once");
    }

    #[test]
    fn progress_is_a_bar_and_a_number() {
        assert_eq!(progress(0), "[....................]   0 %");
        assert_eq!(progress(43), "[########............]  43 %");
        assert_eq!(progress(100), "[####################] 100 %");
    }
}
