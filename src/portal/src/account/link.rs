//! Links of an account with services (属性連携): a random name for each (仮名), and what the person agreed to.

use jiff::Timestamp;
use jpki_oidc::Scopes;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

use super::{AccountId, Event, What, record};
use crate::error::{Error, Result};
use crate::secrets::{fresh_id, fresh_token};
use crate::store::moment;
use crate::{App, oauth};

/// What somebody agreed to: scopes of a service, none for the portal itself, and in which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Consent {
    /// The service, none for the portal itself.
    pub(crate) client: Option<String>,
    /// What it may.
    pub(crate) scopes: Scopes,
    /// The version of the text that was agreed to.
    pub(crate) version: String,
}

impl Consent {
    /// To using the portal.
    pub(crate) fn to_portal(version: &str) -> Self {
        Self { client: None, scopes: Scopes::default(), version: version.to_owned() }
    }

    /// To linking with a service.
    pub(crate) fn to_service(client: &str, scopes: Scopes, version: &str) -> Self {
        Self { client: Some(client.to_owned()), scopes, version: version.to_owned() }
    }
}

/// An account's link with a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// Its name inside the portal.
    pub(crate) id: String,
    /// Whose it is.
    pub(crate) account: AccountId,
    /// The service.
    pub(crate) client: String,
    /// 仮名: by what the service knows the person. Random, of this link alone, gone with it.
    pub(crate) subject: String,
    /// What the person agreed to so far.
    pub(crate) scopes: Scopes,
    /// The version of the text that was agreed to last.
    pub(crate) consent: String,
    /// Since when.
    pub(crate) linked: Timestamp,
    /// When the person agreed last.
    pub(crate) agreed: Timestamp,
}

const COLUMNS: &str = "id, account, client, subject, scopes, consent, linked, agreed";

/// Links an account with the service of a consent, or adds to what the link already allows, and records it.
///
/// # Errors
/// Those of the database; [`Error::Damaged`] for a consent without service.
pub(crate) async fn link(
    app: &App,
    connection: &mut AnyConnection,
    account: &AccountId,
    consent: Consent,
) -> Result<Link> {
    let client = consent.client.clone().ok_or(Error::Damaged("a consent"))?;
    let now = app.now();
    let before = select(connection, account, &client).await?;
    let what = match &before {
        None => What::Linked,
        Some(before) if consent.scopes.are_within(&before.scopes) => What::AgreedAgain,
        Some(_) => What::Widened,
    };
    let scopes = before.map_or_else(|| consent.scopes.clone(), |before| before.scopes.or(&consent.scopes));
    let statement = format!(
        "INSERT INTO links ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (account, client) \
         DO UPDATE SET scopes = excluded.scopes, consent = excluded.consent, agreed = excluded.agreed RETURNING {COLUMNS}"
    );
    let row = sqlx::query(AssertSqlSafe(statement))
        .bind(fresh_id()?)
        .bind(account.as_str())
        .bind(&client)
        .bind(fresh_token()?)
        .bind(scopes.to_string())
        .bind(&consent.version)
        .bind(now.as_second())
        .fetch_one(&mut *connection)
        .await?;
    let link = read(&row)?;
    record(connection, account, &Event::now(now, what, consent)).await?;
    Ok(link)
}

/// The link of an account with a service.
pub(crate) async fn link_with(app: &App, account: &AccountId, client: &str) -> Result<Option<Link>> {
    let mut connection = app.store().pool().acquire().await?;
    select(&mut connection, account, client).await
}

async fn select(connection: &mut AnyConnection, account: &AccountId, client: &str) -> Result<Option<Link>> {
    let statement = format!("SELECT {COLUMNS} FROM links WHERE account = $1 AND client = $2");
    let row =
        sqlx::query(AssertSqlSafe(statement)).bind(account.as_str()).bind(client).fetch_optional(connection).await?;
    row.as_ref().map(read).transpose()
}

/// A link by its name, for as long as it lasts.
pub(crate) async fn find_link(app: &App, id: &str) -> Result<Option<Link>> {
    let statement = format!("SELECT {COLUMNS} FROM links WHERE id = $1");
    let row = sqlx::query(AssertSqlSafe(statement)).bind(id).fetch_optional(app.store().pool()).await?;
    row.as_ref().map(read).transpose()
}

/// All links of an account, the newest first.
pub(crate) async fn links(app: &App, account: &AccountId) -> Result<Vec<Link>> {
    let statement = format!("SELECT {COLUMNS} FROM links WHERE account = $1 ORDER BY linked DESC, id");
    let rows = sqlx::query(AssertSqlSafe(statement)).bind(account.as_str()).fetch_all(app.store().pool()).await?;
    rows.iter().map(read).collect()
}

/// Unlinks (属性連携解除): the subject is gone for good, what was agreed is no longer, no token is refreshed. Sign-ons that the service already has go on
/// (guideline for delivery services, 2.2.2 (2)). The link that was, or nothing if the account has none of this name.
pub(crate) async fn unlink(app: &App, account: &AccountId, id: &str) -> Result<Option<Link>> {
    let mut transaction = app.store().begin().await?;
    let statement = format!("DELETE FROM links WHERE id = $1 AND account = $2 RETURNING {COLUMNS}");
    let row =
        sqlx::query(AssertSqlSafe(statement)).bind(id).bind(account.as_str()).fetch_optional(&mut *transaction).await?;
    let Some(link) = row.as_ref().map(read).transpose()? else { return Ok(None) };
    let withdrawn = Consent::to_service(&link.client, link.scopes.clone(), &link.consent);
    oauth::forget_link(&mut transaction, &link.id).await?;
    record(&mut transaction, account, &Event::now(app.now(), What::Unlinked, withdrawn)).await?;
    transaction.commit().await?;
    Ok(Some(link))
}

fn read(row: &AnyRow) -> Result<Link> {
    Ok(Link {
        id: row.try_get("id")?,
        account: AccountId::stored(row.try_get("account")?),
        client: row.try_get("client")?,
        subject: row.try_get("subject")?,
        scopes: scopes(row.try_get("scopes")?)?,
        consent: row.try_get("consent")?,
        linked: moment(row.try_get("linked")?)?,
        agreed: moment(row.try_get("agreed")?)?,
    })
}

/// Scopes as they are stored: with a space between.
pub(super) fn scopes(text: String) -> Result<Scopes> {
    Scopes::parse(&text).map_err(|_| Error::Damaged("scopes"))
}
