//! The authorization code: what it says once it is opened. It is sealed, not stored; redeeming it is what is stored.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::AuthorizationRequest;
use crate::Scopes;

/// How long a code is good for: a redirect and a call (RFC 6749, 4.1.2 wants at most ten minutes).
pub const CODE_LIFE: SignedDuration = SignedDuration::from_secs(60);

/// What a person gave a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// The pseudonym under which the client knows the person.
    pub subject: String,
    /// The account; none for somebody who isn't registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The link between account and client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What the client gets: at most what it asked for.
    pub scopes: Scopes,
    /// When the person proved themselves.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub since: Timestamp,
    /// The session in which they did, by its name inside the portal.
    pub session: String,
    /// Its name towards this client.
    pub sid: String,
    /// When that session ends at the latest.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub session_ends: Timestamp,
}

/// What a code says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// Its own name: what is used up.
    pub id: String,
    /// For whom it is.
    pub client_id: String,
    /// Where it was sent.
    pub redirect_uri: String,
    /// Who can redeem it.
    pub code_challenge: String,
    /// For the ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// For the ID token.
    pub acr: String,
    /// What was given.
    pub granted: Granted,
    /// When it ends.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub expires: Timestamp,
}

impl Code {
    /// A code that answers a request. More than was asked for isn't given, whatever `granted` says.
    pub fn answering(request: &AuthorizationRequest, granted: Granted, id: String, now: Timestamp) -> Self {
        let scopes = granted.scopes.and(&request.scopes);
        Self {
            id,
            client_id: request.client_id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            code_challenge: request.code_challenge.clone(),
            nonce: request.nonce.clone(),
            acr: request.acr.clone(),
            granted: Granted { scopes, ..granted },
            expires: now.saturating_add(CODE_LIFE).unwrap_or(now),
        }
    }
}
