//! A logout token: does the provider say that a session of this client is over? (OpenID Connect Back-Channel Logout, 2.6)

use jiff::Timestamp;

use super::{SKEW, TokenError};
use crate::JwkSet;
use crate::jwt::{self, Algorithm};
use crate::provider::{LOGOUT_EVENT, LogoutClaims};

/// Checks a logout token. That its `jti` comes once is for the caller to see to.
///
/// # Errors
/// [`TokenError`].
pub fn check_logout_token(
    token: &str,
    keys: &JwkSet,
    issuer: &str,
    client_id: &str,
    now: Timestamp,
) -> Result<LogoutClaims, TokenError> {
    let claims: LogoutClaims = jwt::verify(token, keys, &[Algorithm::Es256], None)?;
    let now = now.as_second();
    let event = claims.events.get(LOGOUT_EVENT).is_some_and(serde_json::Value::is_object);
    let names = (claims.sub.is_some() || claims.sid.is_some()) && !claims.jti.is_empty();
    let checks = [
        (claims.iss == issuer, TokenError::Issuer),
        (claims.aud.has(client_id), TokenError::Audience),
        (now < claims.exp.saturating_add(SKEW) && claims.iat <= now + SKEW, TokenError::Time),
        (event && names && claims.nonce.is_none(), TokenError::Logout),
    ];
    match checks.iter().find(|(holds, _)| !holds) {
        Some((_, error)) => Err(*error),
        None => Ok(claims),
    }
}
