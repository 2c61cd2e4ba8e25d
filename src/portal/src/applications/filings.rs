//! Forms as they were filed: every version is kept.

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, Executor, Row as _, Transaction};

use super::{Application, ApplicationId};
use crate::App;
use crate::error::{Error, Result};
use crate::lifecycle::{Content, FormId, in_japan};
use crate::store::moment;

/// A version of a form.
#[derive(Debug, Clone)]
pub(crate) struct Filing {
    pub(crate) form: FormId,
    pub(crate) version: i64,
    pub(crate) content: Content,
    pub(crate) revision: String,
    pub(crate) filed: Timestamp,
    /// Who filed it, by name.
    pub(crate) by: String,
    pub(crate) is_agreed: bool,
    /// Whether it belonged to a change that was given up.
    pub(crate) is_dropped: bool,
}

impl Filing {
    /// When it was filed, in Japan's time.
    pub(crate) fn when(&self) -> String {
        in_japan(self.filed).strftime("%Y/%m/%d %H:%M").to_string()
    }
}

const SELECT: &str =
    "SELECT filings.*, staff.name AS author FROM filings LEFT JOIN staff ON staff.id = filings.filed_by";

fn read(row: &AnyRow) -> Result<Filing> {
    let content: String = row.try_get("content")?;
    Ok(Filing {
        form: FormId(row.try_get("form")?),
        version: row.try_get("version")?,
        content: serde_json::from_str(&content).map_err(|_| Error::Damaged("filings"))?,
        revision: row.try_get("revision")?,
        filed: moment(row.try_get("filed")?)?,
        by: row.try_get::<Option<String>, _>("author")?.unwrap_or_default(),
        is_agreed: row.try_get::<i64, _>("agreed")? != 0,
        is_dropped: row.try_get::<i64, _>("dropped")? != 0,
    })
}

/// All versions of all forms of an application, the newest first.
pub(crate) async fn filings(app: &App, id: &ApplicationId) -> Result<Vec<Filing>> {
    let statement = format!("{SELECT} WHERE application = $1 ORDER BY filed DESC, form, version DESC");
    let rows = sqlx::query(sqlx::AssertSqlSafe(statement)).bind(id.as_str()).fetch_all(app.store().pool()).await?;
    rows.iter().map(read).collect()
}

/// One version.
pub(crate) async fn filing(app: &App, id: &ApplicationId, form: &FormId, version: i64) -> Result<Option<Filing>> {
    let statement = format!("{SELECT} WHERE application = $1 AND form = $2 AND version = $3");
    let row = sqlx::query(sqlx::AssertSqlSafe(statement))
        .bind(id.as_str())
        .bind(&form.0)
        .bind(version)
        .fetch_optional(app.store().pool())
        .await?;
    row.as_ref().map(read).transpose()
}

/// The newest version that wasn't given up.
pub(crate) async fn latest(app: &App, id: &ApplicationId, form: &FormId) -> Result<Option<Filing>> {
    let statement =
        format!("{SELECT} WHERE application = $1 AND form = $2 AND dropped = 0 ORDER BY version DESC LIMIT 1");
    one(app.store().pool(), statement, id, form).await
}

/// The newest version that is agreed on, of those before another.
pub(crate) async fn agreed_before<'e>(
    executor: impl Executor<'e, Database = Any>,
    id: &ApplicationId,
    form: &FormId,
    version: i64,
) -> Result<Option<Filing>> {
    let statement = format!(
        "{SELECT} WHERE application = $1 AND form = $2 AND dropped = 0 AND agreed > 0 AND version < {version} \
         ORDER BY version DESC LIMIT 1"
    );
    one(executor, statement, id, form).await
}

async fn one<'e>(
    executor: impl Executor<'e, Database = Any>,
    statement: String,
    id: &ApplicationId,
    form: &FormId,
) -> Result<Option<Filing>> {
    let row =
        sqlx::query(sqlx::AssertSqlSafe(statement)).bind(id.as_str()).bind(&form.0).fetch_optional(executor).await?;
    row.as_ref().map(read).transpose()
}

/// Keeps a new version. Returns its number.
pub(super) async fn keep(
    transaction: &mut Transaction<'static, Any>,
    application: &Application,
    form: &FormId,
    content: &Content,
    revision: &str,
    by: &str,
    now: Timestamp,
) -> Result<i64> {
    let content = serde_json::to_string(content).map_err(|_| Error::Damaged("a form"))?;
    let row = sqlx::query(
        "INSERT INTO filings (application, form, version, round, content, revision, filed, filed_by, agreed, dropped) \
         VALUES ($1, $2, (SELECT COALESCE(MAX(version), 0) + 1 FROM filings WHERE application = $1 AND form = $2), \
         $3, $4, $5, $6, $7, 0, 0) RETURNING version",
    )
    .bind(application.id.as_str())
    .bind(&form.0)
    .bind(application.round)
    .bind(content)
    .bind(revision)
    .bind(now.as_second())
    .bind(by)
    .fetch_one(&mut **transaction)
    .await?;
    Ok(row.try_get("version")?)
}

/// Marks the newest version of a form as agreed on.
pub(super) async fn agree(
    transaction: &mut Transaction<'static, Any>,
    application: &Application,
    form: &FormId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "UPDATE filings SET agreed = $1 WHERE application = $2 AND form = $3 AND version = \
         (SELECT MAX(version) FROM filings WHERE application = $2 AND form = $3)",
    )
    .bind(now.as_second())
    .bind(application.id.as_str())
    .bind(&form.0)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Marks what belongs to the present change as given up: forms and access rights.
pub(super) async fn drop_round(
    transaction: &mut Transaction<'static, Any>,
    application: &Application,
    now: Timestamp,
) -> Result<()> {
    for statement in [
        "UPDATE filings SET dropped = $1 WHERE application = $2 AND round = $3",
        "UPDATE access_rights SET dropped = $1 WHERE application = $2 AND round = $3",
    ] {
        sqlx::query(statement)
            .bind(now.as_second())
            .bind(application.id.as_str())
            .bind(application.round)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}
