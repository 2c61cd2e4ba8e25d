//! What the tokens say that the provider makes: ID token, access token (RFC 9068), logout token.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Code;
use crate::jwt::{self, Algorithm, Audience};
use crate::{AMR_CARD, JwkSet, Scopes};

/// The type of ID tokens in headers.
pub const ID_TOKEN: &str = "JWT";
/// The type of access tokens in headers (RFC 9068, 2.1).
pub const ACCESS_TOKEN: &str = "at+jwt";
/// The type of logout tokens in headers (OpenID Connect Back-Channel Logout, 2.4).
pub const LOGOUT_TOKEN: &str = "logout+jwt";
/// How long an ID token and an access token live, in seconds.
pub const TOKEN_LIFE: i64 = 300;
/// The event that a logout token tells.
pub const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The claims of an ID token (OpenID Connect Core, 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdClaims {
    /// Who made it.
    pub iss: String,
    /// The person, as this client knows them.
    pub sub: String,
    /// The client.
    pub aud: Audience,
    /// Unix seconds.
    pub exp: i64,
    /// Unix seconds.
    pub iat: i64,
    /// When the person proved themselves, in Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// From the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// How sure the provider is of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// How they proved themselves (RFC 8176).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// The session's name towards this client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Ties the access token to this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
    /// Who may use it, where there are several receivers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub azp: Option<String>,
}

impl IdClaims {
    /// What the ID token for a redeemed code says.
    pub fn of(code: &Code, issuer: &str, access_token: &str, now: Timestamp) -> Self {
        Self {
            iss: issuer.to_owned(),
            sub: code.granted.subject.clone(),
            aud: Audience::One(code.client_id.clone()),
            exp: now.as_second() + TOKEN_LIFE,
            iat: now.as_second(),
            auth_time: Some(code.granted.since.as_second()),
            nonce: code.nonce.clone(),
            acr: Some(code.acr.clone()),
            amr: AMR_CARD.map(str::to_owned).to_vec(),
            sid: Some(code.granted.sid.clone()),
            at_hash: Some(at_hash(access_token)),
            azp: None,
        }
    }
}

/// The left half of an access token's hash (OpenID Connect Core, 3.1.3.6).
pub fn at_hash(access_token: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(&digest(&SHA256, access_token.as_bytes()).as_ref()[..16])
}

/// Reads an ID token that the provider made, as a hint; one that is over still counts (OpenID Connect RP-Initiated Logout, 2).
/// With `client_id` it must be that client's.
pub fn id_token_hint(hint: &str, keys: &JwkSet, issuer: &str, client_id: Option<&str>) -> Option<IdClaims> {
    let claims: IdClaims = jwt::verify(hint, keys, &[Algorithm::Es256], Some(ID_TOKEN)).ok()?;
    let is_own = claims.iss == issuer && client_id.is_none_or(|client| claims.aud.is_only(client));
    is_own.then_some(claims)
}

/// The claims of an access token (RFC 9068, 2.2). It names nothing that two clients could compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// Who made it.
    pub iss: String,
    /// The person, as this client knows them.
    pub sub: String,
    /// The portal's APIs.
    pub aud: Audience,
    /// Unix seconds.
    pub exp: i64,
    /// Unix seconds.
    pub iat: i64,
    /// The token's own name.
    pub jti: String,
    /// The client.
    pub client_id: String,
    /// How far it reaches.
    pub scope: Scopes,
    /// Under which name the provider keeps what it rests on.
    pub grant: String,
}

impl AccessClaims {
    /// Reads an access token that the provider made and whose time isn't over.
    pub fn read(token: &str, keys: &JwkSet, issuer: &str, now: Timestamp) -> Option<Self> {
        let claims: Self = jwt::verify(token, keys, &[Algorithm::Es256], Some(ACCESS_TOKEN)).ok()?;
        let good = claims.iss == issuer && claims.aud.is_only(issuer) && now.as_second() < claims.exp;
        good.then_some(claims)
    }
}

/// The claims of a logout token (OpenID Connect Back-Channel Logout, 2.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutClaims {
    /// Who made it.
    pub iss: String,
    /// The client.
    pub aud: Audience,
    /// Unix seconds.
    pub iat: i64,
    /// Unix seconds.
    pub exp: i64,
    /// The token's own name: it counts once.
    pub jti: String,
    /// What happened.
    pub events: Value,
    /// The person, as this client knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The session's name towards this client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Must not be there: a logout token is never an ID token.
    #[serde(default, skip_serializing)]
    pub nonce: Option<Value>,
}

impl LogoutClaims {
    /// Tells a client that a session is over. It lives two minutes, as the specification recommends.
    pub fn new(issuer: &str, client_id: &str, subject: &str, sid: &str, jti: String, now: Timestamp) -> Self {
        Self {
            iss: issuer.to_owned(),
            aud: Audience::One(client_id.to_owned()),
            iat: now.as_second(),
            exp: now.as_second() + 120,
            jti,
            events: json!({ LOGOUT_EVENT: {} }),
            sub: Some(subject.to_owned()),
            sid: Some(sid.to_owned()),
            nonce: None,
        }
    }
}
