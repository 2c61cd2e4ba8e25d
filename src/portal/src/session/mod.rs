//! Who is signed in at the portal: a cookie, and a row that holds its keyed hash and nothing that would let anybody in.
//! Pages come in with the extractors `Session` and `Option<Session>`, the flow begins a session, signing out ends it.
//! No session lasts longer than 30 minutes after its first card, none survives its account, and each sign-in has a cookie of its own.

mod cookie;
mod extract;

use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

use crate::account::AccountId;
use crate::error::Result;
use crate::secrets::{fresh_id, fresh_token};
use crate::store::{Slots, Store, moment};
use crate::{App, Error};

pub(crate) use cookie::SessionCookie;

/// How long a session lasts.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_mins(30);

static SLOTS: Slots = Slots::new(
    &["sessions_0", "sessions_1", "sessions_2", "sessions_3", "sessions_4", "sessions_5", "sessions_6", "sessions_7"],
    300,
);

const _: () = assert!(LIFETIME.as_secs() <= SLOTS.longest());

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// Its name inside the portal. Services get [`Session::sid_for`] instead.
    pub(crate) id: String,
    /// Whose it is.
    pub(crate) account: AccountId,
    /// When the card was verified.
    pub(crate) auth_time: Timestamp,
    /// When it ends.
    pub(crate) expires: Timestamp,
    hash: String,
}

/// A session that began, and the cookie that opens it.
pub(crate) struct Begun {
    pub(crate) session: Session,
    pub(crate) cookie: SessionCookie,
}

/// Begins a session, by one statement.
pub(crate) async fn begin(
    app: &App,
    connection: &mut AnyConnection,
    account: &AccountId,
    auth_time: Timestamp,
) -> Result<Begun> {
    let expires = app.now().saturating_add(LIFETIME).map_err(|_| Error::Damaged("the clock"))?;
    let expires = moment(expires.as_second())?;
    let cookie = SessionCookie::new(expires, &fresh_token()?);
    let hash = cookie.hash(app.secrets());
    let session = Session { id: fresh_id()?, account: account.clone(), auth_time, expires, hash };
    let statement = format!(
        "INSERT INTO {} (hash, id, account, auth_time, expires) VALUES ($1, $2, $3, $4, $5)",
        SLOTS.table(expires)
    );
    sqlx::query(AssertSqlSafe(statement))
        .bind(&session.hash)
        .bind(&session.id)
        .bind(account.as_str())
        .bind(auth_time.as_second())
        .bind(expires.as_second())
        .execute(connection)
        .await?;
    Ok(Begun { session, cookie })
}

/// The person of a session showed their card again: it goes on under a new cookie, by one statement. Name and end stay, so that the
/// services that they signed on to in it are still signed off with it. Nothing if it has ended.
pub(crate) async fn renew(
    app: &App,
    connection: &mut AnyConnection,
    session: &Session,
    auth_time: Timestamp,
) -> Result<Option<Begun>> {
    let cookie = SessionCookie::new(session.expires, &fresh_token()?);
    let hash = cookie.hash(app.secrets());
    let statement = format!("UPDATE {} SET hash = $1, auth_time = $2 WHERE hash = $3", SLOTS.table(session.expires));
    let done = sqlx::query(AssertSqlSafe(statement))
        .bind(&hash)
        .bind(auth_time.as_second())
        .bind(&session.hash)
        .execute(connection)
        .await?;
    let session = Session { auth_time, hash, ..session.clone() };
    Ok((done.rows_affected() == 1).then_some(Begun { session, cookie }))
}

/// The condition, for a statement of somebody else, that a session goes on: `id` and `account` are places of the statement, such as `$1`.
pub(crate) fn goes_on(ends: Timestamp, id: &str, account: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM {} AS sessions WHERE sessions.account = {account} AND sessions.id = {id})",
        SLOTS.table(ends)
    )
}

/// The session that a cookie opens, if it goes on.
pub(crate) async fn find(app: &App, cookie: &SessionCookie) -> Result<Option<Session>> {
    let expires = cookie.expires();
    // A cookie of any other time was never made here: its hash couldn't be found anyway.
    if expires <= app.now() || expires.duration_since(app.now()) > LIFETIME {
        return Ok(None);
    }
    let hash = cookie.hash(app.secrets());
    // A session that began while its account was being closed opens nothing.
    let statement = format!(
        "SELECT sessions.id, sessions.account, sessions.auth_time FROM {} AS sessions \
         JOIN accounts ON accounts.id = sessions.account AND accounts.closed IS NULL \
         WHERE sessions.hash = $1 AND sessions.expires = $2",
        SLOTS.table(expires)
    );
    let row = sqlx::query(AssertSqlSafe(statement))
        .bind(&hash)
        .bind(expires.as_second())
        .fetch_optional(app.store().pool())
        .await?;
    row.map(|row| read(&row, expires, hash)).transpose()
}

fn read(row: &AnyRow, expires: Timestamp, hash: String) -> Result<Session> {
    Ok(Session {
        id: row.try_get("id")?,
        account: AccountId::stored(row.try_get("account")?),
        auth_time: moment(row.try_get("auth_time")?)?,
        expires,
        hash,
    })
}

/// The sessions of an account that go on, the newest first.
pub(crate) async fn of_account(app: &App, account: &AccountId) -> Result<Vec<Session>> {
    let now = app.now().as_second();
    let mut sessions = Vec::new();
    for table in SLOTS.tables() {
        let statement =
            format!("SELECT hash, id, account, auth_time, expires FROM {table} WHERE account = $1 AND expires > $2");
        let rows = sqlx::query(AssertSqlSafe(statement))
            .bind(account.as_str())
            .bind(now)
            .fetch_all(app.store().pool())
            .await?;
        for row in rows {
            sessions.push(read(&row, moment(row.try_get("expires")?)?, row.try_get("hash")?)?);
        }
    }
    sessions.sort_by_key(|session| std::cmp::Reverse(session.auth_time));
    Ok(sessions)
}

/// Ends a session.
pub(crate) async fn end(app: &App, session: &Session) -> Result<()> {
    let statement = format!("DELETE FROM {} WHERE hash = $1", SLOTS.table(session.expires));
    sqlx::query(AssertSqlSafe(statement)).bind(&session.hash).execute(app.store().pool()).await?;
    Ok(())
}

/// Ends all sessions of an account.
pub(crate) async fn end_all(connection: &mut AnyConnection, account: &AccountId) -> Result<()> {
    for table in SLOTS.tables() {
        let statement = format!("DELETE FROM {table} WHERE account = $1");
        sqlx::query(AssertSqlSafe(statement)).bind(account.as_str()).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Drops the sessions that are over.
pub(crate) async fn sweep(store: &Store, now: Timestamp) -> Result<()> {
    SLOTS.sweep(store, now).await
}

impl Session {
    /// The session's name for one service (`sid`), which no two services can compare.
    pub(crate) fn sid_for(&self, app: &App, client_id: &str) -> String {
        app.secrets().hash("sid", format!("{}\0{client_id}", self.id).as_bytes())
    }
}
