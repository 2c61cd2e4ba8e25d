//! Who is signed in at a desk: a cookie of its own, and a row with its keyed hash.

use axum::http::{HeaderMap, HeaderValue};
use sqlx::Row as _;

use crate::App;
use crate::error::Result;
use crate::secrets::fresh_token;
use crate::web::{cookie, set_cookie};

/// A desk of the portal. No session of one counts at the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Desk {
    /// Where companies apply.
    Staff,
    /// The operator's console.
    Operator,
}

impl Desk {
    /// The word for it in rows.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Operator => "operator",
        }
    }

    fn cookie(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Staff, true) => "__Host-staff",
            (Self::Staff, false) => "staff",
            (Self::Operator, true) => "__Host-operator",
            (Self::Operator, false) => "operator",
        }
    }

    /// How long a session lasts: a working day, at the operator's half of one.
    const fn seconds(self) -> u32 {
        match self {
            Self::Staff => 8 * 60 * 60,
            Self::Operator => 4 * 60 * 60,
        }
    }

    fn set(self, app: &App, value: &str, seconds: u32) -> HeaderValue {
        let secure = app.config().is_secure();
        let cookie = set_cookie(self.cookie(secure), value, "/", Some(seconds), secure);
        match self {
            Self::Staff => cookie,
            // Nothing leads to the console from elsewhere.
            Self::Operator => cookie
                .to_str()
                .ok()
                .and_then(|text| HeaderValue::from_str(&text.replace("SameSite=Lax", "SameSite=Strict")).ok())
                .unwrap_or(cookie),
        }
    }

    fn hash(self, app: &App, token: &str) -> String {
        app.secrets().hash(self.cookie(true), token.as_bytes())
    }
}

/// Begins somebody's session. Returns its cookie.
pub(crate) async fn begin(app: &App, desk: Desk, person: &str) -> Result<HeaderValue> {
    let token = fresh_token()?;
    sqlx::query("INSERT INTO desk_sessions (id, desk, person, expires) VALUES ($1, $2, $3, $4)")
        .bind(desk.hash(app, &token))
        .bind(desk.word())
        .bind(person)
        .bind(app.now().as_second() + i64::from(desk.seconds()))
        .execute(app.store().pool())
        .await?;
    Ok(desk.set(app, &token, desk.seconds()))
}

/// Whose session a request belongs to.
pub(crate) async fn person(app: &App, desk: Desk, headers: &HeaderMap) -> Result<Option<String>> {
    let Some(token) = cookie(headers, desk.cookie(app.config().is_secure())) else { return Ok(None) };
    let row = sqlx::query("SELECT person FROM desk_sessions WHERE id = $1 AND desk = $2 AND expires > $3")
        .bind(desk.hash(app, token))
        .bind(desk.word())
        .bind(app.now().as_second())
        .fetch_optional(app.store().pool())
        .await?;
    Ok(row.map(|row| row.try_get("person")).transpose()?)
}

/// Ends the session of a request. Returns what removes its cookie.
pub(crate) async fn end(app: &App, desk: Desk, headers: &HeaderMap) -> Result<HeaderValue> {
    if let Some(token) = cookie(headers, desk.cookie(app.config().is_secure())) {
        sqlx::query("DELETE FROM desk_sessions WHERE id = $1")
            .bind(desk.hash(app, token))
            .execute(app.store().pool())
            .await?;
    }
    Ok(desk.set(app, "", 0))
}

/// Ends all of somebody's sessions.
pub(crate) async fn end_all(app: &App, desk: Desk, person: &str) -> Result<()> {
    sqlx::query("DELETE FROM desk_sessions WHERE desk = $1 AND person = $2")
        .bind(desk.word())
        .bind(person)
        .execute(app.store().pool())
        .await?;
    Ok(())
}
