//! COMPUTE SIGNATURE and INTERNAL AUTHENTICATE.

use rsa::{
    Pss, RsaPrivateKey,
    pkcs1v15::Pkcs1v15Sign,
    rand_core::OsRng,
    sha2::{Digest as _, Sha256},
};

use super::{
    Command, SoftCard,
    files::{Body, Df, KeyId},
    status::{Reply, StatusWord},
};

/// A signature of a 2048-bit key.
const SIGNATURE_LENGTH: usize = 256;
/// What PKCS #1 v1.5 padding leaves room for.
const LONGEST_RAW: usize = SIGNATURE_LENGTH - 11;

impl SoftCard {
    pub(super) fn compute_signature(&mut self, command: &Command<'_>) -> Reply {
        let df = self.session()?.df;
        let file = match (df, command.p2) {
            // The text AP's own key, without a PIN.
            (Df::Text, 0x00) => KeyId::Text,
            (Df::Jpki, p2) if p2 & 0xE0 == 0x80 => {
                let file = self.target(p2)?;
                let Body::Key(key) = file.body else {
                    return Err(StatusWord::WRONG_FILE_KIND);
                };
                self.allow(file.access)?;
                key
            }
            _ => return Err(StatusWord::WRONG_P1P2),
        };
        if command.data.is_empty() || command.le.is_none_or(|le| le < SIGNATURE_LENGTH) {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let signature = sign(self.key(file), command.p1, command.data)?;
        self.tally.signatures = self.tally.signatures.saturating_add(1);
        Ok(signature)
    }

    /// Answers a challenge with the common AP's key; of all keys only that one is for it.
    pub(super) fn internal_authenticate(&mut self, command: &Command<'_>) -> Reply {
        if command.p1 != 0 || command.p2 & 0xE0 != 0x80 {
            return Err(StatusWord::WRONG_P1P2);
        }
        match self.target(command.p2)?.body {
            Body::Key(KeyId::Common) => {}
            Body::Key(KeyId::Auth | KeyId::Sign) => return Err(StatusWord::SECURITY_STATUS),
            Body::Key(KeyId::Text) => return Err(StatusWord::CONDITIONS_OF_USE),
            _ => return Err(StatusWord::WRONG_FILE_KIND),
        }
        if command.data.is_empty() || command.le.is_none_or(|le| le < SIGNATURE_LENGTH) {
            return Err(StatusWord::WRONG_LENGTH);
        }
        pkcs1(self.key(KeyId::Common), Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(command.data))
    }

    fn key(&self, key: KeyId) -> &RsaPrivateKey {
        match key {
            KeyId::Auth => &self.keys.auth,
            KeyId::Sign => &self.keys.sign,
            KeyId::Text => &self.keys.text,
            KeyId::Common => &self.keys.common,
        }
    }
}

/// P1 says what the card does with the data: 0 nothing but padding, 2 a DigestInfo around a hash, 4 PSS around a hash; 1, 3
/// and 5 hash the data first, and 1 signs the bare hash.
fn sign(key: &RsaPrivateKey, p1: u8, data: &[u8]) -> Reply {
    let hash = Sha256::digest(data);
    let given_hash = || if data.len() == hash.len() { Ok(data) } else { Err(StatusWord::CONDITIONS_OF_USE) };
    let fits = |limit| if data.len() <= limit { Ok(()) } else { Err(StatusWord::CONDITIONS_OF_USE) };
    match p1 {
        0x00 => {
            fits(LONGEST_RAW)?;
            pkcs1(key, Pkcs1v15Sign::new_unprefixed(), data)
        }
        0x01 => {
            fits(255)?;
            pkcs1(key, Pkcs1v15Sign::new_unprefixed(), &hash)
        }
        0x02 => pkcs1(key, Pkcs1v15Sign::new::<Sha256>(), given_hash()?),
        0x03 => {
            fits(255)?;
            pkcs1(key, Pkcs1v15Sign::new::<Sha256>(), &hash)
        }
        0x04 => pss(key, given_hash()?),
        0x05 => {
            fits(255)?;
            pss(key, &hash)
        }
        _ => Err(StatusWord::WRONG_P1P2),
    }
}

fn pkcs1(key: &RsaPrivateKey, padding: Pkcs1v15Sign, message: &[u8]) -> Reply {
    key.sign_with_rng(&mut OsRng, padding, message).map_err(|_| StatusWord::SELF_DIAGNOSIS)
}

fn pss(key: &RsaPrivateKey, hash: &[u8]) -> Reply {
    key.sign_with_rng(&mut OsRng, Pss::new::<Sha256>(), hash).map_err(|_| StatusWord::SELF_DIAGNOSIS)
}
