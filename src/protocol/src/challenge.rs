//! The challenge a site sets: base64 text that is signed exactly as it was written.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A challenge nonce as base64 text (RFC 4648, section 4, padded).
///
/// 44 to 128 characters: 44 carry the 32 bytes that Web eID asks for. The *text* is what is hashed
/// and signed, so it is kept as it came and never decoded and encoded again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Challenge(String);

/// Why a text is not a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChallengeError {
    /// Not 44 to 128 characters.
    #[error("a challenge has {min} to {max} characters, this one has {0}", min = Challenge::MIN, max = Challenge::MAX)]
    Length(usize),
    /// Characters outside the base64 alphabet, or padding where none belongs.
    #[error("a challenge is base64 with padding (RFC 4648, section 4)")]
    NotBase64,
}

impl Challenge {
    /// The shortest challenge, in characters.
    pub const MIN: usize = 44;
    /// The longest challenge, in characters.
    pub const MAX: usize = 128;

    /// Parses a challenge.
    ///
    /// # Errors
    /// [`ChallengeError`] for a wrong length or text that is not base64.
    pub fn parse(text: &str) -> Result<Self, ChallengeError> {
        let length = text.chars().count();
        if !(Self::MIN..=Self::MAX).contains(&length) {
            return Err(ChallengeError::Length(length));
        }
        let digits = text.trim_end_matches('=');
        let padding = text.len() - digits.len();
        let alphabet = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
        if padding > 2 || !text.len().is_multiple_of(4) || !digits.bytes().all(alphabet) {
            return Err(ChallengeError::NotBase64);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text as it was set.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Challenge {
    type Error = ChallengeError;
    fn try_from(text: String) -> Result<Self, ChallengeError> {
        Self::parse(&text)
    }
}

impl From<Challenge> for String {
    fn from(challenge: Challenge) -> Self {
        challenge.0
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Challenge {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Challenge".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "minLength": Challenge::MIN, "maxLength": Challenge::MAX,
            "pattern": "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
            "description": "A fresh, single-use nonce as padded base64 (RFC 4648, section 4)."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_base64_of_the_right_length_is_a_challenge() {
        let good = "A".repeat(43) + "=";
        assert_eq!(Challenge::parse(&good).unwrap().as_str(), good);
        assert!(Challenge::parse(&"+/09".repeat(32)).is_ok());
        for (text, why) in [
            ("A".repeat(40), ChallengeError::Length(40)),
            ("A".repeat(132), ChallengeError::Length(132)),
            ("A".repeat(45), ChallengeError::NotBase64),
            ("A".repeat(41) + "===", ChallengeError::NotBase64),
            ("=".to_owned() + &"A".repeat(43), ChallengeError::NotBase64),
            ("A".repeat(43) + "-", ChallengeError::NotBase64),
            ("A".repeat(43) + "\n", ChallengeError::NotBase64),
            ("Ａ".repeat(44), ChallengeError::NotBase64),
        ] {
            assert_eq!(Challenge::parse(&text), Err(why), "{text:?}");
        }
    }
}
