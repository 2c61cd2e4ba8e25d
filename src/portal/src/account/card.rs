//! Cards, and the accounts they open.

use jiff::Timestamp;
use jpki_trust::VerifiedToken;
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, Row as _};

use super::{AccountId, Consent, Event, What, record};
use crate::App;
use crate::error::Result;
use crate::secrets::Secrets;
use crate::store::moment;

/// A card as the portal knows it again: the keyed hash of its authentication certificate's issuer and serial number (発行番号).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct CardHash(String);

/// A card that was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Card {
    /// What tells it again.
    pub(crate) hash: CardHash,
    /// The last second of its certificate.
    pub(crate) expires: i64,
}

impl Card {
    /// The card that made an accepted token.
    pub(crate) fn of(secrets: &Secrets, token: &VerifiedToken) -> Self {
        let hash = CardHash(secrets.binding_key().account(token).to_string());
        Self { hash, expires: token.certificate.not_after.as_second() }
    }
}

/// An account that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// Its name.
    pub(crate) id: AccountId,
    /// When it was opened.
    pub(crate) opened: Timestamp,
}

/// The account that a card opens.
pub(crate) async fn find_by_card(app: &App, card: &CardHash) -> Result<Option<Account>> {
    let row = sqlx::query(
        "SELECT accounts.id, accounts.opened FROM cards JOIN accounts ON accounts.id = cards.account WHERE cards.hash = $1",
    )
    .bind(&card.0)
    .fetch_optional(app.store().pool())
    .await?;
    row.map(|row| Ok(Account { id: AccountId::stored(row.try_get("id")?), opened: moment(row.try_get("opened")?)? }))
        .transpose()
}

/// Holds an account open until the transaction ends, so that nobody closes it meanwhile. False if it is closed.
pub(crate) async fn hold(connection: &mut AnyConnection, account: &AccountId) -> Result<bool> {
    let done = sqlx::query("UPDATE accounts SET closed = NULL WHERE id = $1 AND closed IS NULL")
        .bind(account.as_str())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Opens an account for a card (利用者登録), with the consent to use the portal. Nothing if the card opens one already: then the
/// transaction is to be rolled back.
pub(crate) async fn open(
    app: &App,
    connection: &mut AnyConnection,
    card: &Card,
    consent: &'static str,
) -> Result<Option<AccountId>> {
    let (id, now) = (AccountId::fresh()?, app.now());
    sqlx::query("INSERT INTO accounts (id, environment, opened) VALUES ($1, $2, $3)")
        .bind(id.as_str())
        .bind(app.config().environment().word())
        .bind(now.as_second())
        .execute(&mut *connection)
        .await?;
    if !add_card(connection, &id, card, now).await? {
        return Ok(None);
    }
    record(connection, &id, &Event::now(now, What::Opened, Consent::to_portal(consent))).await?;
    Ok(Some(id))
}

/// Lets a new card open an account instead of all that did before (after a renewal the serial number is another one).
/// False if the new card opens an account of its own: then the transaction is to be rolled back.
pub(crate) async fn replace_card(
    app: &App,
    connection: &mut AnyConnection,
    account: &AccountId,
    card: &Card,
    consent: &'static str,
) -> Result<bool> {
    let now = app.now();
    sqlx::query("DELETE FROM cards WHERE account = $1").bind(account.as_str()).execute(&mut *connection).await?;
    if !add_card(connection, account, card, now).await? {
        return Ok(false);
    }
    record(connection, account, &Event::now(now, What::CardReplaced, Consent::to_portal(consent))).await?;
    Ok(true)
}

/// Of two replicas that add the same card one gets true.
async fn add_card(connection: &mut AnyConnection, account: &AccountId, card: &Card, now: Timestamp) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO cards (hash, account, added, expires) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING",
    )
    .bind(&card.hash.0)
    .bind(account.as_str())
    .bind(now.as_second())
    .bind(card.expires)
    .execute(&mut *connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
