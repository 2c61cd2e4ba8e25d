//! The online way: an OCSP request and its signed response (RFC 6960), carried by whoever the caller chooses.

mod request;
mod response;

use jiff::{SignedDuration, Timestamp};
use ring::rand::{SecureRandom as _, SystemRandom};

use super::{Revocation, RevocationChecker, RevocationSource, SKEW, Subject};
use crate::Refusal;
use request::CertId;
use response::{Response, Status};

/// The media type of a request, for a transport over HTTP (RFC 6960, appendix A).
pub const OCSP_REQUEST_MEDIA_TYPE: &str = "application/ocsp-request";

/// The largest response that is read, in bytes.
const MAX_RESPONSE: usize = 64 * 1024;

/// Carries a request to the responder and brings back what it answers. The library itself opens no connection.
pub trait OcspTransport: Send + Sync {
    /// Sends a DER `OCSPRequest`, which over HTTP is a POST with [`OCSP_REQUEST_MEDIA_TYPE`], and returns the body.
    ///
    /// # Errors
    /// [`TransportError`] whenever there is no complete answer. Set a time limit: a citizen is waiting.
    fn exchange(&self, request: &[u8]) -> Result<Vec<u8>, TransportError>;
}

/// No answer came; the transport logs why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the OCSP responder gave no complete answer; see the transport's log, then try again")]
pub struct TransportError;

/// Where nonces come from.
pub trait NonceSource: Send + Sync {
    /// A fresh nonce, or nothing when there is no randomness.
    fn nonce(&self) -> Option<[u8; 32]>;
}

/// Nonces from the system's random number generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemNonce;

impl NonceSource for SystemNonce {
    fn nonce(&self) -> Option<[u8; 32]> {
        let mut nonce = [0; 32];
        SystemRandom::new().fill(&mut nonce).ok()?;
        Some(nonce)
    }
}

/// What is asked of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OcspRules {
    /// Whether the answer must repeat the nonce. A responder that signs answers in advance can't; a nonce that
    /// *is* there must match in any case.
    pub nonce_required: bool,
    /// How old `thisUpdate` may be. J-LIS renews its data every 15 minutes.
    pub max_age: SignedDuration,
}

impl Default for OcspRules {
    fn default() -> Self {
        Self { nonce_required: true, max_age: SignedDuration::from_mins(30) }
    }
}

/// Asks an OCSP responder.
pub struct Ocsp {
    transport: Box<dyn OcspTransport>,
    nonces: Box<dyn NonceSource>,
    rules: OcspRules,
}

impl Ocsp {
    /// Asks over `transport`, by the default rules.
    pub fn new(transport: impl OcspTransport + 'static) -> Self {
        Self { transport: Box::new(transport), nonces: Box::new(SystemNonce), rules: OcspRules::default() }
    }

    /// Sets other rules.
    #[must_use]
    pub fn with_rules(mut self, rules: OcspRules) -> Self {
        self.rules = rules;
        self
    }

    /// Takes nonces from elsewhere, so that a recorded answer can be checked.
    #[must_use]
    pub fn with_nonces(mut self, nonces: impl NonceSource + 'static) -> Self {
        self.nonces = Box::new(nonces);
        self
    }

    fn is_fresh(&self, response: &Response<'_>, now: Timestamp) -> bool {
        let age = now.duration_since(response.this_update);
        let outdated = response.next_update.is_some_and(|next| now.duration_since(next) > SKEW);
        age >= -SKEW && age <= self.rules.max_age && !outdated
    }
}

impl RevocationChecker for Ocsp {
    fn check(&self, subject: &Subject<'_>, now: Timestamp) -> Result<Revocation, Refusal> {
        let nonce = self.nonces.nonce().ok_or(Refusal::OcspUnreachable)?;
        let id = CertId::of(subject);
        let bytes = self.transport.exchange(&id.request(&nonce)).map_err(|_| Refusal::OcspUnreachable)?;
        if bytes.len() > MAX_RESPONSE {
            return Err(Refusal::OcspMalformed);
        }
        let response = Response::read(&bytes)?;
        response.check_signature(subject.root(), now)?;
        match response.nonce {
            Some(answered) if answered != nonce => return Err(Refusal::OcspNonce),
            None if self.rules.nonce_required => return Err(Refusal::OcspNonce),
            _ => {}
        }
        if response.cert_id != id.as_der() {
            return Err(Refusal::OcspWrongCertificate);
        }
        if !self.is_fresh(&response, now) {
            return Err(Refusal::OcspStale);
        }
        match response.status {
            Status::Good => Ok(Revocation::Checked { by: RevocationSource::Ocsp, as_of: response.this_update }),
            Status::Revoked => Err(Refusal::Revoked),
            Status::Unknown => Err(Refusal::RevocationUnknown),
        }
    }
}
