//! The rows of deliveries. Each change is one statement, so replicas don't get into each other's way.

use jiff::{SignedDuration, Timestamp};
use sqlx::Row as _;

use super::outcome::{GIVEN_UP_AFTER, Progress};
use super::{Message, work::Due};
use crate::App;
use crate::error::{Error, Result};
use crate::secrets::{Sealer, fresh_id};
use crate::store::{Store, moment};

/// How long a replica has for one try before another takes over; a call takes four seconds at most.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// The most deliveries that are taken at once.
const MAX_TAKEN: i64 = 32;
/// How long results are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// A delivery that this replica is to try now.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) id: String,
    pub(super) client_id: String,
    /// None if it can't be read any more: it is too old, or of another secret.
    pub(super) message: Option<Message>,
    pub(super) tries: i64,
    pub(super) created: Timestamp,
    lease: String,
}

fn sealer(app: &App) -> Sealer {
    app.secrets().sealer("outbox")
}

/// Keeps messages for services, by client id, until they are delivered: by whoever put them there and waits for the results, or at
/// once in the background if the [`Bell`](super::Bell) is rung. Results are read by the topic.
pub(crate) async fn put(app: &App, topic: &str, messages: &[(String, Message)]) -> Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let now = app.now();
    let readable = now.saturating_add(GIVEN_UP_AFTER).unwrap_or(now);
    let mut transaction = app.store().begin().await?;
    for (client_id, message) in messages {
        sqlx::query(
            "INSERT INTO deliveries (id, environment, topic, client_id, message, state, reason, tries, created, next_try, lease) \
             VALUES ($1, $2, $3, $4, $5, 'pending', '', 0, $6, $6, '')",
        )
        .bind(fresh_id()?)
        .bind(app.config().environment().word())
        .bind(topic)
        .bind(client_id)
        .bind(sealer(app).seal(message, readable)?)
        .bind(now.as_second())
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Takes what is due. No other replica gets the same before the lease is over.
pub(super) async fn take(app: &App, due: Due<'_>) -> Result<Vec<Taken>> {
    let now = app.now();
    let lease = fresh_id()?;
    // The conditions stand twice: PostgreSQL looks at the outer ones again when it had to wait for another replica's change.
    let rows = sqlx::query(
        "UPDATE deliveries SET tries = tries + 1, next_try = $1, lease = $2 \
         WHERE state = 'pending' AND next_try <= $3 AND id IN ( \
             SELECT id FROM deliveries \
             WHERE environment = $4 AND state = 'pending' AND next_try <= $3 AND ($5 = '' OR topic = $5) \
             ORDER BY next_try LIMIT $6) \
         RETURNING id, client_id, message, tries, created",
    )
    .bind(now.saturating_add(LEASE).unwrap_or(now).as_second())
    .bind(&lease)
    .bind(now.as_second())
    .bind(app.config().environment().word())
    .bind(due.topic())
    .bind(MAX_TAKEN)
    .fetch_all(app.store().pool())
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Taken {
                id: row.try_get("id")?,
                client_id: row.try_get("client_id")?,
                message: sealer(app).open(row.try_get("message")?, now),
                tries: row.try_get("tries")?,
                created: moment(row.try_get("created")?)?,
                lease: lease.clone(),
            })
        })
        .collect()
}

/// Keeps how a try ended. Does nothing if the lease was over and another replica has it now.
pub(super) async fn settle(app: &App, taken: &Taken, progress: &Progress, next: Option<Timestamp>) -> Result<()> {
    let statement = match next {
        Some(_) => "UPDATE deliveries SET state = $1, reason = $2, next_try = $3 WHERE id = $4 AND lease = $5",
        // What was told is nobody's affair any more.
        None => {
            "UPDATE deliveries SET state = $1, reason = $2, next_try = $3, message = '' WHERE id = $4 AND lease = $5"
        }
    };
    sqlx::query(statement)
        .bind(progress.word())
        .bind(progress.reason())
        .bind(next.unwrap_or(taken.created).as_second())
        .bind(&taken.id)
        .bind(&taken.lease)
        .execute(app.store().pool())
        .await?;
    Ok(())
}

/// How the deliveries of a topic stand: client id and progress, in a steady order. Kept for a day.
pub(crate) async fn results(app: &App, topic: &str) -> Result<Vec<(String, Progress)>> {
    let rows = sqlx::query(
        "SELECT client_id, state, reason FROM deliveries WHERE environment = $1 AND topic = $2 ORDER BY client_id, id",
    )
    .bind(app.config().environment().word())
    .bind(topic)
    .fetch_all(app.store().pool())
    .await?;
    rows.iter()
        .map(|row| {
            let progress = Progress::of(row.try_get("state")?, row.try_get("reason")?);
            Ok((row.try_get("client_id")?, progress.ok_or(Error::Damaged("deliveries"))?))
        })
        .collect()
}

/// How many messages wait to be delivered.
pub(crate) async fn waiting(app: &App) -> Result<i64> {
    let row = sqlx::query("SELECT COUNT(*) AS waiting FROM deliveries WHERE environment = $1 AND state = 'pending'")
        .bind(app.config().environment().word())
        .fetch_one(app.store().pool())
        .await?;
    Ok(row.try_get("waiting")?)
}

/// Forgets results that are a day old.
pub(crate) async fn sweep(store: &Store, now: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM deliveries WHERE created < $1")
        .bind(now.saturating_sub(KEPT).unwrap_or(now).as_second())
        .execute(store.pool())
        .await?;
    Ok(())
}
