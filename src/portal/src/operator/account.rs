//! Accounts of the operator's staff, and who is signed in.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::Timestamp;
use sqlx::Row as _;

use crate::audit::{self, Actor, Deed};
use crate::desk::{self, Desk, Patience, may_try};
use crate::error::Result;
use crate::secrets::fresh_id;
use crate::web::Failure;
use crate::{App, Store};

/// Somebody of the operator's staff. As an extractor it sends others to sign in.
#[derive(Debug, Clone)]
pub(crate) struct Operator {
    pub(super) id: String,
    pub(crate) name: String,
}

impl Operator {
    /// The same as the audit trail names them.
    pub(crate) fn actor(&self) -> Actor {
        actor(&self.name)
    }
}

fn actor(name: &str) -> Actor {
    Actor { desk: Some(Desk::Operator), name: name.to_owned() }
}

impl FromRequestParts<App> for Operator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let failed = |error| Failure::from(error).into_response();
        let id = desk::person(app, Desk::Operator, &parts.headers).await.map_err(failed)?;
        let found = match id {
            Some(id) => by(app, "id", &id).await.map_err(failed)?,
            None => None,
        };
        found.map(|(operator, _)| operator).ok_or_else(|| Redirect::to("/operator/sign-in").into_response())
    }
}

/// An operator and the password's hash, by id or name.
async fn by(app: &App, column: &'static str, value: &str) -> Result<Option<(Operator, String)>> {
    let statement = format!("SELECT id, name, password FROM operators WHERE {column} = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(statement)).bind(value).fetch_optional(app.store().pool()).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((Operator { id: row.try_get("id")?, name: row.try_get("name")? }, row.try_get("password")?)))
}

/// What a password led to.
pub(super) enum Proof {
    Known(Operator),
    Unknown,
    TooOften,
}

/// Compares a name's password. Wrong ones are counted.
pub(super) async fn prove(app: &App, name: &str, password: &str) -> Result<Proof> {
    let counted = format!("operator {name}");
    if !may_try(app, Patience::ACCOUNT, &counted).await? {
        return Ok(Proof::TooOften);
    }
    let (operator, hash) = by(app, "name", name).await?.unzip();
    let known = desk::verify(hash, password).await?;
    let Some(operator) = operator.filter(|_| known) else { return Ok(Proof::Unknown) };
    desk::forgive(app, Patience::ACCOUNT, &counted).await?;
    Ok(Proof::Known(operator))
}

/// Makes an account, or gives one a new password and ends its sessions.
pub(super) async fn put(store: &Store, name: &str, password: &str, now: Timestamp) -> Result<()> {
    let mut transaction = store.begin().await?;
    sqlx::query("DELETE FROM desk_sessions WHERE desk = $1 AND person IN (SELECT id FROM operators WHERE name = $2)")
        .bind(Desk::Operator.word())
        .bind(name)
        .execute(&mut *transaction)
        .await?;
    sqlx::query(
        "INSERT INTO operators (id, name, password, created) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (name) DO UPDATE SET password = excluded.password",
    )
    .bind(fresh_id()?)
    .bind(name)
    .bind(password)
    .bind(now.as_second())
    .execute(&mut *transaction)
    .await?;
    audit::write(&mut transaction, now, &actor(name), &Deed { what: "operator_account", ..Deed::default() }).await?;
    transaction.commit().await?;
    Ok(())
}

/// Removes an account with its sessions. False if there is none.
pub(super) async fn remove(store: &Store, name: &str, now: Timestamp) -> Result<bool> {
    let mut transaction = store.begin().await?;
    let row = sqlx::query("DELETE FROM operators WHERE name = $1 RETURNING id")
        .bind(name)
        .fetch_optional(&mut *transaction)
        .await?;
    let Some(row) = row else { return Ok(false) };
    sqlx::query("DELETE FROM desk_sessions WHERE desk = $1 AND person = $2")
        .bind(Desk::Operator.word())
        .bind(row.try_get::<String, _>("id")?)
        .execute(&mut *transaction)
        .await?;
    let deed = Deed { what: "operator_account_removed", ..Deed::default() };
    audit::write(&mut transaction, now, &actor(name), &deed).await?;
    transaction.commit().await?;
    Ok(true)
}

/// The names of all accounts.
pub(super) async fn names(store: &Store) -> Result<Vec<String>> {
    let rows = sqlx::query("SELECT name FROM operators ORDER BY name").fetch_all(store.pool()).await?;
    rows.iter().map(|row| Ok(row.try_get("name")?)).collect()
}
