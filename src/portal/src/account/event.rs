//! The history: what was agreed with whom and when.

use jiff::Timestamp;
use sqlx::{AnyConnection, Row as _};

use super::link::scopes;
use super::{AccountId, Consent};
use crate::App;
use crate::error::{Error, Result};
use crate::secrets::fresh_id;
use crate::store::moment;

/// The most events that are read at once.
const MOST: i64 = 500;

/// Writes the list of what happens once, so that no word is read that wasn't written.
macro_rules! whats {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum What { $($(#[$doc])* $variant,)* }

        impl What {
            /// The word in the row.
            pub(crate) const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            fn of_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

whats! {
    /// 利用者登録: the account was opened, with the consent to use the portal.
    Opened = "opened",
    /// 属性連携: linked with a service, which may now what the consent says.
    Linked = "linked",
    /// A linked service may do more.
    Widened = "widened",
    /// The person agreed again to what a linked service may already.
    AgreedAgain = "agreed_again",
    /// 属性連携解除: the consent was withdrawn.
    Unlinked = "unlinked",
    /// A renewed card opens the account instead of the one before.
    CardReplaced = "card_replaced",
    /// The account was closed.
    Closed = "closed",
}

/// A line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// When.
    pub(crate) at: Timestamp,
    /// What.
    pub(crate) what: What,
    /// With whom, what for, and in which words.
    pub(crate) consent: Consent,
}

impl Event {
    /// An event of this moment.
    pub(crate) fn now(at: Timestamp, what: What, consent: Consent) -> Self {
        Self { at, what, consent }
    }
}

/// Adds a line to an account's history.
pub(crate) async fn record(connection: &mut AnyConnection, account: &AccountId, event: &Event) -> Result<()> {
    sqlx::query(
        "INSERT INTO events (id, account, at, what, client, scopes, consent) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(fresh_id()?)
    .bind(account.as_str())
    .bind(event.at.as_second())
    .bind(event.what.word())
    .bind(event.consent.client.as_deref())
    .bind(event.consent.scopes.to_string())
    .bind(&event.consent.version)
    .execute(connection)
    .await?;
    Ok(())
}

/// An account's history, the newest first.
pub(crate) async fn events(app: &App, account: &AccountId) -> Result<Vec<Event>> {
    let rows = sqlx::query(
        "SELECT at, what, client, scopes, consent FROM events WHERE account = $1 ORDER BY at DESC, id LIMIT $2",
    )
    .bind(account.as_str())
    .bind(MOST)
    .fetch_all(app.store().pool())
    .await?;
    rows.iter()
        .map(|row| {
            let what: String = row.try_get("what")?;
            Ok(Event {
                at: moment(row.try_get("at")?)?,
                what: What::of_word(&what).ok_or(Error::Damaged("the history"))?,
                consent: Consent {
                    client: row.try_get("client")?,
                    scopes: scopes(row.try_get("scopes")?)?,
                    version: row.try_get("consent")?,
                },
            })
        })
        .collect()
}
