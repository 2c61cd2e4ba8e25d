//! Every word a person reads here, in each language.
//!
//! One struct holds them all, so a translation with a word missing does not compile.

mod en;
mod ja;

use jpki_protocol::attributes::{Attribute, Gender};
use jpki_protocol::prompt::{Disclosure, Operation, PinKind, PinRule, Step};
use jpki_protocol::{ErrorCode, Language};

use crate::form::{Fault, Field};
use crate::view::Birthdate;

/// The words of one language. Each comment says where they stand. `site` is whether a site asks; otherwise it is
/// the person, by a command.
pub(crate) struct Texts {
    /// The title of the window.
    pub(crate) window_title: &'static str,
    /// Above everything when the card is one in software.
    pub(crate) test_card: &'static str,
    /// Above the origin: what it asks for.
    pub(crate) heading: fn(Operation) -> &'static str,
    /// Instead of heading and origin where a command asks: where it comes from, what it does, and what to do about
    /// one that nobody gave.
    pub(crate) command: &'static str,
    pub(crate) command_does: fn(Operation, Option<PinKind>) -> &'static str,
    pub(crate) command_note: &'static str,
    /// Which question of how many.
    pub(crate) question: fn(u8, u8) -> String,
    /// Before the name behind punycode.
    pub(crate) decoded: fn(&str) -> String,
    /// For a name in other scripts.
    pub(crate) doubtful: &'static str,
    /// The part that scrolls, for a screen reader.
    pub(crate) details: &'static str,
    /// Above the purpose: it is the site that says so.
    pub(crate) purpose: &'static str,
    /// Above what is learned, and by whom.
    pub(crate) discloses: fn(bool) -> &'static str,
    /// One thing that is learned: its name, and what it says about the person.
    pub(crate) disclosure: fn(Disclosure, PinKind) -> (&'static str, &'static str),
    /// Between things that share a line.
    pub(crate) and: &'static str,
    /// Above the values, before they are handed over.
    pub(crate) values: &'static str,
    pub(crate) attribute: fn(Attribute) -> &'static str,
    pub(crate) gender: fn(Gender) -> &'static str,
    pub(crate) birthdate: fn(Birthdate) -> String,
    /// Under values with characters that are marked.
    pub(crate) substitutes: fn(char) -> String,
    /// Above the documents.
    pub(crate) documents: fn(usize) -> String,
    /// Instead of a digest that is not known yet.
    pub(crate) digest_later: &'static str,
    pub(crate) show_digests: &'static str,
    pub(crate) hide_digests: &'static str,
    /// What a signature means.
    pub(crate) pledge: &'static str,
    /// Beside the picture of the card: short, then what to do.
    pub(crate) waiting: (&'static str, &'static str),
    pub(crate) no_reader: (&'static str, &'static str),
    pub(crate) no_card: (&'static str, &'static str),
    pub(crate) unsupported: (&'static str, &'static str),
    pub(crate) ready: (&'static str, &'static str),
    pub(crate) reading: (&'static str, &'static str),
    pub(crate) problem: &'static str,
    /// What to do about a problem, where the general remedy would mislead.
    pub(crate) remedy: fn(ErrorCode, bool, Option<PinKind>) -> Option<&'static str>,
    pub(crate) blocked: fn(PinKind) -> &'static str,
    /// What to do about a blocked PIN, in steps.
    pub(crate) blocked_steps: fn(PinKind) -> [&'static str; 2],
    /// Which PIN.
    pub(crate) pin: fn(PinKind) -> &'static str,
    /// A field, where a PIN is changed.
    pub(crate) field: fn(Field, PinKind) -> &'static str,
    /// What a PIN looks like.
    pub(crate) pin_form: fn(PinRule) -> String,
    /// Where two questions ask for two PINs: before the first, and before the second, which tells the first.
    pub(crate) pin_first: fn(PinKind) -> &'static str,
    pub(crate) pin_second: fn(PinKind) -> &'static str,
    pub(crate) show_pin: &'static str,
    pub(crate) hide_pin: &'static str,
    /// What is wrong with a new PIN.
    pub(crate) fault: fn(Fault) -> &'static str,
    /// How often it may still be tried.
    pub(crate) attempts: fn(u8) -> String,
    /// After a wrong PIN.
    pub(crate) rejected: fn(Operation, PinKind) -> &'static str,
    pub(crate) remember: &'static str,
    /// The accept button; `values` is whether they are shown.
    pub(crate) submit: fn(Operation, bool) -> &'static str,
    /// Why it can't be pressed, for a screen reader.
    pub(crate) not_yet: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) close: &'static str,
    pub(crate) back: &'static str,
    pub(crate) block: &'static str,
    pub(crate) about: &'static str,
    /// The page before the last attempt.
    pub(crate) last_try: fn(PinKind) -> (&'static str, &'static str),
    pub(crate) last_try_submit: fn(PinKind) -> &'static str,
    /// The page before blocking a site.
    pub(crate) block_question: (&'static str, &'static str),
    pub(crate) block_submit: &'static str,
    /// While the card works.
    pub(crate) working: fn(Operation, PinKind, Option<Step>) -> &'static str,
    pub(crate) keep_card: &'static str,
    pub(crate) handing_over: &'static str,
    /// The end: a title and what it means.
    pub(crate) done: fn(bool) -> (&'static str, &'static str),
    pub(crate) cancelled: fn(bool) -> (&'static str, &'static str),
    pub(crate) failed: &'static str,
    /// Before the code of a failure.
    pub(crate) code: fn(&str) -> String,
    /// What this program is.
    pub(crate) about_text: (&'static str, &'static str),
    /// On the terminal, which keys do what.
    pub(crate) keys: Keys,
    /// Instead of the box "remember this site" on the terminal.
    pub(crate) terminal_remember: fn(bool) -> &'static str,
    /// The question before the last attempt and before blocking, on the terminal.
    pub(crate) terminal_confirm: &'static str,
}

/// What the keys of the terminal do, each beside its name.
pub(crate) struct Keys {
    pub(crate) next_field: &'static str,
    pub(crate) remember: &'static str,
    pub(crate) block: &'static str,
    pub(crate) cancel: &'static str,
}

impl Texts {
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::Ja => &ja::TEXTS,
            Language::En => &en::TEXTS,
        }
    }
}

#[cfg(test)]
mod tests;
