//! Small files that decide about the person's security: read only if nobody else could have written
//! them (threat 21), replaced whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Why a file is not used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It can't be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It belongs to somebody else, or others may write it.
    #[error(
        "{path} could be changed by other users, so it is not used. Put that right: chown {owner} {path} && chmod go-w {path}"
    )]
    Foreign {
        /// Which file.
        path: PathBuf,
        /// Whose it has to be.
        owner: Owner,
    },
    /// It is not what it should be.
    #[error("{path} is broken ({detail}). Mend it, or move it away to start afresh")]
    Broken {
        /// Which file.
        path: PathBuf,
        /// Where it is broken.
        detail: String,
    },
    /// It was written by a newer version of this program.
    #[error(
        "{path} was written by a newer version of this program (format {version}). Install that version, or move the file away"
    )]
    Newer {
        /// Which file.
        path: PathBuf,
        /// The format's version.
        version: u32,
    },
}

/// Who alone may have written a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The person, or the administrator.
    Person,
    /// The administrator.
    Administrator,
}

impl std::fmt::Display for Owner {
    /// As a shell knows them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Person => "$USER",
            Self::Administrator => "root",
        })
    }
}

impl FileError {
    pub(crate) fn broken(path: &Path, error: &dyn std::fmt::Display) -> Self {
        Self::Broken { path: path.to_owned(), detail: error.to_string() }
    }

    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |source| Self::Io { path: path.to_owned(), source }
    }
}

/// When a file was changed last, and its size; none if there is none.
pub(crate) fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// Reads a file that only its `owner` may have written; none if there is none.
///
/// # Errors
/// [`FileError`] if it can't be read, is larger than `limit` bytes, or others could write it.
pub(crate) fn read_private(path: &Path, owner: Owner, limit: u64) -> Result<Option<Vec<u8>>, FileError> {
    let file = match crate::os::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return nothing_at(path).map(|()| None),
        Err(error) => return Err(FileError::io(path)(error)),
    };
    if !file.metadata().map_err(FileError::io(path))?.is_file() {
        return Err(FileError::broken(path, &"it is a folder, a pipe or a device, and no file"));
    }
    if !crate::os::is_private(&file, owner).map_err(FileError::io(path))? {
        return Err(FileError::Foreign { path: path.to_owned(), owner });
    }
    let mut text = Vec::new();
    file.take(limit + 1).read_to_end(&mut text).map_err(FileError::io(path))?;
    if text.len() as u64 > limit {
        return Err(FileError::broken(path, &"it is far too large"));
    }
    Ok(Some(text))
}

/// Makes sure that what can't be found isn't there: a link that leads nowhere stands for a file that decides something.
fn nothing_at(path: &Path) -> Result<(), FileError> {
    match fs::symlink_metadata(path) {
        Ok(there) if there.is_symlink() => Err(FileError::broken(path, &"it is a link that leads nowhere")),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FileError::io(path)(error)),
        _ => Ok(()),
    }
}

/// Replaces a file by a new one, whole or not at all, and flushed to the disk.
///
/// # Errors
/// [`FileError::Io`]; the old file is still there.
pub(crate) fn replace(path: &Path, text: &[u8]) -> Result<(), FileError> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", std::process::id()));
    let draft = PathBuf::from(draft);
    let write = || {
        if let Some(folder) = path.parent() {
            crate::os::create_private_folder(folder)?;
        }
        let mut file = crate::os::create_private(&draft)?;
        file.write_all(text)?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write().map_err(|error| {
        // On a full disk a half draft would only be in the way; one that never came to be can't be removed.
        let _ = fs::remove_file(&draft);
        FileError::io(path)(error)
    })
}

/// Holds the lock beside a file until it is dropped.
///
/// # Errors
/// [`FileError::Io`]
pub(crate) fn lock(path: &Path) -> Result<File, FileError> {
    let locked = || {
        if let Some(folder) = path.parent() {
            crate::os::create_private_folder(folder)?;
        }
        let mut name = path.as_os_str().to_owned();
        name.push(".lock");
        let file = File::options().create(true).truncate(false).write(true).open(PathBuf::from(name))?;
        file.lock()?;
        Ok(file)
    };
    locked().map_err(FileError::io(path))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let pipe = std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap();
        assert!(pipe.success());
        fs::create_dir(at("folder")).unwrap();
        std::os::unix::fs::symlink(at("nothing"), at("link")).unwrap();
        for (name, says) in [("pipe", "no file"), ("folder", "no file"), ("link", "a link that leads nowhere")] {
            let error = read_private(&at(name), Owner::Person, 10).unwrap_err();
            assert!(matches!(error, FileError::Broken { .. }) && error.to_string().contains(says), "{error}");
        }
        assert_eq!(read_private(&at("nothing"), Owner::Person, 10).unwrap(), None);
        replace(&at("nothing"), b"text").unwrap();
        assert_eq!(read_private(&at("link"), Owner::Person, 10).unwrap().unwrap(), b"text");
    }
}
