//! Where RSA keys come from: made on first use, remembered by name. Tests of one process share them through memory,
//! tests of several through a folder, because making a 2048-bit key takes long enough to spoil a test suite.
//! Nothing outside this crate's test CA and software cards may ever trust one of these keys.

use std::{
    collections::HashMap,
    fs,
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use rsa::{
    RsaPrivateKey,
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding},
    rand_core::OsRng,
};

use crate::Error;

/// The size of every key on a My Number Card and of the CAs above it, in bits.
const KEY_BITS: usize = 2048;

/// Changes when keys made by an older version must not be used again.
const LAYOUT: &str = "test-keys-v1";

/// Makes a fresh 2048-bit key with exponent 65537.
///
/// # Errors
/// [`Error::Rsa`] when the system gives no randomness.
pub(crate) fn generate() -> Result<RsaPrivateKey, Error> {
    Ok(RsaPrivateKey::new(&mut OsRng, KEY_BITS)?)
}

/// RSA keys by name, made when first asked for.
#[derive(Clone, Debug)]
pub struct KeyStore {
    folder: Option<PathBuf>,
    known: Arc<Mutex<HashMap<String, RsaPrivateKey>>>,
}

impl KeyStore {
    /// A store that keeps nothing beyond this process.
    pub fn in_memory() -> Self {
        Self { folder: None, known: Arc::default() }
    }

    /// A store that keeps its keys as PEM files, one each and readable by this user alone, in `folder`.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()), known: Arc::default() }
    }

    /// The store in the user's cache folder: the same keys for every process of this user.
    ///
    /// # Errors
    /// [`Error::NoCacheFolder`] for a user without one.
    pub fn shared() -> Result<Self, Error> {
        static SHARED: OnceLock<KeyStore> = OnceLock::new();
        if let Some(store) = SHARED.get() {
            return Ok(store.clone());
        }
        let folders = directories::ProjectDirs::from("", "", "jpki-softcard").ok_or(Error::NoCacheFolder)?;
        Ok(SHARED.get_or_init(|| Self::in_folder(folders.cache_dir().join(LAYOUT))).clone())
    }

    /// The key of this name, made now if it is asked for the first time.
    ///
    /// # Errors
    /// [`Error::KeyName`] for a name that isn't lower-case letters, digits and `-`; [`Error::Key`] for a damaged file;
    /// [`Error::Io`] and [`Error::Rsa`] as they come.
    pub fn key(&self, name: &str) -> Result<RsaPrivateKey, Error> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || !name.chars().all(plain) {
            return Err(Error::KeyName(name.to_owned()));
        }
        // Held while a key is made: of two tests that need it the second waits instead of making its own.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = known.get(name) {
            return Ok(key.clone());
        }
        let key = match &self.folder {
            Some(folder) => load_or_make(folder, name)?,
            None => generate()?,
        };
        known.insert(name.to_owned(), key.clone());
        Ok(key)
    }
}

fn load_or_make(folder: &Path, name: &str) -> Result<RsaPrivateKey, Error> {
    let path = folder.join(format!("{name}.pem"));
    if let Some(key) = load(&path)? {
        return Ok(key);
    }
    create_private_folder(folder)?;
    let key = generate()?;
    let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|e| unreadable(&path, &e))?;
    let draft = draft_beside(&path);
    write_private(&draft, pem.as_bytes())?;
    // A link appears at once and whole, and fails if another process was faster: then its key is the key.
    let linked = fs::hard_link(&draft, &path);
    fs::remove_file(&draft).map_err(Error::io("removing a draft", &draft))?;
    match linked {
        Ok(()) => Ok(key),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(load(&path)?.unwrap_or(key)),
        Err(e) => Err(Error::io("keeping a key", &path)(e)),
    }
}

fn load(path: &Path) -> Result<Option<RsaPrivateKey>, Error> {
    match fs::read_to_string(path) {
        Ok(pem) => RsaPrivateKey::from_pkcs8_pem(&pem).map(Some).map_err(|e| unreadable(path, &e)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::io("reading a key", path)(e)),
    }
}

fn unreadable(path: &Path, reason: &rsa::pkcs8::Error) -> Error {
    Error::Key { place: path.display().to_string(), reason: reason.to_string() }
}

fn create_private_folder(folder: &Path) -> Result<(), Error> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(Error::io("making the folder", folder))
}

/// A name beside `path` that no other thread or process uses.
pub(crate) fn draft_beside(path: &Path) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    path.with_file_name(format!(".{name}.{}.{number}", std::process::id()))
}

/// Writes a new file that only this user can read, down to the disk. The file must not exist.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(Error::io("making the file", path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::io("writing", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_stores_on_one_folder_give_the_same_key_and_keep_it_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep");
        let first = KeyStore::in_folder(&path).key("auth-ca-01").unwrap();
        let second = KeyStore::in_folder(&path).key("auth-ca-01").unwrap();
        assert_eq!(first, second);
        assert_eq!(fs::read_dir(&path).unwrap().count(), 1, "no draft is left behind");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&path.join("auth-ca-01.pem")), 0o600);
            assert_eq!(mode(&path), 0o700);
        }
    }

    #[test]
    fn a_damaged_key_is_named_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("x.pem"), "nonsense").unwrap();
        let error = KeyStore::in_folder(folder.path()).key("x").unwrap_err();
        assert!(error.to_string().contains("x.pem"), "{error}");
    }

    #[test]
    fn a_name_can_not_leave_the_folder() {
        assert!(matches!(KeyStore::in_memory().key("../x"), Err(Error::KeyName(_))));
    }
}
