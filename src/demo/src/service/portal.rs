//! Calls to the portal: what it says of itself, tokens, and its APIs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jpki_oidc::JwkSet;
use jpki_oidc::relying_party::Provider;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use ureq::Agent;

use super::protocol::{Known, Tokens};

/// No answer of the portal takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the portal couldn't be asked. For the service's developer; the person is asked to try again.
pub(super) type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// The portal as the service reaches it.
pub(super) struct Portal {
    issuer: String,
    agent: Agent,
    known: Mutex<Option<Arc<Known>>>,
}

/// 利用者状態.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct UserStatus {
    pub(super) registered: Option<bool>,
    #[serde(default)]
    pub(super) settings: BTreeMap<String, bool>,
}

/// お知らせ without its text.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct NoticeLine {
    pub(super) id: String,
    pub(super) issuer: Issuer,
    pub(super) subject: String,
    pub(super) received: jiff::Timestamp,
    pub(super) opened: Option<jiff::Timestamp>,
}

/// Who sent it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Issuer {
    pub(super) name: String,
}

/// お知らせ.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Notice {
    pub(super) issuer: Issuer,
    pub(super) subject: String,
    pub(super) body: String,
}

#[derive(Deserialize)]
struct Notices {
    notices: Vec<NoticeLine>,
}

/// What the portal told of a person.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) status: UserStatus,
    pub(super) notices: Vec<NoticeLine>,
}

#[derive(Deserialize)]
struct Pushed {
    request_uri: String,
}

/// A problem (RFC 9457) or an OAuth error (RFC 6749, 5.2).
#[derive(Deserialize)]
struct Refused {
    #[serde(alias = "error")]
    code: Option<String>,
    #[serde(alias = "error_description")]
    detail: Option<String>,
}

impl Portal {
    pub(super) fn new(issuer: String) -> Self {
        let agent = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).max_redirects(0);
        Self { issuer, agent: agent.build().into(), known: Mutex::default() }
    }

    /// What the portal says of itself, asked once.
    pub(super) fn known(&self) -> Result<Arc<Known>, Trouble> {
        if let Some(known) = &*self.known.lock().unwrap_or_else(PoisonError::into_inner) {
            return Ok(Arc::clone(known));
        }
        self.discover()
    }

    /// The same, asked anew: the portal changes its keys from time to time.
    pub(super) fn discover(&self) -> Result<Arc<Known>, Trouble> {
        let provider = Provider::read(&self.fetch(&Provider::document_of(&self.issuer))?, &self.issuer, true)?;
        let keys = JwkSet::parse(&self.fetch(&provider.jwks_uri)?)?;
        let known = Arc::new(Known { provider, keys });
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        Ok(known)
    }

    /// Pushes a request (RFC 9126), so that nothing of it passes through the browser. The name it goes by from now on.
    pub(super) fn push(&self, provider: &Provider, request: &[(&str, String)]) -> Result<String, Trouble> {
        let endpoint = provider.pushed_authorization_request_endpoint.as_ref();
        let pushed: Pushed = self.post(endpoint.ok_or("the portal takes no pushed requests")?, request)?;
        Ok(pushed.request_uri)
    }

    /// Redeems a code.
    pub(super) fn redeem(&self, provider: &Provider, request: &[(&str, String)]) -> Result<Tokens, Trouble> {
        self.post(&provider.token_endpoint, request)
    }

    /// Asks for everything that the access token permits.
    pub(super) fn ask(&self, access_token: &str) -> Result<Told, Trouble> {
        let status: UserStatus = self.get(&format!("{}/api/v1/user-status", self.issuer), Some(access_token))?;
        let notices: Notices = self.get(&format!("{}/api/v1/notices?limit=20", self.issuer), Some(access_token))?;
        Ok(Told { status, notices: notices.notices })
    }

    /// Asks for one notice.
    pub(super) fn notice(&self, access_token: &str, id: &str) -> Result<Notice, Trouble> {
        self.get(&format!("{}/api/v1/notices/{id}", self.issuer), Some(access_token))
    }

    fn fetch(&self, url: &str) -> Result<Vec<u8>, Trouble> {
        let mut response = self.agent.get(url).call()?;
        if !response.status().is_success() {
            return Err(format!("{url}: {}", response.status()).into());
        }
        Ok(response.body_mut().read_to_vec()?)
    }

    fn get<T: DeserializeOwned>(&self, url: &str, token: Option<&str>) -> Result<T, Trouble> {
        let mut request = self.agent.get(url);
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        read(request.call()?)
    }

    fn post<T: DeserializeOwned>(&self, url: &str, fields: &[(&str, String)]) -> Result<T, Trouble> {
        read(self.agent.post(url).send_form(fields.iter().map(|(name, value)| (*name, value.as_str())))?)
    }
}

fn read<T: DeserializeOwned>(mut response: ureq::http::Response<ureq::Body>) -> Result<T, Trouble> {
    let status = response.status();
    let text = response.body_mut().read_to_string()?;
    if status.is_success() {
        return Ok(serde_json::from_str(&text)?);
    }
    let refused: Refused = serde_json::from_str(&text).unwrap_or(Refused { code: None, detail: None });
    let [code, detail] = [refused.code, refused.detail].map(Option::unwrap_or_default);
    Err(format!("the portal refused: {status} {code} {detail}").into())
}
