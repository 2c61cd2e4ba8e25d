//! The beginning of a login: what is sent to the provider, and what is kept in the person's browser until they come back.

use serde::{Deserialize, Serialize};

use super::Provider;
use crate::provider::Prompt;
use crate::{Scopes, pkce};

/// What is kept, out of others' reach, until the person comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Comes back with the answer, and ties it to this browser.
    pub state: String,
    /// Comes back in the ID token, and ties it to this login.
    pub nonce: String,
    /// What proves that it was this client that asked.
    pub code_verifier: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// The provider that was asked.
    pub issuer: String,
}

/// What may be asked for besides a login.
#[derive(Debug, Clone, Default)]
pub struct LoginOptions {
    /// What is to be shown, or not.
    pub prompts: Vec<Prompt>,
    /// The most seconds since the person proved themselves.
    pub max_age: Option<u32>,
    /// The levels that are good enough.
    pub acr_values: Vec<String>,
    /// The languages that the person reads.
    pub ui_locales: Vec<String>,
    /// The ID token of an earlier login.
    pub id_token_hint: Option<String>,
}

impl Login {
    /// A login at a provider. `random` holds three texts of 43 base64url characters, each of 32 random bytes.
    pub fn new(provider: &Provider, redirect_uri: &str, random: [String; 3]) -> Self {
        let [state, nonce, code_verifier] = random;
        let (redirect_uri, issuer) = (redirect_uri.to_owned(), provider.issuer.clone());
        Self { state, nonce, code_verifier, redirect_uri, issuer }
    }

    /// The request's parameters: for the address below, or to be pushed.
    pub fn parameters(&self, client_id: &str, scopes: &Scopes, options: &LoginOptions) -> Vec<(&'static str, String)> {
        let mut parameters = vec![
            ("response_type", "code".to_owned()),
            ("client_id", client_id.to_owned()),
            ("redirect_uri", self.redirect_uri.clone()),
            ("scope", scopes.to_string()),
            ("state", self.state.clone()),
            ("nonce", self.nonce.clone()),
            ("code_challenge", pkce::challenge_of(&self.code_verifier)),
            ("code_challenge_method", "S256".to_owned()),
        ];
        let prompts: Vec<_> = options.prompts.iter().map(|prompt| prompt.word()).collect();
        let wishes = [
            ("prompt", prompts.join(" ")),
            ("max_age", options.max_age.map(|seconds| seconds.to_string()).unwrap_or_default()),
            ("acr_values", options.acr_values.join(" ")),
            ("ui_locales", options.ui_locales.join(" ")),
            ("id_token_hint", options.id_token_hint.clone().unwrap_or_default()),
        ];
        parameters.extend(wishes.into_iter().filter(|(_, value)| !value.is_empty()));
        parameters
    }

    /// The address to which the browser is sent.
    pub fn address(&self, provider: &Provider, client_id: &str, scopes: &Scopes, options: &LoginOptions) -> String {
        let parameters = self.parameters(client_id, scopes, options);
        let pairs: Vec<_> = parameters.iter().map(|(name, value)| (*name, Some(value.as_str()))).collect();
        crate::provider::address(&provider.authorization_endpoint, &pairs)
    }
}
