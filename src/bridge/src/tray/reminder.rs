//! When a person was last told of a certificate's end: one line in a file of theirs, so that a new start doesn't nag.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::files::{self, Owner};

/// The most bytes of the file; a moment has some 30.
const MAX_BYTES: u64 = 256;

/// The file.
#[derive(Debug)]
pub(crate) struct Reminder(PathBuf);

impl Reminder {
    /// The one in the folder of what the agent keeps.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self(folder.join("reminded"))
    }

    /// What it says. None where it says nothing that can be read: at worst, something is told once more.
    pub(super) fn read(&self) -> Option<Timestamp> {
        let text = files::read_private(&self.0, Owner::Person, MAX_BYTES).inspect_err(|error| {
            tracing::warn!("it is not known when the end of a certificate was last told: {error}");
        });
        std::str::from_utf8(&text.ok()??).ok()?.trim().parse().ok()
    }

    /// Writes it, or says in the log why not.
    pub(super) fn write(&self, told: Option<Timestamp>) {
        let text = told.map(|told| format!("{told}\n")).unwrap_or_default();
        if let Err(error) = files::replace(&self.0, text.as_bytes()) {
            tracing::warn!("it is not kept when the end of a certificate was told: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_kept_and_what_is_none_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let reminder = Reminder::in_folder(folder.path());
        assert_eq!(reminder.read(), None);
        let told = Timestamp::constant(1_790_000_000, 0);
        reminder.write(Some(told));
        assert_eq!(Reminder::in_folder(folder.path()).read(), Some(told));
        for foreign in ["", "soon", &"9".repeat(1000)] {
            files::replace(&reminder.0, foreign.as_bytes()).unwrap();
            assert_eq!(reminder.read(), None, "{foreign}");
        }
    }
}
