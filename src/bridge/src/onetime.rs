//! Keys that open the agent's own page once: pure, without clock, socket or file.
//!
//! A command of the same person proves who it is with the secret of the agent's private note (`cli::instance`), gets a key
//! for it, and the browser redeems the key: the secret itself never stands in an address, a browser's history or an argument.
//! Nothing here keeps a key as it is written: only its digest, so comparing takes a time that says nothing of the key.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

/// How long a key waits for the browser, which takes a few seconds to start on a cold machine.
const LIFE: Duration = Duration::from_secs(60);

/// The most keys that wait at a time; a person opens one.
const MAX_WAITING: usize = 8;

/// Bytes of a key: it can't be guessed.
const BYTES: usize = 32;

/// 32 random bytes, written as 43 characters of base64url. Wiped when dropped, never printed.
#[derive(Clone)]
pub(crate) struct Key(Zeroizing<String>);

impl Key {
    /// A new one.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub(crate) fn random() -> std::io::Result<Self> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        SystemRandom::new()
            .fill(bytes.as_mut())
            .map_err(|_| std::io::Error::other("the system gives no random numbers"))?;
        Ok(Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes))))
    }

    /// Reads one; none if the text is no key.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        (bytes.len() == BYTES).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// As it is written.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What may be kept of it.
    pub(crate) fn mark(&self) -> Mark {
        let mut mark = [0; 32];
        mark.copy_from_slice(digest(&SHA256, self.0.as_bytes()).as_ref());
        Mark(mark)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// What is kept of a key. How long a comparison of two digests takes depends on bytes that nobody chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark([u8; 32]);

/// The one desk of an agent: who knows its secret gets keys, who has a key comes in once.
#[derive(Debug)]
pub(crate) struct Desk {
    secret: Mark,
    waiting: Vec<(Mark, Instant)>,
}

impl Desk {
    /// A desk for those who know `secret`.
    pub(crate) fn new(secret: &Key) -> Self {
        Self { secret: secret.mark(), waiting: Vec::new() }
    }

    /// Gives a key to who knows the secret; none to anybody else. The oldest key makes room when there are too many.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub(crate) fn issue(&mut self, secret: &Key, now: Instant) -> std::io::Result<Option<Key>> {
        if self.knows(secret) { self.issue_inside(now).map(Some) } else { Ok(None) }
    }

    /// Whether this is the secret.
    pub(crate) fn knows(&self, secret: &Key) -> bool {
        secret.mark() == self.secret
    }

    /// Gives a key to the agent itself, from whose menu its person chose.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub(crate) fn issue_inside(&mut self, now: Instant) -> std::io::Result<Key> {
        let key = Key::random()?;
        self.forget_old(now);
        if self.waiting.len() == MAX_WAITING {
            self.waiting.remove(0);
        }
        self.waiting.push((key.mark(), now));
        Ok(key)
    }

    /// Takes a key back: `true` once, within 60 seconds after it was issued.
    pub(crate) fn redeem(&mut self, key: &Key, now: Instant) -> bool {
        self.forget_old(now);
        let mark = key.mark();
        let before = self.waiting.len();
        self.waiting.retain(|(waiting, _)| *waiting != mark);
        self.waiting.len() < before
    }

    fn forget_old(&mut self, now: Instant) {
        self.waiting.retain(|(_, issued)| now.duration_since(*issued) < LIFE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk() -> (Desk, Key, Instant) {
        let secret = Key::random().unwrap();
        (Desk::new(&secret), secret, Instant::now())
    }

    #[test]
    fn a_key_opens_once() {
        let (mut desk, secret, now) = desk();
        let key = desk.issue(&secret, now).unwrap().unwrap();
        assert!(!desk.redeem(&Key::random().unwrap(), now));
        assert!(desk.redeem(&Key::parse(key.as_str()).unwrap(), now));
        assert!(!desk.redeem(&key, now));
    }

    #[test]
    fn a_key_waits_for_sixty_seconds() {
        let (mut desk, secret, now) = desk();
        let (first, second) = (desk.issue(&secret, now).unwrap().unwrap(), desk.issue(&secret, now).unwrap().unwrap());
        assert!(desk.redeem(&first, now + Duration::from_secs(59)));
        assert!(!desk.redeem(&second, now + Duration::from_secs(60)));
    }

    #[test]
    fn who_does_not_know_the_secret_gets_no_key() {
        let (mut desk, _, now) = desk();
        assert!(desk.issue(&Key::random().unwrap(), now).unwrap().is_none());
        assert!(desk.waiting.is_empty());
    }

    #[test]
    fn keys_that_nobody_fetched_stay_few() {
        let (mut desk, secret, now) = desk();
        let keys: Vec<Key> = (0..20).map(|_| desk.issue(&secret, now).unwrap().unwrap()).collect();
        assert_eq!(desk.waiting.len(), MAX_WAITING);
        assert!(!desk.redeem(&keys[0], now));
        assert!(desk.redeem(&keys[19], now));
    }

    #[test]
    fn what_is_no_key_is_not_read_and_a_key_is_not_printed() {
        let key = Key::random().unwrap();
        assert_eq!(key.as_str().len(), 43);
        for text in ["", "AAAA", &format!("{}A", key.as_str()), &key.as_str()[1..], &"+".repeat(43)] {
            assert!(Key::parse(text).is_none(), "{text}");
        }
        assert!(!format!("{key:?}").contains(key.as_str()));
    }
}
