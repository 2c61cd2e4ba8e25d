//! The rows of applications.

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Executor, Row as _};

use super::ApplicationId;
use crate::App;
use crate::error::{Error, Result};
use crate::lifecycle::{State, in_japan};
use crate::store::moment;

/// An application as it stands.
#[derive(Debug, Clone)]
pub(crate) struct Application {
    pub(crate) id: ApplicationId,
    pub(crate) organisation: String,
    /// The organisation's name.
    pub(crate) company: String,
    pub(crate) title: String,
    /// The client's name in the protocol.
    pub(crate) client_id: String,
    pub(crate) state: State,
    pub(crate) round: i64,
    pub(super) version: i64,
    pub(crate) changed: Timestamp,
}

impl Application {
    /// When something happened last, in Japan's time.
    pub(crate) fn when(&self) -> String {
        in_japan(self.changed).strftime("%Y/%m/%d %H:%M").to_string()
    }
}

const COLUMNS: &str = "SELECT applications.*, organisations.name AS company FROM applications \
                       JOIN organisations ON organisations.id = applications.organisation";

fn select(rest: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("{COLUMNS} {rest}"))
}

pub(super) fn read(row: &AnyRow) -> Result<Application> {
    let damaged = || Error::Damaged("applications");
    let state: String = row.try_get("state")?;
    Ok(Application {
        id: ApplicationId::try_from(row.try_get::<String, _>("id")?).map_err(|_| damaged())?,
        organisation: row.try_get("organisation")?,
        company: row.try_get("company")?,
        title: row.try_get("title")?,
        client_id: row.try_get("client_id")?,
        state: serde_json::from_str(&state).map_err(|_| damaged())?,
        round: row.try_get("round")?,
        version: row.try_get("version")?,
        changed: moment(row.try_get("changed")?)?,
    })
}

/// An application; with an organisation, only if it is that one's.
pub(crate) async fn find<'e>(
    executor: impl Executor<'e, Database = Any>,
    id: &ApplicationId,
    organisation: Option<&str>,
) -> Result<Option<Application>> {
    let row = sqlx::query(select("WHERE applications.id = $1 AND ($2 = '' OR organisation = $2)"))
        .bind(id.as_str())
        .bind(organisation.unwrap_or_default())
        .fetch_optional(executor)
        .await?;
    row.as_ref().map(read).transpose()
}

/// The applications of an organisation, the newest first.
pub(crate) async fn of_organisation(app: &App, organisation: &str) -> Result<Vec<Application>> {
    let rows = sqlx::query(select("WHERE organisation = $1 ORDER BY applications.created DESC, applications.id"))
        .bind(organisation)
        .fetch_all(app.store().pool())
        .await?;
    rows.iter().map(read).collect()
}

/// All applications, what waits longest first.
pub(crate) async fn all(app: &App) -> Result<Vec<Application>> {
    let rows =
        sqlx::query(select("ORDER BY applications.changed, applications.id")).fetch_all(app.store().pool()).await?;
    rows.iter().map(read).collect()
}

/// Applications for which something announced takes effect on a day (`2026-12-06`) or before.
pub(super) async fn due(app: &App, today: &str) -> Result<Vec<Application>> {
    let rows = sqlx::query(select("WHERE due <> '' AND due <= $1")).bind(today).fetch_all(app.store().pool()).await?;
    rows.iter().map(read).collect()
}

/// What was found of a requirement.
#[derive(Debug, Clone)]
pub(crate) struct Check {
    pub(crate) requirement: String,
    pub(crate) met: bool,
    pub(crate) evidence: String,
    pub(crate) by: String,
    pub(crate) at: Timestamp,
}

impl Check {
    /// The day it was found, in Japan.
    pub(crate) fn day(&self) -> String {
        in_japan(self.at).date().to_string()
    }
}

/// What was found of an application's requirements.
pub(crate) async fn checks(app: &App, id: &ApplicationId) -> Result<Vec<Check>> {
    let rows = sqlx::query("SELECT * FROM requirement_checks WHERE application = $1 ORDER BY requirement")
        .bind(id.as_str())
        .fetch_all(app.store().pool())
        .await?;
    let read = |row: &AnyRow| {
        Ok(Check {
            requirement: row.try_get("requirement")?,
            met: row.try_get::<i64, _>("met")? != 0,
            evidence: row.try_get("evidence")?,
            by: row.try_get("checked_by")?,
            at: moment(row.try_get("checked")?)?,
        })
    };
    rows.iter().map(read).collect()
}
