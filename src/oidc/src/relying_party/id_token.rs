//! An ID token: is it the provider's, for this client, for this login, and fresh? (OpenID Connect Core, 3.1.3.7)

use jiff::Timestamp;

use super::SKEW;
use crate::JwkSet;
use crate::jwt::{self, Algorithm, JwtError};
use crate::provider::{IdClaims, at_hash};

/// What an ID token must fit.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The provider's issuer.
    pub issuer: &'a str,
    /// This client.
    pub client_id: &'a str,
    /// The login's nonce.
    pub nonce: &'a str,
    /// The access token that came with it.
    pub access_token: Option<&'a str>,
    /// The most seconds since the person proved themselves, if that was asked for.
    pub max_age: Option<u32>,
    /// The levels that are good enough; none named: any.
    pub acr_values: &'a [&'a str],
}

/// Why a token isn't believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It isn't the provider's.
    #[error(transparent)]
    Jwt(#[from] JwtError),
    /// Another provider's.
    #[error("iss is another provider")]
    Issuer,
    /// For another client.
    #[error("aud or azp is another client")]
    Audience,
    /// Over, or from the future.
    #[error("exp is over, or iat lies ahead: look at the clock")]
    Time,
    /// For another login.
    #[error("nonce is another login's")]
    Nonce,
    /// Came with another access token.
    #[error("at_hash doesn't fit the access token")]
    AccessToken,
    /// The person proved themselves too long ago.
    #[error("auth_time is missing or too long ago")]
    Age,
    /// Not sure enough.
    #[error("acr is not one of those asked for")]
    Level,
    /// Says something that a logout token may not, or lacks what it must.
    #[error("not a logout token: events, sub or sid, jti are needed, nonce is forbidden")]
    Logout,
}

/// Checks an ID token.
///
/// # Errors
/// [`TokenError`].
pub fn check_id_token(
    token: &str,
    keys: &JwkSet,
    expected: Expected<'_>,
    now: Timestamp,
) -> Result<IdClaims, TokenError> {
    let claims: IdClaims = jwt::verify(token, keys, &[Algorithm::Es256], None)?;
    let now = now.as_second();
    let ours = claims.aud.has(expected.client_id);
    let party = claims.azp.as_deref().map_or(claims.aud.only().is_some(), |azp| azp == expected.client_id);
    let recent = expected
        .max_age
        .is_none_or(|most| claims.auth_time.is_some_and(|time| now.saturating_sub(time) <= i64::from(most) + SKEW));
    let level = |acr: &str| expected.acr_values.contains(&acr);
    let bound = match (&claims.at_hash, expected.access_token) {
        (Some(hash), Some(token)) => *hash == at_hash(token),
        _ => true,
    };
    let checks = [
        (claims.iss == expected.issuer, TokenError::Issuer),
        (ours && party, TokenError::Audience),
        (now < claims.exp.saturating_add(SKEW) && claims.iat <= now + SKEW, TokenError::Time),
        (claims.nonce.as_deref() == Some(expected.nonce), TokenError::Nonce),
        (bound, TokenError::AccessToken),
        (recent, TokenError::Age),
        (expected.acr_values.is_empty() || claims.acr.as_deref().is_some_and(level), TokenError::Level),
    ];
    match checks.iter().find(|(holds, _)| !holds) {
        Some((_, error)) => Err(*error),
        None => Ok(claims),
    }
}
