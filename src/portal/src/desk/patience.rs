//! How often something may be tried: each try is counted by one atomic statement, in all replicas together.

use sqlx::Row as _;

use crate::App;
use crate::error::Result;

/// So many tries in so many seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    label: &'static str,
    tries: i64,
    seconds: i64,
}

impl Patience {
    /// With one account's password.
    pub(crate) const ACCOUNT: Self = Self { label: "account tries", tries: 10, seconds: 15 * 60 };
    /// With passwords from one address.
    pub(crate) const ADDRESS: Self = Self { label: "address tries", tries: 50, seconds: 15 * 60 };
    /// Mails to one address.
    pub(crate) const MAILS: Self = Self { label: "mails", tries: 5, seconds: 60 * 60 };
}

/// Counts a try and says whether it may be made.
pub(crate) async fn may_try(app: &App, patience: Patience, what: &str) -> Result<bool> {
    let now = app.now().as_second();
    let row = sqlx::query(
        "INSERT INTO desk_attempts (id, tries, until) VALUES ($1, 1, $2) ON CONFLICT (id) DO UPDATE SET \
         tries = CASE WHEN desk_attempts.until <= $3 THEN 1 ELSE desk_attempts.tries + 1 END, \
         until = CASE WHEN desk_attempts.until <= $3 THEN $2 ELSE desk_attempts.until END RETURNING tries",
    )
    .bind(app.secrets().hash(patience.label, what.as_bytes()))
    .bind(now + patience.seconds)
    .bind(now)
    .fetch_one(app.store().pool())
    .await?;
    Ok(row.try_get::<i64, _>("tries")? <= patience.tries)
}

/// Forgets the tries: the right one was among them.
pub(crate) async fn forgive(app: &App, patience: Patience, what: &str) -> Result<()> {
    sqlx::query("DELETE FROM desk_attempts WHERE id = $1")
        .bind(app.secrets().hash(patience.label, what.as_bytes()))
        .execute(app.store().pool())
        .await?;
    Ok(())
}
