//! Sessions: a random cookie, and who signed in under it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderName, header};
use axum::response::AppendHeaders;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use jpki_trust::{NoRandomness, VerifiedToken};
use ring::rand::{SecureRandom as _, SystemRandom};

const COOKIE: &str = "session";

/// How long a sign-in lasts.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// The name of a session: 32 random bytes in base64url. Knowing it is being in the session.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct SessionId(String);

impl SessionId {
    /// The length of an id, in characters.
    const LENGTH: usize = 43;

    /// A new one.
    pub(super) fn fresh() -> Result<Self, NoRandomness> {
        let mut bytes = [0; 32];
        SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(Self(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The one that a request carries.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .find(|(name, value)| *name == COOKIE && value.len() == Self::LENGTH)
            .map(|(_, value)| Self(value.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The cookie: out of reach of scripts, and not sent with what other sites post.
    pub(super) fn cookie(&self, secure: bool) -> AppendHeaders<[(HeaderName, String); 1]> {
        let secure = if secure { "; Secure" } else { "" };
        let value = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax{secure}", self.0);
        AppendHeaders([(header::SET_COOKIE, value)])
    }
}

/// Who is signed in.
#[derive(Default)]
pub(super) struct SignedIn(Mutex<HashMap<SessionId, VerifiedToken>>);

impl SignedIn {
    pub(super) fn insert(&self, session: SessionId, verified: VerifiedToken) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, old| is_current(old, verified.verified_at));
        all.insert(session, verified);
    }

    pub(super) fn get(&self, session: &SessionId, now: Timestamp) -> Option<VerifiedToken> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(session).filter(|verified| is_current(verified, now)).cloned()
    }

    pub(super) fn remove(&self, session: &SessionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(session);
    }
}

fn is_current(verified: &VerifiedToken, now: Timestamp) -> bool {
    now.duration_since(verified.verified_at) <= LIFETIME
}
