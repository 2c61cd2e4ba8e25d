//! The prompt as a child process: JSON lines in and out, gone when it is no longer needed.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::Duration;

use jpki_protocol::prompt::{FromPrompt, MAX_LINE, Outcome, ToPrompt};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use zeroize::{Zeroize as _, Zeroizing};

use crate::operation::Event;
use crate::threads::lock;

/// How long a window may stay after an operation that ended well or was cancelled.
const LINGER: Duration = Duration::from_secs(10);

/// How long a window may go on showing why an operation failed.
const LINGER_FAILED: Duration = Duration::from_secs(300);

/// How long a program takes to end after its last word.
const PARTING: Duration = Duration::from_secs(1);

/// Which program asks the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptProgram {
    /// The program.
    pub program: PathBuf,
    /// Its arguments; never anything secret.
    pub arguments: Vec<OsString>,
}

/// The windows that are open: the one of the running operation, or one that shows how the last ended.
#[derive(Debug, Default)]
pub(super) struct Windows(Mutex<Option<JoinHandle<()>>>);

/// One window. Dropping it closes the program's input, at which it ends.
#[derive(Debug)]
pub(super) struct Window {
    messages: UnboundedSender<ToPrompt>,
}

impl Windows {
    /// Opens a window, and closes one that is still there from before.
    pub(super) fn open(&self, program: &PromptProgram, first: ToPrompt, events: UnboundedSender<Event>) -> Window {
        self.close();
        let (messages, inbox) = unbounded_channel();
        let window = Window { messages };
        window.tell(first);
        match spawn(program) {
            Ok(child) => {
                *lock(&self.0) = Some(tokio::spawn(attend(child, inbox, events)));
            }
            Err(error) => {
                let program = program.program.display();
                tracing::error!("the prompt {program} could not be started: {error}. Name one with --prompt");
                let _ = events.send(Event::PromptFailed);
            }
        }
        window
    }

    /// Waits until the window that is open ended by itself, at most this long.
    pub(super) async fn ended(&self, at_most: Duration) {
        let window = lock(&self.0).take();
        if let Some(mut window) = window
            && tokio::time::timeout(at_most, &mut window).await.is_err()
        {
            window.abort();
        }
    }

    /// Ends the window that is open.
    pub(super) fn close(&self) {
        if let Some(task) = lock(&self.0).take() {
            task.abort();
        }
    }
}

impl Window {
    pub(super) fn tell(&self, message: ToPrompt) {
        // A window that is gone has said so by an event.
        let _ = self.messages.send(message);
    }
}

fn spawn(program: &PromptProgram) -> std::io::Result<Child> {
    Command::new(&program.program)
        .args(&program.arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
}

/// Carries lines both ways until the program ends.
async fn attend(mut child: Child, inbox: UnboundedReceiver<ToPrompt>, events: UnboundedSender<Event>) {
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        let _ = events.send(Event::PromptFailed);
        return;
    };
    tokio::select! {
        () = write_lines(stdin, inbox) => {}
        event = read_lines(stdout, &events) => {
            let event = if matches!(event, Event::PromptGone) { parting(&mut child).await } else { event };
            let _ = events.send(event);
        }
    }
    // Its end is near in either case; `kill_on_drop` makes it certain.
    let _ = tokio::time::timeout(LINGER, child.wait()).await;
}

/// What it means that the program says nothing any more. One that the person or the system ended is a cancel; one that
/// failed, as without a screen, could not ask, and nobody declined anything.
async fn parting(child: &mut Child) -> Event {
    match tokio::time::timeout(PARTING, child.wait()).await {
        Ok(Ok(status)) if status.code().is_some_and(|code| code != 0) => {
            tracing::error!("the prompt could not ask: it ended with {status}. jpki-bridge doctor says what it lacks");
            Event::PromptFailed
        }
        _ => Event::PromptGone,
    }
}

/// Writes messages until the operation let go of the window and its last message had its time.
async fn write_lines(mut stdin: ChildStdin, mut inbox: UnboundedReceiver<ToPrompt>) {
    let mut linger = LINGER;
    while let Some(message) = inbox.recv().await {
        if let ToPrompt::Close { result, .. } = &message {
            linger = if *result == Outcome::Failed { LINGER_FAILED } else { LINGER };
        }
        let Ok(mut line) = serde_json::to_vec(&message) else { return };
        line.push(b'\n');
        if stdin.write_all(&line).await.is_err() {
            // Its output ends too, and that is what is acted on.
            return std::future::pending().await;
        }
    }
    // The input stays open: closing it would end a window that still shows how it went.
    tokio::time::sleep(linger).await;
}

/// Reads answers until there are no more, and says what the end means.
async fn read_lines(mut stdout: ChildStdout, events: &UnboundedSender<Event>) -> Event {
    // One buffer that never grows and is wiped: the PIN passes through it.
    let mut buffer = Zeroizing::new(vec![0; MAX_LINE]);
    // As far as the person's limit on locked memory allows; what is refused is no reason to refuse the person.
    let _locked = region::lock(buffer.as_ptr(), buffer.len())
        .inspect_err(|error| tracing::debug!("the pages of the PIN are not locked: {error}"));
    let mut filled = 0;
    loop {
        match stdout.read(&mut buffer[filled..]).await {
            Ok(0) | Err(_) if filled == buffer.len() => return broken(),
            Ok(0) | Err(_) => return Event::PromptGone,
            Ok(read) => filled += read,
        }
        while let Some(end) = buffer[..filled].iter().position(|&byte| byte == b'\n') {
            let message = FromPrompt::parse(&buffer[..end]);
            buffer.copy_within(end + 1..filled, 0);
            let left = filled - (end + 1);
            buffer[left..filled].zeroize();
            filled = left;
            match message {
                Ok(message) => {
                    let _ = events.send(Event::Prompt(message));
                }
                Err(_) => return broken(),
            }
        }
    }
}

fn broken() -> Event {
    tracing::error!("the prompt sent something that is not its protocol");
    Event::PromptFailed
}
