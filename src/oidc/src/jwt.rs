//! Signed tokens (RFC 7515, RFC 7519) in compact form: ES256 is signed; ES256, RS256 and PS256 are verified. Nothing else
//! exists here, so no header can ask for `none` or for a MAC made with a public key (RFC 8725, 3.1).

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Jwk, JwkSet};

/// The most characters of a token that is looked at.
const LONGEST: usize = 8192;

/// A signature algorithm (RFC 7518, 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// RSA, PKCS #1 v1.5, with SHA-256.
    Rs256,
    /// RSA-PSS with SHA-256.
    Ps256,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Es256, Self::Rs256, Self::Ps256];

    /// Its name in headers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }
}

/// Why a token isn't believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// It isn't a compact JWS of at most 8192 characters whose header and claims are JSON of the right form.
    #[error("not a signed token in compact form")]
    Form,
    /// Its algorithm isn't one of those accepted here.
    #[error("the algorithm isn't accepted: use ES256, PS256 or RS256")]
    Algorithm,
    /// It is a token for another purpose.
    #[error("a token of another type")]
    Type,
    /// No key of the set made its signature.
    #[error("no known key made the signature")]
    Signature,
}

/// What a header may say. `crit` names extensions that must be understood; none is (RFC 7515, 4.1.11).
#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

/// Verifies a token and reads its claims. With `typ`, the header must name that type (RFC 8725, 3.11).
///
/// # Errors
/// [`JwtError`]. What the claims say isn't judged here.
pub fn verify<T: DeserializeOwned>(
    token: &str,
    keys: &JwkSet,
    accepted: &[Algorithm],
    typ: Option<&str>,
) -> Result<T, JwtError> {
    let (signed, signature) = token.rsplit_once('.').filter(|_| token.len() <= LONGEST).ok_or(JwtError::Form)?;
    let (header, claims) = signed.split_once('.').ok_or(JwtError::Form)?;
    let header: Header = decode(header)?;
    if header.crit.is_some() {
        return Err(JwtError::Form);
    }
    let algorithm =
        accepted.iter().copied().find(|algorithm| algorithm.name() == header.alg).ok_or(JwtError::Algorithm)?;
    let is_type = |wanted: &str| {
        let found = header.typ.as_deref().unwrap_or_default();
        let found = found
            .get(..12)
            .filter(|prefix| prefix.eq_ignore_ascii_case("application/"))
            .map_or(found, |_| &found[12..]);
        found.eq_ignore_ascii_case(wanted)
    };
    if !typ.is_none_or(is_type) {
        return Err(JwtError::Type);
    }
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| JwtError::Form)?;
    let made = |key: &Jwk| key.verifies(algorithm, signed.as_bytes(), &signature);
    if !keys.candidates(header.kid.as_deref(), algorithm).any(made) {
        return Err(JwtError::Signature);
    }
    decode(claims)
}

/// Reads a token's claims without believing them: to find out whose keys to verify it with.
pub fn peek<T: DeserializeOwned>(token: &str) -> Option<T> {
    let mut parts = token.split('.').filter(|_| token.len() <= LONGEST);
    let (_, claims, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else { return None };
    decode(claims).ok()
}

fn decode<T: DeserializeOwned>(part: &str) -> Result<T, JwtError> {
    let json = BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Form)?;
    serde_json::from_slice(&json).map_err(|_| JwtError::Form)
}

/// `aud`: one receiver or several (RFC 7519, 4.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Audience {
    /// Whether a receiver is meant.
    pub fn has(&self, receiver: &str) -> bool {
        match self {
            Self::One(one) => one == receiver,
            Self::Many(many) => many.iter().any(|one| one == receiver),
        }
    }

    /// Whether a receiver is meant and nobody else.
    pub fn is_only(&self, receiver: &str) -> bool {
        self.only() == Some(receiver)
    }

    /// The receiver, if there is one alone.
    pub fn only(&self) -> Option<&str> {
        match self {
            Self::One(one) => Some(one),
            Self::Many(many) => many.first().filter(|_| many.len() == 1).map(String::as_str),
        }
    }
}

/// A private key that signs with ES256.
pub struct SigningKey {
    pair: EcdsaKeyPair,
    public: Jwk,
    kid: String,
}

/// A key that can't be made, read or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a P-256 key can't be made, read or used")]
pub struct KeyFault;

impl SigningKey {
    /// Makes a new key; as PKCS #8 (RFC 5958), to be kept sealed.
    ///
    /// # Errors
    /// [`KeyFault`] if the system has no randomness.
    pub fn generate() -> Result<Vec<u8>, KeyFault> {
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        Ok(key.map_err(|_| KeyFault)?.as_ref().to_vec())
    }

    /// Reads a key from PKCS #8. Its name is its thumbprint.
    ///
    /// # Errors
    /// [`KeyFault`] if it is none.
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, KeyFault> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes, &SystemRandom::new());
        let pair = pair.map_err(|_| KeyFault)?;
        let public = Jwk::p256(pair.public_key().as_ref()).ok_or(KeyFault)?;
        let kid = public.key.thumbprint();
        Ok(Self { pair, public, kid })
    }

    /// The key's public half.
    pub fn public(&self) -> &Jwk {
        &self.public
    }

    /// The key's name.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Signs claims as a token of a type.
    ///
    /// # Errors
    /// [`KeyFault`] if the system has no randomness, or the claims have no JSON.
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, KeyFault> {
        let header = serde_json::json!({ "alg": "ES256", "kid": self.kid, "typ": typ }).to_string();
        let claims = serde_json::to_vec(claims).map_err(|_| KeyFault)?;
        let mut token = BASE64_URL_SAFE_NO_PAD.encode(header);
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = self.pair.sign(&SystemRandom::new(), token.as_bytes()).map_err(|_| KeyFault)?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}
