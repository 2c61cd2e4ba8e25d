//! The consent and PIN window: a short-lived process of its own that shows who asks for what, follows
//! reader and card, takes the PIN and dies. The agent comes in through standard input and hears the
//! answer on standard output (protocol, section 5), so its own process never meets a keyboard or a
//! toolkit. The PIN never goes anywhere but into the one `accept` line; nothing here talks to a card,
//! a network or a file.
// Not `forbid`: the tables of the toolkit's generated code carry an `allow` of their own.
#![deny(unsafe_code)]

mod domain;
mod error;
mod form;
mod line;
mod os;
mod pin;
mod state;
#[cfg(unix)]
mod terminal;
mod texts;
mod view;
mod window;

use std::io::BufRead;
use std::process::ExitCode;

pub use error::PromptError;
use state::Event;

/// Where to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// In a window.
    Window,
    /// On the controlling terminal. Unix only.
    Terminal,
}

/// Is the prompt: reads the agent's messages from standard input, asks, answers on standard output.
///
/// It returns when the person answered, when the operation ended and was seen to end, or when standard
/// input closes. The code is 0 then, and 1 with a message on standard error if no question could be asked.
///
/// Call it from the main thread of a process that does nothing else: it shuts the process off from
/// core dumps and debuggers for good, and windows belong to the main thread on some systems. A program
/// that embeds it should have an allocator that wipes what it frees, as the binary of this crate has:
/// the toolkit hands keys on in strings of its own.
pub fn run(mode: Mode) -> ExitCode {
    let result = os::protect().map_err(PromptError::Protect).and_then(|()| match mode {
        Mode::Window => window::run(),
        #[cfg(unix)]
        Mode::Terminal => terminal::run(),
        #[cfg(not(unix))]
        Mode::Terminal => Err(PromptError::Terminal(std::io::ErrorKind::Unsupported.into())),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("jpki-prompt: {}", error::chain(&error));
            ExitCode::FAILURE
        }
    }
}

/// Hands on every message of the agent, then the end, until `hand_on` says that nobody listens.
fn listen(input: &mut impl BufRead, mut hand_on: impl FnMut(Event) -> bool) {
    loop {
        let event = match line::read(input) {
            Ok(Some(message)) => Event::Message(message),
            Ok(None) => Event::StreamEnded,
            Err(error) => Event::StreamFailed(error),
        };
        let last = !matches!(event, Event::Message(_));
        if !hand_on(event) || last {
            return;
        }
    }
}
