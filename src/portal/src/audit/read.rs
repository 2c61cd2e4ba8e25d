//! Reading the trail: filtered, page by page, and the proof that it is whole.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::chained;
use crate::App;
use crate::error::Result;
use crate::lifecycle::in_japan;
use crate::store::moment;

/// How many rows a page shows.
pub(crate) const PAGE: i64 = 100;

/// A row of the trail.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) number: i64,
    #[serde(serialize_with = "as_text")]
    pub(crate) written: Timestamp,
    pub(crate) desk: String,
    pub(crate) actor: String,
    pub(crate) deed: String,
    pub(crate) organisation: String,
    pub(crate) application: String,
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) note: String,
    pub(crate) digest: String,
}

impl Row {
    /// When it was written, in Japan's time.
    pub(crate) fn when(&self) -> String {
        in_japan(self.written).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }
}

fn as_text<S: serde::Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(moment)
}

/// Which rows; an empty text is any.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) application: String,
    pub(crate) actor: String,
    pub(crate) deed: String,
    /// Only rows with a smaller number.
    pub(crate) before: Option<i64>,
}

/// The newest rows that a filter lets through, at most `most`.
pub(crate) async fn list(app: &App, filter: &Filter, most: i64) -> Result<Vec<Row>> {
    let rows = sqlx::query(
        "SELECT * FROM audit WHERE ($1 = '' OR application = $1) AND ($2 = '' OR actor = $2) \
         AND ($3 = '' OR deed = $3) AND number < $4 ORDER BY number DESC LIMIT $5",
    )
    .bind(&filter.application)
    .bind(&filter.actor)
    .bind(&filter.deed)
    .bind(filter.before.unwrap_or(i64::MAX))
    .bind(most)
    .fetch_all(app.store().pool())
    .await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<Row> {
    Ok(Row {
        number: row.try_get("number")?,
        written: moment(row.try_get("written")?)?,
        desk: row.try_get("desk")?,
        actor: row.try_get("actor")?,
        deed: row.try_get("deed")?,
        organisation: row.try_get("organisation")?,
        application: row.try_get("application")?,
        before: row.try_get("before")?,
        after: row.try_get("after")?,
        note: row.try_get("note")?,
        digest: row.try_get("digest")?,
    })
}

/// Whether no row was changed, removed or slipped in.
pub(crate) async fn is_unbroken(app: &App) -> Result<bool> {
    let (mut last, mut number) = (String::new(), 0);
    loop {
        let rows = sqlx::query("SELECT * FROM audit WHERE number > $1 ORDER BY number LIMIT 500")
            .bind(number)
            .fetch_all(app.store().pool())
            .await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let row = read(row)?;
            let fields = [
                &*row.desk,
                &row.actor,
                &row.deed,
                &row.organisation,
                &row.application,
                &row.before,
                &row.after,
                &row.note,
            ];
            let whole =
                row.number == number + 1 && chained(&last, row.number, row.written.as_second(), &fields) == row.digest;
            if !whole {
                return Ok(false);
            }
            (last, number) = (row.digest, row.number);
        }
    }
    let head = sqlx::query("SELECT number, digest FROM audit_head WHERE id = 1").fetch_one(app.store().pool()).await?;
    // A row that was added meanwhile is beyond what was read.
    Ok(head.try_get::<i64, _>("number")? > number || head.try_get::<String, _>("digest")? == last)
}
