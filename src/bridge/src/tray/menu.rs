//! The menu as a value.

use jpki_protocol::Language;

use super::words::Words;

/// A menu. How many entries it has and in which order never changes, so that one that is open stays true.
pub(crate) type Menu = Vec<Entry>;

/// A line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Something to read.
    Text(String),
    /// Something to do.
    Do(&'static str, Action),
    /// Something that is on, off, or out of the person's hands. Choosing it turns it.
    Switch {
        /// What it is.
        label: &'static str,
        /// None where nobody knows, or where it can't be changed.
        on: Option<bool>,
        /// What choosing it does.
        action: Action,
    },
    /// One of several, with whether it is the one now.
    Pick(&'static str, bool, Action),
    /// A menu in the menu.
    Group(&'static str, Menu),
    /// A line between groups.
    Rule,
}

impl Entry {
    /// What choosing it does; none if it can't be chosen.
    pub(crate) fn action(&self) -> Option<Action> {
        match self {
            Self::Do(_, action) | Self::Pick(_, _, action) => Some(*action),
            Self::Switch { on, action, .. } => on.map(|_| *action),
            Self::Text(_) | Self::Group(..) | Self::Rule => None,
        }
    }
}

/// What a person can want of the tray.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// See the agent's page at this place.
    Open(Section),
    /// Be spoken to in this language.
    Speak(Language),
    /// Have the agent started at each login, or not.
    StartAtLogin(bool),
    /// Have the agent end.
    Quit,
}

/// A place of the agent's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// How everything is.
    Status,
    /// What was decided about sites.
    Sites,
    /// What was asked.
    History,
    /// What stands in the way.
    Diagnosis,
    /// What this program is.
    About,
}

/// All entries, in the order in which they are read: those of a menu in the menu behind it.
#[cfg(windows)]
pub(super) fn flat(menu: &[Entry]) -> impl Iterator<Item = &Entry> {
    menu.iter().flat_map(|entry| {
        let inside: &[Entry] = if let Entry::Group(_, inside) = entry { inside } else { &[] };
        std::iter::once(entry).chain(inside)
    })
}

/// The menu of this state.
pub(super) fn menu(
    status: &str,
    last: String,
    words: &Words,
    language: Language,
    starts_at_login: Option<bool>,
) -> Menu {
    let spoken = |tongue: Language, name| Entry::Pick(name, tongue == language, Action::Speak(tongue));
    vec![
        Entry::Text(status.to_owned()),
        Entry::Text(last),
        Entry::Rule,
        Entry::Do(words.open, Action::Open(Section::Status)),
        Entry::Do(words.sites, Action::Open(Section::Sites)),
        Entry::Do(words.history, Action::Open(Section::History)),
        Entry::Do(words.diagnose, Action::Open(Section::Diagnosis)),
        Entry::Rule,
        // Each language by its own name, and both words above: who can't read the one finds the other.
        Entry::Group(words.language, vec![spoken(Language::Ja, "日本語"), spoken(Language::En, "English")]),
        Entry::Switch {
            label: words.start_at_login,
            on: starts_at_login,
            action: Action::StartAtLogin(starts_at_login != Some(true)),
        },
        Entry::Rule,
        Entry::Do(words.about, Action::Open(Section::About)),
        Entry::Do(words.quit, Action::Quit),
    ]
}
