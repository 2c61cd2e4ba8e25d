//! How a client proves who it is: by an assertion signed with its own key (RFC 7523, `private_key_jwt`) or, for tests, by a secret.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde::Deserialize;

use crate::error::{ErrorWord, Refusal};
use crate::jwt::{self, Algorithm, Audience};
use crate::{JwkSet, Parameters};

/// How long an assertion counts at most, in seconds after it was made.
pub const LONGEST_ASSERTION: i64 = 300;
/// How far clocks may be apart, in seconds.
const SKEW: i64 = 30;
/// The one type of assertion (RFC 7523, 2.2).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a request says about its client, before any of it is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientProof {
    /// An assertion.
    Assertion {
        /// Who it claims to be from.
        client_id: String,
        /// The assertion.
        assertion: String,
    },
    /// A secret (HTTP Basic).
    Secret {
        /// Who it claims to be.
        client_id: String,
        /// The secret.
        secret: String,
    },
}

impl ClientProof {
    /// Finds the proof in a request: exactly one (RFC 6749, 2.3).
    ///
    /// # Errors
    /// `invalid_client` if there is none that can be read, `invalid_request` if there are two or they don't agree.
    pub fn read(parameters: &Parameters, authorization: Option<&str>) -> Result<Self, Refusal> {
        let claimed = parameters.get("client_id")?;
        let assertion = parameters.get("client_assertion")?;
        let proof = match (assertion, authorization) {
            (Some(_), Some(_)) => return Err(Refusal::invalid("the client proves itself in two ways: use one")),
            (Some(assertion), None) => {
                if parameters.get("client_assertion_type")? != Some(ASSERTION_TYPE) {
                    return Err(Refusal::invalid(format!("client_assertion_type must be {ASSERTION_TYPE}")));
                }
                let client_id = claimed_client(assertion).ok_or_else(not_proved)?;
                Self::Assertion { client_id, assertion: assertion.to_owned() }
            }
            (None, Some(header)) => basic(header).ok_or_else(not_proved)?,
            (None, None) => return Err(not_proved()),
        };
        if parameters.get("client_secret")?.is_some() {
            return Err(Refusal::invalid("client_secret is not accepted in the body"));
        }
        if claimed.is_some_and(|claimed| claimed != proof.client_id()) {
            return Err(Refusal::invalid("client_id is not the client that the proof names"));
        }
        Ok(proof)
    }

    /// Who it claims to be.
    pub fn client_id(&self) -> &str {
        match self {
            Self::Assertion { client_id, .. } | Self::Secret { client_id, .. } => client_id,
        }
    }
}

/// The answer to every proof that doesn't hold: it doesn't say whether the client exists.
pub fn not_proved() -> Refusal {
    Refusal::new(
        ErrorWord::InvalidClient,
        "the client is unknown, is not allowed to use the portal at present, or did not prove who it is",
    )
}

/// HTTP Basic with both halves form-encoded (RFC 6749, 2.3.1).
fn basic(header: &str) -> Option<ClientProof> {
    let (scheme, credentials) = header.split_once(' ')?;
    let decoded = BASE64_STANDARD.decode(credentials.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (client_id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    let plain = |text: &str| {
        let pair = format!("v={}", text.replace('&', "%26"));
        url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    let (client_id, secret) = (plain(client_id)?, plain(secret)?);
    let short = client_id.len() <= 255 && secret.len() <= 255 && !secret.is_empty();
    short.then_some(ClientProof::Secret { client_id, secret })
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    jti: String,
    #[serde(default)]
    iat: Option<i64>,
    #[serde(default)]
    nbf: Option<i64>,
}

/// Who an assertion claims to be from. Nothing of it is believed yet.
pub fn claimed_client(assertion: &str) -> Option<String> {
    jwt::peek::<Claims>(assertion).map(|claims| claims.sub).filter(|sub| sub.len() <= 255)
}

/// An assertion that holds, if it wasn't used before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Its own name: it counts once.
    pub jti: String,
    /// Until when it must be remembered.
    pub expires: Timestamp,
}

impl Assertion {
    /// Checks an assertion of a client whose keys are `keys`, made for one of `audiences`.
    ///
    /// # Errors
    /// `invalid_client`, saying which check failed: only somebody with the client's key gets far.
    pub fn check(
        assertion: &str,
        client_id: &str,
        keys: &JwkSet,
        audiences: &[&str],
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let claims: Claims = jwt::verify(assertion, keys, &Algorithm::ALL, None).map_err(|_| not_proved())?;
        let now = now.as_second();
        let times = [claims.iat, claims.nbf];
        // Some libraries let theirs count for an hour: here it is over earlier, so that it needn't be remembered for so long.
        let exp = claims.iat.map_or(claims.exp, |made| claims.exp.min(made.saturating_add(LONGEST_ASSERTION)));
        let checks = [
            (claims.iss == client_id && claims.sub == client_id, "iss and sub must be the client_id"),
            (audiences.iter().any(|own| claims.aud.has(own)), "aud must be the issuer or the token endpoint"),
            (times.iter().flatten().all(|time| *time <= now + SKEW), "iat or nbf lies ahead: look at the clock"),
            (exp > now - SKEW, "exp is over, or iat 5 minutes ago: look at the clock"),
            (exp <= now + LONGEST_ASSERTION + SKEW, "without iat, exp must be at most 5 minutes ahead"),
            ((1..=255).contains(&claims.jti.len()), "jti must be there, at most 255 bytes"),
        ];
        if let Some((_, why)) = checks.iter().find(|(holds, _)| !holds) {
            return Err(Refusal::new(ErrorWord::InvalidClient, format!("client_assertion: {why}")));
        }
        let expires = Timestamp::from_second(exp + SKEW).map_err(|_| not_proved())?;
        Ok(Self { jti: claims.jti, expires })
    }
}
