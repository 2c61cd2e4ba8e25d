//! Waiting with an end: for a part of the examination, and for a program that was started.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

pub(super) use crate::threads::Part;

/// The most bytes that a program's answer is read.
const MAX_OUTPUT: u64 = 1024 * 1024;

/// Begins a part of the examination, on a thread of its own.
pub(super) fn begin<T: Send + 'static>(look: impl FnOnce() -> T + Send + 'static) -> Part<T> {
    crate::threads::begin("doctor", look)
}

/// What came of starting a program.
#[derive(Debug)]
pub(super) enum Ran {
    /// It said this on its standard output.
    Said(String),
    /// It could not be started.
    NotStarted(std::io::Error),
    /// It had not closed its standard output by the end of the limit, and was ended.
    Silent,
}

/// Runs a program and gives what it says on its standard output, ending it after `limit`.
pub(super) fn run(command: &mut Command, limit: Duration) -> Ran {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    #[cfg(windows)]
    without_console(command);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Ran::NotStarted(error),
    };
    let Some(stdout) = child.stdout.take() else { return Ran::Silent };
    let output = begin(move || {
        let mut bytes = Vec::new();
        // What was read before an error counts.
        let _ = stdout.take(MAX_OUTPUT).read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let said = output.wait(limit);
    end(&mut child);
    said.map_or(Ran::Silent, Ran::Said)
}

/// Keeps a console of its own from the screen, where this program has none that it could share.
#[cfg(windows)]
fn without_console(command: &mut Command) {
    use std::os::windows::process::CommandExt as _;
    // CREATE_NO_WINDOW (Process Creation Flags, winbase.h)
    command.creation_flags(0x0800_0000);
}

/// What a program says, if it says something in time.
#[cfg_attr(target_os = "linux", allow(dead_code, reason = "Linux tells most things in files"))]
pub(super) fn said(program: &str, arguments: &[&str], limit: Duration) -> Option<String> {
    match run(Command::new(program).args(arguments), limit) {
        Ran::Said(text) => Some(text),
        Ran::NotStarted(_) | Ran::Silent => None,
    }
}

/// Ends a program that has said all, or that nobody listens to any more.
fn end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

/// Takes messages until the sender is gone or `limit` is over.
pub(super) fn drain<T>(messages: &Receiver<T>, limit: Duration, mut take: impl FnMut(T)) {
    let end = Instant::now() + limit;
    while let Ok(message) = messages.recv_timeout(end.saturating_duration_since(Instant::now())) {
        take(message);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_heard_or_ended() {
        let limit = Duration::from_secs(30);
        assert!(matches!(run(Command::new("echo").arg("x"), limit), Ran::Said(text) if text == "x\n"));
        assert!(matches!(run(&mut Command::new("/nonexistent/program"), limit), Ran::NotStarted(_)));
        let begun = Instant::now();
        assert!(matches!(run(Command::new("sleep").arg("600"), Duration::from_millis(50)), Ran::Silent));
        assert!(begun.elapsed() < Duration::from_secs(300));
    }
}
