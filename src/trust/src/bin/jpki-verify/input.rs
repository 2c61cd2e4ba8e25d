//! Reads the files that the command line names.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jpki_trust::{Root, RootError, TrustStore};

use crate::args::TokenArguments;

/// More than any token; the library refuses what is longer than its own limit.
const TOKEN_LIMIT: u64 = 64 * 1024;
/// More than any root certificates.
const ROOTS_LIMIT: u64 = 1024 * 1024;
/// Lists of a whole country's revoked certificates are large.
const CRL_LIMIT: u64 = 512 * 1024 * 1024;

/// What was read.
pub(crate) struct Input {
    pub(crate) token: String,
    pub(crate) roots: TrustStore,
    pub(crate) crls: Vec<Vec<u8>>,
}

/// Why the command can't be run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    #[error("{path} can't be read: {source}; check the name and the permissions")]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{path}: {source}")]
    Root { path: PathBuf, source: RootError },
}

impl Input {
    pub(crate) fn read(arguments: &TokenArguments) -> Result<Self, InputError> {
        let token = if arguments.token == Path::new("-") {
            bounded(io::stdin().lock(), TOKEN_LIMIT)
        } else {
            File::open(&arguments.token).and_then(|file| bounded(file, TOKEN_LIMIT))
        };
        let token = token.map_err(|source| InputError::Unreadable { path: arguments.token.clone(), source })?;
        let mut roots = TrustStore::new();
        for path in &arguments.trust {
            let pem = String::from_utf8_lossy(&file(path, ROOTS_LIMIT)?).into_owned();
            let read = Root::from_pem(&pem).map_err(|source| InputError::Root { path: path.clone(), source })?;
            read.into_iter().for_each(|root| roots.add(root));
        }
        let crls = arguments.crl.iter().map(|path| file(path, CRL_LIMIT)).collect::<Result<_, _>>()?;
        // What isn't UTF-8 isn't JSON either, which the library says better.
        Ok(Self { token: String::from_utf8_lossy(&token).into_owned(), roots, crls })
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
