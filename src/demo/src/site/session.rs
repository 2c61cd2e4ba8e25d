//! Sessions: a random cookie, and what the site learned under it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, HeaderName, header};
use axum::response::AppendHeaders;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use jpki_trust::{NoRandomness, VerifiedAttributes, VerifiedToken};
use ring::rand::{SecureRandom as _, SystemRandom};

use super::document::SignedDocument;

/// Unlike the other cookies of this host's ports, which browsers don't keep apart.
const COOKIE: &str = "site-session";

/// How long the site remembers after the last thing a card proved.
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

/// What the site learned in one session.
#[derive(Clone, Default)]
pub(super) struct Visit {
    /// Who is signed in.
    pub(super) member: Option<VerifiedToken>,
    /// Whose name and address these are.
    pub(super) person: Option<VerifiedAttributes>,
    /// What was signed.
    pub(super) document: Option<SignedDocument>,
}

/// All visits, with the moment of the last proof in each.
#[derive(Default)]
pub(super) struct Visits(Mutex<HashMap<SessionId, (Timestamp, Visit)>>);

impl Visits {
    /// Adds to what is known and gives the session a new name: whoever knew the old one gains nothing by it.
    pub(super) fn learn(&self, id: &SessionId, learn: impl FnOnce(&mut Visit)) -> Result<SessionId, NoRandomness> {
        let fresh = SessionId::fresh()?;
        let now = Timestamp::now();
        let mut all = self.lock();
        all.retain(|_, (proved, _)| is_current(*proved, now));
        let (_, mut visit) = all.remove(id).unwrap_or_default();
        learn(&mut visit);
        all.insert(fresh.clone(), (now, visit));
        Ok(fresh)
    }

    /// What is known of the visitor who sent a request.
    pub(super) fn of(&self, headers: &HeaderMap) -> Visit {
        let all = self.lock();
        let visit = SessionId::of(headers).and_then(|id| all.get(&id));
        visit
            .filter(|(proved, _)| is_current(*proved, Timestamp::now()))
            .map(|(_, visit)| visit.clone())
            .unwrap_or_default()
    }

    /// Forgets a visit.
    pub(super) fn forget(&self, id: &SessionId) {
        self.lock().remove(id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, (Timestamp, Visit)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_current(proved: Timestamp, now: Timestamp) -> bool {
    now.duration_since(proved) <= LIFETIME
}
