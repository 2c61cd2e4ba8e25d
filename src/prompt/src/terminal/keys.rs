//! What a key of the terminal means.

use zeroize::Zeroizing;

use crate::form::Field;
use crate::state::{Event, Page, State};

/// One key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Key {
    Text(Zeroizing<String>),
    Control(u8),
    Escape,
}

const ENTER: u8 = b'\r';
const BACKSPACE: u8 = 0x08;
const DELETE: u8 = 0x7F;
const TAB: u8 = b'\t';

/// Splits what one read gave into keys. An escape sequence, as an arrow key sends, is no key for us;
/// an escape alone is one.
pub(super) fn split(bytes: &[u8]) -> Vec<Key> {
    match bytes {
        [0x1B] => return vec![Key::Escape],
        [0x1B, ..] => return vec![],
        _ => {}
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return vec![] };
    let mut keys = Vec::new();
    for c in text.chars() {
        match c {
            '\n' => keys.push(Key::Control(ENTER)),
            c if c.is_ascii_control() => keys.push(Key::Control(u32::from(c) as u8)),
            c => keys.push(Key::Text(Zeroizing::new(c.to_string()))),
        }
    }
    keys
}

/// What `key` says on the page that is shown.
pub(super) fn events(key: &Key, state: &State) -> Vec<Event> {
    let ctrl = |letter: u8| letter & 0x1F;
    match (&state.page, key) {
        (_, Key::Control(code)) if [ctrl(b'C'), ctrl(b'D')].contains(code) => vec![Event::Close],
        (_, Key::Escape) => vec![Event::Dismiss],
        (Page::LastTry, Key::Text(text)) if is(text, 'y') => vec![Event::Press, Event::Submit],
        (Page::Block, Key::Text(text)) if is(text, 'y') => vec![Event::Block],
        (Page::LastTry | Page::Block, Key::Text(text)) if is(text, 'n') => vec![Event::Back],
        (Page::Ask, Key::Control(ENTER)) => vec![Event::Press, Event::Next],
        (Page::Ask, Key::Control(BACKSPACE | DELETE)) => vec![Event::Erased],
        (Page::Ask, Key::Control(TAB)) if state.asks_remember() => vec![Event::Remember(!state.remember)],
        (Page::Ask, Key::Control(TAB)) => vec![Event::Entered(state.form.after(state.field).unwrap_or(Field::Pin))],
        (Page::Ask, Key::Control(code)) if *code == ctrl(b'B') => vec![Event::AskBlock],
        (Page::Ask, Key::Control(code)) if *code == ctrl(b'U') => {
            vec![Event::Replaced(Zeroizing::default())]
        }
        (Page::Ask, Key::Text(text)) => vec![Event::Typed(text.clone())],
        _ => vec![],
    }
}

fn is(text: &str, letter: char) -> bool {
    text.chars().eq([letter]) || text.chars().eq([letter.to_ascii_uppercase()])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::state::Effect;

    fn state() -> State {
        let open = r#"{"version":1,"operation":"authenticate","origin":"https://shop.example","discloses":[],
            "pin":{"kind":"auth","min":4,"max":4,"charset":"digits"},"lang":"en","virtualCard":false}"#;
        State::new(serde_json::from_str(open).unwrap())
    }

    fn press(state: &mut State, bytes: &[u8]) -> Vec<Effect> {
        let mut effects = Vec::new();
        for key in split(bytes) {
            for event in events(&key, state) {
                effects.extend(state.step(Duration::ZERO, event));
            }
        }
        effects
    }

    fn text(text: &str) -> Key {
        Key::Text(Zeroizing::new(text.to_owned()))
    }

    #[test]
    fn keys_are_told_apart_and_arrow_keys_are_none() {
        assert_eq!(split("1２\r".as_bytes()), [text("1"), text("２"), Key::Control(ENTER)]);
        assert_eq!(split(b"\n"), [Key::Control(ENTER)]);
        assert_eq!(split(b"\x1b"), [Key::Escape]);
        assert_eq!(split(b"\x1b[A"), []);
        assert_eq!(split(b"\xff1"), []);
        assert_eq!(split(b"\x03\x7f"), [Key::Control(3), Key::Control(DELETE)]);
    }

    #[test]
    fn editing_keys_edit() {
        let mut state = state();
        press(&mut state, b"123\x7f\x08");
        assert_eq!(state.form.get(Field::Pin).unwrap().len(), 1);
        press(&mut state, b"\x15");
        assert_eq!(state.form.get(Field::Pin).unwrap().len(), 0);
        press(&mut state, b"\t");
        assert!(state.remember);
        press(&mut state, b"\t");
        assert!(!state.remember);
    }

    #[test]
    fn blocking_a_site_takes_two_keys_and_can_be_left() {
        let mut state = state();
        for leave in [&b"n"[..], b"\x1b"] {
            press(&mut state, b"\x02");
            assert_eq!(state.page, Page::Block);
            assert!(press(&mut state, leave).is_empty());
            assert_eq!(state.page, Page::Ask);
        }
        let effects = press(&mut state, b"\x02y");
        assert!(matches!(effects[0], Effect::Answer(jpki_protocol::prompt::FromPrompt::Block)));
    }
}
