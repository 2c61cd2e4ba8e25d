//! Visits: a random cookie, and what is known under it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use jpki_oidc::relying_party::Login;
use ring::rand::{SecureRandom as _, SystemRandom};

use super::portal::Told;
use super::protocol::Person;

/// Unlike the other cookies of this host's ports, which browsers don't keep apart.
const COOKIE: &str = "service-visit";

/// How long a visit is remembered after its last step.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// A name that nobody can guess: 32 random bytes in base64url.
pub(super) fn fresh() -> Result<String, &'static str> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| "the system has no randomness")?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// The visit's name that a request carries.
pub(super) fn name_of(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}

/// The cookie of a visit: out of reach of scripts, not sent with what other sites post.
pub(super) fn cookie(name: &str, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{COOKIE}={name}; Path=/; HttpOnly; SameSite=Lax{secure}")
}

/// Somebody whom the portal signed in here.
#[derive(Clone)]
pub(super) struct Member {
    pub(super) person: Person,
    pub(super) told: Told,
}

#[derive(Default)]
struct Visit {
    login: Option<Login>,
    member: Option<Member>,
}

/// All visits, with the moment of the last step in each.
#[derive(Default)]
pub(super) struct Visits(Mutex<HashMap<String, (Timestamp, Visit)>>);

impl Visits {
    /// Notes that a visitor was sent to the portal, under a new name.
    pub(super) fn sent(&self, login: Login) -> Result<String, &'static str> {
        self.keep(Visit { login: Some(login), member: None })
    }

    /// The login of a visitor who comes back. It counts once.
    pub(super) fn take_login(&self, name: &str) -> Option<Login> {
        self.lock().get_mut(name)?.1.login.take()
    }

    /// Lets somebody in, under a new name: whoever knew the old one gains nothing by it.
    pub(super) fn let_in(&self, old: &str, member: Member) -> Result<String, &'static str> {
        self.lock().remove(old);
        self.keep(Visit { login: None, member: Some(member) })
    }

    /// Who sent a request.
    pub(super) fn member(&self, headers: &HeaderMap) -> Option<Member> {
        let name = name_of(headers)?;
        let all = self.lock();
        let (last, visit) = all.get(&name)?;
        visit.member.clone().filter(|_| is_current(*last))
    }

    /// Forgets a visit; gives who it was.
    pub(super) fn forget(&self, headers: &HeaderMap) -> Option<Member> {
        self.lock().remove(&name_of(headers)?)?.1.member
    }

    /// Forgets everybody who signed in by a session of the portal that is over.
    pub(super) fn forget_session(&self, sid: &str) {
        self.lock().retain(|_, (_, visit)| visit.member.as_ref().is_none_or(|member| member.person.sid != sid));
    }

    fn keep(&self, visit: Visit) -> Result<String, &'static str> {
        let name = fresh()?;
        let mut all = self.lock();
        all.retain(|_, (last, _)| is_current(*last));
        all.insert(name.clone(), (Timestamp::now(), visit));
        Ok(name)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (Timestamp, Visit)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_current(last: Timestamp) -> bool {
    Timestamp::now().duration_since(last) <= LIFETIME
}
