//! The portal's database, looked at from beside: its size, what was written, accounts that are merely there.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::AnyConnection;
use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use tokio::runtime::Runtime;

use crate::Result;

/// Rows of one INSERT when accounts are made up.
const BATCH: usize = 500;

/// What makes an account up, and its card: `#` becomes its number.
const ACCOUNT: (&str, &str) = ("INSERT INTO accounts (id, environment, opened) VALUES", "('load-#', 'test', 0)");
const CARD: (&str, &str) =
    ("INSERT INTO cards (hash, account, added, expires) VALUES", "('load-#', 'load-#', 0, 4102444800)");

/// A database under test.
pub(crate) struct Database {
    url: String,
    /// SQLite's file.
    file: Option<PathBuf>,
    runtime: Runtime,
}

impl Database {
    /// PostgreSQL at a URL, or SQLite in a folder.
    pub(crate) fn new(url: Option<&str>, folder: &Path) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let file = url.is_none().then(|| folder.join("portal.db"));
        let url = match (url, &file) {
            (Some(url), _) => url.to_owned(),
            (None, file) => {
                format!("sqlite:{}", file.iter().map(|path| path.display().to_string()).collect::<String>())
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { url, file, runtime })
    }

    /// As the portal takes it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Its size in bytes: with SQLite file and log, with PostgreSQL tables and indexes.
    pub(crate) fn size(&self) -> Result<u64> {
        let Some(file) = &self.file else {
            return Ok(self.number("SELECT pg_database_size(current_database())")?.unsigned_abs());
        };
        let log = PathBuf::from(format!("{}-wal", file.display()));
        Ok([file, &log].into_iter().filter_map(|path| path.metadata().ok()).map(|data| data.len()).sum())
    }

    /// Rows inserted, updated and deleted since the statistics began; PostgreSQL alone counts them.
    pub(crate) fn written(&self) -> Result<Option<i64>> {
        if self.file.is_some() {
            return Ok(None);
        }
        self.number("SELECT CAST(SUM(n_tup_ins + n_tup_upd + n_tup_del) AS BIGINT) FROM pg_stat_user_tables").map(Some)
    }

    /// The same, when every session has reported: they do once a second (PostgreSQL manual, 28.2).
    pub(crate) fn written_after_all_reported(&self) -> Result<Option<i64>> {
        let mut before = self.written()?;
        loop {
            std::thread::sleep(Duration::from_millis(1_500));
            let now = self.written()?;
            if now == before {
                return Ok(now);
            }
            before = now;
        }
    }

    fn number(&self, query: &'static str) -> Result<i64> {
        self.runtime.block_on(async {
            let mut connection = AnyConnection::connect(&self.url).await?;
            let row = sqlx::query(query).fetch_one(&mut connection).await?;
            Ok(row.try_get(0)?)
        })
    }

    /// Makes accounts up, each with a card that nobody has.
    pub(crate) fn fill(&self, accounts: usize) -> Result<()> {
        self.runtime.block_on(async {
            let mut connection = AnyConnection::connect(&self.url).await?;
            let mut transaction = connection.begin().await?;
            for first in (0..accounts).step_by(BATCH) {
                let numbers = first..accounts.min(first + BATCH);
                for (into, row) in [ACCOUNT, CARD] {
                    let rows: Vec<_> = numbers.clone().map(|number| row.replace('#', &number.to_string())).collect();
                    sqlx::query(AssertSqlSafe(format!("{into} {}", rows.join(",")))).execute(&mut *transaction).await?;
                }
            }
            Ok(transaction.commit().await?)
        })
    }
}
