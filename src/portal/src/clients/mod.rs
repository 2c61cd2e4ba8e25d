//! Services that sign people in here (API利用者), as the protocol sees them: what they may, by which keys they are known, how they stand.
//! Every endpoint comes in to find a client, at each request anew; the operator and the life-cycle of applications come in to change one.
//! A client that is suspended or terminated is refused from that moment on; nothing about clients is kept in the process but their keys.

mod command;
mod keys;
mod rows;

use jpki_oidc::client::Rules;
use jpki_oidc::{Client, Metadata};

use crate::error::{Error, Result};
use crate::secrets::fresh_id;
use crate::{App, Config, Environment};

pub(crate) use command::ClientCommand;
pub(crate) use keys::{KeyCache, keys_of};
pub(crate) use rows::{all, find, put, set_standing};

/// How a client stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// 利用中.
    Active,
    /// 利用停止: refused until it is resumed.
    Suspended,
    /// 利用終了: refused for good.
    Terminated,
}

impl Standing {
    /// The word for it in rows.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Terminated => "terminated",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        [Self::Active, Self::Suspended, Self::Terminated].into_iter().find(|standing| standing.word() == word)
    }
}

/// A registered client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Registered {
    /// What the protocol knows of it.
    pub(crate) client: Client,
    /// How it stands.
    pub(crate) standing: Standing,
    /// サービス名, as people are shown it.
    pub(crate) name_ja: String,
    /// The same in English.
    pub(crate) name_en: String,
    /// The keyed hash of its secret, if it has one.
    pub(crate) secret: Option<String>,
}

impl Registered {
    /// A client that isn't stored yet, in good standing.
    pub(crate) fn new(client: Client, name_ja: &str, name_en: &str) -> Self {
        let (name_ja, name_en) = (name_ja.to_owned(), name_en.to_owned());
        Self { client, standing: Standing::Active, name_ja, name_en, secret: None }
    }

    /// Whether it may use the portal at present.
    pub(crate) fn is_active(&self) -> bool {
        self.standing == Standing::Active
    }
}

/// What clients of an environment may be.
pub(crate) fn rules(private_addresses: bool, environment: Environment) -> Rules {
    Rules { private_addresses, secrets: environment == Environment::Test }
}

pub(crate) fn rules_of(config: &Config) -> Rules {
    rules(config.allows_private_clients(), config.environment())
}

/// A fresh client id: letters and digits alone, as services know them.
pub(crate) fn fresh_client_id() -> Result<String> {
    Ok(fresh_id()?.replace(['-', '_'], "0"))
}

/// Registers a service with a running portal, or changes it: for whoever starts both, such as a demonstration. Its metadata is that
/// of RFC 7591; without `id` it gets a new one. Returns the id.
///
/// # Errors
/// [`Error::Config`] if the metadata isn't sound or the id was terminated, and those of the database.
pub async fn register_client(
    app: &App,
    id: Option<&str>,
    names: [&str; 2],
    metadata: Metadata,
) -> Result<String, Error> {
    let id = id.map_or_else(fresh_client_id, |id| Ok(id.to_owned()))?;
    let client =
        Client::new(&id, metadata, rules_of(app.config())).map_err(|wrong| Error::Config(wrong.to_string()))?;
    let registered = Registered::new(client, names[0], names[1]);
    match put(app.store().pool(), app.config().environment(), &registered, app.now()).await? {
        true => Ok(id),
        false => Err(Error::Config(format!("{id} was terminated, and is never used again"))),
    }
}
