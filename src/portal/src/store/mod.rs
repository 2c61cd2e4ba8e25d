//! The database: SQLite in one file, or PostgreSQL. The same statements serve both (`$1`, `RETURNING`, `ON CONFLICT`; columns are
//! BIGINT and TEXT alone), so there is one set of tables and one set of tests.
//! Each capability keeps its own statements beside its code and comes in for a connection or a transaction.
//! Values that let somebody in (sessions, codes, tokens) are stored as keyed hashes only.

mod migrations;
mod single_use;
mod slots;

use std::io::ErrorKind;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Once;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Executor as _, Transaction};

pub(crate) use single_use::{LONGEST, MARKS};
pub(crate) use slots::Slots;

use crate::error::{Error, Result};
use crate::{account, desk, notices, oauth, outbox, private, session};

/// How long a statement waits for a connection, and SQLite for its lock.
const WAIT: Duration = Duration::from_secs(5);

/// The portal's database.
#[derive(Debug, Clone)]
pub struct Store {
    pool: AnyPool,
    kind: Kind,
}

/// Which database it is, where that makes a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

impl Store {
    /// Opens a database by its URL, `sqlite:FILE` (made if there is none) or `postgres://…`, and brings its tables up to date.
    ///
    /// # Errors
    /// [`Error::Config`] for another URL, [`Error::Store`] and [`Error::Migrate`].
    pub async fn open(url: &str, connections: u32) -> Result<Self> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let kind = match url.split_once(':') {
            Some(("sqlite", _)) => Kind::Sqlite,
            Some(("postgres" | "postgresql", _)) => Kind::Postgres,
            _ => return Err(Error::Config("a database is sqlite:FILE or postgres://USER@HOST/NAME".to_owned())),
        };
        let made = match kind {
            Kind::Sqlite if !url.contains('?') => format!("{url}?mode=rwc"),
            _ => url.to_owned(),
        };
        if kind == Kind::Sqlite {
            make_file(url)?;
        }
        let options = AnyConnectOptions::from_str(&made)?;
        // The pool would try again for a while, and then keep the reason to itself.
        AnyConnection::connect_with(&options).await?.close().await?;
        let pool = AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(WAIT)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if kind == Kind::Sqlite {
                        // A reader never waits for the writer; a power cut loses at most what the last moment wrote; the
                        // log is cut back to 4 MiB after it grew while somebody was reading.
                        connection
                            .execute(
                                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; \
                                 PRAGMA journal_size_limit = 4194304; PRAGMA foreign_keys = ON",
                            )
                            .await?;
                    }
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        let store = Self { pool, kind };
        migrations::run(&store.pool, kind).await?;
        Ok(store)
    }

    /// For single statements.
    pub(crate) fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Begins a transaction that will write. On SQLite it waits for the write lock now, so that it can't fail for want
    /// of it later.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>> {
        let statement = match self.kind {
            Kind::Sqlite => "BEGIN IMMEDIATE",
            Kind::Postgres => "BEGIN",
        };
        Ok(self.pool.begin_with(statement).await?)
    }

    /// Drops what expired. Any replica may do it at any time; [`serve`](crate::serve()) does it every ten seconds.
    ///
    /// # Errors
    /// [`Error::Store`]; what is left is dropped the next time.
    pub async fn sweep(&self, now: Timestamp) -> Result<()> {
        single_use::SLOTS.sweep(self, now).await?;
        oauth::sweep(self, now).await?;
        session::sweep(self, now).await?;
        account::sweep(self, now).await?;
        desk::sweep(self, now).await?;
        notices::sweep(self, now).await?;
        outbox::sweep(self, now).await
    }

    /// Ends all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Whether a URL names a file of SQLite's that isn't there.
pub(crate) fn is_missing(url: &str) -> bool {
    url.starts_with("sqlite:") && file(url).is_ok_and(|file| file.is_some_and(|path| !path.exists()))
}

/// SQLite's file; nothing if the database lies in memory.
fn file(url: &str) -> Result<Option<PathBuf>> {
    let options = SqliteConnectOptions::from_str(url)?;
    let path = options.get_filename();
    let is_memory = path.as_os_str().is_empty() || path.to_string_lossy().starts_with("file:");
    Ok((!is_memory).then(|| path.to_owned()))
}

/// Makes the file of a database unless it is there: it holds names and addresses of companies' staff, and what people did when.
/// SQLite gives its log the same permissions.
fn make_file(url: &str) -> Result<()> {
    let Some(path) = file(url)? else { return Ok(()) };
    match private::create_file(&path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(Error::File { path, source }),
    }
}

/// A moment as it is stored.
pub(crate) fn moment(seconds: i64) -> Result<Timestamp> {
    Timestamp::from_second(seconds).map_err(|_| Error::Damaged("a time"))
}
