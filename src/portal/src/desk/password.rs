//! Passwords: what is accepted, how they are hashed (argon2id, RFC 9106), and how they are compared.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;

use crate::error::{Error, Result};
use crate::secrets::random;
use crate::web::Lang;

/// Passwords that are guessed first, and are long enough otherwise.
const COMMON: &str = include_str!("common_passwords.txt");
/// The fewest and the most characters.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=128;
/// The fewest different characters.
const DIFFERENT: usize = 5;

/// How many hashes are computed at the same time: each takes 19 MiB.
static AT_WORK: Semaphore = Semaphore::const_new(4);

/// A new password that may be used.
pub(crate) struct Password(String);

/// Why a password isn't accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PasswordFault {
    Short,
    Long,
    Common,
}

impl PasswordFault {
    /// What to change.
    pub(crate) fn text<'a>(self, l: &Lang) -> &'a str {
        match self {
            Self::Short => {
                l.t("12文字以上のパスワードにしてください。", "Choose a password of at least 12 characters.")
            }
            Self::Long => {
                l.t("128文字以内のパスワードにしてください。", "Choose a password of at most 128 characters.")
            }
            Self::Common => l.t(
                "推測されやすいパスワードです。別のパスワードにしてください。",
                "This password is easily guessed. Choose another one.",
            ),
        }
    }
}

impl Password {
    /// Accepts a password that isn't easily guessed; `known` are texts that everybody would try, such as the mail address.
    pub(crate) fn parse(text: &str, known: &[&str]) -> Result<Self, PasswordFault> {
        let password = normal(text);
        let count = password.chars().count();
        if count < *LENGTH.start() {
            return Err(PasswordFault::Short);
        }
        if count > *LENGTH.end() {
            return Err(PasswordFault::Long);
        }
        let lower = password.to_lowercase();
        let different: BTreeSet<_> = lower.chars().collect();
        let guessed = COMMON.lines().any(|common| common == lower)
            || known.iter().any(|known| normal(known).to_lowercase() == lower)
            || different.len() < DIFFERENT;
        if guessed { Err(PasswordFault::Common) } else { Ok(Self(password)) }
    }

    /// Its hash, computed where it holds up nobody.
    pub(crate) async fn hash(self) -> Result<String> {
        at_work(move || hash(&self.0)).await?
    }
}

/// The same password however it was typed (RFC 8265 asks for a normal form; NFKC lets full width count as half width).
fn normal(text: &str) -> String {
    text.nfkc().collect()
}

fn argon2() -> Argon2<'static> {
    // 19 MiB, two passes, one lane: the crate's default, and OWASP's.
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

fn hash(password: &str) -> Result<String> {
    let salt = SaltString::encode_b64(&random::<16>()?).map_err(|_| Error::NoRandomness)?;
    let hash = argon2().hash_password(password.as_bytes(), &salt).map_err(|_| Error::Damaged("a password"))?;
    Ok(hash.to_string())
}

/// Whether a password is the one of a hash. Without a hash it takes as long: nobody learns which accounts there are.
pub(crate) async fn verify(hash: Option<String>, password: &str) -> Result<bool> {
    static NOBODYS: OnceLock<String> = OnceLock::new();
    if password.len() > 4 * LENGTH.end() * 4 {
        return Ok(false);
    }
    let password = normal(password);
    at_work(move || {
        let is_somebodys = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => match NOBODYS.get() {
                Some(hash) => hash.clone(),
                None => {
                    let made = self::hash("nobody's password")?;
                    NOBODYS.get_or_init(|| made).clone()
                }
            },
        };
        let hash = PasswordHash::new(&hash).map_err(|_| Error::Damaged("a password"))?;
        Ok(argon2().verify_password(password.as_bytes(), &hash).is_ok() && is_somebodys)
    })
    .await?
}

async fn at_work<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let stopped = || Error::Config("the portal is being stopped".to_owned());
    let _permit = AT_WORK.acquire().await.map_err(|_| stopped())?;
    tokio::task::spawn_blocking(work).await.map_err(|_| stopped())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_not_everybodys() {
        let fault = |text: &str| Password::parse(text, &["tanaka.taro@example.jp"]).err();
        assert_eq!(fault("correct horse battery"), None);
        assert_eq!(fault("あいうえおかきくけこさし"), None);
        assert_eq!(fault("elevenchars"), Some(PasswordFault::Short));
        assert_eq!(fault(&"abcdefgh".repeat(17)), Some(PasswordFault::Long));
        let common =
            ["Password1234", "ｐａｓｓｗｏｒｄ１２３４", "123456789012", "ababababababab", "TANAKA.taro@example.jp"];
        for text in common {
            assert_eq!(fault(text), Some(PasswordFault::Common), "{text}");
        }
    }

    #[tokio::test]
    async fn a_hash_knows_its_password_however_it_is_typed() {
        let hash = Password::parse("ｃorrect horse battery", &[]).unwrap().hash().await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify(Some(hash.clone()), "correct horse battery").await.unwrap());
        assert!(!verify(Some(hash), "correct horse batterz").await.unwrap());
        assert!(!verify(None, "nobody's password").await.unwrap());
    }
}
