//! The agent's end of the prompt's pipes, for tests.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

/// Longer than anything takes, even on a busy machine; nothing waits for it when all is well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// `open` as the contract writes it, without what a test wants otherwise.
pub(crate) const OPEN: &str = concat!(
    r#"{"type":"open","version":1,"operation":"authenticate","origin":"https://shop.example","purpose":"Membership","#,
    r#""discloses":["certificate"],"pin":{"kind":"auth","min":4,"max":4,"charset":"digits"},"lang":"en","virtualCard":false}"#
);

/// The first of two questions for attributes.
pub(crate) const FIRST: &str = concat!(
    r#"{"type":"open","version":1,"operation":"readAttributes","origin":"https://shop.example","#,
    r#""discloses":["certificate","name","address"],"pin":{"kind":"text","min":4,"max":4,"charset":"digits"},"#,
    r#""question":{"number":1,"of":2},"lang":"en","virtualCard":false}"#
);

/// The second, with the values.
pub(crate) const SECOND: &str = concat!(
    r#"{"type":"open","version":1,"operation":"readAttributes","origin":"https://shop.example","#,
    r#""discloses":["certificate","name","address"],"pin":{"kind":"auth","min":4,"max":4,"charset":"digits"},"#,
    r#""attributes":{"name":"黒桐　幹也","address":"東京都清瀬市"},"#,
    r#""question":{"number":2,"of":2},"lang":"en","virtualCard":false}"#
);

/// A command that signs two documents.
pub(crate) const SIGN: &str = concat!(
    r#"{"type":"open","version":1,"operation":"sign","discloses":["certificate"],"#,
    r#""pin":{"kind":"sign","min":6,"max":16,"charset":"alphanumeric"},"documents":[{"name":"contract.pdf","#,
    r#""digest":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},{"name":"annex.pdf","digest":""}],"#,
    r#""lang":"en","virtualCard":false}"#
);

/// A command that changes a PIN.
pub(crate) const CHANGE: &str = concat!(
    r#"{"type":"open","version":1,"operation":"changePin","discloses":[],"#,
    r#""pin":{"kind":"auth","min":4,"max":4,"charset":"digits"},"lang":"en","virtualCard":false}"#
);

/// A site that has sixteen documents signed.
pub(crate) fn sign_sixteen() -> String {
    let document = |number: u8| format!(r#"{{"name":"documents/{number:02}.pdf","digest":"{}"}}"#, digest(number));
    let documents: Vec<_> = (1..=16).map(document).collect();
    let rest = SIGN.split_once(r#""documents":"#).and_then(|(_, rest)| rest.split_once(']')).unwrap().1;
    format!(
        concat!(
            r#"{{"type":"open","version":1,"operation":"sign","origin":"https://shop.example","discloses":["certificate"],"#,
            r#""pin":{{"kind":"sign","min":6,"max":16,"charset":"alphanumeric"}},"documents":[{}]{}"#
        ),
        documents.join(","),
        rest
    )
}

/// The digest of a document of [`sign_sixteen`].
pub(crate) fn digest(number: u8) -> String {
    format!("{number:02x}").repeat(32)
}

/// A card that is ready, with three attempts left.
pub(crate) const READY: &str =
    r#"{"type":"status","reader":"present","card":"ready","attemptsLeft":3,"blocked":false}"#;

/// Lines as they arrive, until the end of the stream.
pub(crate) fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        BufReader::new(stream).lines().map_while(Result::ok).all(|line| sender.send(line).is_ok());
    });
    receiver
}

/// Repeats `act` until a line arrives: the prompt ignores a press in the first 400 ms, and nothing
/// but the answer tells that they are over.
pub(crate) fn until_answered(lines: &Receiver<String>, mut act: impl FnMut()) -> String {
    for _ in 0..100 {
        act();
        match lines.recv_timeout(Duration::from_millis(250)) {
            Ok(line) => return line,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => panic!("the prompt ended without an answer"),
        }
    }
    panic!("no answer");
}

/// A process that is not left behind.
pub(crate) struct Process(pub(crate) Child);

impl Process {
    pub(crate) fn spawn(command: &mut Command) -> Self {
        let name = format!("{command:?}");
        Self(
            command
                .spawn()
                .unwrap_or_else(|error| panic!("{name}: {error}; installer/setup.sh installs what tests need")),
        )
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A prompt and its three pipes.
pub(crate) struct Prompt {
    process: Process,
    stdin: Option<ChildStdin>,
    pub(crate) lines: Receiver<String>,
    errors: Receiver<String>,
}

impl Prompt {
    pub(crate) fn start(command: &mut Command) -> Self {
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = Process::spawn(pipes);
        let stdin = process.0.stdin.take();
        let lines = lines(process.0.stdout.take().unwrap());
        let errors = self::lines(process.0.stderr.take().unwrap());
        Self { process, stdin, lines, errors }
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.0.id()
    }

    pub(crate) fn say(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    pub(crate) fn hang_up(&mut self) {
        self.stdin = None;
    }

    /// Waits for the end: how it ended, what it still wrote, and what it complained about.
    pub(crate) fn end(&mut self) -> (ExitStatus, Vec<String>, String) {
        let mut rest = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            rest.push(line);
        }
        let status = self.process.0.wait().unwrap();
        let errors: Vec<_> = self.errors.iter().collect();
        (status, rest, errors.join("\n"))
    }
}
