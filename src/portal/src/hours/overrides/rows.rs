//! The rows of changes.

use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{Change, Override, Withdrawn};
use crate::App;
use crate::error::{Error, Result};
use crate::hours::{Span, Text};

/// The most changes that the operator is shown.
const MOST: i64 = 500;

const COLUMNS: &str = "id, kind, system, replaces, starts, ends, reason_ja, reason_en, author, made, withdrawn, \
                       withdrawn_by, withdrawn_because";

/// Writes a change down. False if another one replaces the same planned stop.
pub(super) async fn insert(app: &App, made: &Override, relevant_until: Timestamp) -> Result<bool> {
    let span = made.change.span();
    let done = sqlx::query(
        "INSERT INTO hours_overrides (id, environment, kind, system, replaces, starts, ends, relevant_until, reason_ja, \
         reason_en, author, made) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
    )
    .bind(&made.id)
    .bind(app.config().environment().word())
    .bind(made.change.kind().word())
    .bind(made.change.system())
    .bind(made.change.replaces())
    .bind(span.start.as_second())
    .bind(span.end.as_second())
    .bind(relevant_until.as_second())
    .bind(&made.reason.ja)
    .bind(&made.reason.en)
    .bind(&made.author)
    .bind(made.made.as_second())
    .execute(app.store().pool())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a change that holds and still matters.
pub(super) async fn withdraw(app: &App, id: &str, by: &str, because: &str) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE hours_overrides SET withdrawn = $1, withdrawn_by = $2, withdrawn_because = $3 \
         WHERE id = $4 AND environment = $5 AND withdrawn IS NULL AND relevant_until > $1",
    )
    .bind(app.now().as_second())
    .bind(by)
    .bind(because)
    .bind(id)
    .bind(app.config().environment().word())
    .execute(app.store().pool())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The changes in force that matter at a moment or later.
pub(crate) async fn since(app: &App, moment: Timestamp) -> Result<Vec<Override>> {
    let statement = select("WHERE environment = $1 AND withdrawn IS NULL AND relevant_until > $2 ORDER BY starts, id");
    let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
        .bind(app.config().environment().word())
        .bind(moment.as_second())
        .fetch_all(app.store().pool())
        .await?;
    rows.iter().map(read).collect()
}

/// All changes, the newest first, with those that were withdrawn; at most 500.
pub(crate) async fn list(app: &App) -> Result<Vec<Override>> {
    let statement = select("WHERE environment = $1 ORDER BY made DESC, id LIMIT $2");
    let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
        .bind(app.config().environment().word())
        .bind(MOST)
        .fetch_all(app.store().pool())
        .await?;
    rows.iter().map(read).collect()
}

fn select(rest: &str) -> String {
    format!("SELECT {COLUMNS} FROM hours_overrides {rest}")
}

fn read(row: &AnyRow) -> Result<Override> {
    let damaged = || Error::Damaged("hours_overrides");
    let time =
        |column: &str| -> Result<Timestamp> { Timestamp::from_second(row.try_get(column)?).map_err(|_| damaged()) };
    let word = |column: &str| -> Result<String> { row.try_get::<Option<String>, _>(column)?.ok_or_else(damaged) };
    let span = Span::new(time("starts")?, time("ends")?).ok_or_else(damaged)?;
    let kind: String = row.try_get("kind")?;
    let change = match kind.as_str() {
        "close" => Change::Close { system: word("system")?, span },
        "move" => Change::Move { system: word("system")?, window: word("replaces")?, span },
        "cancel" => Change::Cancel { system: word("system")?, window: word("replaces")?, span },
        "announce" => Change::Announce { span },
        _ => return Err(damaged()),
    };
    let withdrawn = match row.try_get::<Option<i64>, _>("withdrawn")? {
        Some(at) => Some(Withdrawn {
            at: Timestamp::from_second(at).map_err(|_| damaged())?,
            by: word("withdrawn_by")?,
            because: word("withdrawn_because")?,
        }),
        None => None,
    };
    Ok(Override {
        id: row.try_get("id")?,
        change,
        reason: Text { ja: row.try_get("reason_ja")?, en: row.try_get("reason_en")? },
        author: row.try_get("author")?,
        made: time("made")?,
        withdrawn,
    })
}
