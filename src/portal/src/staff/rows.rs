//! Organisations and their staff.

use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use super::Staff;
use crate::App;
use crate::audit::{self, Actor, Deed};
use crate::desk::Desk;
use crate::error::Result;
use crate::secrets::fresh_id;

/// What kinds of organisations may apply (guideline U, 1.2): word, Japanese, English.
pub(super) const KINDS: [(&str, &str, &str); 5] = [
    ("private", "民間事業者", "Private business"),
    ("administrative", "行政機関等", "Administrative organ"),
    ("state", "国の機関", "State organ"),
    ("local", "地方公共団体", "Local government"),
    ("other", "その他", "Other"),
];

/// Somebody who signed up and hasn't answered the mail.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Candidate {
    pub(super) mail: String,
    pub(super) name: String,
    pub(super) organisation: String,
    pub(super) kind: String,
    /// The hash of the password.
    pub(super) password: String,
}

/// Somebody by id.
pub(super) async fn staff(app: &App, id: &str) -> Result<Option<Staff>> {
    let row = sqlx::query(
        "SELECT staff.id, staff.name, staff.organisation, organisations.name AS company FROM staff \
         JOIN organisations ON organisations.id = staff.organisation WHERE staff.id = $1",
    )
    .bind(id)
    .fetch_optional(app.store().pool())
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Staff {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        organisation: row.try_get("organisation")?,
        company: row.try_get("company")?,
    }))
}

/// The id and the password's hash of an address.
pub(super) async fn by_mail(app: &App, mail: &str) -> Result<Option<(String, String)>> {
    let row = sqlx::query("SELECT id, password FROM staff WHERE mail = $1")
        .bind(mail)
        .fetch_optional(app.store().pool())
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((row.try_get("id")?, row.try_get("password")?)))
}

/// Makes an account with its organisation. `None` if the address has one.
pub(super) async fn create(app: &App, candidate: &Candidate) -> Result<Option<String>> {
    let (id, organisation, now) = (fresh_id()?, fresh_id()?, app.now());
    let mut transaction = app.store().begin().await?;
    sqlx::query("INSERT INTO organisations (id, kind, name, created) VALUES ($1, $2, $3, $4)")
        .bind(&organisation)
        .bind(&candidate.kind)
        .bind(&candidate.organisation)
        .bind(now.as_second())
        .execute(&mut *transaction)
        .await?;
    let done = sqlx::query(
        "INSERT INTO staff (id, organisation, mail, name, password, created) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (mail) DO NOTHING",
    )
    .bind(&id)
    .bind(&organisation)
    .bind(&candidate.mail)
    .bind(&candidate.name)
    .bind(&candidate.password)
    .bind(now.as_second())
    .execute(&mut *transaction)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(None);
    }
    let actor = Actor { desk: Some(Desk::Staff), name: id.clone() };
    let deed = Deed { what: "sign_up", organisation: &organisation, after: &candidate.organisation, ..Deed::default() };
    audit::write(&mut transaction, now, &actor, &deed).await?;
    transaction.commit().await?;
    Ok(Some(id))
}

/// Changes a password, if it is still the one it was.
pub(super) async fn change_password(app: &App, id: &str, before: &str, after: &str) -> Result<bool> {
    let now = app.now();
    let mut transaction = app.store().begin().await?;
    let row = sqlx::query("UPDATE staff SET password = $1 WHERE id = $2 AND password = $3 RETURNING organisation")
        .bind(after)
        .bind(id)
        .bind(before)
        .fetch_optional(&mut *transaction)
        .await?;
    let Some(row) = row else { return Ok(false) };
    let organisation: String = row.try_get("organisation")?;
    let actor = Actor { desk: Some(Desk::Staff), name: id.to_owned() };
    let deed = Deed { what: "reset_password", organisation: &organisation, ..Deed::default() };
    audit::write(&mut transaction, now, &actor, &deed).await?;
    transaction.commit().await?;
    Ok(true)
}
