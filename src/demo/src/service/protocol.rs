//! What the service says to the portal and what it believes of it; the rules are `jpki-oidc`'s.

use jiff::Timestamp;
use jpki_oidc::jwt::SigningKey;
use jpki_oidc::relying_party::{
    CallbackError, Expected, Login, LoginOptions, Provider, TokenError, check_callback, check_id_token,
    check_logout_token, client_assertion,
};
use jpki_oidc::{ACR_CARD, JwkSet, Parameters, Scopes};
use serde::Deserialize;
use url::form_urlencoded;

use super::visits::fresh;

/// The portal: its endpoints and its keys.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) provider: Provider,
    pub(super) keys: JwkSet,
}

/// The service towards the portal.
pub(super) struct RelyingParty {
    client_id: String,
    key: SigningKey,
    redirect_uri: String,
    home: String,
}

/// The token endpoint's answer (RFC 6749, 5.1).
#[derive(Deserialize)]
pub(super) struct Tokens {
    id_token: String,
    access_token: String,
}

/// Who was signed in: a number that this service alone knows them by, and how sure that is.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) subject: String,
    pub(super) sid: String,
    pub(super) acr: String,
    pub(super) access_token: String,
    id_token: String,
}

/// The fields of a form, by name.
type Fields = Vec<(&'static str, String)>;

impl RelyingParty {
    pub(super) fn new(client_id: String, key: SigningKey, redirect_uri: String, home: String) -> Self {
        Self { client_id, key, redirect_uri, home }
    }

    /// A login that begins, and its request.
    pub(super) fn begin(
        &self,
        provider: &Provider,
        scopes: &Scopes,
        language: &str,
    ) -> Result<(Login, Fields), &'static str> {
        let login = Login::new(provider, &self.redirect_uri, [fresh()?, fresh()?, fresh()?]);
        let options = LoginOptions {
            acr_values: vec![ACR_CARD.to_owned()],
            ui_locales: vec![language.to_owned()],
            ..LoginOptions::default()
        };
        let request = login.parameters(&self.client_id, scopes, &options);
        Ok((login, request))
    }

    /// Where the browser goes with a pushed request (RFC 9126).
    pub(super) fn authorization_url(&self, provider: &Provider, request_uri: &str) -> String {
        address(&provider.authorization_endpoint, &[("client_id", &self.client_id), ("request_uri", request_uri)])
    }

    /// Proves who the service is (`private_key_jwt`): fields to add to a call.
    pub(super) fn proof(
        &self,
        provider: &Provider,
        now: Timestamp,
    ) -> Result<[(&'static str, String); 2], &'static str> {
        let assertion = client_assertion(&self.key, &self.client_id, &provider.issuer, &fresh()?, now)
            .map_err(|_| "the service's key can't sign")?;
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned();
        Ok([("client_assertion_type", kind), ("client_assertion", assertion)])
    }

    /// The code that the browser brought back, and the call that redeems it.
    pub(super) fn redemption(
        &self,
        known: &Known,
        login: &Login,
        query: &str,
    ) -> Result<Vec<(&'static str, String)>, CallbackError> {
        let code = check_callback(&Parameters::parse(query.as_bytes()), &known.provider, login)?;
        Ok(vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code),
            ("redirect_uri", login.redirect_uri.clone()),
            ("code_verifier", login.code_verifier.clone()),
        ])
    }

    /// Who was signed in, if the ID token is to be believed.
    pub(super) fn believe(
        &self,
        known: &Known,
        login: &Login,
        tokens: Tokens,
        now: Timestamp,
    ) -> Result<Person, TokenError> {
        let expected = Expected {
            issuer: &login.issuer,
            client_id: &self.client_id,
            nonce: &login.nonce,
            access_token: Some(&tokens.access_token),
            max_age: None,
            acr_values: &[ACR_CARD],
        };
        let claims = check_id_token(&tokens.id_token, &known.keys, expected, now)?;
        Ok(Person {
            subject: claims.sub,
            sid: claims.sid.unwrap_or_default(),
            acr: claims.acr.unwrap_or_default(),
            access_token: tokens.access_token,
            id_token: tokens.id_token,
        })
    }

    /// Where the browser goes to sign out of the portal, too (OpenID Connect RP-Initiated Logout).
    pub(super) fn sign_out_url(&self, provider: &Provider, person: &Person) -> String {
        let parameters = [
            ("client_id", self.client_id.as_str()),
            ("id_token_hint", &person.id_token),
            ("post_logout_redirect_uri", &self.home),
        ];
        match &provider.end_session_endpoint {
            Some(endpoint) => address(endpoint, &parameters),
            None => self.home.clone(),
        }
    }

    /// The session that is over, if the logout token is to be believed. That it may come twice does no harm: what is over stays over.
    pub(super) fn believe_logout(
        &self,
        known: &Known,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<String>, TokenError> {
        let claims = check_logout_token(token, &known.keys, &known.provider.issuer, &self.client_id, now)?;
        Ok(claims.sid)
    }
}

fn address(endpoint: &str, parameters: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    format!("{endpoint}?{query}")
}
