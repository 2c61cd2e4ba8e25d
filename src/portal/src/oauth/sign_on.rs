//! Sign-ons: the redemption of a code, which happens once, and which service somebody uses in which session. Back-channel logout
//! asks who is to be told; access tokens rest on them.

use jiff::{SignedDuration, Timestamp};
use jpki_oidc::provider::Code;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

use crate::error::{Error, Result};
use crate::session;
use crate::store::{Slots, Store};

static SLOTS: Slots = Slots::new(
    &["sign_ons_0", "sign_ons_1", "sign_ons_2", "sign_ons_3", "sign_ons_4", "sign_ons_5", "sign_ons_6", "sign_ons_7"],
    400,
);

/// How long a sign-on outlives its session: a code that was made in its last second, and the access token for it.
const BEYOND: SignedDuration = SignedDuration::from_secs(420);

const _: () = assert!(session::LIFETIME.as_secs() + BEYOND.as_secs() <= SLOTS.longest());

/// A service that somebody signed on to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignOn {
    /// The service.
    pub(crate) client: String,
    /// The session's name towards it.
    pub(crate) sid: String,
    /// By what it knows the person.
    pub(crate) subject: String,
}

/// Under which name a sign-on is found again: what an access token carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) id: String,
    expires: Timestamp,
}

impl Name {
    pub(super) fn of(code: &Code) -> Result<Self> {
        let expires = expiry(code.granted.session_ends)?;
        Ok(Self { id: code.id.clone(), expires })
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let (expires, id) = text.split_once('.')?;
        Some(Self { id: id.to_owned(), expires: Timestamp::from_second(expires.parse().ok()?).ok()? })
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.expires.as_second(), self.id)
    }
}

/// All sign-ons of a session lie in the table of one moment, which follows from its end.
fn expiry(session_ends: Timestamp) -> Result<Timestamp> {
    session_ends.saturating_add(BEYOND).map_err(|_| Error::Damaged("the clock"))
}

/// Uses a code up: one statement that also says who signed on where. False if it was used before, or if its session has ended: nobody
/// could be told of a logout that already happened.
pub(super) async fn add(store: &Store, code: &Code) -> Result<bool> {
    let name = Name::of(code)?;
    let granted = &code.granted;
    // Somebody who isn't registered has no session.
    let goes_on = match granted.account {
        Some(_) => format!("WHERE {}", session::goes_on(granted.session_ends, "$3", "$8")),
        None => "WHERE CAST($8 AS TEXT) = ''".to_owned(),
    };
    let statement = format!(
        "INSERT INTO {} (id, client, session, sid, subject, link, revoked, expires) \
         SELECT $1, $2, $3, $4, $5, $6, 0, CAST($7 AS BIGINT) {goes_on} ON CONFLICT (id) DO NOTHING",
        SLOTS.table(name.expires)
    );
    let done = sqlx::query(AssertSqlSafe(statement))
        .bind(&name.id)
        .bind(&code.client_id)
        .bind(&granted.session)
        .bind(&granted.sid)
        .bind(&granted.subject)
        .bind(&granted.link)
        .bind(name.expires.as_second())
        .bind(granted.account.as_deref().unwrap_or_default())
        .execute(store.pool())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The link of a sign-on of a client, or that there is none because the person isn't registered; nothing if it was revoked.
pub(super) async fn find(store: &Store, name: &Name, client: &str) -> Result<Option<Option<String>>> {
    let statement =
        format!("SELECT link FROM {} WHERE id = $1 AND client = $2 AND revoked = 0", SLOTS.table(name.expires));
    let row = sqlx::query(AssertSqlSafe(statement)).bind(&name.id).bind(client).fetch_optional(store.pool()).await?;
    row.map(|row| Ok(row.try_get("link")?)).transpose()
}

/// Revokes what rests on one sign-on, by its name as access tokens and grants hold it.
pub(super) async fn revoke_one(connection: &mut AnyConnection, name: &str, client: &str) -> Result<()> {
    let Some(name) = Name::read(name) else { return Ok(()) };
    let statement = format!("UPDATE {} SET revoked = 1 WHERE id = $1 AND client = $2", SLOTS.table(name.expires));
    sqlx::query(AssertSqlSafe(statement)).bind(&name.id).bind(client).execute(connection).await?;
    Ok(())
}

/// Where somebody signed on in a session that ends, at the latest, at a moment: each service once.
pub(crate) async fn of_session(store: &Store, session: &str, ends: Timestamp) -> Result<Vec<SignOn>> {
    let statement = format!(
        "SELECT DISTINCT client, sid, subject FROM {} WHERE session = $1 ORDER BY client",
        SLOTS.table(expiry(ends)?)
    );
    let rows = sqlx::query(AssertSqlSafe(statement)).bind(session).fetch_all(store.pool()).await?;
    let sign_on = |row: &sqlx::any::AnyRow| {
        let (client, sid) = (row.try_get("client")?, row.try_get("sid")?);
        Ok(SignOn { client, sid, subject: row.try_get("subject")? })
    };
    rows.iter().map(sign_on).collect()
}

/// Forgets the sign-ons of a session that has ended: the access tokens that rest on them are over, and no code of it is redeemed any more.
pub(crate) async fn forget_session(store: &Store, session: &str, ends: Timestamp) -> Result<()> {
    let statement = format!("DELETE FROM {} WHERE session = $1", SLOTS.table(expiry(ends)?));
    sqlx::query(AssertSqlSafe(statement)).bind(session).execute(store.pool()).await?;
    Ok(())
}

pub(super) async fn sweep(store: &Store, now: Timestamp) -> Result<()> {
    SLOTS.sweep(store, now).await
}
