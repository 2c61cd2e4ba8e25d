//! Challenges on the server: made at random, kept for a session, given out once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::{SignedDuration, Timestamp};
use jpki_protocol::Challenge;
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::Refusal;

/// How long a challenge can be redeemed. Nobody types a PIN for longer, and a stolen one is soon worth nothing.
pub const CHALLENGE_LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// The system has no randomness, so no challenge can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system's random number generator doesn't answer; restore it before anybody signs in")]
pub struct NoRandomness;

/// A challenge and the moment it was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The challenge.
    pub challenge: Challenge,
    /// When it was set.
    pub at: Timestamp,
}

/// A fresh challenge of 32 random bytes (Web eID wants no fewer).
///
/// # Errors
/// [`NoRandomness`] of the system.
pub fn fresh_challenge() -> Result<Challenge, NoRandomness> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandomness)?;
    Challenge::parse(&BASE64_STANDARD.encode(bytes)).map_err(|_| NoRandomness)
}

/// Where a server keeps the open challenge of each session: at most one, the latest.
///
/// An implementation only stores. What makes a challenge safe, that it is random, short-lived and gone after one use,
/// is written here once for all of them.
pub trait ChallengeStore: Send + Sync {
    /// Keeps a challenge for a session, instead of any that was there.
    fn put(&self, session: &str, issued: Issued);

    /// Removes and returns a session's challenge in one step: of two callers at once only one gets it. In a database
    /// that is one conditional statement. A store that can't answer returns nothing.
    fn take(&self, session: &str) -> Option<Issued>;

    /// Makes a fresh challenge and keeps it for a session.
    ///
    /// # Errors
    /// [`NoRandomness`] of the system.
    fn issue(&self, session: &str, now: Timestamp) -> Result<Challenge, NoRandomness> {
        let challenge = fresh_challenge()?;
        self.put(session, Issued { challenge: challenge.clone(), at: now });
        Ok(challenge)
    }

    /// Takes a session's challenge to verify a token with. Whatever becomes of the token, it is used up.
    ///
    /// # Errors
    /// [`Refusal::ChallengeUnknown`] or [`Refusal::ChallengeExpired`].
    fn redeem(&self, session: &str, now: Timestamp) -> Result<Challenge, Refusal> {
        let issued = self.take(session).ok_or(Refusal::ChallengeUnknown)?;
        let age = now.duration_since(issued.at);
        if age.is_negative() || age > CHALLENGE_LIFETIME {
            return Err(Refusal::ChallengeExpired);
        }
        Ok(issued.challenge)
    }
}

/// Challenges in this process's memory, for a server of one process.
#[derive(Debug, Default)]
pub struct MemoryChallengeStore(Mutex<HashMap<String, Issued>>);

impl MemoryChallengeStore {
    /// The most sessions with an open challenge; beyond, the oldest loses its own. Bounds the memory a flood can take.
    pub const CAPACITY: usize = 10_000;

    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

impl ChallengeStore for MemoryChallengeStore {
    fn put(&self, session: &str, issued: Issued) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= Self::CAPACITY {
            let now = issued.at;
            open.retain(|_, old| now.duration_since(old.at) <= CHALLENGE_LIFETIME);
        }
        if open.len() >= Self::CAPACITY {
            let oldest = open.iter().min_by_key(|(_, issued)| issued.at).map(|(session, _)| session.clone());
            oldest.and_then(|session| open.remove(&session));
        }
        open.insert(session.to_owned(), issued);
    }

    fn take(&self, session: &str) -> Option<Issued> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn after(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_challenge_is_given_out_once_and_only_to_its_session() {
        let store = MemoryChallengeStore::new();
        let set = store.issue("alice", START).unwrap();
        assert_eq!(store.redeem("mallory", START), Err(Refusal::ChallengeUnknown));
        assert_eq!(store.redeem("alice", after(300)), Ok(set));
        assert_eq!(store.redeem("alice", after(300)), Err(Refusal::ChallengeUnknown));
    }

    #[test]
    fn a_challenge_lives_five_minutes_and_is_used_up_by_a_late_try() {
        let store = MemoryChallengeStore::new();
        for moment in [after(301), after(-1)] {
            store.issue("alice", START).unwrap();
            assert_eq!(store.redeem("alice", moment), Err(Refusal::ChallengeExpired));
            assert_eq!(store.redeem("alice", START), Err(Refusal::ChallengeUnknown));
        }
    }

    #[test]
    fn challenges_differ_and_a_new_one_replaces_the_old() {
        let store = MemoryChallengeStore::new();
        let first = store.issue("alice", START).unwrap();
        let second = store.issue("alice", START).unwrap();
        assert_ne!(first, second);
        assert_eq!(store.redeem("alice", START), Ok(second));
    }

    #[test]
    fn a_flood_takes_no_more_than_the_capacity() {
        let store = MemoryChallengeStore::new();
        let challenge = fresh_challenge().unwrap();
        for i in 0..=MemoryChallengeStore::CAPACITY as i64 {
            let at = Timestamp::from_millisecond(i).unwrap();
            store.put(&i.to_string(), Issued { challenge: challenge.clone(), at });
        }
        assert_eq!(store.0.lock().unwrap().len(), MemoryChallengeStore::CAPACITY);
        assert!(store.take("0").is_none());
        assert!(store.take("1").is_some());
    }
}
