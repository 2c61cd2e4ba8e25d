//! A card's file: one process at a time, replaced as a whole, so that at any moment it holds either the old state or
//! the new one and a killed process never wins a PIN attempt back.

use std::{
    fs::{self, File, TryLockError},
    io::Read as _,
    path::{Path, PathBuf},
};

use super::data::{CardFile, Keys};
use crate::{
    Error,
    keys::{draft_beside, write_private},
};

/// The file of an opened card. Holds its lock until dropped.
#[derive(Debug)]
pub(super) struct Store {
    path: PathBuf,
    /// The lock goes with the open file, and each replacement is locked before it takes the name.
    locked: File,
}

impl Store {
    /// Opens a card and locks it.
    pub(super) fn open(path: &Path) -> Result<(Self, CardFile, Keys), Error> {
        let mut file = File::open(path).map_err(Error::io("opening the card", path))?;
        lock(&file, path)?;
        let mut json = Vec::new();
        file.read_to_end(&mut json).map_err(Error::io("reading the card", path))?;
        if !is_still_named(&file, path)? {
            // Its former owner replaced it between our opening and locking: it was in use.
            return Err(Error::InUse(path.to_owned()));
        }
        let (card, keys) = CardFile::from_json(path, &json)?;
        Ok((Self { path: path.to_owned(), locked: file }, card, keys))
    }

    /// Replaces the file by `card`; it is on the disk when this returns.
    pub(super) fn save(&mut self, card: &CardFile) -> Result<(), Error> {
        let draft = write_draft(&self.path, card)?;
        let replaced = File::open(&draft).map_err(Error::io("opening a draft", &draft)).and_then(|file| {
            lock(&file, &draft)?;
            fs::rename(&draft, &self.path).map_err(Error::io("replacing the card", &self.path))?;
            Ok(file)
        });
        match replaced {
            Ok(file) => {
                self.locked = file;
                Ok(())
            }
            Err(error) => {
                // The draft is worthless now; the failure that made it so is what counts.
                let _ = fs::remove_file(&draft);
                Err(error)
            }
        }
    }
}

impl CardFile {
    /// Writes a new card's file, readable by this user alone.
    ///
    /// # Errors
    /// [`Error::Exists`] if there is anything of that name; it is left as it is.
    pub fn save_new(&self, path: &Path) -> Result<(), Error> {
        let draft = write_draft(path, self)?;
        let linked = fs::hard_link(&draft, path);
        fs::remove_file(&draft).map_err(Error::io("removing a draft", &draft))?;
        linked.map_err(|e| match e.kind() {
            std::io::ErrorKind::AlreadyExists => Error::Exists(path.to_owned()),
            _ => Error::io("naming the card", path)(e),
        })
    }

    /// Reads a card's file without locking it: to look at, not to use.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::CardFile`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        let json = fs::read(path).map_err(Error::io("reading the card", path))?;
        Ok(Self::from_json(path, &json)?.0)
    }
}

fn write_draft(path: &Path, card: &CardFile) -> Result<PathBuf, Error> {
    let broken = |e: serde_json::Error| Error::CardFile { path: path.to_owned(), reason: e.to_string() };
    let json = card.to_json().map_err(broken)?;
    let draft = draft_beside(path);
    write_private(&draft, &json)?;
    Ok(draft)
}

fn lock(file: &File, path: &Path) -> Result<(), Error> {
    file.try_lock().map_err(|e| match e {
        TryLockError::WouldBlock => Error::InUse(path.to_owned()),
        TryLockError::Error(e) => Error::io("locking", path)(e),
    })
}

#[cfg(unix)]
fn is_still_named(file: &File, path: &Path) -> Result<bool, Error> {
    use std::os::unix::fs::MetadataExt as _;
    let ours = file.metadata().map_err(Error::io("looking at", path))?;
    let named = fs::metadata(path).map_err(Error::io("looking at", path))?;
    Ok((ours.dev(), ours.ino()) == (named.dev(), named.ino()))
}

/// Elsewhere std tells no file identity; a locked file can't be replaced there while another holds it.
#[cfg(not(unix))]
fn is_still_named(_: &File, _: &Path) -> Result<bool, Error> {
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SoftCard, card::tests::test_card};

    fn folder_with_card() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("card.json");
        test_card().save_new(&path).unwrap();
        (folder, path)
    }

    #[test]
    fn a_new_card_never_replaces_a_file() {
        let (folder, path) = folder_with_card();
        let before = fs::read(&path).unwrap();
        assert!(matches!(test_card().save_new(&path), Err(Error::Exists(_))));
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left behind");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_a_card_also_after_it_changed() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, path) = folder_with_card();
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(), 0o600);
        let (mut store, card, _) = Store::open(&path).unwrap();
        store.save(&card).unwrap();
        assert_eq!(mode(), 0o600);
    }

    #[test]
    fn a_card_in_use_can_not_be_opened_twice_also_after_it_changed() {
        let (folder, path) = folder_with_card();
        let (mut store, card, _) = Store::open(&path).unwrap();
        assert!(matches!(Store::open(&path), Err(Error::InUse(_))));
        store.save(&card).unwrap();
        assert!(matches!(Store::open(&path), Err(Error::InUse(_))));
        drop(store);
        Store::open(&path).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_damaged_card_is_refused_by_name_and_left_alone() {
        let (_folder, path) = folder_with_card();
        let whole = fs::read_to_string(&path).unwrap();
        let cases = [
            (String::new(), "isn't a card's JSON"),
            (whole[..whole.len() / 2].to_owned(), "isn't a card's JSON"),
            (whole.replacen("\"version\": 1", "\"version\": 2", 1), "version 2"),
            (whole.replacen("\"jpki-softcard\"", "\"other\"", 1), "its format"),
            (whole.replacen("\"left\": 3", "\"left\": 9", 1), "counter"),
            (whole.replacen("\"number-a\"", "\"number-c\"", 1), "number-c"),
        ];
        for (content, reason) in cases {
            fs::write(&path, &content).unwrap();
            let error = SoftCard::open(&path).unwrap_err().to_string();
            assert!(error.contains(reason) && error.contains("card.json"), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
    }
}
