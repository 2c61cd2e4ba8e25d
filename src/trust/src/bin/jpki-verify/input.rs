//! Reads the files that the command line names.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jpki_signing::Fault;
use jpki_trust::{CrlFiles, NotChecked, Refusal, RevocationChecker, Root, RootError, TrustStore};

use crate::args::Judging;

/// More than any token or result; the library refuses what is longer than its own limit.
const MESSAGE_LIMIT: u64 = 128 * 1024;
/// More than any root certificates.
const ROOTS_LIMIT: u64 = 1024 * 1024;
/// Lists of a whole country's revoked certificates are large.
const CRL_LIMIT: u64 = 512 * 1024 * 1024;

/// Why the command can't be run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    #[error("{path} can't be read: {source}; check the name and the permissions")]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{path}: {source}")]
    Root { path: PathBuf, source: RootError },
    #[error("{path}: {fault}; {hint}")]
    Content { path: PathBuf, fault: Fault, hint: &'static str },
}

/// A token or a result. What isn't UTF-8 isn't JSON either, which the library says better.
pub(crate) fn message(path: &Path) -> Result<String, InputError> {
    let read = if path == Path::new("-") {
        bounded(io::stdin().lock(), MESSAGE_LIMIT)
    } else {
        File::open(path).and_then(|file| bounded(file, MESSAGE_LIMIT))
    };
    let bytes = read.map_err(|source| InputError::Unreadable { path: path.to_owned(), source })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What is trusted, and what says whether it was withdrawn.
pub(crate) struct Basis {
    pub(crate) roots: TrustStore,
    crls: Vec<Vec<u8>>,
}

impl Basis {
    pub(crate) fn read(judging: &Judging) -> Result<Self, InputError> {
        let mut roots = TrustStore::new();
        for path in &judging.trust {
            let pem = String::from_utf8_lossy(&file(path, ROOTS_LIMIT)?).into_owned();
            let read = Root::from_pem(&pem).map_err(|source| InputError::Root { path: path.clone(), source })?;
            read.into_iter().for_each(|root| roots.add(root));
        }
        let crls = judging.crl.iter().map(|path| file(path, CRL_LIMIT)).collect::<Result<_, _>>()?;
        Ok(Self { roots, crls })
    }

    /// The lists if some were given, else what asks nobody and says so.
    pub(crate) fn revocation(&self) -> Result<Box<dyn RevocationChecker>, Refusal> {
        if self.crls.is_empty() {
            return Ok(Box::new(NotChecked));
        }
        let mut lists = CrlFiles::new();
        self.crls.iter().try_for_each(|file| lists.add(file, &self.roots))?;
        Ok(Box::new(lists))
    }
}

fn file(path: &Path, limit: u64) -> Result<Vec<u8>, InputError> {
    let read = File::open(path).and_then(|file| bounded(file, limit));
    read.map_err(|source| InputError::Unreadable { path: path.to_owned(), source })
}

fn bounded(source: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {limit} bytes")));
    }
    Ok(bytes)
}
