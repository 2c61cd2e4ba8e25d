//! The files' format, which `assets/vectors/README.md` describes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// What the vectors are about.
    pub description: String,
    /// Root certificates by the name that vectors use.
    pub roots: BTreeMap<String, RootEntry>,
    /// The vectors.
    pub vectors: Vec<Vector>,
}

/// The file about documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentGroup {
    /// What the vectors are about.
    pub description: String,
    /// Root certificates by the name that vectors use.
    pub roots: BTreeMap<String, RootEntry>,
    /// The vectors.
    pub vectors: Vec<DocumentVector>,
}

/// One document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentVector {
    /// Unique name.
    pub id: String,
    /// What it shows.
    pub description: String,
    /// The signed document or the signature apart from it, base64.
    pub file: String,
    /// The document beside the signature, base64.
    pub content: Option<String>,
    /// The moment of verification.
    pub time: Timestamp,
    /// Names of the pinned roots.
    pub roots: Vec<String>,
    /// Revocation lists to check with, DER in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crls: Option<Vec<String>>,
    /// What a verifier must say: `ok`, the word of the fault, or that of the refusal.
    pub expected: String,
}

/// A root certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootEntry {
    /// `auth` or `sign`.
    pub kind: String,
    /// `production` or `test`.
    pub environment: String,
    /// The certificate.
    pub pem: String,
}

/// One vector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Vector {
    /// Unique name.
    pub id: String,
    /// What it shows.
    pub description: String,
    /// The token exactly as a page sent it; none where there is a `result`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The result of `readAttributes` exactly as a page sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// What the site had asked for, where there is a `result`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// The verifying site.
    pub origin: String,
    /// The session's open challenge, if it has one.
    pub challenge: Option<String>,
    /// When the challenge was set.
    pub challenge_set: Timestamp,
    /// The moment of verification.
    pub time: Timestamp,
    /// The kind of certificate the site asks for; none where there is a `result`, which has its own rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Names of the pinned roots.
    pub roots: Vec<String>,
    /// Revocation lists to check with, DER in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crls: Option<Vec<String>>,
    /// The OCSP exchange to check with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ocsp: Option<Ocsp>,
    /// What a verifier must say.
    pub expected: Expected,
}

/// What a site asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Words of attributes.
    pub attributes: Vec<String>,
    /// `card` or `signatureCertificate`.
    pub source: String,
}

/// A recorded OCSP exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ocsp {
    /// The request's nonce, base64.
    pub nonce: String,
    /// The response, DER in base64; none if the responder can't be reached.
    pub response: Option<String>,
}

/// The verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Expected {
    /// `ok` or the reason word of the refusal.
    pub verdict: String,
    /// For `ok`: `not_checked`, `crl` or `ocsp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<String>,
    /// For `ok`: the serial number in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// For `ok` of a `result`: `certified` or `holderAsserted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assurance: Option<String>,
    /// For `ok` of a `result`: the canonical JSON of the attributes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<String>,
}
