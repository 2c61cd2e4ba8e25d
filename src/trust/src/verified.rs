//! What a server learns from an accepted token: facts, not the certificate itself.

use std::fmt::Write as _;

use jiff::Timestamp;
use jpki_protocol::Origin;
use ring::digest::{SHA256, digest};
use serde::Serialize;
use x509_parser::certificate::X509Certificate;

use crate::certificate::moment;
use crate::profile::Profile;
use crate::{Environment, Kind, Refusal, Revocation, Root};

/// An accepted token. Only a [`Verifier`](crate::Verifier) makes one, so holding it means every check passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VerifiedToken {
    /// The site it was made for.
    pub origin: Origin,
    /// The moment for which it was judged.
    pub verified_at: Timestamp,
    /// Whose it is.
    pub certificate: CertificateFacts,
    /// What is known about revocation, which may be nothing.
    pub revocation: Revocation,
    /// The token's format, such as `web-eid:1.0`.
    pub format: String,
    /// The program that says it made the token. Not signed: for statistics only.
    pub app_version: String,
}

/// What an accepted certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CertificateFacts {
    /// Authentication or signature.
    pub kind: Kind,
    /// Whether its root certifies people or test cards.
    pub environment: Environment,
    /// 発行番号, hexadecimal without leading zeros.
    pub serial: String,
    /// The issuer's name for people to read. Never compare it: compare accounts by their
    /// [`AccountId`](crate::AccountId).
    pub issuer: String,
    /// The subject's common name: a random text on an authentication certificate, no name of a person.
    pub subject_common_name: String,
    /// First moment of its validity.
    pub not_before: Timestamp,
    /// Last moment of its validity.
    pub not_after: Timestamp,
    /// Its certificate policy, dotted.
    pub policy: &'static str,
    /// Which of the issuer's keys signed it.
    pub generation: Generation,
    /// SHA-256 of its DER, hexadecimal.
    pub sha256: String,
    #[serde(skip)]
    issuer_der: Vec<u8>,
    #[serde(skip)]
    serial_bytes: Vec<u8>,
}

/// A generation of a root: all share one name, so this is what tells them apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Generation {
    /// The root's subject key identifier, hexadecimal.
    pub key_identifier: String,
    /// First moment of the root's validity, whose year names the generation in common use.
    pub not_before: Timestamp,
}

impl VerifiedToken {
    /// The DER of the issuer's name.
    pub fn issuer_der(&self) -> &[u8] {
        &self.certificate.issuer_der
    }

    /// The contents of the serial number's DER INTEGER.
    pub fn serial_bytes(&self) -> &[u8] {
        &self.certificate.serial_bytes
    }
}

impl CertificateFacts {
    pub(crate) fn of(x509: &X509Certificate<'_>, der: &[u8], root: &Root) -> Result<Self, Refusal> {
        let common_name = x509.subject().iter_common_name().next().and_then(|name| name.as_str().ok());
        let serial = x509.raw_serial();
        Ok(Self {
            kind: root.kind(),
            environment: root.environment(),
            serial: hex(serial.strip_prefix(&[0]).unwrap_or(serial)),
            issuer: x509.issuer().to_string(),
            subject_common_name: common_name.unwrap_or_default().to_owned(),
            not_before: moment(x509.validity().not_before)?,
            not_after: moment(x509.validity().not_after)?,
            policy: Profile::of(root.kind(), root.environment()).policy,
            generation: Generation { key_identifier: hex(root.key_identifier()), not_before: root.not_before() },
            sha256: hex(digest(&SHA256, der).as_ref()),
            issuer_der: x509.issuer().as_raw().to_vec(),
            serial_bytes: serial.to_vec(),
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
