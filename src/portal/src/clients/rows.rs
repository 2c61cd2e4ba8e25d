//! The clients' rows.

use jiff::Timestamp;
use jpki_oidc::client::Rules;
use jpki_oidc::{Client, Metadata};
use sqlx::any::AnyRow;
use sqlx::{Any, Executor, Row as _};

use super::{Registered, Standing, rules_of};
use crate::error::{Error, Result};
use crate::{App, Environment, Store};

const COLUMNS: &str = "id, metadata, secret, standing, name_ja, name_en";

/// The client with an id, however it stands.
pub(crate) async fn find(app: &App, id: &str) -> Result<Option<Registered>> {
    let statement = select("WHERE environment = $1 AND id = $2");
    let row = sqlx::query(sqlx::AssertSqlSafe(statement))
        .bind(app.config().environment().word())
        .bind(id)
        .fetch_optional(app.store().pool())
        .await?;
    row.map_or(Ok(None), |row| read(&row, rules_of(app.config())))
}

/// All clients of an environment, by id.
pub(crate) async fn all(store: &Store, environment: Environment, rules: Rules) -> Result<Vec<Registered>> {
    let statement = select("WHERE environment = $1 ORDER BY id");
    let rows = sqlx::query(sqlx::AssertSqlSafe(statement)).bind(environment.word()).fetch_all(store.pool()).await?;
    rows.iter().filter_map(|row| read(row, rules).transpose()).collect()
}

fn select(condition: &str) -> String {
    format!("SELECT {COLUMNS} FROM clients {condition}")
}

/// Stores a client, or what changed of it but its standing. One that was terminated stays as it is; false then.
pub(crate) async fn put<'e>(
    executor: impl Executor<'e, Database = Any>,
    environment: Environment,
    client: &Registered,
    now: Timestamp,
) -> Result<bool> {
    let metadata = serde_json::to_string(client.client.metadata()).map_err(|_| Error::Damaged("a client"))?;
    let done = sqlx::query(
        "INSERT INTO clients (environment, id, metadata, secret, standing, name_ja, name_en, created, changed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (environment, id) DO UPDATE SET \
         metadata = excluded.metadata, secret = excluded.secret, \
         name_ja = excluded.name_ja, name_en = excluded.name_en, changed = excluded.changed \
         WHERE clients.standing <> 'terminated'",
    )
    .bind(environment.word())
    .bind(client.client.id())
    .bind(metadata)
    .bind(&client.secret)
    .bind(client.standing.word())
    .bind(&client.name_ja)
    .bind(&client.name_en)
    .bind(now.as_second())
    .execute(executor)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Suspends, resumes or terminates a client. False if there is none that this could be done to: the end is final.
pub(crate) async fn set_standing<'e>(
    executor: impl Executor<'e, Database = Any>,
    environment: Environment,
    id: &str,
    standing: Standing,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE clients SET standing = $3, changed = $4 \
         WHERE environment = $1 AND id = $2 AND standing <> 'terminated'",
    )
    .bind(environment.word())
    .bind(id)
    .bind(standing.word())
    .bind(now.as_second())
    .execute(executor)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A client whose addresses this portal no longer accepts counts as unknown: a setting was tightened since.
fn read(row: &AnyRow, rules: Rules) -> Result<Option<Registered>> {
    let (id, metadata): (String, String) = (row.try_get("id")?, row.try_get("metadata")?);
    let metadata: Metadata = serde_json::from_str(&metadata).map_err(|_| Error::Damaged("clients"))?;
    let standing: String = row.try_get("standing")?;
    let standing = Standing::of_word(&standing).ok_or(Error::Damaged("clients"))?;
    let client = match Client::new(id, metadata, rules) {
        Ok(client) => client,
        Err(wrong) => {
            tracing::warn!(%wrong, "a registered client isn't accepted with the present settings");
            return Ok(None);
        }
    };
    let (name_ja, name_en) = (row.try_get("name_ja")?, row.try_get("name_en")?);
    Ok(Some(Registered { client, standing, name_ja, name_en, secret: row.try_get("secret")? }))
}
