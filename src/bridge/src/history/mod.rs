//! What was asked of the card, by whom, when and how it ended: one file that the person can read, export and erase.
//!
//! The agent adds an entry before whoever asked gets the answer; the command line and the status page read it. No value
//! of an attribute, no name or digest of a document, no challenge and no purpose ever comes here, and nothing at all
//! of a request that was refused before a window opened (threats 16, 18).

mod entry;
mod export;
mod file;
mod filter;
#[cfg(test)]
mod tests;
mod words;

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

pub use entry::Entry;
pub use export::{to_csv, to_json};
pub use filter::Filter;

use crate::files::{self, FileError, Owner};
use crate::threads::spawn;
use file::{Change, Refusal};

/// The most entries that are kept. One more, and the newest [`KEPT_ENTRIES`] stay.
pub const MAX_ENTRIES: usize = 1_000;

/// The most bytes of the file. One more, and the newest lines within [`KEPT_BYTES`] stay.
pub const MAX_BYTES: usize = 512 * 1024;

/// How many entries stay when there are too many.
pub const KEPT_ENTRIES: usize = 750;

/// How many bytes of lines stay when there are too many.
pub const KEPT_BYTES: usize = 384 * 1024;

/// The file's name.
const FILE: &str = "history.jsonl";

/// The most bytes that are read: a file that is larger was not written by this program.
const READ_LIMIT: u64 = 2 * MAX_BYTES as u64;

/// The history in one file. Several processes may use it at the same time.
#[derive(Debug)]
pub struct History {
    path: PathBuf,
}

/// What a history holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The entries, in the order in which their operations ended.
    pub entries: Vec<Entry>,
    /// How many lines were skipped because they are not entries of this version.
    pub skipped: usize,
}

impl History {
    /// The history in `folder`, which need not exist yet. Nothing is read or written before it is asked for.
    pub fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join(FILE) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All of it; empty where there is none yet. A last line that was cut short by a crash is left out.
    ///
    /// # Errors
    /// [`FileError`] for a file that can't be read, that others could write, that is no history, or that a newer
    /// version wrote. It is never changed then.
    pub fn read(&self) -> Result<Reading, FileError> {
        // Not in the middle of a change. Where there can be no lock, as on a read-only disk, there is no change either.
        let _lock = self.path.exists().then(|| files::lock(&self.path));
        let bytes = self.bytes()?;
        file::parse(&bytes).map_err(|refusal| self.refused(refusal))
    }

    /// Adds an entry. When this returns, a crash of this program loses nothing of it; one of the machine at most the
    /// last entry, since the system writes it to the disk a moment later.
    ///
    /// # Errors
    /// As [`History::read`], and where the file can't be written. The entries that were there are still there.
    pub(crate) fn append(&self, entry: &Entry) -> Result<(), FileError> {
        // Another process may add, shorten or erase: the lock covers reading, deciding and writing.
        let _lock = files::lock(&self.path)?;
        let existing = self.bytes()?;
        file::body(&existing).map_err(|refusal| self.refused(refusal))?;
        match file::appended(&existing, entry) {
            Change::Append { keep, text } => self.write(keep, &text).map_err(|error| self.io(error)),
            Change::Replace(text) => files::replace(&self.path, &text),
        }
    }

    /// Erases all entries and says how many there were. That can't be taken back.
    ///
    /// # Errors
    /// As [`History::append`].
    pub fn clear(&self) -> Result<usize, FileError> {
        let Some(folder) = self.path.parent().filter(|folder| folder.exists()) else { return Ok(0) };
        let _lock = files::lock(&self.path)?;
        let existing = self.bytes()?;
        let reading = file::parse(&existing).map_err(|refusal| self.refused(refusal))?;
        let erase = || {
            self.remove_drafts(folder)?;
            if existing.is_empty() {
                return Ok(());
            }
            // Cut in place: on a full disk there is no room for a new file.
            let file = File::options().write(true).open(&self.path)?;
            file.set_len(file::head_length(&existing))?;
            file.sync_all()
        };
        erase().map_err(|error| self.io(error))?;
        Ok(reading.entries.len())
    }

    fn bytes(&self) -> Result<Vec<u8>, FileError> {
        Ok(files::read_private(&self.path, Owner::Person, READ_LIMIT)?.unwrap_or_default())
    }

    fn refused(&self, refusal: Refusal) -> FileError {
        match refusal {
            Refusal::Foreign => FileError::broken(&self.path, &"it is not a history of this program"),
            Refusal::Newer(version) => FileError::Newer { path: self.path.clone(), version },
        }
    }

    fn write(&self, keep: u64, text: &[u8]) -> io::Result<()> {
        let mut file = File::options().write(true).open(&self.path)?;
        file.set_len(keep)?;
        file.seek(SeekFrom::Start(keep))?;
        if let Err(error) = file.write_all(text) {
            // What fitted on the disk is no entry. If it stays, readers leave it out.
            let _ = file.set_len(keep);
            return Err(error);
        }
        // A slow disk keeps nobody waiting.
        spawn("history-sync", move || {
            if let Err(error) = file.sync_data() {
                tracing::warn!("the history may not be on the disk yet: {error}");
            }
        });
        Ok(())
    }

    /// Removes what a process left that died while it replaced the file: drafts hold entries too.
    fn remove_drafts(&self, folder: &Path) -> io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix(FILE)).and_then(|end| end.strip_prefix('.'));
            if number.is_some_and(|number| number.parse::<u32>().is_ok()) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    fn io(&self, source: io::Error) -> FileError {
        FileError::Io { path: self.path.clone(), source }
    }
}
