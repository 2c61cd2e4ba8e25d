//! What a key of the terminal means.

use zeroize::Zeroizing;

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
        (Page::Ask, Key::Control(ENTER)) => vec![Event::Press, Event::Submit],
        (Page::Ask, Key::Control(BACKSPACE | DELETE)) => vec![Event::Erased],
        (Page::Ask, Key::Control(TAB)) => vec![Event::Remember(!state.remember)],
        (Page::Ask, Key::Control(code)) if *code == ctrl(b'B') => vec![Event::AskBlock],
        (Page::Ask, Key::Control(code)) if *code == ctrl(b'U') => vec![Event::Replaced(String::new())],
        (Page::Ask, Key::Text(text)) => vec![Event::Typed(text.as_str().to_owned())],
        _ => vec![],
    }
}

fn is(text: &str, letter: char) -> bool {
    text.chars().eq([letter]) || text.chars().eq([letter.to_ascii_uppercase()])
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
