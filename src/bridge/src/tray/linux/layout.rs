//! The menu's entries as com.canonical.dbusmenu numbers and describes them: pure.

use std::collections::HashMap;

use zbus::zvariant::Value;

use crate::tray::menu::{Action, Entry};

/// What is said of an entry; what is not said has the protocol's default.
pub(super) type Properties = HashMap<String, Value<'static>>;

/// An entry with its number, properties, and the entries in it as values of the same form.
pub(super) type Layout = (i32, Properties, Vec<Value<'static>>);

/// The number of the menu itself.
pub(super) const ROOT: i32 = 0;

/// An entry with its number. The menu itself has no entry.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) id: i32,
    entry: Option<&'a Entry>,
    inside: Vec<Self>,
}

impl<'a> Node<'a> {
    /// The menu, its entries numbered from 1 in the order in which they are read.
    pub(super) fn root(menu: &'a [Entry]) -> Self {
        let mut next = ROOT + 1;
        Self { id: ROOT, entry: None, inside: numbered(menu, &mut next) }
    }

    /// The entry with this number.
    pub(super) fn find(&self, id: i32) -> Option<&Self> {
        if self.id == id { Some(self) } else { self.inside.iter().find_map(|node| node.find(id)) }
    }

    /// This entry and all in it.
    pub(super) fn all(&self) -> Vec<&Self> {
        std::iter::once(self).chain(self.inside.iter().flat_map(Self::all)).collect()
    }

    /// What choosing it does.
    pub(super) fn action(&self) -> Option<Action> {
        self.entry.and_then(Entry::action)
    }

    /// What it is, as far as `wanted`; all of it if nothing is.
    pub(super) fn properties(&self, wanted: &[String]) -> Properties {
        let mut properties = self.entry.map_or_else(group, described);
        properties.retain(|name, _| wanted.is_empty() || wanted.contains(name));
        properties
    }

    /// It and what is in it, so many levels down; all of them if that is negative.
    pub(super) fn layout(&self, levels: i32, wanted: &[String]) -> Layout {
        let inside: &[Self] = if levels == 0 { &[] } else { &self.inside };
        let inside = inside.iter().map(|node| Value::from(node.layout(levels.saturating_sub(1), wanted)));
        (self.id, self.properties(wanted), inside.collect())
    }
}

fn numbered<'a>(menu: &'a [Entry], next: &mut i32) -> Vec<Node<'a>> {
    let node = |entry: &'a Entry| {
        let id = *next;
        *next += 1;
        let inside = if let Entry::Group(_, menu) = entry { numbered(menu, next) } else { Vec::new() };
        Node { id, entry: Some(entry), inside }
    };
    menu.iter().map(node).collect()
}

fn group() -> Properties {
    Properties::from([("children-display".to_owned(), Value::from("submenu"))])
}

fn described(entry: &Entry) -> Properties {
    let (label, mut properties) = match entry {
        Entry::Rule => return Properties::from([("type".to_owned(), Value::from("separator"))]),
        Entry::Text(text) => (text.as_str(), disabled()),
        Entry::Do(label, _) => (*label, Properties::new()),
        Entry::Group(label, _) => (*label, group()),
        Entry::Pick(label, chosen, _) => (*label, toggle("radio", *chosen)),
        Entry::Switch { label, on: Some(on), .. } => (*label, toggle("checkmark", *on)),
        Entry::Switch { label, on: None, .. } => (*label, disabled()),
    };
    // A single underscore would name the key of the letter behind it.
    properties.insert("label".to_owned(), Value::from(label.replace('_', "__")));
    properties
}

fn disabled() -> Properties {
    Properties::from([("enabled".to_owned(), Value::from(false))])
}

fn toggle(kind: &'static str, on: bool) -> Properties {
    let state = ("toggle-state".to_owned(), Value::from(i32::from(on)));
    Properties::from([("toggle-type".to_owned(), Value::from(kind)), state])
}

#[cfg(test)]
mod tests {
    use jpki_protocol::Language;

    use super::*;

    fn menu() -> Vec<Entry> {
        let tongues = vec![
            Entry::Pick("日本語", true, Action::Speak(Language::Ja)),
            Entry::Pick("English", false, Action::Speak(Language::En)),
        ];
        let switch = |on| Entry::Switch { label: "S", on, action: Action::StartAtLogin(true) };
        vec![
            Entry::Text("a_b".to_owned()),
            Entry::Rule,
            Entry::Group("G", tongues),
            switch(Some(true)),
            switch(None),
            Entry::Do("Quit", Action::Quit),
        ]
    }

    #[test]
    fn entries_are_numbered_as_they_are_read() {
        let menu = menu();
        let root = Node::root(&menu);
        assert_eq!(root.all().iter().map(|node| node.id).collect::<Vec<_>>(), (0..9).collect::<Vec<_>>());
        assert_eq!(root.find(5).and_then(Node::action), Some(Action::Speak(Language::En)));
        assert_eq!(root.find(8).and_then(Node::action), Some(Action::Quit));
        for silent in [0, 1, 2, 3, 7] {
            assert_eq!(root.find(silent).and_then(Node::action), None, "{silent}");
        }
        assert!(root.find(9).is_none() && root.find(-1).is_none());
    }

    #[test]
    fn each_kind_of_entry_is_described_in_the_protocols_words() {
        let menu = menu();
        let root = Node::root(&menu);
        let text = |value: &str| Value::from(value.to_owned());
        for (id, name, value) in [
            (1, "label", text("a__b")),
            (1, "enabled", Value::from(false)),
            (2, "type", text("separator")),
            (3, "children-display", text("submenu")),
            (4, "toggle-type", text("radio")),
            (4, "toggle-state", Value::from(1)),
            (5, "toggle-state", Value::from(0)),
            (6, "toggle-type", text("checkmark")),
            (7, "enabled", Value::from(false)),
        ] {
            let properties = root.find(id).unwrap().properties(&[]);
            assert_eq!(properties.get(name), Some(&value), "{name} of {id}: {properties:?}");
        }
        let only = root.find(1).unwrap().properties(&["label".to_owned()]);
        assert_eq!(only.len(), 1);
    }

    #[test]
    fn a_layout_goes_as_deep_as_is_asked() {
        let menu = menu();
        let root = Node::root(&menu);
        assert!(root.layout(0, &[]).2.is_empty());
        assert_eq!(root.layout(1, &[]).2.len(), 6);
        let depth = |levels| {
            let Value::Structure(group) = &root.layout(levels, &[]).2[2] else { panic!("no structure") };
            let Value::Array(inside) = &group.fields()[2] else { panic!("no array") };
            inside.len()
        };
        assert_eq!((depth(1), depth(2), depth(-1)), (0, 2, 2));
    }
}
