//! XML as it is written here: elements within elements, indented.

use std::fmt::Write as _;

/// A document under construction.
pub(super) struct Xml {
    text: String,
    depth: usize,
}

impl Xml {
    /// A document that begins so.
    pub(super) fn new(prologue: &str) -> Self {
        Self { text: format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{prologue}"), depth: 0 }
    }

    /// An element with others in it.
    pub(super) fn within(&mut self, name: &str, attributes: &[(&str, &str)], content: impl FnOnce(&mut Self)) {
        self.line(&format!("<{name}{}>", list(attributes)));
        self.depth += 1;
        content(self);
        self.depth -= 1;
        self.line(&format!("</{name}>"));
    }

    /// An element with nothing in it.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.line(&format!("<{name}{}/>", list(attributes)));
    }

    /// An element with text in it.
    pub(super) fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.line(&format!("<{name}{}>{}</{name}>", list(attributes), escaped(text)));
    }

    /// The whole document.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn line(&mut self, line: &str) {
        // Writing into a string doesn't fail.
        let _ = writeln!(self.text, "{:1$}{line}", "", self.depth * 2);
    }
}

fn list(attributes: &[(&str, &str)]) -> String {
    attributes.iter().map(|(name, value)| format!(" {name}=\"{}\"", escaped(value))).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
