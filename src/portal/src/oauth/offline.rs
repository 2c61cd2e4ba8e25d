//! Refresh tokens (`offline_access`): each is good once and brings the next. One that comes a second time was stolen from somebody,
//! so nothing of its grant counts any more (RFC 9700, 4.14.2).

use jiff::{SignedDuration, Timestamp};
use jpki_oidc::Scopes;
use jpki_oidc::provider::Code;
use sqlx::{AssertSqlSafe, Row as _};

use super::sign_on;
use crate::App;
use crate::error::{Error, Result};
use crate::secrets::{fresh_id, fresh_token};
use crate::store::Store;

/// How long a refresh token waits to be used.
const WAITS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long a grant lasts, however often it is renewed. Then the person is asked again.
const LASTS: SignedDuration = SignedDuration::from_hours(365 * 24);

const LABEL: &str = "refresh token";

/// What a refresh token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// Its name inside the portal.
    pub(crate) id: String,
    /// By what the client knows the person.
    pub(crate) subject: String,
    /// The link that it rests on.
    pub(crate) link: String,
    /// What was granted.
    pub(crate) scopes: Scopes,
    /// When the token is over, if it isn't used.
    pub(crate) expires: Timestamp,
}

/// Begins a grant for a redeemed code, and returns its first refresh token.
pub(super) async fn begin(app: &App, code: &Code, link: &str) -> Result<String> {
    let (id, secret) = (fresh_id()?, fresh_token()?);
    let now = app.now();
    sqlx::query(
        "INSERT INTO offline_grants (id, environment, client, link, subject, scopes, sign_on, secret, ends, expires) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(&id)
    .bind(app.config().environment().word())
    .bind(&code.client_id)
    .bind(link)
    .bind(&code.granted.subject)
    .bind(code.granted.scopes.to_string())
    .bind(sign_on::Name::of(code)?.to_string())
    .bind(app.secrets().hash(LABEL, secret.as_bytes()))
    .bind(later(now, LASTS)?)
    .bind(later(now, WAITS)?)
    .execute(app.store().pool())
    .await?;
    Ok(format!("{id}.{secret}"))
}

fn later(now: Timestamp, by: SignedDuration) -> Result<i64> {
    Ok(now.saturating_add(by).map_err(|_| Error::Damaged("the clock"))?.as_second())
}

/// Uses a client's refresh token up, and returns the next. If it was used before, the grant is over.
pub(super) async fn renew(app: &App, token: &str, client: &str) -> Result<Option<(Grant, String)>> {
    let Some((id, secret)) = token.split_once('.') else { return Ok(None) };
    let next = fresh_token()?;
    let now = app.now();
    let row = sqlx::query(
        "UPDATE offline_grants SET secret = $1, expires = CASE WHEN ends < $2 THEN ends ELSE $2 END \
         WHERE id = $3 AND client = $4 AND environment = $5 AND secret = $6 AND expires > $7 \
         RETURNING id, subject, link, scopes, expires",
    )
    .bind(app.secrets().hash(LABEL, next.as_bytes()))
    .bind(later(now, WAITS)?)
    .bind(id)
    .bind(client)
    .bind(app.config().environment().word())
    .bind(app.secrets().hash(LABEL, secret.as_bytes()))
    .bind(now.as_second())
    .fetch_optional(app.store().pool())
    .await?;
    match row {
        Some(row) => Ok(Some((read(&row)?, format!("{id}.{next}")))),
        None => {
            if end(app.store(), id, client).await? {
                tracing::warn!(client, "a refresh token came a second time or too late: its grant is over");
            }
            Ok(None)
        }
    }
}

fn read(row: &sqlx::any::AnyRow) -> Result<Grant> {
    let scopes: String = row.try_get("scopes")?;
    Ok(Grant {
        id: row.try_get("id")?,
        subject: row.try_get("subject")?,
        link: row.try_get("link")?,
        scopes: Scopes::parse(&scopes).map_err(|_| Error::Damaged("offline grants"))?,
        expires: crate::store::moment(row.try_get("expires")?)?,
    })
}

/// A client's grant by its name: what access tokens rest on that were refreshed.
pub(super) async fn find(app: &App, id: &str, client: &str) -> Result<Option<Grant>> {
    let statement = select("id = $1 AND client = $2 AND expires > $3");
    let row = sqlx::query(AssertSqlSafe(statement))
        .bind(id)
        .bind(client)
        .bind(app.now().as_second())
        .fetch_optional(app.store().pool())
        .await?;
    row.as_ref().map(read).transpose()
}

/// What a client's refresh token stands for, without using it (RFC 7662).
pub(crate) async fn standing_of(app: &App, token: &str, client: &str) -> Result<Option<Grant>> {
    let Some((id, secret)) = token.split_once('.') else { return Ok(None) };
    let statement = select("id = $1 AND client = $2 AND secret = $3 AND expires > $4");
    let row = sqlx::query(AssertSqlSafe(statement))
        .bind(id)
        .bind(client)
        .bind(app.secrets().hash(LABEL, secret.as_bytes()))
        .bind(app.now().as_second())
        .fetch_optional(app.store().pool())
        .await?;
    row.as_ref().map(read).transpose()
}

fn select(condition: &str) -> String {
    format!("SELECT id, subject, link, scopes, expires FROM offline_grants WHERE {condition}")
}

/// Ends the grant of a client's refresh token, even of one used before (RFC 7009), and the access token that came with the first of
/// them. True if it went on until now.
pub(crate) async fn revoke(app: &App, token: &str, client: &str) -> Result<bool> {
    let Some((id, _)) = token.split_once('.') else { return Ok(false) };
    end(app.store(), id, client).await
}

/// Ends a client's grant and the sign-on with which it began: whatever access token there is rests on one of them.
pub(super) async fn end(store: &Store, id: &str, client: &str) -> Result<bool> {
    let mut transaction = store.begin().await?;
    let statement = "DELETE FROM offline_grants WHERE id = $1 AND client = $2 RETURNING sign_on";
    let row = sqlx::query(statement).bind(id).bind(client).fetch_optional(&mut *transaction).await?;
    let Some(row) = row else { return Ok(false) };
    let name: String = row.try_get("sign_on")?;
    sign_on::revoke_one(&mut transaction, &name, client).await?;
    transaction.commit().await?;
    Ok(true)
}

/// Ends all that was given to a client for a code, by the name of its sign-on.
pub(super) async fn end_of_sign_on(store: &Store, name: &str, client: &str) -> Result<()> {
    let mut transaction = store.begin().await?;
    sign_on::revoke_one(&mut transaction, name, client).await?;
    sqlx::query("DELETE FROM offline_grants WHERE sign_on = $1").bind(name).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// Ends all grants that rest on a link, when it ends (属性連携解除).
pub(crate) async fn forget_link(connection: &mut sqlx::AnyConnection, link: &str) -> Result<()> {
    sqlx::query("DELETE FROM offline_grants WHERE link = $1").bind(link).execute(connection).await?;
    Ok(())
}

pub(super) async fn sweep(store: &Store, now: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM offline_grants WHERE expires <= $1").bind(now.as_second()).execute(store.pool()).await?;
    Ok(())
}
