//! What the provider says about itself (OpenID Connect Discovery 1.0, 3; RFC 8414).

use serde_json::{Value, json};

use super::Prompt;
use crate::jwt::Algorithm;
use crate::{ACR_VALUES, Scopes};

/// Where the provider's endpoints are: full addresses.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// Requests through the browser.
    pub authorization: String,
    /// Codes and refresh tokens against tokens.
    pub token: String,
    /// Who somebody is.
    pub userinfo: String,
    /// Public keys.
    pub jwks: String,
    /// Requests pushed by clients.
    pub pushed_authorization_request: String,
    /// What a token is worth.
    pub introspection: String,
    /// Giving tokens back.
    pub revocation: String,
    /// Logging out.
    pub end_session: String,
}

/// The discovery document. `secrets`: whether clients may have shared secrets.
pub fn discovery(issuer: &str, at: &Endpoints, scopes: &Scopes, secrets: bool) -> Value {
    let algorithms = Algorithm::ALL.map(Algorithm::name);
    let methods: &[&str] = if secrets { &["private_key_jwt", "client_secret_basic"] } else { &["private_key_jwt"] };
    json!({
        "issuer": issuer,
        "authorization_endpoint": at.authorization,
        "token_endpoint": at.token,
        "userinfo_endpoint": at.userinfo,
        "jwks_uri": at.jwks,
        "pushed_authorization_request_endpoint": at.pushed_authorization_request,
        "introspection_endpoint": at.introspection,
        "revocation_endpoint": at.revocation,
        "end_session_endpoint": at.end_session,
        "scopes_supported": scopes.iter().collect::<Vec<_>>(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["pairwise"],
        "acr_values_supported": ACR_VALUES,
        "prompt_values_supported": Prompt::ALL.map(Prompt::word),
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "claim_types_supported": ["normal"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"],
        "ui_locales_supported": ["ja", "en"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "require_pushed_authorization_requests": false,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
    })
}
