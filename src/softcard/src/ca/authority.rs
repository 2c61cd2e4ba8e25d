//! Who signs certificates, lists and OCSP answers.

use std::time::SystemTime;

use rsa::RsaPrivateKey;
use x509_cert::{
    certificate::{Certificate, TbsCertificate, Version},
    der::{
        Encode,
        asn1::{BitString, OctetString},
    },
    ext::pkix::{AuthorityKeyIdentifier, name::GeneralName},
    name::Name,
    serial_number::SerialNumber,
    time::Validity,
};

use super::{CertificateSpec, SignatureAlgorithm, spec};
use crate::Error;

/// A key with a certificate, able to issue.
#[derive(Clone, Debug)]
pub struct Authority {
    spec: CertificateSpec,
    issuer: Name,
    key: RsaPrivateKey,
    certificate: Vec<u8>,
}

impl Authority {
    /// An authority whose certificate is signed by its own key, as `spec` says.
    ///
    /// # Errors
    /// [`Error::Encoding`] for what DER can't say.
    pub fn self_signed(spec: &CertificateSpec, key: RsaPrivateKey) -> Result<Self, Error> {
        let issuer = spec.issuer.clone().unwrap_or_else(|| spec.subject.clone());
        let certificate = sign(spec, issuer.clone(), &key)?;
        Ok(Self { spec: spec.clone(), issuer, key, certificate })
    }

    /// An authority (or an OCSP responder) below this one.
    ///
    /// # Errors
    /// [`Error::Encoding`] for what DER can't say.
    pub fn subordinate(&self, spec: &CertificateSpec, key: RsaPrivateKey) -> Result<Self, Error> {
        let issuer = spec.issuer.clone().unwrap_or_else(|| self.spec.subject.clone());
        let certificate = self.issue(spec)?;
        Ok(Self { spec: spec.clone(), issuer, key, certificate })
    }

    /// Signs a certificate that says exactly what `spec` says, sane or not, and gives its DER.
    ///
    /// # Errors
    /// [`Error::Encoding`] for what DER can't say.
    pub fn issue(&self, spec: &CertificateSpec) -> Result<Vec<u8>, Error> {
        sign(spec, spec.issuer.clone().unwrap_or_else(|| self.spec.subject.clone()), &self.key)
    }

    /// This authority's certificate, DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// This authority's certificate, PEM.
    pub fn certificate_pem(&self) -> String {
        pem("CERTIFICATE", &self.certificate)
    }

    /// Its name.
    pub fn subject(&self) -> &Name {
        &self.spec.subject
    }

    /// Its certificate's serial number, big-endian.
    pub fn serial(&self) -> &[u8] {
        &self.spec.serial
    }

    /// Its subject key identifier; empty if its certificate has none.
    pub fn key_identifier(&self) -> &[u8] {
        self.spec.subject_key_identifier.as_ref().map_or(&[], |ski| &ski.value)
    }

    /// Its private key.
    pub fn key(&self) -> &RsaPrivateKey {
        &self.key
    }

    /// First moment of its validity.
    pub fn not_before(&self) -> SystemTime {
        self.spec.not_before
    }

    /// Last moment of its validity.
    pub fn not_after(&self) -> SystemTime {
        self.spec.not_after
    }

    /// What certificates issued by it carry: key identifier, its own issuer's name and its serial number.
    ///
    /// # Errors
    /// [`Error::Encoding`] for a serial number that DER can't say.
    pub fn as_authority_key_identifier(&self) -> Result<AuthorityKeyIdentifier, Error> {
        Ok(AuthorityKeyIdentifier {
            key_identifier: Some(OctetString::new(self.key_identifier())?),
            authority_cert_issuer: Some(vec![GeneralName::DirectoryName(self.issuer.clone())]),
            authority_cert_serial_number: Some(SerialNumber::new(&self.spec.serial)?),
        })
    }

    pub(super) fn spec(&self) -> &CertificateSpec {
        &self.spec
    }

    pub(super) fn seal(&self, algorithm: SignatureAlgorithm, body: &impl Encode) -> Result<BitString, Error> {
        Ok(BitString::from_bytes(&algorithm.sign(&self.key, &body.to_der()?)?)?)
    }
}

fn sign(spec: &CertificateSpec, issuer: Name, key: &RsaPrivateKey) -> Result<Vec<u8>, Error> {
    let extensions = spec.extensions()?;
    let tbs = TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::new(&spec.serial)?,
        signature: spec.signature.identifier(),
        issuer,
        validity: Validity { not_before: spec::time(spec.not_before)?, not_after: spec::time(spec.not_after)? },
        subject: spec.subject.clone(),
        subject_public_key_info: spec.public_key.clone(),
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: (!extensions.is_empty()).then_some(extensions),
    };
    let signature = BitString::from_bytes(&spec.signature.sign(key, &tbs.to_der()?)?)?;
    let signature_algorithm = spec.signature.identifier();
    Ok(Certificate { tbs_certificate: tbs, signature_algorithm, signature }.to_der()?)
}

/// PEM of RFC 7468: lines of 64 characters.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let body = BASE64_STANDARD.encode(der);
    let lines = body.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line) + "\n");
    format!("-----BEGIN {label}-----\n{}-----END {label}-----\n", lines.collect::<String>())
}
