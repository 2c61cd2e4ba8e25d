//! What passed between reader and card, for people and tests to read. PINs are masked before anything is written or
//! kept; holder's data are not, they are invented.

use std::{
    fmt, fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use crate::{Error, card::Command, hex};

/// Who spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// A command: `>`.
    ToCard,
    /// An answer: `<`.
    FromCard,
    /// Power, resets and faults: `!`.
    Note,
}

/// One line of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceEvent {
    /// When.
    pub at: SystemTime,
    /// Who spoke.
    pub direction: Direction,
    /// Upper-case hexadecimal with `**` for each byte of a PIN, or a note in words.
    pub text: String,
}

impl TraceEvent {
    pub(crate) fn now(direction: Direction, text: String) -> Self {
        Self { at: SystemTime::now(), direction, text }
    }
}

impl fmt::Display for TraceEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.direction {
            Direction::ToCard => '>',
            Direction::FromCard => '<',
            Direction::Note => '!',
        };
        match jiff::Timestamp::try_from(self.at) {
            Ok(time) => write!(f, "{time:.6} {sign} {}", self.text),
            Err(_) => write!(f, "- {sign} {}", self.text),
        }
    }
}

/// Where a trace goes.
pub trait TraceSink: Send {
    /// Takes one event. A sink that fails keeps it to itself: a trace never changes what the card does.
    fn record(&mut self, event: &TraceEvent);
}

/// A trace in memory; clones share it.
#[derive(Clone, Debug, Default)]
pub struct MemoryTrace(Arc<Mutex<Vec<TraceEvent>>>);

impl MemoryTrace {
    /// Everything so far.
    pub fn events(&self) -> Vec<TraceEvent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The commands so far, in hexadecimal.
    pub fn commands(&self) -> Vec<String> {
        self.events().into_iter().filter(|e| e.direction == Direction::ToCard).map(|e| e.text).collect()
    }

    /// Forgets everything so far.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl TraceSink for MemoryTrace {
    fn record(&mut self, event: &TraceEvent) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
    }
}

/// A trace in a file, a line each: time (UTC), `>`, `<` or `!`, text.
#[derive(Debug)]
pub struct FileTrace {
    path: PathBuf,
    file: fs::File,
    failed: bool,
}

impl FileTrace {
    /// Appends to `path`; a new file is readable by this user alone.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn append(path: &Path) -> Result<Self, Error> {
        let mut options = fs::OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(Error::io("opening the trace", path))?;
        Ok(Self { path: path.to_owned(), file, failed: false })
    }
}

impl TraceSink for FileTrace {
    fn record(&mut self, event: &TraceEvent) {
        if self.failed {
            return;
        }
        // One write, so that lines of two cards in one file stay whole.
        if let Err(error) = self.file.write_all(format!("{event}\n").as_bytes()) {
            self.failed = true;
            eprintln!("{}: the trace ends here: {error}", self.path.display());
        }
    }
}

/// A command in hexadecimal without the PIN it may carry.
pub(crate) fn masked(command: &[u8]) -> String {
    const VERIFY: u8 = 0x20;
    const CHANGE_REFERENCE_DATA: u8 = 0x24;
    const CHANGE_KEY: u8 = 0x32;
    if !matches!(command.get(1), Some(&(VERIFY | CHANGE_REFERENCE_DATA | CHANGE_KEY))) {
        return hex::upper(command);
    }
    // Of a command whose lengths don't add up nobody knows where the PIN starts.
    let shown = match Command::parse(command) {
        Ok(parsed) if parsed.data.is_empty() => command.len(),
        Ok(parsed) if parsed.extended => 7,
        Ok(_) => 5,
        Err(_) => 4,
    };
    let (clear, secret) = command.split_at(shown.min(command.len()));
    hex::upper(clear) + &"**".repeat(secret.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_of_a_pin_command_shows_its_pin() {
        let rows: [(&[u8], &str); 8] = [
            (b"\x00\x20\x00\x80", "00200080"),
            (b"\x00\x20\x00\x80\x041234", "0020008004********"),
            (b"\x00\x20\x00\x80\x00\x00\x041234", "00200080000004********"),
            (b"\x00\x20\x00\x801234", "00200080********"),
            (b"\x00\x24\x01\x80\x041234", "0024018004********"),
            (b"\x80\x32\x00\x80\x041234", "8032008004********"),
            (b"\x0C\x20\x00\x80\x041234", "0C20008004********"),
            (b"\x00\xB0\x00\x00\x04", "00B0000004"),
        ];
        for (command, expected) in rows {
            assert_eq!(masked(command), expected);
        }
    }

    #[test]
    fn a_file_has_a_line_for_each_event() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trace");
        let mut trace = FileTrace::append(&path).unwrap();
        let at = SystemTime::UNIX_EPOCH;
        trace.record(&TraceEvent { at, direction: Direction::ToCard, text: "00A4".to_owned() });
        trace.record(&TraceEvent { at, direction: Direction::Note, text: "power off".to_owned() });
        let expected = "1970-01-01T00:00:00.000000Z > 00A4\n1970-01-01T00:00:00.000000Z ! power off\n";
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    }
}
