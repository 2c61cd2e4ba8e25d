//! The same question on the controlling terminal: for machines without a screen, and for whoever prefers it.
//! It draws the same [`View`] line by line and takes keys one by one, without echo. The terminal is put
//! back as it was on every way out.

mod keys;
mod lines;

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::mpsc;
use std::time::Instant;

use jpki_protocol::prompt::ToPrompt;
use rustix::termios::{InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use zeroize::Zeroizing;

use crate::error::PromptError;
use crate::state::{Effect, Event, State};
use crate::texts::Texts;
use crate::view::View;
use crate::{line, os};

/// What the three threads report.
enum Input {
    Agent(Event),
    /// What one read of the terminal gave: usually one key.
    Keys(Zeroizing<Vec<u8>>),
    /// A signal asks the process to end, or the terminal is gone.
    Hangup,
}

/// Asks on the controlling terminal until there is an answer or the agent is gone.
///
/// # Errors
/// [`PromptError`] if there is no terminal, or the agent can't be understood or reached.
pub(crate) fn run() -> Result<(), PromptError> {
    let mut input = io::BufReader::new(io::stdin());
    let Some(open) = line::read_open(&mut input)? else { return Ok(()) };
    let tty = File::options().read(true).write(true).open("/dev/tty").map_err(PromptError::Terminal)?;
    // Before the terminal changes, so that no signal comes between.
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]).map_err(PromptError::Terminal)?;
    let quiet = Quiet::new(&tty).map_err(PromptError::Terminal)?;
    let keyboard = tty.try_clone().map_err(PromptError::Terminal)?;

    let (sender, inputs) = mpsc::channel();
    let agent = sender.clone();
    std::thread::spawn(move || crate::listen(&mut input, |event| agent.send(Input::Agent(event)).is_ok()));
    let keys = sender.clone();
    std::thread::spawn(move || read_keys(keyboard, &keys));
    std::thread::spawn(move || signals.forever().all(|_| sender.send(Input::Hangup).is_ok()));

    let result = Session::new(State::new(open), &tty).and_then(|mut session| session.talk(&inputs));
    drop(quiet);
    result
}

fn read_keys(mut keyboard: File, keys: &mpsc::Sender<Input>) {
    let mut buffer = Zeroizing::new([0; 64]);
    loop {
        let input = match keyboard.read(buffer.as_mut()) {
            Ok(read) if read > 0 => Input::Keys(Zeroizing::new(buffer[..read].to_vec())),
            _ => Input::Hangup,
        };
        let last = matches!(input, Input::Hangup);
        if keys.send(input).is_err() || last {
            return;
        }
    }
}

/// A terminal that neither echoes nor waits for the end of a line, until this is dropped.
struct Quiet<'a> {
    tty: &'a File,
    before: Termios,
}

impl<'a> Quiet<'a> {
    fn new(tty: &'a File) -> io::Result<Self> {
        let before = tcgetattr(tty)?;
        let mut quiet = before.clone();
        // Without ISIG, Ctrl-C is a key like any other: it cancels, and the terminal is put back.
        quiet.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN;
        quiet.input_modes -= InputModes::IXON;
        quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
        quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
        // Flush: what was typed before the question was seen is no answer to it (threat 11).
        tcsetattr(tty, OptionalActions::Flush, &quiet)?;
        Ok(Self { tty, before })
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing put back.
        let _ = tcsetattr(self.tty, OptionalActions::Flush, &self.before);
    }
}

/// One question and what was shown of it.
struct Session<'a> {
    state: State,
    shown: View,
    tty: &'a File,
    started: Instant,
}

impl<'a> Session<'a> {
    fn new(mut state: State, tty: &'a File) -> Result<Self, PromptError> {
        let started = Instant::now();
        // A terminal has no focus to gain: what is typed there was typed for the one in front.
        state.step(started.elapsed(), Event::Active(true));
        let shown = View::of(&state);
        let session = Self { state, shown, tty, started };
        let texts = Texts::of(session.state.open.lang);
        let test_card = session.state.open.virtual_card;
        session.print(&lines::opening(&session.shown, texts, test_card))?;
        session.print(&lines::question(&session.shown, texts))?;
        Ok(session)
    }

    fn talk(&mut self, inputs: &mpsc::Receiver<Input>) -> Result<(), PromptError> {
        for input in inputs {
            let left = match input {
                Input::Agent(event) => self.handle(event)?,
                Input::Hangup => self.handle(Event::Close)?,
                Input::Keys(bytes) => self.type_keys(&bytes)?,
            };
            // There is no window to close: once the end is on the terminal, all is said.
            if left || self.state.has_ended() {
                break;
            }
        }
        self.print("\r\n")
    }

    /// Takes keys one by one, as what a key means depends on the page the one before it led to.
    fn type_keys(&mut self, bytes: &[u8]) -> Result<bool, PromptError> {
        for key in keys::split(bytes) {
            for event in keys::events(&key, &self.state) {
                if self.handle(event)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Takes in one event; true if it was the last.
    fn handle(&mut self, event: Event) -> Result<bool, PromptError> {
        let asked = matches!(event, Event::Message(ToPrompt::Open(_)));
        let effects = self.state.step(self.started.elapsed(), event);
        let view = View::of(&self.state);
        if view != self.shown {
            let texts = Texts::of(self.state.open.lang);
            if asked {
                self.print(&lines::opening(&view, texts, self.state.open.virtual_card))?;
            } else {
                self.print(&lines::news(&self.shown, &view, texts))?;
            }
            self.print(&lines::question(&view, texts))?;
            self.shown = view;
        }
        for effect in effects {
            match effect {
                Effect::Answer(answer) => {
                    let mut output = os::standard_output().map_err(PromptError::Write)?;
                    line::write(&mut output, &answer)?;
                }
                Effect::CloseAfter(_) => return Ok(true),
                Effect::Exit(result) => return result.map(|()| true),
            }
        }
        Ok(false)
    }

    fn print(&self, text: &str) -> Result<(), PromptError> {
        let mut tty = self.tty;
        tty.write_all(text.as_bytes()).map_err(PromptError::Terminal)
    }
}
