//! A string that is wiped when it is dropped and never shown.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use zeroize::Zeroizing;

/// A PIN or password on its way from the prompt to the card.
///
/// The buffer is wiped on drop and never grows, so no reallocation leaves a copy behind. It can be
/// read from a message but, on the agent's side, never written to one.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The longest secret taken, in bytes: 16 full-width characters of three bytes each.
    pub const MAX_BYTES: usize = 48;

    /// Takes a copy of `text`; none if it is longer than [`Secret::MAX_BYTES`].
    pub fn new(text: &str) -> Option<Self> {
        (text.len() <= Self::MAX_BYTES).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The text itself. Whoever calls this copies it nowhere but to the card.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SecretVisitor;
        impl Visitor<'_> for SecretVisitor {
            type Value = Secret;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a string of at most {} bytes", Secret::MAX_BYTES)
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Secret, E> {
                // The error names the length, never the text.
                Secret::new(text).ok_or_else(|| E::invalid_length(text.len(), &self))
            }
        }
        // `deserialize_str`, not `deserialize_string`: no owned copy is made on the way.
        deserializer.deserialize_str(SecretVisitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Secret {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "maxLength": Secret::MAX_BYTES })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_debug_nor_an_error_shows_the_text() {
        assert_eq!(format!("{:?}", Secret::new("1234").unwrap()), "Secret(…)");
        let long = format!("\"{}\"", "7".repeat(Secret::MAX_BYTES + 1));
        let error = serde_json::from_str::<Secret>(&long).unwrap_err();
        assert!(!error.to_string().contains("777"), "{error}");
    }

    #[test]
    fn it_is_read_from_json() {
        let secret: Secret = serde_json::from_str("\"12\\u0033４\"").unwrap();
        assert_eq!(secret.expose(), "123４");
    }
}
