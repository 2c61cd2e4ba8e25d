//! Values that travel through a browser and come back unread and unchanged: sealed cookies and tokens.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Serialize, de::DeserializeOwned};

use super::{Secrets, random};
use crate::error::{Error, Result};

/// Random bytes in front of what is sealed. A key is derived with them, so no nonce is ever used twice however much is sealed.
const SALT: usize = 24;

/// Seals values (ChaCha20-Poly1305, RFC 8439) under one label.
pub(crate) struct Sealer {
    secrets: Secrets,
    label: &'static str,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Content<T> {
    until: i64,
    value: T,
}

impl Sealer {
    pub(super) fn new(secrets: Secrets, label: &'static str) -> Self {
        Self { secrets, label }
    }

    /// Seals a value that can be opened until a moment. Base64url; longer than its JSON by some 80 characters and a third.
    ///
    /// # Errors
    /// [`Error::NoRandomness`]; [`Error::Config`] for a value that has no JSON.
    pub(crate) fn seal(&self, value: &impl Serialize, until: Timestamp) -> Result<String> {
        let salt = random::<SALT>()?;
        let mut bytes = serde_json::to_vec(&Content { until: until.as_second(), value })
            .map_err(|error| Error::Config(format!("a value of {} can't be written: {error}", self.label)))?;
        self.key(&salt)
            .seal_in_place_append_tag(nonce(), Aad::from(self.label), &mut bytes)
            .map_err(|_| Error::NoRandomness)?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode([&salt[..], &bytes].concat()))
    }

    /// Opens what was sealed under this label, if it is unchanged and its time isn't over.
    pub(crate) fn open<T: DeserializeOwned>(&self, sealed: &str, now: Timestamp) -> Option<T> {
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (salt, content) = bytes.split_at_mut_checked(SALT)?;
        let plain = self.key(salt).open_in_place(nonce(), Aad::from(self.label), content).ok()?;
        let content: Content<T> = serde_json::from_slice(plain).ok()?;
        (now.as_second() < content.until).then_some(content.value)
    }

    fn key(&self, salt: &[u8]) -> LessSafeKey {
        let key = self.secrets.key(&[b"seal ", self.label.as_bytes(), b"\0", salt]);
        match UnboundKey::new(&CHACHA20_POLY1305, &key) {
            Ok(key) => LessSafeKey::new(key),
            Err(_) => unreachable!("a key of 32 bytes is what ChaCha20-Poly1305 takes"),
        }
    }
}

/// One key seals one message, so its nonce may be anything.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_in_time_with_the_same_secret_and_label() {
        let secrets = Secrets::new(&[1; 32]);
        let sealed = secrets.sealer("flow").seal(&"同意", at(100)).unwrap();
        let open = |secrets: &Secrets, label, now| secrets.sealer(label).open::<String>(&sealed, at(now));
        assert_eq!(open(&secrets, "flow", 99).as_deref(), Some("同意"));
        assert_eq!(open(&secrets, "flow", 100), None);
        assert_eq!(open(&secrets, "code", 99), None);
        assert_eq!(open(&Secrets::new(&[2; 32]), "flow", 99), None);
    }

    #[test]
    fn no_changed_byte_is_opened() {
        let sealer = Secrets::new(&[1; 32]).sealer("flow");
        let sealed = sealer.seal(&7, at(100)).unwrap();
        for position in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
            assert_eq!(sealer.open::<i32>(std::str::from_utf8(&changed).unwrap(), at(0)), None, "{position}");
        }
        for short in ["", "A", &sealed[..32], "not base64!"] {
            assert_eq!(sealer.open::<i32>(short, at(0)), None);
        }
    }
}
