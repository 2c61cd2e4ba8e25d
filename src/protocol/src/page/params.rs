//! The parameters of each method. Unknown members are refused: a caller learns at once that it
//! asked for something this version doesn't do.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::attributes::{Attribute, AttributeSource};
use crate::challenge::Challenge;
use crate::lang::Language;
use crate::text::{DocumentName, Purpose};

/// `authenticate`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuthenticateParams {
    /// What the card signs together with the origin.
    pub challenge: Challenge,
    /// Why, in the site's words; shown to the person.
    pub purpose: Option<Purpose>,
    /// The language of the window; without it the person's own.
    pub lang: Option<Language>,
}

/// `readAttributes`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReadAttributesParams {
    /// What the card signs together with origin and attributes.
    pub challenge: Challenge,
    /// Which attributes: 1 to 4, each at most once.
    #[serde(deserialize_with = "each_once")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 4)))]
    pub attributes: Vec<Attribute>,
    /// Where they are read from.
    #[serde(default)]
    pub source: AttributeSource,
    /// Why, in the site's words; shown to the person.
    pub purpose: Option<Purpose>,
    /// The language of the window; without it the person's own.
    pub lang: Option<Language>,
}

/// `sign`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SignParams {
    /// 1 to 16 documents.
    #[serde(deserialize_with = "one_to_sixteen")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 16)))]
    pub documents: Vec<Document>,
    /// What comes back for each.
    pub format: SignatureFormat,
    /// Why, in the site's words; shown to the person.
    pub purpose: Option<Purpose>,
    /// The language of the window; without it the person's own.
    pub lang: Option<Language>,
}

/// A document to sign: what the person sees of it, and what is signed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Its name; shown to the person.
    pub name: DocumentName,
    /// Its SHA-256.
    pub digest: Digest,
    /// What `digest` was made with.
    pub algorithm: DigestAlgorithm,
}

/// A SHA-256 digest, 32 bytes in padded base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest as people compare it: lower-case hexadecimal.
    pub fn to_hex(self) -> String {
        self.0.iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String can't fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

impl TryFrom<String> for Digest {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = STANDARD.decode(text).map_err(|_| "a digest is padded base64")?;
        bytes.try_into().map(Self).map_err(|_| "a SHA-256 digest has 32 bytes")
    }
}

/// How a document was hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum DigestAlgorithm {
    /// FIPS 180-4.
    #[serde(rename = "SHA-256")]
    Sha256,
}

/// The form of a document's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum SignatureFormat {
    /// The bare RSASSA-PKCS1-v1_5 signature.
    Raw,
    /// A detached CAdES-BES signature (RFC 5126).
    Cms,
}

/// `cancel`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CancelParams {
    /// The id of the request to cancel.
    pub id: super::RequestId,
}

fn each_once<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Attribute>, D::Error> {
    let attributes = Vec::<Attribute>::deserialize(deserializer)?;
    let mut sorted = attributes.clone();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.is_empty() || sorted.len() < attributes.len() {
        return Err(serde::de::Error::custom("\"attributes\" names at least one attribute, and each at most once"));
    }
    Ok(attributes)
}

fn one_to_sixteen<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Document>, D::Error> {
    let documents = Vec::<Document>::deserialize(deserializer)?;
    if (1..=16).contains(&documents.len()) {
        Ok(documents)
    } else {
        Err(serde::de::Error::invalid_length(documents.len(), &"1 to 16 documents"))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Digest {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Digest".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "pattern": "^[A-Za-z0-9+/]{43}=$",
            "description": "A SHA-256 digest, 32 bytes in padded base64."
        })
    }
}
