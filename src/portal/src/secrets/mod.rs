//! The portal's one secret, and every key that is derived from it.
//! Whoever seals, signs or hashes something comes in with a label of its own: no key serves two purposes.
//! The secret never leaves this folder, and is nowhere in the database.

mod file;
mod seal;

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jpki_trust::BindingKey;
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};

pub(crate) use seal::Sealer;

use crate::Environment;
use crate::error::{Error, Result};

/// The portal's secret: 32 random bytes, shared by its replicas.
#[derive(Clone)]
pub struct Secrets(Arc<Prk>);

impl Secrets {
    /// Takes the secret's bytes.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(Arc::new(Salt::new(HKDF_SHA256, b"jpki portal v1").extract(secret)))
    }

    /// The secrets of one environment: nothing sealed or hashed in one means anything in the other.
    #[must_use]
    pub fn of(&self, environment: Environment) -> Self {
        Self::new(&self.key(&[b"environment ", environment.word().as_bytes()]))
    }

    /// What seals values under a label.
    pub(crate) fn sealer(&self, label: &'static str) -> Sealer {
        Sealer::new(self.clone(), label)
    }

    /// The keyed hash of a value under a label, in base64url: what the database holds instead of the value.
    pub(crate) fn hash(&self, label: &str, value: &[u8]) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&self.hash_key(label), value))
    }

    /// Whether a text is the [`hash`](Self::hash) of a value, in constant time.
    pub(crate) fn is_hash(&self, label: &str, value: &[u8], hash: &str) -> bool {
        let tag = BASE64_URL_SAFE_NO_PAD.decode(hash);
        tag.is_ok_and(|tag| hmac::verify(&self.hash_key(label), value, &tag).is_ok())
    }

    fn hash_key(&self, label: &str) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.key(&[b"hash ", label.as_bytes()]))
    }

    /// The key of account hashes.
    pub(crate) fn binding_key(&self) -> BindingKey {
        BindingKey::new(&self.key(&[b"account binding"]))
    }

    /// A key of 32 bytes for one purpose (RFC 5869, 2.3).
    fn key(&self, purpose: &[&[u8]]) -> [u8; 32] {
        let mut key = [0; 32];
        match self.0.expand(purpose, Length).and_then(|material| material.fill(&mut key)) {
            Ok(()) => key,
            // Never a key of zeros.
            Err(_) => unreachable!("32 bytes are within what one secret can give"),
        }
    }
}

struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        32
    }
}

/// Fresh random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
    Ok(bytes)
}

/// A fresh name that nobody can guess: 32 random bytes in base64url, 43 characters.
pub(crate) fn fresh_token() -> Result<String> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// A fresh name for a row: 16 random bytes in base64url, 22 characters. The first is a letter or digit: a command line would take a name
/// that begins with a hyphen for an option.
pub(crate) fn fresh_id() -> Result<String> {
    loop {
        let id = BASE64_URL_SAFE_NO_PAD.encode(random::<16>()?);
        if id.starts_with(|first: char| first.is_ascii_alphanumeric()) {
            return Ok(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_row_looks_like_an_option() {
        for _ in 0..1_000 {
            let id = fresh_id().unwrap();
            assert!(id.len() == 22 && !id.starts_with(['-', '_']), "{id}");
        }
    }

    #[test]
    fn hashes_differ_by_secret_label_and_value() {
        let hash = |secret: u8, label: &str, value: &[u8]| Secrets::new(&[secret; 32]).hash(label, value);
        let one = hash(1, "session", b"a");
        assert_eq!(one, hash(1, "session", b"a"));
        for other in [hash(2, "session", b"a"), hash(1, "code", b"a"), hash(1, "session", b"b")] {
            assert_ne!(one, other);
        }
    }
}
