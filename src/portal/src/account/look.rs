//! What My page and the operator ask of an account.

use jiff::Timestamp;
use sqlx::Row as _;

use super::{Account, AccountId};
use crate::error::Result;
use crate::store::moment;
use crate::{App, Environment, Store};

/// The card that opens an account, as far as its person is shown it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RegisteredCard {
    /// When it was registered.
    pub(crate) added: Timestamp,
    /// The last second of its certificate.
    pub(crate) expires: Timestamp,
}

/// An account that is open, by its name.
pub(crate) async fn find(app: &App, account: &AccountId) -> Result<Option<Account>> {
    let row = sqlx::query("SELECT opened FROM accounts WHERE id = $1 AND closed IS NULL")
        .bind(account.as_str())
        .fetch_optional(app.store().pool())
        .await?;
    row.map(|row| Ok(Account { id: account.clone(), opened: moment(row.try_get("opened")?)? })).transpose()
}

/// Whether an account is open in an environment.
pub(crate) async fn exists(store: &Store, environment: Environment, account: &AccountId) -> Result<bool> {
    let row = sqlx::query("SELECT 1 FROM accounts WHERE id = $1 AND environment = $2 AND closed IS NULL")
        .bind(account.as_str())
        .bind(environment.word())
        .fetch_optional(store.pool())
        .await?;
    Ok(row.is_some())
}

/// The card that opens an account.
pub(crate) async fn card_of(app: &App, account: &AccountId) -> Result<Option<RegisteredCard>> {
    let row = sqlx::query("SELECT added, expires FROM cards WHERE account = $1 ORDER BY added DESC LIMIT 1")
        .bind(account.as_str())
        .fetch_optional(app.store().pool())
        .await?;
    row.map(|row| {
        Ok(RegisteredCard { added: moment(row.try_get("added")?)?, expires: moment(row.try_get("expires")?)? })
    })
    .transpose()
}
