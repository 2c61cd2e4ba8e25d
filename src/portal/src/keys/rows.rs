//! The keys' rows.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jpki_oidc::JwkSet;
use jpki_oidc::jwt::SigningKey;
use sqlx::Row as _;

use super::Keyring;
use super::life::{Life, is_over, missing, signing};
use crate::error::{Error, Result};
use crate::store::{Store, moment};
use crate::{Environment, Secrets};

const LABEL: &str = "signing key";

/// A key and its place.
pub(super) struct Row {
    pub(super) life: Life,
    pub(super) key: SigningKey,
}

/// Reads the ring; makes the key that is missing, and forgets those that are over.
pub(super) async fn read(
    store: &Store,
    environment: Environment,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<Keyring> {
    let mut rows = all(store, environment, secrets, now).await?;
    if let Some(next) = missing(&lives(&rows), now) {
        add(store, environment, secrets, next).await?;
        rows = all(store, environment, secrets, now).await?;
    }
    let lives = lives(&rows);
    for row in rows.iter().filter(|row| is_over(row.life, &lives, now)) {
        remove(store, environment, row.life.generation).await?;
    }
    rows.retain(|row| !is_over(row.life, &lives, now));
    let current = signing(&lives, now).ok_or(Error::Damaged("signing keys"))?;
    let public = JwkSet { keys: rows.iter().map(|row| row.key.public().clone()).collect() };
    let position = rows.iter().position(|row| row.life == current).ok_or(Error::Damaged("signing keys"))?;
    Ok(Keyring { signing: rows.swap_remove(position).key, public, read: now })
}

pub(super) fn lives(rows: &[Row]) -> Vec<Life> {
    rows.iter().map(|row| row.life).collect()
}

/// All keys, the newest first.
pub(super) async fn all(
    store: &Store,
    environment: Environment,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<Vec<Row>> {
    let rows = sqlx::query(
        "SELECT generation, sealed, starts FROM signing_keys WHERE environment = $1 ORDER BY generation DESC",
    )
    .bind(environment.word())
    .fetch_all(store.pool())
    .await?;
    rows.iter()
        .map(|row| {
            let sealed: String = row.try_get("sealed")?;
            let bytes = secrets.sealer(LABEL).open::<String>(&sealed, now);
            let key = bytes
                .and_then(|text| BASE64_URL_SAFE_NO_PAD.decode(text).ok())
                .and_then(|bytes| SigningKey::from_pkcs8(&bytes).ok())
                .ok_or(Error::Damaged("signing keys, or the portal's secret is another one"))?;
            let starts = moment(row.try_get("starts")?)?;
            Ok(Row { life: Life { generation: row.try_get("generation")?, starts }, key })
        })
        .collect()
}

/// Makes a key. If another replica made it just now, that one counts.
pub(super) async fn add(store: &Store, environment: Environment, secrets: &Secrets, life: Life) -> Result<()> {
    let key = SigningKey::generate().map_err(|_| Error::NoRandomness)?;
    let sealed = secrets.sealer(LABEL).seal(&BASE64_URL_SAFE_NO_PAD.encode(key), Timestamp::MAX)?;
    sqlx::query(
        "INSERT INTO signing_keys (environment, generation, sealed, starts) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (environment, generation) DO NOTHING",
    )
    .bind(environment.word())
    .bind(life.generation)
    .bind(sealed)
    .bind(life.starts.as_second())
    .execute(store.pool())
    .await?;
    Ok(())
}

/// Forgets a key.
pub(super) async fn remove(store: &Store, environment: Environment, generation: i64) -> Result<()> {
    sqlx::query("DELETE FROM signing_keys WHERE environment = $1 AND generation = $2")
        .bind(environment.word())
        .bind(generation)
        .execute(store.pool())
        .await?;
    Ok(())
}
