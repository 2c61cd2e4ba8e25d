//! Closing an account. What tied it to a card and to services is destroyed at once; what was agreed with whom and when stays for a
//! year under the account's number alone, which its person was shown, so that a dispute can be settled. Then that goes, too.

use jiff::{SignedDuration, Timestamp};
use sqlx::Row as _;

use super::{AccountId, Consent, Event, What, record};
use crate::error::Result;
use crate::{App, Store, notices, oauth, session, status};

/// How long the history of a closed account is kept.
pub(crate) const KEPT_AFTER_CLOSING: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Closes an account: its cards open nothing, its links are gone with their subjects and
/// refresh tokens, all its sessions end. The card can register anew,
/// as somebody whom no service has ever seen. False if it was closed already.
pub(crate) async fn close(app: &App, account: &AccountId) -> Result<bool> {
    let now = app.now();
    let mut transaction = app.store().begin().await?;
    let closed = sqlx::query("UPDATE accounts SET closed = $1 WHERE id = $2 AND closed IS NULL")
        .bind(now.as_second())
        .bind(account.as_str())
        .execute(&mut *transaction)
        .await?;
    if closed.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("DELETE FROM cards WHERE account = $1").bind(account.as_str()).execute(&mut *transaction).await?;
    let links = sqlx::query("DELETE FROM links WHERE account = $1 RETURNING id")
        .bind(account.as_str())
        .fetch_all(&mut *transaction)
        .await?;
    for link in links {
        oauth::forget_link(&mut transaction, link.try_get("id")?).await?;
    }
    session::end_all(&mut transaction, account).await?;
    status::forget(&mut transaction, account).await?;
    notices::forget(&mut transaction, account).await?;
    record(&mut transaction, account, &Event::now(now, What::Closed, Consent::to_portal(""))).await?;
    transaction.commit().await?;
    Ok(true)
}

/// Drops the history of accounts that were closed a year ago.
pub(crate) async fn sweep(store: &Store, now: Timestamp) -> Result<()> {
    let Ok(before) = now.checked_sub(KEPT_AFTER_CLOSING) else { return Ok(()) };
    let old = "SELECT id FROM accounts WHERE closed < $1 LIMIT 1";
    if sqlx::query(old).bind(before.as_second()).fetch_optional(store.pool()).await?.is_none() {
        return Ok(());
    }
    let mut transaction = store.begin().await?;
    for statement in [
        "DELETE FROM events WHERE account IN (SELECT id FROM accounts WHERE closed < $1)",
        "DELETE FROM accounts WHERE closed < $1",
    ] {
        sqlx::query(statement).bind(before.as_second()).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}
