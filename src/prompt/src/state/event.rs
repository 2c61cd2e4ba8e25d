//! What comes into the state and what goes out of it.

use std::time::Duration;

use jpki_protocol::ErrorCode;
use jpki_protocol::prompt::{FromPrompt, Outcome, Step, ToPrompt};
use zeroize::Zeroizing;

use crate::error::PromptError;
use crate::form::Field;

/// What happened. It has no `Debug`: what was typed is in it.
pub(crate) enum Event {
    /// The agent said something.
    Message(ToPrompt),
    /// The agent is gone, or the page is.
    StreamEnded,
    /// The agent sent something that can't be understood.
    StreamFailed(PromptError),
    /// The window gained or lost the focus.
    Active(bool),
    /// A key or pointer button went down, or a screen reader or the like pressed a button for its person; the
    /// repetition of a held key is none. Such a press begins when it comes, and so counts by the same rule (threat 11):
    /// only in a window that has had the focus for a while. No web page can make one.
    Press,
    /// A field gained the focus.
    Entered(Field),
    /// Characters for the field that has the focus.
    Typed(Zeroizing<String>),
    /// Characters for that field, instead of those before.
    Replaced(Zeroizing<String>),
    /// One character less in that field.
    Erased,
    /// Show or hide what is typed.
    Reveal(bool),
    /// The key Enter in a field: on to the next, or to accept.
    Next,
    /// The box "remember this site".
    Remember(bool),
    /// The accept button, on the first page or on that of the last attempt.
    Submit,
    /// "Block this site".
    AskBlock,
    /// The person is sure to block.
    Block,
    /// "About".
    About,
    /// Back to the first page.
    Back,
    /// Cancel or Escape: one page back, or the end.
    Dismiss,
    /// The window's own close button, or Ctrl-C: the end, from whatever page.
    Close,
}

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Write this to the agent.
    Answer(FromPrompt),
    /// Close the window after a while.
    CloseAfter(Duration),
    /// End the process: well, or with a message.
    Exit(Result<(), PromptError>),
}

/// Which page is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Page {
    /// Who asks, for what, the card, the PIN.
    Ask,
    /// Shall the last attempt be spent?
    LastTry,
    /// Shall the site be blocked?
    Block,
    /// About this program.
    About,
    /// The card works; the step is unknown until the agent names it.
    Working { step: Option<Step>, percent: u8 },
    /// It ended.
    Ended { outcome: Outcome, code: Option<ErrorCode>, message: Option<String> },
}
