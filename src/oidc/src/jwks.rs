//! Public keys as JSON (RFC 7517, RFC 7518): P-256 for ES256, RSA for RS256 and PS256. Other kinds are ignored, as RFC 7517, 5 wants.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256};
use ring::signature::{RsaPublicKeyComponents, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::jwt::Algorithm;

/// The most keys of one set.
const MOST: usize = 32;

/// One public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// What kind of key it is.
    #[serde(flatten)]
    pub key: Key,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// `sig`, where said.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The one algorithm that it serves, where said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
}

/// The numbers of a public key, in base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kty")]
pub enum Key {
    /// A point on P-256.
    #[serde(rename = "EC")]
    Ec {
        /// The curve's name: `P-256`.
        crv: String,
        /// 32 bytes.
        x: String,
        /// 32 bytes.
        y: String,
    },
    /// An RSA key.
    #[serde(rename = "RSA")]
    Rsa {
        /// The modulus: 2048 to 8192 bits.
        n: String,
        /// The exponent.
        e: String,
    },
}

/// A set of public keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value")]
pub struct JwkSet {
    /// The keys that are of a kind known here.
    pub keys: Vec<Jwk>,
}

/// A text that is no set of public keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotKeys {
    /// It isn't JSON with an array `keys` of at most 32.
    #[error("not a JWK Set: a JSON object with an array named keys, of at most 32")]
    Form,
    /// It holds a private or symmetric key.
    #[error("the set holds a private or symmetric key. Send public keys only, and replace that key: it is known now")]
    Secret,
}

impl TryFrom<Value> for JwkSet {
    type Error = NotKeys;

    fn try_from(value: Value) -> Result<Self, NotKeys> {
        let keys =
            value.get("keys").and_then(Value::as_array).filter(|keys| keys.len() <= MOST).ok_or(NotKeys::Form)?;
        if keys.iter().any(|key| key.get("d").is_some() || key.get("k").is_some()) {
            return Err(NotKeys::Secret);
        }
        let known = keys.iter().filter_map(|key| Jwk::deserialize(key).ok()).filter(Jwk::is_sound);
        Ok(Self { keys: known.collect() })
    }
}

impl JwkSet {
    /// Reads a set.
    ///
    /// # Errors
    /// [`NotKeys`].
    pub fn parse(json: &[u8]) -> Result<Self, NotKeys> {
        serde_json::from_slice::<Value>(json).map_err(|_| NotKeys::Form)?.try_into()
    }

    /// The keys that may have made a signature: those with that name or, if the signature names none, all of that kind.
    pub(crate) fn candidates<'a>(
        &'a self,
        kid: Option<&'a str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = &'a Jwk> {
        self.keys.iter().filter(move |key| {
            let named = kid.is_none_or(|kid| key.kid.as_deref().is_none_or(|own| own == kid));
            named && key.serves(algorithm)
        })
    }
}

impl Jwk {
    /// A P-256 key from its uncompressed point (SEC 1, 2.3.3), named by its thumbprint.
    pub fn p256(point: &[u8]) -> Option<Self> {
        let coordinates = point.strip_prefix(&[4]).filter(|rest| rest.len() == 64)?;
        let (x, y) = coordinates.split_at(32);
        let (x, y) = (BASE64_URL_SAFE_NO_PAD.encode(x), BASE64_URL_SAFE_NO_PAD.encode(y));
        let key = Key::Ec { crv: "P-256".to_owned(), x, y };
        let kid = Some(key.thumbprint());
        Some(Self { key, kid, purpose: Some("sig".to_owned()), alg: Some("ES256".to_owned()) })
    }

    fn is_sound(&self) -> bool {
        let length = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).map(|bytes| bytes.len()).unwrap_or(0);
        match &self.key {
            Key::Ec { crv, x, y } => crv == "P-256" && length(x) == 32 && length(y) == 32,
            Key::Rsa { n, e } => (256..=1024).contains(&length(n)) && (1..=8).contains(&length(e)),
        }
    }

    fn serves(&self, algorithm: Algorithm) -> bool {
        let kind = match self.key {
            Key::Ec { .. } => algorithm == Algorithm::Es256,
            Key::Rsa { .. } => algorithm != Algorithm::Es256,
        };
        let signs = self.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
        kind && signs && self.alg.as_deref().is_none_or(|alg| alg == algorithm.name())
    }

    /// Whether this key made a signature.
    pub(crate) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let bytes = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        match (&self.key, algorithm) {
            (Key::Ec { x, y, .. }, Algorithm::Es256) => {
                let point = [&[4][..], &bytes(x), &bytes(y)].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
            }
            (Key::Rsa { n, e }, Algorithm::Rs256 | Algorithm::Ps256) => {
                let scheme =
                    if algorithm == Algorithm::Rs256 { &RSA_PKCS1_2048_8192_SHA256 } else { &RSA_PSS_2048_8192_SHA256 };
                RsaPublicKeyComponents { n: bytes(n), e: bytes(e) }.verify(scheme, message, signature).is_ok()
            }
            _ => false,
        }
    }
}

impl Key {
    /// The key's thumbprint (RFC 7638), in base64url.
    pub fn thumbprint(&self) -> String {
        // Members in the order of the alphabet, without spaces; the values are base64url and need no escapes.
        let json = match self {
            Self::Ec { crv, x, y } => format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#),
            Self::Rsa { n, e } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
        };
        BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, json.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_of_the_rfc_holds() {
        // RFC 7638, 3.1.
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3\
                 oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA\
                 ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-\
                 kEgU8awapJzKnqDKgw";
        let key = Key::Rsa { n: n.to_owned(), e: "AQAB".to_owned() };
        assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn unknown_and_unsound_keys_are_left_out_and_secrets_refused() {
        let set = br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},{"kty":"RSA","n":"AA","e":"AQAB"}]}"#;
        assert_eq!(JwkSet::parse(set), Ok(JwkSet::default()));
        let private = br#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}]}"#;
        assert_eq!(JwkSet::parse(private), Err(NotKeys::Secret));
        assert_eq!(JwkSet::parse(br#"{"keys":[{"kty":"oct","k":"AA"}]}"#), Err(NotKeys::Secret));
        for wrong in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":"#] {
            assert_eq!(JwkSet::parse(wrong.as_bytes()), Err(NotKeys::Form), "{wrong}");
        }
    }
}
