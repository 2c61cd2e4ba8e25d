//! The other direction: a service (RP) that signs people in at a provider. The delivery service does, and the portal at those
//! that people link with it.
//! Callers come in with what a browser or the provider sent; they get a value back, or the reason why it isn't believed.
//! Nothing is fetched, kept or timed here; whoever calls brings randomness and the time.

mod callback;
mod id_token;
mod login;
mod logout_token;
mod provider;

pub use callback::{CallbackError, check_callback};
pub use id_token::{Expected, TokenError, check_id_token};
pub use login::{Login, LoginOptions};
pub use logout_token::check_logout_token;
pub use provider::{DiscoveryError, Provider};

use jiff::Timestamp;
use serde_json::json;

use crate::jwt::{KeyFault, SigningKey};

/// How far clocks may be apart, in seconds.
const SKEW: i64 = 60;
/// How long the client's own assertions live, in seconds.
const ASSERTION_LIFE: i64 = 60;

/// The assertion by which this client proves who it is (RFC 7523), for an audience: the provider's issuer or token endpoint. `jti` is
/// random.
///
/// # Errors
/// [`KeyFault`].
pub fn client_assertion(
    key: &SigningKey,
    client_id: &str,
    audience: &str,
    jti: &str,
    now: Timestamp,
) -> Result<String, KeyFault> {
    let now = now.as_second();
    let claims = json!({
        "iss": client_id, "sub": client_id, "aud": audience, "jti": jti, "iat": now, "exp": now + ASSERTION_LIFE,
    });
    key.sign("JWT", &claims)
}

#[cfg(test)]
mod tests;
