//! Calls to addresses that services named: their keys and their back-channel logout.
//! Whoever must make such a call comes in with a parsed URL; back come a status and at most 64 KiB, within four seconds.
//! No call ever reaches this machine, a private network or a cloud's metadata unless the settings say so, follows a redirect, or takes a proxy.

mod resolve;
mod target;

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use jpki_oidc::address::Reach;
use reqwest::{Client, RequestBuilder, redirect};
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::sync::{OnceCell, Semaphore};
use url::Url;

use resolve::{Lookup, Resolver, system_lookup};
use target::allow;

/// The longest that a call takes, from the wait for its turn to the last byte.
const WHOLE_TIME: Duration = Duration::from_secs(4);
/// The most bytes of an answer.
const MAX_ANSWER: usize = 64 * 1024;
/// How many calls are under way at once; more wait for their turn.
const MAX_CALLS: usize = 32;

/// The one client for such calls.
pub(crate) struct Outbound {
    reach: Reach,
    lookup: Lookup,
    whole_time: Duration,
    turns: Semaphore,
    /// Made at the first call: it reads the system's certificates, which a portal without such calls doesn't need.
    client: OnceCell<Client>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
}

/// Why a call brought no answer. Worth trying again only where it [`may pass`](CallError::may_pass).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CallError {
    /// Not https, or with a user, or without a host.
    #[error("the address isn't https, or names a user; write https://HOST/PATH")]
    Scheme,
    /// An address that isn't called.
    #[error("the host isn't on the Internet: it has a loopback, private or reserved address")]
    Address,
    /// The name means nothing at the moment.
    #[error("the host's name can't be resolved")]
    Name,
    /// No connection, no valid certificate, or no HTTP.
    #[error("the host can't be reached over TLS, or doesn't speak HTTP")]
    Unreachable,
    /// Too slow.
    #[error("no whole answer came within 4 seconds")]
    Slow,
    /// Too large.
    #[error("the answer is larger than 64 KiB")]
    Large,
    /// The portal itself can't call anybody.
    #[error("the portal has no certificates to tell hosts by; its operator installs the system's CA certificates")]
    NoCertificates,
}

impl CallError {
    /// Whether the same call may go through later.
    pub(crate) fn may_pass(self) -> bool {
        match self {
            Self::Name | Self::Unreachable | Self::Slow | Self::NoCertificates => true,
            Self::Scheme | Self::Address | Self::Large => false,
        }
    }
}

impl Outbound {
    /// A client that calls the Internet, and with `private` also loopback (there without TLS, too) and private networks.
    pub(crate) fn new(private: bool) -> Self {
        Self::with_lookup(private, Arc::new(system_lookup))
    }

    fn with_lookup(private: bool, lookup: Lookup) -> Self {
        Self {
            reach: Reach::of(private),
            lookup,
            whole_time: WHOLE_TIME,
            turns: Semaphore::new(MAX_CALLS),
            client: OnceCell::new(),
        }
    }

    /// Fetches something.
    ///
    /// # Errors
    /// See [`CallError`]. An answer of any status is an answer.
    pub(crate) async fn get(&self, url: &Url) -> Result<Answer, CallError> {
        let json = HeaderValue::from_static("application/json, application/jwk-set+json;q=0.9");
        self.call(url, |client| client.get(url.clone()).header(header::ACCEPT, json)).await
    }

    /// Posts a form.
    ///
    /// # Errors
    /// See [`CallError`]. An answer of any status is an answer.
    pub(crate) async fn post_form(&self, url: &Url, fields: &[(&str, &str)]) -> Result<Answer, CallError> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        self.call(url, |client| client.post(url.clone()).header(header::CONTENT_TYPE, form).body(body)).await
    }

    async fn call(&self, url: &Url, request: impl FnOnce(&Client) -> RequestBuilder) -> Result<Answer, CallError> {
        allow(url, self.reach)?;
        let call = async {
            let _turn = self.turns.acquire().await.map_err(|_| CallError::Slow)?;
            let client = self.client.get_or_try_init(async || self.build()).await?;
            fetch(request(client)).await
        };
        tokio::time::timeout(self.whole_time, call).await.map_err(|_| CallError::Slow)?
    }

    fn build(&self) -> Result<Client, CallError> {
        let failed = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, "no service can be called");
            CallError::NoCertificates
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_platform_verifier())
            .map_err(|error| failed(&error))?
            .with_no_client_auth();
        Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Resolver::new(self.reach, self.lookup.clone()))
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            // A connection is judged when it is made, so none is kept for later.
            .pool_max_idle_per_host(0)
            .user_agent(concat!("jpki-portal/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| failed(&error))
    }
}

async fn fetch(request: RequestBuilder) -> Result<Answer, CallError> {
    let mut response = request.send().await.map_err(|error| why(&error))?;
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| why(&error))? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(CallError::Large);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body })
}

/// The resolver's own word if it was that, else that there is no way.
fn why(error: &(dyn std::error::Error + 'static)) -> CallError {
    std::iter::successors(Some(error), |error| error.source())
        .find_map(|error| error.downcast_ref::<CallError>().copied())
        .unwrap_or(CallError::Unreachable)
}

#[cfg(test)]
mod tests;
