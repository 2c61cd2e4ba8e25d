//! `jpki-portal client`: the operator registers services by hand. Where services apply by form, the portal does it.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use jpki_oidc::{AuthMethod, Client, JwkSet, Metadata, Scopes};

use super::{Registered, Standing, all, fresh_client_id, put, rules, set_standing};
use crate::error::{Error, Result};
use crate::oauth::SCOPES;
use crate::secrets::fresh_token;
use crate::{Environment, Secrets, Store};

/// The most characters of a service's name.
const LONGEST_NAME: usize = 100;

/// What the operator does with clients.
#[derive(Debug, Subcommand)]
pub(crate) enum ClientCommand {
    /// Register a service, or change one, and print its client id.
    Add(Box<Add>),
    /// Show all services: id, standing, name.
    List,
    /// Show a service's metadata (RFC 7591).
    Show {
        /// Its client id.
        id: String,
    },
    /// 利用停止: refuse a service from now on.
    Suspend {
        /// Its client id.
        id: String,
    },
    /// 利用再開: accept it again.
    Resume {
        /// Its client id.
        id: String,
    },
    /// 利用終了: refuse it for good. Its row stays, so that its id never means another service.
    Remove {
        /// Its client id.
        id: String,
    },
}

/// A service to register.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Its client id: an existing one is changed. Without it, a new one.
    #[arg(long)]
    id: Option<String>,
    /// サービス名.
    #[arg(long)]
    name_ja: String,
    /// Its name in English.
    #[arg(long)]
    name_en: String,
    /// Where answers may go; more than once for more than one.
    #[arg(long = "redirect-uri", required = true)]
    redirect_uris: Vec<String>,
    /// Where people may go after logging out.
    #[arg(long = "post-logout-redirect-uri")]
    post_logout_redirect_uris: Vec<String>,
    #[command(flatten)]
    keys: Keys,
    /// What it may ask for, words with spaces between.
    #[arg(long, default_value = "openid")]
    scope: String,
    /// Where logouts are told.
    #[arg(long)]
    backchannel_logout_uri: Option<String>,
    /// Where people are sent who start at the portal.
    #[arg(long)]
    initiate_login_uri: Option<String>,
    /// Accept pushed requests only (RFC 9126).
    #[arg(long)]
    require_par: bool,
    /// Accept addresses on this machine and in private networks.
    #[arg(long, env = "JPKI_PORTAL_ALLOW_PRIVATE_CLIENTS")]
    allow_private_clients: bool,
}

/// How it proves who it is.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Keys {
    /// Its public keys: a file with a JWK Set.
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// Where its public keys are.
    #[arg(long, value_name = "URL")]
    jwks_uri: Option<String>,
    /// By a secret, which is made and printed once; in the test environment only.
    #[arg(long)]
    client_secret: bool,
}

impl ClientCommand {
    /// Does it.
    pub(crate) async fn run(
        self,
        store: &Store,
        environment: Environment,
        secrets: &Secrets,
        now: Timestamp,
    ) -> Result<()> {
        let standing =
            async |id: String, standing| match set_standing(store.pool(), environment, &id, standing, now).await? {
                true => Ok(()),
                false => Err(no_such(&id)),
            };
        match self {
            Self::Add(add) => add.run(store, environment, secrets, now).await,
            Self::List => {
                for registered in every(store, environment).await? {
                    println!("{}  {}  {}", registered.client.id(), registered.standing.word(), registered.name_ja);
                }
                Ok(())
            }
            Self::Show { id } => {
                let clients = every(store, environment).await?;
                let found =
                    clients.iter().find(|registered| registered.client.id() == id).ok_or_else(|| no_such(&id))?;
                let text = serde_json::to_string_pretty(found.client.metadata());
                println!("{}", text.map_err(|_| Error::Damaged("a client"))?);
                Ok(())
            }
            Self::Suspend { id } => standing(id, Standing::Suspended).await,
            Self::Resume { id } => standing(id, Standing::Active).await,
            Self::Remove { id } => standing(id, Standing::Terminated).await,
        }
    }
}

async fn every(store: &Store, environment: Environment) -> Result<Vec<Registered>> {
    all(store, environment, rules(true, environment)).await
}

fn no_such(id: &str) -> Error {
    Error::Config(format!("{id} is no client of this environment, or was removed: see jpki-portal client list"))
}

/// A service's scopes: those that there are.
fn scopes(text: &str) -> Result<Scopes> {
    let scopes = Scopes::parse(text).map_err(|wrong| Error::Config(format!("--scope: {wrong}")))?;
    let unknown = scopes.without(&SCOPES.into_iter().collect());
    if unknown.is_empty() {
        return Ok(scopes);
    }
    let all = SCOPES.join(" ");
    Err(Error::Config(format!("--scope: there is no scope {unknown}. Name some of these, with spaces between: {all}")))
}

/// A service's name as people read it.
fn name<'a>(option: &str, text: &'a str) -> Result<&'a str> {
    let (name, wrong) = (text.trim(), |what: &str| Err(Error::Config(format!("{option}: {what}"))));
    if name.chars().any(char::is_control) {
        return wrong("leave out line breaks, tabs and other control characters");
    }
    match name.chars().count() {
        0 => wrong("write the name that people are shown"),
        1..=LONGEST_NAME => Ok(name),
        _ => wrong("write at most 100 characters"),
    }
}

impl Add {
    async fn run(self, store: &Store, environment: Environment, secrets: &Secrets, now: Timestamp) -> Result<()> {
        let jwks = self.keys.jwks.as_ref().map(|path| {
            let file = std::fs::read(path).map_err(|source| Error::File { path: path.clone(), source })?;
            JwkSet::parse(&file).map_err(|wrong| Error::Config(format!("{}: {wrong}", path.display())))
        });
        let method = if self.keys.client_secret { AuthMethod::ClientSecretBasic } else { AuthMethod::PrivateKeyJwt };
        let scope = scopes(&self.scope)?;
        let (name_ja, name_en) = (name("--name-ja", &self.name_ja)?, name("--name-en", &self.name_en)?);
        let metadata = Metadata {
            redirect_uris: self.redirect_uris,
            post_logout_redirect_uris: self.post_logout_redirect_uris,
            jwks: jwks.transpose()?,
            jwks_uri: self.keys.jwks_uri,
            token_endpoint_auth_method: method,
            backchannel_logout_session_required: self.backchannel_logout_uri.is_some(),
            backchannel_logout_uri: self.backchannel_logout_uri,
            initiate_login_uri: self.initiate_login_uri,
            scope,
            require_pushed_authorization_requests: self.require_par,
            prompts_allowed: Vec::new(),
        };
        let id = self.id.map_or_else(fresh_client_id, Ok)?;
        let client = Client::new(&id, metadata, rules(self.allow_private_clients, environment))
            .map_err(|wrong| Error::Config(wrong.to_string()))?;
        let mut registered = Registered::new(client, name_ja, name_en);
        let secret = self.keys.client_secret.then(fresh_token).transpose()?;
        registered.secret = secret.as_ref().map(|secret| secrets.hash("client secret", secret.as_bytes()));
        if !put(store.pool(), environment, &registered, now).await? {
            return Err(no_such(&id));
        }
        println!("{id}");
        if let Some(secret) = secret {
            println!("{secret}");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_people_can_read() {
        let long = "名".repeat(LONGEST_NAME);
        for right in ["a", "手動サービス", "  By hand ", &long] {
            assert_eq!(name("--name-ja", right).unwrap(), right.trim());
        }
        for wrong in ["", "   ", "\u{3000}", "a\nb", "a\tb", "\u{1b}[31m", "a\u{9b}", "a\0", &format!("{long}名")] {
            let told = name("--name-ja", wrong).unwrap_err().to_string();
            assert!(told.contains("--name-ja: "), "{wrong:?}: {told}");
        }
    }

    #[test]
    fn a_scope_that_there_is_not_is_named_with_those_that_there_are() {
        assert_eq!(scopes("openid registration").unwrap().to_string(), "openid registration");
        assert_eq!(scopes(&SCOPES.join(" ")).unwrap(), SCOPES.into_iter().collect());
        let told = scopes("openid bogus profile").unwrap_err().to_string();
        assert!(told.contains("bogus profile.") && told.contains(&SCOPES.join(" ")), "{told}");
        assert!(scopes("openid  registration").is_err());
    }
}
