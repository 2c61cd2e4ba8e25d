//! A desktop with a screen reader, and what a test does there by the names of things.

use crate::reader::{Node, Reader, Role};
use crate::screen::Screen;

/// A screen on which a screen reader runs.
pub(crate) fn desktop() -> (Reader, Screen) {
    desktop_of("1280x900x24")
}

/// The same on a screen of a size.
pub(crate) fn desktop_of(size: &str) -> (Reader, Screen) {
    let reader = Reader::new();
    let screen = Screen::of(size).with("DBUS_SESSION_BUS_ADDRESS", reader.session());
    (reader, screen)
}

/// What has this name.
pub(crate) fn named<'a>(shown: &'a [Node], name: &str) -> Option<&'a Node> {
    shown.iter().find(|node| node.name == name)
}

/// Waits for something of this name.
pub(crate) fn find(reader: &Reader, name: &str) -> Node {
    let shown = reader.until(|shown| named(shown, name).is_some());
    named(&shown, name).unwrap().clone()
}

/// Waits for a button or box of this name and presses it.
pub(crate) fn press(reader: &Reader, name: &str) {
    reader.press(&find(reader, name));
}

/// The first field for a PIN.
pub(crate) fn field(shown: &[Node]) -> Option<&Node> {
    shown.iter().find(|node| node.role == Role::Password)
}

/// Types into the field of this name, once the keys go there.
pub(crate) fn fill(reader: &Reader, screen: &Screen, name: &str, text: &str) {
    let holds = |shown: &[Node], text: &str| {
        let field = named(shown, name).filter(|node| node.role == Role::Password && node.is_focused());
        field.is_some_and(|field| field.text.as_deref().unwrap_or_default() == text)
    };
    reader.until(|shown| holds(shown, ""));
    let keys: Vec<_> = text.chars().map(String::from).collect();
    screen.keys(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    reader.until(|shown| holds(shown, &"●".repeat(text.len())));
}
