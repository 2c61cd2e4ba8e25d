//! The last lines of the log, kept in memory for the page. They hold what standard error holds, and nothing is written to
//! a disk: the log never has a PIN or a card's data to begin with.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{LazyLock, Mutex};

use tokio::sync::watch;
use tracing_subscriber::fmt::MakeWriter;

use crate::threads::lock;

/// The most lines that are kept.
const MAX_LINES: usize = 200;

/// The most bytes of a line that are kept.
const MAX_LINE: usize = 500;

/// A process has one log, as it has one subscriber.
static LINES: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// Tells of each line.
static CHANGES: LazyLock<watch::Sender<()>> = LazyLock::new(|| watch::Sender::new(()));

/// Writes the log to standard error, and keeps its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogWriter;

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        *self
    }
}

impl Write for LogWriter {
    /// Takes one event, as the subscriber writes each at once.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        keep(&mut lock(&LINES), event);
        CHANGES.send_replace(());
        // A log that nobody reads any more, as after the terminal was closed, is still kept.
        let _ = io::stderr().write_all(event);
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// The lines that are kept, the oldest first.
pub(super) fn lines() -> Vec<String> {
    lock(&LINES).iter().cloned().collect()
}

/// Word of each line from now on.
pub(super) fn changes() -> watch::Receiver<()> {
    CHANGES.subscribe()
}

fn keep(lines: &mut VecDeque<String>, event: &[u8]) {
    for line in String::from_utf8_lossy(event).lines() {
        if lines.len() == MAX_LINES {
            lines.pop_front();
        }
        lines.push_back(line[..line.floor_char_boundary(MAX_LINE)].to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_log_is_kept_within_bounds() {
        let mut lines = VecDeque::new();
        for number in 0..MAX_LINES + 5 {
            keep(&mut lines, format!("line {number}\n").as_bytes());
        }
        assert_eq!((lines.len(), lines[0].as_str()), (MAX_LINES, "line 5"));
        keep(&mut lines, "あ".repeat(MAX_LINE).as_bytes());
        assert_eq!(lines.len(), MAX_LINES);
        assert!(lines[MAX_LINES - 1].len() <= MAX_LINE);
        keep(&mut lines, b"one\ntwo\n");
        assert!(lines.iter().skip(MAX_LINES - 2).eq(["one", "two"]));
    }
}
