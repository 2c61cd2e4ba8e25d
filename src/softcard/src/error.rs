use std::path::{Path, PathBuf};

/// Everything that can go wrong while a software card is made, kept or served.
///
/// What a *reader* would see of a card is never an `Error`: it is a status word or an [`Outcome`](crate::Outcome).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A certificate, list or response holds a value that DER can't express.
    #[error("this value has no DER encoding: {0}; check the specification it was made from")]
    Encoding(#[from] x509_cert::der::Error),
    /// An RSA key could not be made or used.
    #[error("the RSA key could not be made or used: {0}")]
    Rsa(#[from] rsa::Error),
    /// A private key could not be written as or read from PKCS #8.
    #[error("the private key in {place} can't be read ({reason}); delete it and a new one is made")]
    Key {
        /// Where the key is kept.
        place: String,
        /// What the decoder said.
        reason: String,
    },
    /// The name of a key has characters that don't belong in a file name.
    #[error("{0:?} is no name for a key: use lower-case letters, digits and '-'")]
    KeyName(String),
    /// A date that the calendar doesn't know or that lies outside what a certificate can say.
    #[error("the date can't be used: {0}; give it as YYYY-MM-DD")]
    Date(#[from] jiff::Error),
    /// Something of the holder can't be put on a card.
    #[error("the holder's {field} can't be put on a card: {reason}")]
    Holder {
        /// Which of the holder's data.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A PIN that the card would never have been issued with.
    #[error("the {which} can't be used: {rule}")]
    Pin {
        /// Which PIN; never its value.
        which: &'static str,
        /// The rule it breaks.
        rule: &'static str,
    },
    /// A file or folder could not be read or written.
    #[error("{path}: {what} failed: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// There is a file already where a new card was to be made.
    #[error("{0} exists already and is left untouched; choose another name or remove it yourself")]
    Exists(PathBuf),
    /// The file is no card, or a damaged one.
    #[error("{path} is not a usable card: {reason}; restore it from a copy or make another with `jpki-softcard new`")]
    CardFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another process has the card.
    #[error("{0} is in use by another process; two would lose each other's PIN counters. End the other one first")]
    InUse(PathBuf),
    /// A fault specification that can't be understood.
    #[error("fault {spec:?}: {reason}; see `jpki-softcard serve --help` for the grammar")]
    Fault {
        /// What was given.
        spec: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// No folder for cached test keys is known.
    #[error("this user has no cache folder to keep test keys in; set HOME (or XDG_CACHE_HOME)")]
    NoCacheFolder,
}

impl Error {
    pub(crate) fn io(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what, path: path.to_owned(), source }
    }
}
