//! Every word a person reads here, in each language.
//!
//! One struct holds them all, so a translation with a word missing does not compile.

mod en;
mod ja;

use jpki_protocol::Language;
use jpki_protocol::prompt::{Disclosure, Operation, PinKind, PinRule, Step};

/// The words of one language. Each comment says where they stand.
pub(crate) struct Texts {
    /// The title of the window.
    pub(crate) window_title: &'static str,
    /// Above everything when the card is one in software.
    pub(crate) test_card: &'static str,
    /// Above the origin: what it asks for.
    pub(crate) heading: fn(Operation) -> &'static str,
    /// Before the name behind punycode.
    pub(crate) decoded: fn(&str) -> String,
    /// For a name in other scripts.
    pub(crate) doubtful: &'static str,
    /// Above the purpose: it is the site that says so.
    pub(crate) purpose: &'static str,
    /// Above what the site will learn.
    pub(crate) discloses: &'static str,
    /// One thing the site will learn: its name, and what it says about the person.
    pub(crate) disclosure: fn(Disclosure, PinKind) -> (&'static str, &'static str),
    /// Beside the picture of the card: short, then what to do.
    pub(crate) waiting: (&'static str, &'static str),
    pub(crate) no_reader: (&'static str, &'static str),
    pub(crate) no_card: (&'static str, &'static str),
    pub(crate) unsupported: (&'static str, &'static str),
    pub(crate) ready: (&'static str, &'static str),
    pub(crate) reading: (&'static str, &'static str),
    pub(crate) problem: &'static str,
    pub(crate) blocked: &'static str,
    /// What to do about a blocked PIN, in steps.
    pub(crate) blocked_steps: fn(PinKind) -> [&'static str; 2],
    /// Which PIN.
    pub(crate) pin: fn(PinKind) -> &'static str,
    /// What it looks like.
    pub(crate) pin_form: fn(PinRule) -> String,
    /// How many characters are in the field, for a screen reader.
    pub(crate) pin_typed: fn(u8) -> String,
    /// How often it may still be tried.
    pub(crate) attempts: fn(u8) -> String,
    /// After a wrong PIN.
    pub(crate) rejected: &'static str,
    pub(crate) remember: &'static str,
    pub(crate) submit: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) close: &'static str,
    pub(crate) back: &'static str,
    pub(crate) block: &'static str,
    pub(crate) about: &'static str,
    /// The page before the last attempt.
    pub(crate) last_try: (&'static str, &'static str),
    pub(crate) last_try_submit: &'static str,
    /// The page before blocking a site.
    pub(crate) block_question: (&'static str, &'static str),
    pub(crate) block_submit: &'static str,
    /// While the card works.
    pub(crate) working: fn(Option<Step>) -> &'static str,
    pub(crate) keep_card: &'static str,
    /// The end: a title and what it means.
    pub(crate) done: (&'static str, &'static str),
    pub(crate) cancelled: (&'static str, &'static str),
    pub(crate) failed: &'static str,
    /// Before the code of a failure.
    pub(crate) code: fn(&str) -> String,
    /// What this program is.
    pub(crate) about_text: (&'static str, &'static str),
    /// Under the PIN field of the terminal: which keys do what.
    pub(crate) terminal_keys: &'static str,
    /// Instead of the box "remember this site" on the terminal.
    pub(crate) terminal_remember: fn(bool) -> &'static str,
    /// The question before the last attempt and before blocking, on the terminal.
    pub(crate) terminal_confirm: &'static str,
}

impl Texts {
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::Ja => &ja::TEXTS,
            Language::En => &en::TEXTS,
        }
    }
}
