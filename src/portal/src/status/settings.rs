//! The links a person set up, switched by themselves on My page; every change is kept, the newest counts.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sqlx::{AnyConnection, Row as _};

use super::Setting;
use crate::Store;
use crate::account::AccountId;
use crate::error::{Error, Result};
use crate::store::moment;

/// The settings that are on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings(BTreeSet<Setting>);

impl Settings {
    /// Whether one is on.
    pub(crate) fn is_on(&self, setting: Setting) -> bool {
        self.0.contains(&setting)
    }
}

impl FromIterator<Setting> for Settings {
    fn from_iter<T: IntoIterator<Item = Setting>>(settings: T) -> Self {
        Self(settings.into_iter().collect())
    }
}

/// One change of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    /// Which.
    pub(crate) setting: Setting,
    /// Whether it was switched on, or off.
    pub(crate) is_on: bool,
    /// When.
    pub(crate) at: Timestamp,
}

/// The settings of an account: the one place that says where they come from.
pub(crate) async fn of(store: &Store, account: &AccountId) -> Result<Settings> {
    let rows = sqlx::query(
        "SELECT setting FROM settings AS s WHERE account = $1 AND is_on = 1 AND serial = \
         (SELECT MAX(serial) FROM settings AS newest WHERE newest.account = s.account AND newest.setting = s.setting)",
    )
    .bind(account.as_str())
    .fetch_all(store.pool())
    .await?;
    rows.iter().map(|row| setting(row.try_get("setting")?)).collect()
}

/// Switches a setting. Nothing changes, and nothing is noted, if it was so already.
pub(crate) async fn switch(
    store: &Store,
    account: &AccountId,
    setting: Setting,
    is_on: bool,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO settings (account, setting, serial, is_on, moment) \
         SELECT $1, $2, COALESCE(MAX(serial), 0) + 1, $3, $4 FROM settings WHERE account = $1 AND setting = $2 \
         HAVING COALESCE((SELECT is_on FROM settings WHERE account = $1 AND setting = $2 ORDER BY serial DESC LIMIT 1), 0) <> $3 \
         ON CONFLICT (account, setting, serial) DO NOTHING",
    )
    .bind(account.as_str())
    .bind(setting.word())
    .bind(i64::from(is_on))
    .bind(now.as_second())
    .execute(store.pool())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Every change of an account's settings, the newest first.
pub(crate) async fn changes(store: &Store, account: &AccountId) -> Result<Vec<Change>> {
    let rows = sqlx::query(
        "SELECT setting, is_on, moment FROM settings WHERE account = $1 ORDER BY moment DESC, serial DESC, setting",
    )
    .bind(account.as_str())
    .fetch_all(store.pool())
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Change {
                setting: setting(row.try_get("setting")?)?,
                is_on: row.try_get::<i64, _>("is_on")? == 1,
                at: moment(row.try_get("moment")?)?,
            })
        })
        .collect()
}

/// Forgets the settings of an account that is being closed.
pub(crate) async fn forget(connection: &mut AnyConnection, account: &AccountId) -> Result<()> {
    sqlx::query("DELETE FROM settings WHERE account = $1").bind(account.as_str()).execute(connection).await?;
    Ok(())
}

fn setting(word: &str) -> Result<Setting> {
    Setting::of_word(word).ok_or(Error::Damaged("settings"))
}
