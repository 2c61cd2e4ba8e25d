//! Who may see the page: sessions that one-time keys open. Pure, without clock or socket.
//!
//! Only the digest of a session's cookie is kept. A cookie is sent to every port of 127.0.0.1 (RFC 6265, section 8.5), so
//! it is worth something only together with the rules of [`super::admission`], and changes also need the token that
//! stands in the page alone.

use std::time::{Duration, Instant};

use jpki_protocol::Origin;

use super::section::Section;
use crate::onetime::{Key, Mark};
use crate::sites::{By, Decision};

/// How long a session stays without being used.
const IDLE: Duration = Duration::from_secs(12 * 60 * 60);

/// The most sessions at a time. The one that was used longest ago makes room.
const MAX: usize = 8;

/// What the page last did for the person, and said until the next thing is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Notice {
    /// A site was decided about; what was decided `before` can be had back.
    Decided { site: Origin, now: Option<Decision>, before: Option<Decision> },
    /// What was typed is no site.
    NoSite,
    /// A site can't be allowed: somebody else blocks it.
    Blocked(Origin, By),
    /// The history was erased; it held so many entries.
    Erased(usize),
    /// It could not be done, for this reason.
    Failed(String),
}

/// One browser that may see the page.
#[derive(Debug)]
pub(super) struct Session {
    mark: Mark,
    used: Instant,
    /// What every form must bring along.
    pub(super) token: Key,
    /// What it was told last, and in which section.
    pub(super) notice: Option<(Section, Notice)>,
}

#[derive(Debug, Default)]
pub(super) struct Sessions(Vec<Session>);

impl Sessions {
    /// Opens a session, and gives what its cookie holds.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub(super) fn open(&mut self, now: Instant) -> std::io::Result<Key> {
        let (cookie, token) = (Key::random()?, Key::random()?);
        self.forget_old(now);
        if self.0.len() == MAX {
            let oldest = self.0.iter().enumerate().min_by_key(|(_, session)| session.used).map(|(at, _)| at);
            oldest.map(|at| self.0.remove(at));
        }
        self.0.push(Session { mark: cookie.mark(), used: now, token, notice: None });
        Ok(cookie)
    }

    /// The session of a cookie, which is used by this.
    pub(super) fn find(&mut self, cookie: Option<&Key>, now: Instant) -> Option<&mut Session> {
        self.forget_old(now);
        let mark = cookie?.mark();
        let session = self.0.iter_mut().find(|session| session.mark == mark)?;
        session.used = now;
        Some(session)
    }

    fn forget_old(&mut self, now: Instant) {
        self.0.retain(|session| now.duration_since(session.used) < IDLE);
    }
}

impl Session {
    /// Whether a form stood in this session's page.
    pub(super) fn made(&self, token: Option<&Key>) -> bool {
        token.is_some_and(|token| token.mark() == self.token.mark())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_finds_its_own_session_and_no_other_does() {
        let (mut sessions, now) = (Sessions::default(), Instant::now());
        let (one, two) = (sessions.open(now).unwrap(), sessions.open(now).unwrap());
        sessions.find(Some(&one), now).unwrap().notice = Some((Section::Sites, Notice::NoSite));
        assert!(sessions.find(Some(&two), now).unwrap().notice.is_none());
        assert!(sessions.find(Some(&one), now).unwrap().notice.is_some());
        assert!(sessions.find(Some(&Key::random().unwrap()), now).is_none());
        assert!(sessions.find(None, now).is_none());
    }

    #[test]
    fn twelve_hours_without_use_end_a_session() {
        let (mut sessions, start) = (Sessions::default(), Instant::now());
        let cookie = sessions.open(start).unwrap();
        let used = start + IDLE - Duration::from_secs(1);
        assert!(sessions.find(Some(&cookie), used).is_some());
        assert!(sessions.find(Some(&cookie), start + IDLE).is_some(), "it was used meanwhile");
        assert!(sessions.find(Some(&cookie), start + IDLE + IDLE).is_none());
        assert!(sessions.0.is_empty());
    }

    #[test]
    fn the_session_used_longest_ago_makes_room() {
        let (mut sessions, start) = (Sessions::default(), Instant::now());
        let cookies: Vec<Key> = (0..MAX).map(|_| sessions.open(start).unwrap()).collect();
        let later = start + Duration::from_secs(1);
        cookies[1..].iter().for_each(|cookie| assert!(sessions.find(Some(cookie), later).is_some()));
        sessions.open(later).unwrap();
        assert_eq!(sessions.0.len(), MAX);
        assert!(sessions.find(Some(&cookies[0]), later).is_none());
        assert!(sessions.find(Some(&cookies[1]), later).is_some());
    }

    #[test]
    fn a_form_of_another_session_is_not_this_ones() {
        let (mut sessions, now) = (Sessions::default(), Instant::now());
        let (one, two) = (sessions.open(now).unwrap(), sessions.open(now).unwrap());
        let token = sessions.find(Some(&one), now).unwrap().token.clone();
        assert!(sessions.find(Some(&one), now).unwrap().made(Some(&token)));
        assert!(!sessions.find(Some(&two), now).unwrap().made(Some(&token)));
        assert!(!sessions.find(Some(&one), now).unwrap().made(Some(&one)), "the cookie is no token");
        assert!(!sessions.find(Some(&one), now).unwrap().made(None));
    }
}
