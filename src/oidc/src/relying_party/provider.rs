//! What is known of a provider: its discovery document (OpenID Connect Discovery 1.0, 4.3).

use serde::{Deserialize, Serialize};
use url::Url;

/// A provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Its issuer.
    pub issuer: String,
    /// Where browsers are sent.
    pub authorization_endpoint: String,
    /// Where codes are redeemed.
    pub token_endpoint: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Where people log out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<String>,
    /// Where requests are pushed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed_authorization_request_endpoint: Option<String>,
    /// Whether its answers say who made them (RFC 9207). Where they do, they must.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

/// A discovery document that isn't followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryError {
    /// It isn't one.
    #[error("not a discovery document with issuer, authorization_endpoint, token_endpoint and jwks_uri")]
    Form,
    /// It speaks of another provider.
    #[error("the document's issuer isn't the one it was fetched from")]
    Issuer,
    /// Its addresses aren't https, or on another machine without TLS.
    #[error("an endpoint isn't https")]
    Address,
}

impl Provider {
    /// Where a provider's discovery document is.
    pub fn document_of(issuer: &str) -> String {
        format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
    }

    /// Reads the discovery document of an issuer. `plain`: whether http is accepted, for a developer's machine.
    ///
    /// # Errors
    /// [`DiscoveryError`].
    pub fn read(document: &[u8], issuer: &str, plain: bool) -> Result<Self, DiscoveryError> {
        let provider: Self = serde_json::from_slice(document).map_err(|_| DiscoveryError::Form)?;
        if provider.issuer != issuer {
            return Err(DiscoveryError::Issuer);
        }
        let optional = [&provider.end_session_endpoint, &provider.pushed_authorization_request_endpoint];
        let all = [&provider.authorization_endpoint, &provider.token_endpoint, &provider.jwks_uri];
        let is_safe = |address: &&String| {
            Url::parse(address).is_ok_and(|url| url.scheme() == "https" || (plain && url.scheme() == "http"))
        };
        let safe = all.into_iter().chain(optional.into_iter().flatten()).all(|address| is_safe(&address));
        if safe { Ok(provider) } else { Err(DiscoveryError::Address) }
    }
}
