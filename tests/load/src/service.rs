//! The service that people sign in to: what it sends by the browser, and what it asks the portal itself.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jpki_oidc::jwt::SigningKey;
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::json;
use ureq::Agent;
use url::form_urlencoded::Serializer;

use crate::Result;

/// How long an assertion is good, in seconds.
const ASSERTION: u64 = 60;

/// A registered service.
pub(crate) struct Service {
    portal: String,
    client_id: String,
    key: SigningKey,
    number: AtomicU64,
}

/// A sign-in that was begun.
pub(crate) struct Begun {
    /// Where the browser goes.
    pub(crate) path: String,
    state: String,
    verifier: String,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl Service {
    /// Where answers go. Nobody listens there: the simulated browser stops at the address.
    pub(crate) const REDIRECT: &str = "http://localhost:9/return";
    /// Where people go after logging out.
    pub(crate) const AFTER_LOGOUT: &str = "http://localhost:9/";

    /// A new key, in PKCS #8.
    pub(crate) fn fresh_key() -> Result<Vec<u8>> {
        Ok(SigningKey::generate()?)
    }

    /// Its public half, as the portal takes it.
    pub(crate) fn public_keys(key: &[u8]) -> Result<String> {
        Ok(json!({ "keys": [SigningKey::from_pkcs8(key)?.public()] }).to_string())
    }

    pub(crate) fn new(portal: &str, client_id: &str, key: &[u8]) -> Result<Self> {
        let key = SigningKey::from_pkcs8(key)?;
        Ok(Self { portal: portal.to_owned(), client_id: client_id.to_owned(), key, number: AtomicU64::new(0) })
    }

    /// A number that is used once in this process.
    fn once(&self) -> String {
        format!("{:020}", self.number.fetch_add(1, Ordering::Relaxed))
    }

    /// Begins a sign-in.
    pub(crate) fn begin(&self, scope: &str) -> Begun {
        let state = self.once();
        let verifier = format!("verifier-of-a-load-test-{state}");
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        let query = Serializer::new(String::new())
            .extend_pairs([("response_type", "code"), ("client_id", &self.client_id), ("redirect_uri", Self::REDIRECT)])
            .extend_pairs([("scope", scope), ("state", &state), ("nonce", &state)])
            .extend_pairs([("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")])
            .finish();
        Begun { path: format!("/oauth/authorize?{query}"), state, verifier }
    }

    /// Redeems what came back with the browser. Gives the ID token.
    pub(crate) fn redeem(&self, agent: &Agent, begun: &Begun, returned: &str) -> Result<String> {
        let returned = url::Url::parse(returned)?;
        let parameter = |name| returned.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value);
        if parameter("state").as_deref() != Some(begun.state.as_str()) {
            return Err(format!("another state came back: {returned}").into());
        }
        let code = parameter("code").ok_or_else(|| format!("no code came back: {returned}"))?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs();
        let endpoint = format!("{}/oauth/token", self.portal);
        let claims = json!({
            "iss": self.client_id, "sub": self.client_id, "aud": endpoint, "jti": self.once(), "iat": now, "exp": now + ASSERTION,
        });
        let assertion = self.key.sign("JWT", &claims)?;
        let body = Serializer::new(String::new())
            .extend_pairs([("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", Self::REDIRECT)])
            .extend_pairs([("code_verifier", begun.verifier.as_str()), ("client_assertion", &assertion)])
            .append_pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            .finish();
        let mut answer = agent.post(endpoint).content_type("application/x-www-form-urlencoded").send(body)?;
        let text = answer.body_mut().read_to_string()?;
        let tokens: Tokens = serde_json::from_str(&text).map_err(|_| format!("no tokens: {text}"))?;
        Ok(tokens.id_token)
    }

    /// Where the browser goes to end what it began.
    pub(crate) fn log_out(&self, id_token: &str) -> String {
        let query = Serializer::new(String::new())
            .extend_pairs([("id_token_hint", id_token), ("post_logout_redirect_uri", Self::AFTER_LOGOUT)])
            .finish();
        format!("/oauth/end-session?{query}")
    }
}
