//! A logout that a service begins (OpenID Connect RP-Initiated Logout 1.0).

use super::id_token_hint;
use super::respond::address;
use crate::error::Refusal;
use crate::{Client, JwkSet, Parameters};

/// What a service says when it sends a person to log out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndSession {
    /// Which service: from `id_token_hint`, or as `client_id` says.
    pub client_id: Option<String>,
    /// The person and the session's name towards the service, from `id_token_hint`. Without them the person must be asked.
    pub subject: Option<String>,
    /// As above.
    pub sid: Option<String>,
    /// Where the person is to go afterwards; not believed yet.
    pub post_logout_redirect_uri: Option<String>,
    /// Comes back unchanged.
    pub state: Option<String>,
    /// The languages that the person reads.
    pub ui_locales: Vec<String>,
}

/// Reads and checks a request to log out.
///
/// # Errors
/// `invalid_request` for a hint that the portal didn't make, or that is another client's than `client_id`.
pub fn check_end_session(parameters: &Parameters, keys: &JwkSet, issuer: &str) -> Result<EndSession, Refusal> {
    let named = parameters.get("client_id")?;
    let hint =
        match parameters.get("id_token_hint")? {
            None => None,
            Some(hint) => Some(id_token_hint(hint, keys, issuer, named).ok_or_else(|| {
                Refusal::invalid("id_token_hint is no ID token that this portal made for this client")
            })?),
        };
    let locales = parameters.get("ui_locales")?.unwrap_or_default();
    let hinted = hint.as_ref().and_then(|claims| claims.aud.only());
    Ok(EndSession {
        client_id: named.or(hinted).map(str::to_owned),
        subject: hint.as_ref().map(|claims| claims.sub.clone()),
        sid: hint.and_then(|claims| claims.sid),
        post_logout_redirect_uri: parameters.get("post_logout_redirect_uri")?.map(str::to_owned),
        state: parameters.get("state")?.map(str::to_owned),
        ui_locales: locales.split(' ').filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
    })
}

impl EndSession {
    /// Where the person goes afterwards: an address that the client registered, with `state`.
    ///
    /// # Errors
    /// `invalid_request` for any other address.
    pub fn way_back(&self, client: Option<&Client>) -> Result<Option<String>, Refusal> {
        let Some(uri) = &self.post_logout_redirect_uri else { return Ok(None) };
        if !client.is_some_and(|client| client.has_post_logout_redirect_uri(uri)) {
            return Err(Refusal::invalid("post_logout_redirect_uri is not registered for this client"));
        }
        Ok(Some(address(uri, &[("state", self.state.as_deref())])))
    }
}
