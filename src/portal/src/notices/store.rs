//! The rows of notices.

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

use super::notice::Issuer;
use super::paging::Place;
use super::{Draft, IssuerKind, Notice, Page, Summary};
use crate::account::AccountId;
use crate::error::{Error, Result};
use crate::secrets::fresh_id;
use crate::store::moment;
use crate::{Environment, Store};

/// Whom a notice is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Audience {
    /// One account.
    Account(AccountId),
    /// Everybody who registered, or registers before it is dropped.
    Everybody,
}

/// The columns of a [`Summary`]; `$1` is the reader's account.
const SUMMARY: &str = "n.id, n.issuer_kind, n.issuer, n.subject, n.received, n.retained_until, o.opened";
/// What a reader may see, at the moment `$3`.
const READABLE: &str = "FROM notices AS n LEFT JOIN notice_openings AS o ON o.notice = n.id AND o.account = $1 \
     WHERE n.account IN ($1, '') AND n.environment = $2 AND n.retained_until > $3";

/// Sends a notice, and gives its name. The account exists.
pub(crate) async fn send(
    store: &Store,
    environment: Environment,
    audience: &Audience,
    draft: &Draft,
    now: Timestamp,
) -> Result<String> {
    let id = fresh_id()?;
    sqlx::query(
        "INSERT INTO notices (id, environment, account, issuer_kind, issuer, subject, body, received, retained_until) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&id)
    .bind(environment.word())
    .bind(match audience {
        Audience::Account(account) => account.as_str(),
        Audience::Everybody => "",
    })
    .bind(draft.kind.word())
    .bind(&draft.issuer)
    .bind(&draft.subject)
    .bind(&draft.body)
    .bind(now.as_second())
    .bind(draft.retained_until(now).as_second())
    .execute(store.pool())
    .await?;
    Ok(id)
}

/// Takes a notice back. False if there is none of this name.
pub(crate) async fn withdraw(store: &Store, environment: Environment, id: &str) -> Result<bool> {
    let mut transaction = store.begin().await?;
    let done = sqlx::query("DELETE FROM notices WHERE id = $1 AND environment = $2")
        .bind(id)
        .bind(environment.word())
        .execute(&mut *transaction)
        .await?;
    if done.rows_affected() == 1 {
        sqlx::query("DELETE FROM notice_openings WHERE notice = $1").bind(id).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(done.rows_affected() == 1)
}

/// One page of an account's notices, the newest first, and the place where the next page begins if there is one.
pub(crate) async fn list(
    store: &Store,
    environment: Environment,
    account: &AccountId,
    page: &Page,
    now: Timestamp,
) -> Result<(Vec<Summary>, Option<Place>)> {
    let (received, id) = page.after.as_ref().map_or((i64::MAX, ""), |place| (place.received, place.id.as_str()));
    let statement = format!(
        "SELECT {SUMMARY} {READABLE} AND n.received >= $4 AND (n.received < $5 OR (n.received = $5 AND n.id > $6)) \
         ORDER BY n.received DESC, n.id LIMIT $7"
    );
    let rows = sqlx::query(AssertSqlSafe(statement))
        .bind(account.as_str())
        .bind(environment.word())
        .bind(now.as_second())
        .bind(page.since.map_or(i64::MIN, ceiling))
        .bind(received)
        .bind(id)
        .bind(i64::from(page.limit) + 1)
        .fetch_all(store.pool())
        .await?;
    let mut notices = rows.iter().map(summary).collect::<Result<Vec<_>>>()?;
    let has_more = notices.len() > page.limit as usize;
    notices.truncate(page.limit as usize);
    let last = notices.last().filter(|_| has_more);
    let next = last.map(|last| Place { received: last.received.as_second(), id: last.id.clone() });
    Ok((notices, next))
}

/// One of an account's notices.
pub(crate) async fn one(
    store: &Store,
    environment: Environment,
    account: &AccountId,
    id: &str,
    now: Timestamp,
) -> Result<Option<Notice>> {
    let row = sqlx::query(AssertSqlSafe(format!("SELECT {SUMMARY}, n.body {READABLE} AND n.id = $4")))
        .bind(account.as_str())
        .bind(environment.word())
        .bind(now.as_second())
        .bind(id)
        .fetch_optional(store.pool())
        .await?;
    row.map(|row| Ok(Notice { summary: summary(&row)?, body: row.try_get("body")? })).transpose()
}

/// One of an account's notices, noting that the person opened it; the first time counts.
pub(crate) async fn open(
    store: &Store,
    environment: Environment,
    account: &AccountId,
    id: &str,
    now: Timestamp,
) -> Result<Option<Notice>> {
    let Some(mut notice) = one(store, environment, account, id, now).await? else { return Ok(None) };
    if notice.summary.opened.is_none() {
        sqlx::query(
            "INSERT INTO notice_openings (account, notice, opened) VALUES ($1, $2, $3) \
             ON CONFLICT (account, notice) DO NOTHING",
        )
        .bind(account.as_str())
        .bind(id)
        .bind(now.as_second())
        .execute(store.pool())
        .await?;
        notice.summary.opened = Some(now);
    }
    Ok(Some(notice))
}

/// Drops what is no longer kept. Any replica may do it at any time.
pub(crate) async fn sweep(store: &Store, now: Timestamp) -> Result<()> {
    let over = "SELECT id FROM notices WHERE retained_until <= $1";
    if sqlx::query(over).bind(now.as_second()).fetch_optional(store.pool()).await?.is_none() {
        return Ok(());
    }
    let mut transaction = store.begin().await?;
    let openings = format!("DELETE FROM notice_openings WHERE notice IN ({over})");
    sqlx::query(AssertSqlSafe(openings)).bind(now.as_second()).execute(&mut *transaction).await?;
    sqlx::query("DELETE FROM notices WHERE retained_until <= $1")
        .bind(now.as_second())
        .execute(&mut *transaction)
        .await?;
    Ok(transaction.commit().await?)
}

/// Forgets the notices of an account that is being closed.
pub(crate) async fn forget(connection: &mut AnyConnection, account: &AccountId) -> Result<()> {
    for statement in ["DELETE FROM notice_openings WHERE account = $1", "DELETE FROM notices WHERE account = $1"] {
        sqlx::query(statement).bind(account.as_str()).execute(&mut *connection).await?;
    }
    Ok(())
}

fn summary(row: &AnyRow) -> Result<Summary> {
    let damaged = || Error::Damaged("notices");
    let opened: Option<i64> = row.try_get("opened")?;
    Ok(Summary {
        id: row.try_get("id")?,
        issuer: Issuer {
            kind: IssuerKind::of_word(row.try_get("issuer_kind")?).ok_or_else(damaged)?,
            name: row.try_get("issuer")?,
        },
        subject: row.try_get("subject")?,
        received: moment(row.try_get("received")?)?,
        retained_until: moment(row.try_get("retained_until")?)?,
        opened: opened.map(moment).transpose()?,
    })
}

/// The first whole second that isn't before a moment.
fn ceiling(moment: Timestamp) -> i64 {
    moment.as_second() + i64::from(moment.subsec_nanosecond() > 0)
}
