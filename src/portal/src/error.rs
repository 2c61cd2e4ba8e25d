//! What can go wrong in the portal itself. What a caller did wrong is said by [`Problem`](crate::api::Problem) and by pages.

use std::path::PathBuf;

/// A fault of the portal or of what it stands on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database can't be reached, is full, or refuses a statement.
    #[error("the database doesn't answer as it should: {0}. Check that it runs, has space, and is the portal's own")]
    Store(#[from] sqlx::Error),
    /// The tables can't be brought up to date.
    #[error(
        "the database can't be brought up to date: {0}. A newer portal may have used it: start that version, or restore a backup"
    )]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// What stands in a row isn't what was written there.
    #[error("the database holds something unreadable in {0}. Restore a backup")]
    Damaged(&'static str),
    /// A file can't be read or made.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A setting makes no sense.
    #[error("{0}")]
    Config(String),
    /// The system has no randomness.
    #[error("the system's random number generator doesn't answer; restore it before anybody signs in")]
    NoRandomness,
    /// The address can't be listened on, or the listener failed.
    #[error("the portal can't listen: {0}")]
    Listen(std::io::Error),
}

/// As usual.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;
