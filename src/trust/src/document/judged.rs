//! What is known of a document's signatures after they were judged.

use jiff::Timestamp;
use jpki_protocol::Attributes;
use jpki_signing::{Coverage, DigestAlgorithm, DocumentSignature, Format};
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use crate::{CertificateFacts, Refusal, Revocation};

/// A document whose every signature fits it; who made them has been judged one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JudgedDocument {
    /// The moment for which it was judged.
    pub verified_at: Timestamp,
    /// Its signatures, in the order in which they stand in it.
    pub signatures: Vec<JudgedSignature>,
}

impl JudgedDocument {
    /// Whether there is a signature, and nothing is against any of them.
    pub fn is_accepted(&self) -> bool {
        !self.signatures.is_empty() && self.signatures.iter().all(JudgedSignature::is_accepted)
    }
}

/// With a member `verified` that says in one word what all verdicts together do.
impl Serialize for JudgedDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_struct("JudgedDocument", 3)?;
        document.serialize_field("verified", &self.is_accepted())?;
        document.serialize_field("verifiedAt", &self.verified_at)?;
        document.serialize_field("signatures", &self.signatures)?;
        document.end()
    }
}

/// One signature of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct JudgedSignature {
    /// Its place in the document, counted from 1.
    pub number: usize,
    /// Whether it is accepted.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Who signed; none if no pinned root vouches for it, or the certificate doesn't say it.
    pub signed_by: Option<SignedBy>,
    /// When the signer claims to have signed. Nobody else vouches for it.
    pub claimed_time: Option<Timestamp>,
    /// How document and signature are tied together, `cades`, `pades` or `xades`.
    #[serde(serialize_with = "format")]
    pub format: Format,
    /// The hash over the document.
    #[serde(serialize_with = "digest")]
    pub digest: DigestAlgorithm,
    /// How much of the document it covers.
    #[serde(serialize_with = "coverage")]
    pub covers: Coverage,
    /// Whether the signature itself names its certificate, so that nobody can put another one for the same key in its
    /// place.
    pub names_certificate: bool,
}

impl JudgedSignature {
    pub(super) fn of(number: usize, signature: &DocumentSignature) -> Self {
        Self {
            number,
            verdict: Verdict::Refused(Refusal::CertificateMalformed),
            signed_by: None,
            claimed_time: signature.time,
            format: signature.format,
            digest: signature.digest,
            covers: signature.covers,
            names_certificate: signature.names_certificate,
        }
    }

    /// Whether nothing is against it.
    pub fn is_accepted(&self) -> bool {
        matches!(self.verdict, Verdict::Accepted { .. })
    }
}

/// What is said of a signature's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It is in order.
    Accepted {
        /// What is known about revocation, which may be nothing.
        revocation: Revocation,
    },
    /// Something is against it.
    Refused(Refusal),
}

impl From<Result<Revocation, Refusal>> for Verdict {
    fn from(result: Result<Revocation, Refusal>) -> Self {
        result.map_or_else(Self::Refused, |revocation| Self::Accepted { revocation })
    }
}

/// The holder of a certificate that a pinned root issued, be it in order today or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignedBy {
    /// 基本4情報, as they were when the certificate was issued.
    pub holder: Attributes,
    /// What else the certificate says.
    pub certificate: CertificateFacts,
    /// Whether the moment of judging lies in its validity.
    pub valid_now: bool,
    /// Whether the claimed signing time does, if there is one. True tells little: the time is the signer's word.
    pub valid_when_claimed: Option<bool>,
}

fn format<S: Serializer>(format: &Format, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(format.word())
}

fn digest<S: Serializer>(digest: &DigestAlgorithm, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(digest.name())
}

fn coverage<S: Serializer>(coverage: &Coverage, serializer: S) -> Result<S::Ok, S::Error> {
    let mut members = serializer.serialize_struct("Coverage", 3)?;
    members.serialize_field("whole", &coverage.is_whole())?;
    if let Coverage::Revision { bytes, of } = coverage {
        members.serialize_field("bytes", bytes)?;
        members.serialize_field("of", of)?;
    }
    members.end()
}
