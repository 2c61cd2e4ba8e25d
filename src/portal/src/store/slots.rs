//! Tables that are emptied as a whole instead of row by row, so that what is short-lived never makes the database grow.
//!
//! Time is cut into slots; a row lies in the table of the slot in which it expires. A table whose slot has passed is
//! emptied (SQLite drops its pages, PostgreSQL truncates it) before its turn comes again.

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row as _};

use super::{Kind, Store};
use crate::error::Result;

/// Bytes of an empty table's indexes that are worth a lock.
const WORTHWHILE: u32 = 1 << 20;

/// A ring of tables with the same columns.
#[derive(Debug)]
pub(crate) struct Slots {
    tables: &'static [&'static str],
    /// Seconds of one slot.
    width: i64,
}

impl Slots {
    /// A ring of at least three tables.
    pub(crate) const fn new(tables: &'static [&'static str], width: i64) -> Self {
        assert!(tables.len() >= 3 && width > 0);
        Self { tables, width }
    }

    /// The longest that a row may live, in seconds: one table is always being emptied, one always partly over.
    pub(crate) const fn longest(&self) -> i64 {
        (self.tables.len() as i64 - 2) * self.width
    }

    /// All tables, for what is looked for by something else than its end.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &'static str> {
        self.tables.iter().copied()
    }

    /// The table for what expires at a moment, which is no further away than [`longest`](Self::longest).
    pub(crate) fn table(&self, expires: Timestamp) -> &'static str {
        self.at(expires.as_second().div_euclid(self.width))
    }

    fn at(&self, slot: i64) -> &'static str {
        self.tables[slot.rem_euclid(self.tables.len() as i64) as usize]
    }

    /// Empties the table whose slot passed last, and cuts back what others hold on to.
    pub(crate) async fn sweep(&self, store: &Store, now: Timestamp) -> Result<()> {
        let table = self.at(now.as_second().div_euclid(self.width) - 1);
        let any = format!("SELECT 1 FROM {table} LIMIT 1");
        // A table that is empty already is left alone: emptying takes a lock.
        if sqlx::query(AssertSqlSafe(any)).fetch_optional(store.pool()).await?.is_some() {
            let statement = match store.kind {
                Kind::Sqlite => format!("DELETE FROM {table}"),
                Kind::Postgres => format!("TRUNCATE {table}"),
            };
            sqlx::query(AssertSqlSafe(statement)).execute(store.pool()).await?;
        }
        match store.kind {
            Kind::Sqlite => Ok(()),
            Kind::Postgres => self.cut(store).await,
        }
    }

    /// Gives back the indexes of tables whose rows were all deleted: PostgreSQL keeps their pages (manual, 24.2). A table that
    /// somebody uses just now is left for the next time.
    async fn cut(&self, store: &Store) -> Result<()> {
        let names: Vec<_> = self.tables().map(|table| format!("'{table}'")).collect();
        let grown = format!(
            "SELECT CAST(relname AS TEXT) FROM pg_class WHERE relnamespace = CAST(current_schema() AS REGNAMESPACE) \
             AND relname IN ({}) AND pg_indexes_size(oid) > {WORTHWHILE}",
            names.join(", ")
        );
        for row in sqlx::query(AssertSqlSafe(grown)).fetch_all(store.pool()).await? {
            let table: String = row.try_get(0)?;
            let mut transaction = store.begin().await?;
            let lock = format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE NOWAIT");
            if sqlx::query(AssertSqlSafe(lock)).execute(&mut *transaction).await.is_err() {
                continue;
            }
            let any = format!("SELECT 1 FROM {table} LIMIT 1");
            if sqlx::query(AssertSqlSafe(any)).fetch_optional(&mut *transaction).await?.is_none() {
                sqlx::query(AssertSqlSafe(format!("TRUNCATE {table}"))).execute(&mut *transaction).await?;
                transaction.commit().await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOTS: Slots = Slots::new(&["a", "b", "c", "d"], 60);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn no_row_that_lives_lies_in_the_table_being_emptied() {
        assert_eq!(SLOTS.longest(), 120);
        for now in 0..600 {
            let emptied = SLOTS.at(at(now).as_second().div_euclid(60) - 1);
            for life in 0..=SLOTS.longest() {
                assert_ne!(SLOTS.table(at(now + life)), emptied, "at {now}, {life} s to live");
            }
        }
    }
}
