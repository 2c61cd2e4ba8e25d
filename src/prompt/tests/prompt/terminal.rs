//! The question on a real pseudo-terminal, which `script` (util-linux) lends.

use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};

use crate::support::{CHANGE, FIRST, OPEN, PATIENCE, Process, Prompt, READY, SECOND, SIGN, lines, until_answered};

/// A terminal with a prompt on it, and behind the prompt `stty`, which tells how it left the terminal.
struct Terminal {
    keyboard: ChildStdin,
    agent: Option<File>,
    answers: Receiver<String>,
    screen: Receiver<String>,
    /// Everything shown so far, and how much of it was waited for.
    seen: String,
    read: usize,
    _process: Process,
    folder: PathBuf,
}

impl Terminal {
    fn open(test: &str) -> Self {
        let mut terminal = Self::asked(test, OPEN);
        terminal.wait_for("4 digits): ");
        terminal
    }

    /// A terminal with a question of its own.
    fn asked(test: &str, open: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for pipe in ["in", "out"] {
            assert!(Command::new("mkfifo").arg(folder.join(pipe)).status().unwrap().success());
        }
        let mut process = Process::spawn(
            Command::new("script")
                .args(["-qec", "\"$PROMPT\" --terminal <in >out; echo code=$?; stty -a", "/dev/null"])
                .env("PROMPT", env!("CARGO_BIN_EXE_jpki-prompt"))
                .env("SHELL", "/bin/sh")
                .current_dir(&folder)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped()),
        );
        let keyboard = process.0.stdin.take().unwrap();
        let screen = pieces(process.0.stdout.take().unwrap());
        let mut agent = File::options().write(true).open(folder.join("in")).unwrap();
        let answers = lines(File::open(folder.join("out")).unwrap());
        writeln!(agent, "{open}").unwrap();
        let agent = Some(agent);
        Self { keyboard, agent, answers, screen, seen: String::new(), read: 0, _process: process, folder }
    }

    /// Presses `keys` until there is an answer.
    fn until_answered(&mut self, keys: &[u8]) -> String {
        let Self { answers, keyboard, .. } = self;
        until_answered(answers, || keyboard.write_all(keys).unwrap())
    }

    fn say(&mut self, line: &str) {
        writeln!(self.agent.as_mut().unwrap(), "{line}").unwrap();
    }

    fn press(&mut self, keys: &[u8]) {
        self.keyboard.write_all(keys).unwrap();
    }

    /// Waits until the screen shows `text`, after what was waited for before.
    fn wait_for(&mut self, text: &str) {
        loop {
            if let Some(at) = self.seen[self.read..].find(text) {
                self.read += at + text.len();
                return;
            }
            match self.screen.recv_timeout(PATIENCE) {
                Ok(piece) => self.seen += &piece,
                Err(_) => panic!("no “{text}” in {:?}", &self.seen[self.read..]),
            }
        }
    }

    /// Waits for a good end, checks that the terminal is as it was, and tells what it showed.
    fn end(mut self) -> String {
        self.wait_for("code=0");
        let shown = self.read;
        while let Ok(piece) = self.screen.recv_timeout(PATIENCE) {
            self.seen += &piece;
        }
        let modes: Vec<_> = self.seen[shown..].split_whitespace().collect();
        for mode in ["icanon", "isig", "echo", "ixon"] {
            assert!(modes.contains(&mode), "{mode} is not back: {modes:?}");
        }
        std::fs::remove_dir_all(&self.folder).unwrap();
        self.seen
    }
}

fn pieces(mut stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = stream.read(&mut buffer) {
            if sender.send(String::from_utf8_lossy(&buffer[..read]).into_owned()).is_err() {
                return;
            }
        }
    });
    receiver
}

#[test]
fn a_pin_typed_on_the_terminal_is_never_echoed() {
    let mut terminal = Terminal::open("accept");
    terminal.say(READY);
    terminal.wait_for("3 attempts left");
    terminal.press(b"7391");
    terminal.wait_for("****");
    let line = terminal.until_answered(b"\r");
    assert_eq!(line, r#"{"type":"accept","pin":"7391","remember":false,"lastTryConfirmed":false}"#);
    terminal.say(r#"{"type":"pinRejected","attemptsLeft":2}"#);
    terminal.wait_for("The PIN was wrong.");
    terminal.wait_for("2 attempts left");
    terminal.say(r#"{"type":"close","result":"failed","code":"card_removed"}"#);
    terminal.wait_for("card_removed");
    let seen = terminal.end();
    assert!(seen.contains("https://shop.example") && seen.contains("Membership"), "{seen}");
    assert!(!seen.contains("7391"), "{seen}");
}

#[test]
fn ctrl_c_cancels_and_puts_the_terminal_back() {
    let mut terminal = Terminal::open("cancel");
    terminal.press(b"\x03");
    assert_eq!(terminal.answers.recv_timeout(PATIENCE).unwrap(), r#"{"type":"cancel"}"#);
    terminal.end();
}

#[test]
fn when_the_agent_hangs_up_the_terminal_is_put_back() {
    let mut terminal = Terminal::open("hang-up");
    terminal.agent = None;
    assert!(terminal.answers.recv_timeout(PATIENCE).is_err(), "not a word");
    terminal.end();
}

#[test]
fn the_last_attempt_is_asked_for_twice() {
    let mut terminal = Terminal::open("last");
    terminal.say(&READY.replace(":3", ":1"));
    terminal.wait_for("1 attempt left");
    terminal.press(b"1234");
    terminal.wait_for("****");
    let line = terminal.until_answered(b"\ry");
    assert_eq!(line, r#"{"type":"accept","pin":"1234","remember":false,"lastTryConfirmed":true}"#);
    terminal.agent = None;
    let seen = terminal.end();
    assert!(seen.contains("This is the last attempt"), "{seen}");
}

#[test]
fn documents_are_listed_and_signed_with_progress() {
    let mut terminal = Terminal::asked("sign", SIGN);
    terminal.wait_for("   1. contract.pdf");
    terminal.wait_for("SHA-256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    terminal.wait_for("   2. annex.pdf");
    terminal.say(READY);
    terminal.wait_for("3 attempts left");
    terminal.press(b"abc73x");
    terminal.wait_for("******");
    let line = terminal.until_answered(b"\r");
    assert_eq!(line, r#"{"type":"accept","pin":"ABC73X","remember":false,"lastTryConfirmed":false}"#);
    terminal.say(r#"{"type":"working","step":"signing","percent":43}"#);
    terminal.wait_for("Signing with the card");
    terminal.wait_for("43 %");
    terminal.say(r#"{"type":"close","result":"done"}"#);
    terminal.wait_for("Done");
    let seen = terminal.end();
    assert!(!seen.to_uppercase().contains("ABC73X"), "{seen}");
    assert!(!seen.contains("browser") && !seen.contains("Ctrl-B"), "{seen}");
}

#[test]
fn a_pin_is_changed_field_by_field() {
    let mut terminal = Terminal::asked("change", CHANGE);
    terminal.say(READY);
    terminal.wait_for("3 attempts left");
    terminal.press(b"1234\r");
    terminal.wait_for("New PIN (4 digits): ");
    terminal.press(b"5678\r");
    terminal.wait_for("New PIN again (4 digits): ");
    terminal.press(b"59");
    terminal.wait_for("! This does not match the new one.");
    terminal.press(b"\x15");
    terminal.press(b"5678");
    let line = terminal.until_answered(b"\r");
    assert_eq!(line, r#"{"type":"accept","pin":"1234","newPin":"5678","remember":false,"lastTryConfirmed":false}"#);
    terminal.say(r#"{"type":"pinRejected","attemptsLeft":2}"#);
    terminal.wait_for("! The present PIN was wrong.");
    terminal.wait_for("Present PIN (4 digits): ");
    terminal.agent = None;
    let seen = terminal.end();
    assert!(!seen.contains("1234") && !seen.contains("5678"), "{seen}");
}

#[test]
fn a_second_question_shows_the_values_for_a_last_look() {
    let mut terminal = Terminal::asked("attributes", FIRST);
    terminal.wait_for("Name, Address");
    terminal.say(READY);
    terminal.wait_for("3 attempts left");
    terminal.press(b"1234");
    terminal.wait_for("****");
    let line = terminal.until_answered(b"\r");
    assert!(line.contains("\"1234\""), "{line}");
    terminal.say(SECOND);
    terminal.wait_for("黒桐　幹也");
    terminal.wait_for("東京都清瀬市");
    terminal.wait_for("This is not the PIN you just typed");
    terminal.say(READY);
    terminal.wait_for("3 attempts left");
    terminal.press(b"5678");
    terminal.wait_for("****");
    let line = terminal.until_answered(b"\r");
    assert!(line.contains("\"5678\""), "{line}");
    terminal.agent = None;
    terminal.end();
}

#[test]
fn without_a_terminal_it_says_what_to_do() {
    let mut command = Command::new("setsid");
    let mut prompt = Prompt::start(command.args(["--wait", env!("CARGO_BIN_EXE_jpki-prompt"), "--terminal"]));
    prompt.say(OPEN);
    let (status, rest, errors) = prompt.end();
    assert_eq!(status.code(), Some(1));
    assert!(errors.contains("start the agent from a terminal"), "{errors}");
    assert!(rest.is_empty(), "{rest:?}");
}
