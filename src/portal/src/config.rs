//! The settings of one portal, checked before anything starts.

use std::path::{Path, PathBuf};

use jpki_protocol::{Origin, OriginPolicy};
use url::Url;

use crate::error::{Error, Result};
use crate::hours::Calendar;
use crate::lifecycle::Rules;
use crate::observe::{Limits, Network};

/// Which of the two environments this portal is. Each has its own issuer, keys, accounts and settings of its clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// 本番環境: people.
    Production,
    /// 接続確認環境: developers with test cards.
    Test,
}

impl Environment {
    /// The word for it in rows and in answers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
        }
    }
}

/// The settings of one portal.
#[derive(Debug, Clone)]
pub struct Config {
    issuer: Url,
    origin: Origin,
    environment: Environment,
    allow_private_clients: bool,
    agent_port: Option<u16>,
    checks_revocation: bool,
    calendar: Calendar,
    limits: Limits,
    trusted_proxies: Vec<Network>,
    rules: Rules,
    mail_folder: Option<PathBuf>,
}

impl Config {
    /// A portal that browsers and services reach at `issuer`: an https URL, or http on `localhost`, without path, query
    /// and fragment. What cards sign, and the `iss` of every token, follow from it.
    ///
    /// # Errors
    /// [`Error::Config`] if it isn't such a URL.
    pub fn new(issuer: &str, environment: Environment) -> Result<Self> {
        let wrong = || {
            Error::Config(format!(
                "{issuer} is no issuer: write the portal's https address without a path, such as https://portal.example \
                 (http only for localhost)"
            ))
        };
        let url = Url::parse(issuer).map_err(|_| wrong())?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !bare || !url.username().is_empty() || url.password().is_some() {
            return Err(wrong());
        }
        let origin =
            Origin::parse(&url.origin().ascii_serialization(), OriginPolicy::Developer).map_err(|_| wrong())?;
        let calendar = Calendar::guideline()?;
        Ok(Self {
            issuer: url,
            origin,
            environment,
            allow_private_clients: false,
            agent_port: None,
            checks_revocation: true,
            calendar,
            limits: Limits::default(),
            trusted_proxies: Vec::new(),
            rules: Rules::built_in()?,
            mail_folder: None,
        })
    }

    /// Lets services live on loopback and private addresses: on a developer's machine, and inside a closed network.
    #[must_use]
    pub fn with_private_clients(mut self, allow: bool) -> Self {
        self.allow_private_clients = allow;
        self
    }

    /// Where pages look for the agent, if it was started with `--port`; else at its usual ports.
    #[must_use]
    pub fn with_agent_port(mut self, port: Option<u16>) -> Self {
        self.agent_port = port;
        self
    }

    /// Says that the verifier asks nobody about revocation, so that pages and operators are told.
    #[must_use]
    pub fn without_revocation(mut self) -> Self {
        self.checks_revocation = false;
        self
    }

    /// Other service hours than the guideline's.
    #[must_use]
    pub fn with_calendar(mut self, calendar: Calendar) -> Self {
        self.calendar = calendar;
        self
    }

    /// Other limits than the usual ones on how often who may come.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The proxies whose `X-Forwarded-For` and `X-Request-Id` are believed. Usually nobody's.
    #[must_use]
    pub fn with_trusted_proxies(mut self, proxies: Vec<Network>) -> Self {
        self.trusted_proxies = proxies;
        self
    }

    /// Other forms for those who apply than the guideline's.
    #[must_use]
    pub fn with_rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// A folder for mails, from which the machine's mail system sends them.
    #[must_use]
    pub fn with_mail_folder(mut self, folder: Option<PathBuf>) -> Self {
        self.mail_folder = folder;
        self
    }

    /// The issuer as it stands in tokens: without a slash at its end.
    pub fn issuer(&self) -> &str {
        self.issuer.as_str().trim_end_matches('/')
    }

    /// The address of a path of this portal, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer())
    }

    /// The portal's origin: what cards sign.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether cookies travel over TLS only. A developer's `http://localhost` has none.
    pub fn is_secure(&self) -> bool {
        self.issuer.scheme() == "https"
    }

    /// Forms and requirements for those who apply.
    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Where mails go.
    pub(crate) fn mail_folder(&self) -> Option<&Path> {
        self.mail_folder.as_deref()
    }

    /// The portal's host.
    pub(crate) fn host(&self) -> &str {
        self.issuer.host_str().unwrap_or("localhost")
    }

    /// Which environment this is.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// Whether services may live on loopback and private addresses.
    pub fn allows_private_clients(&self) -> bool {
        self.allow_private_clients
    }

    /// How often who may come.
    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Who may say where a request comes from.
    pub(crate) fn trusted_proxies(&self) -> &[Network] {
        &self.trusted_proxies
    }

    /// When which system is stopped as planned.
    pub(crate) fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Whether revocation of certificates is checked.
    pub fn checks_revocation(&self) -> bool {
        self.checks_revocation
    }

    /// Where pages look for the agent, if not at its usual ports.
    pub fn agent_port(&self) -> Option<u16> {
        self.agent_port
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_an_origin_of_its_own() {
        let config = Config::new("https://portal.example/", Environment::Test).unwrap();
        assert_eq!(config.issuer(), "https://portal.example");
        assert_eq!(config.url("/about"), "https://portal.example/about");
        assert!(config.is_secure());
        assert!(!Config::new("http://localhost:8080", Environment::Test).unwrap().is_secure());
        let wrong = [
            "",
            "portal.example",
            "http://portal.example",
            "https://a.example/p",
            "https://u@a.example",
            "ftp://a.example",
            "https://a.example/?q",
            "https://a.example/#f",
        ];
        for issuer in wrong {
            assert!(Config::new(issuer, Environment::Test).is_err(), "{issuer}");
        }
    }
}
