//! Things that count once, and things that are kept until they are fetched once. Each is one atomic statement: of two replicas that
//! try at the same time one succeeds.

use jiff::{SignedDuration, Timestamp};
use sqlx::{AssertSqlSafe, Row as _};

use super::{Slots, Store};
use crate::error::Result;

pub(super) static SLOTS: Slots = Slots::new(
    &[
        "single_use_0",
        "single_use_1",
        "single_use_2",
        "single_use_3",
        "single_use_4",
        "single_use_5",
        "single_use_6",
        "single_use_7",
        "single_use_8",
        "single_use_9",
        "single_use_10",
        "single_use_11",
        "single_use_12",
        "single_use_13",
        "single_use_14",
        "single_use_15",
    ],
    30,
);

/// How many marks a row has room for.
pub(crate) const MARKS: u8 = 63;

/// The longest that anything may be remembered here.
pub(crate) const LONGEST: SignedDuration = SignedDuration::from_secs(SLOTS.longest());

impl Store {
    /// Uses something up that is valid until `expires`, at most [`LONGEST`] away. True the first time, false ever after. `id` is a
    /// keyed hash, or random.
    pub(crate) async fn use_once(&self, id: &str, expires: Timestamp) -> Result<bool> {
        self.use_mark(id, 0, expires).await
    }

    /// Uses one of the [`MARKS`] marks of a row up, as [`use_once`](Self::use_once) does: many things that expire at about the same
    /// time then take one row together. All callers must give a row the same `expires`.
    pub(crate) async fn use_mark(&self, id: &str, mark: u8, expires: Timestamp) -> Result<bool> {
        debug_assert!(mark < MARKS);
        let table = SLOTS.table(expires);
        let statement = format!(
            "INSERT INTO {table} (id, expires, marks, payload) VALUES ($1, $2, $3, '') ON CONFLICT (id) DO UPDATE \
             SET marks = {table}.marks | excluded.marks WHERE ({table}.marks & excluded.marks) = 0"
        );
        let done = sqlx::query(AssertSqlSafe(statement))
            .bind(id)
            .bind(expires.as_second())
            .bind(1_i64 << mark)
            .execute(self.pool())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Keeps a text under a name of its own until it is taken or `expires`. False if the name is taken already.
    pub(crate) async fn keep_once(&self, id: &str, payload: &str, expires: Timestamp) -> Result<bool> {
        let table = SLOTS.table(expires);
        let statement = format!(
            "INSERT INTO {table} (id, expires, marks, payload) VALUES ($1, $2, 0, $3) ON CONFLICT (id) DO NOTHING"
        );
        let done = sqlx::query(AssertSqlSafe(statement))
            .bind(id)
            .bind(expires.as_second())
            .bind(payload)
            .execute(self.pool())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes what was kept under a name, with the same `expires`, if its time isn't over.
    pub(crate) async fn take_once(&self, id: &str, expires: Timestamp, now: Timestamp) -> Result<Option<String>> {
        let statement = format!("DELETE FROM {} WHERE id = $1 RETURNING expires, payload", SLOTS.table(expires));
        let row = sqlx::query(AssertSqlSafe(statement)).bind(id).fetch_optional(self.pool()).await?;
        let Some(row) = row else { return Ok(None) };
        let expires: i64 = row.try_get("expires")?;
        Ok(if now.as_second() < expires { Some(row.try_get("payload")?) } else { None })
    }
}
