//! OCSP answers (RFC 6960).

use std::time::SystemTime;

use rsa::sha2::{Digest as _, Sha256};
use sha1::Sha1;
use x509_cert::{
    Certificate,
    der::{
        AnyRef, DateTime, Decode as _, Encode as _,
        asn1::{GeneralizedTime, Null, ObjectIdentifier, OctetString},
    },
    ext::pkix::CrlReason,
    serial_number::SerialNumber,
    spki::AlgorithmIdentifierOwned,
};
use x509_ocsp::{
    BasicOcspResponse, CertId, CertStatus, OcspGeneralizedTime, OcspResponse, ResponderId, ResponseData, RevokedInfo,
    SingleResponse, Version, ext::Nonce,
};

use super::{Authority, SignatureAlgorithm, spec};
use crate::Error;

/// What the responder says of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OcspStatus {
    /// Not revoked.
    Good,
    /// Revoked since, with the reason if it is told.
    Revoked(SystemTime, Option<CrlReason>),
    /// The responder doesn't know it.
    Unknown,
}

/// Everything an OCSP answer about one certificate says.
#[derive(Clone, Debug)]
pub struct OcspSpec {
    /// The certificate's serial number, big-endian.
    pub serial: Vec<u8>,
    /// The verdict.
    pub status: OcspStatus,
    /// When the answer was made.
    pub produced_at: SystemTime,
    /// From when the verdict is known to hold.
    pub this_update: SystemTime,
    /// When newer information will be there.
    pub next_update: Option<SystemTime>,
    /// The request's nonce to repeat.
    pub nonce: Option<Vec<u8>>,
    /// The certificate is named by SHA-256 instead of SHA-1 hashes.
    pub sha256_cert_id: bool,
    /// How it is signed.
    pub signature: SignatureAlgorithm,
}

impl OcspSpec {
    /// An answer of the usual form, made and valid from `this_update` on.
    pub fn new(serial: &[u8], status: OcspStatus, this_update: SystemTime, next_update: SystemTime) -> Self {
        Self {
            serial: serial.to_vec(),
            status,
            produced_at: this_update,
            this_update,
            next_update: Some(next_update),
            nonce: None,
            sha256_cert_id: false,
            signature: SignatureAlgorithm::Sha256WithRsa,
        }
    }
}

impl Authority {
    /// Signs an answer about a certificate this authority issued and gives the DER of the OCSPResponse. With `responder`
    /// that key signs and its certificate is sent along, else the authority answers itself.
    ///
    /// # Errors
    /// [`Error::Encoding`] for what DER can't say.
    pub fn ocsp_response(&self, spec: &OcspSpec, responder: Option<&Authority>) -> Result<Vec<u8>, Error> {
        let signer = responder.unwrap_or(self);
        let cert_status = match spec.status {
            OcspStatus::Good => CertStatus::Good(Null),
            OcspStatus::Unknown => CertStatus::Unknown(Null),
            OcspStatus::Revoked(at, revocation_reason) => {
                CertStatus::Revoked(RevokedInfo { revocation_time: time(at)?, revocation_reason })
            }
        };
        let single = SingleResponse {
            cert_id: self.cert_id(&spec.serial, spec.sha256_cert_id)?,
            cert_status,
            this_update: time(spec.this_update)?,
            next_update: spec.next_update.map(time).transpose()?,
            single_extensions: None,
        };
        let nonce = spec.nonce.as_ref().map(|nonce| Ok::<_, Error>(Nonce::new(nonce.as_slice())?)).transpose()?;
        let nonce = nonce.map(|nonce| spec::raw("1.3.6.1.5.5.7.48.1.2", false, &nonce)).transpose()?;
        let key_hash = Sha1::digest(signer.spec().public_key.subject_public_key.raw_bytes());
        let tbs_response_data = ResponseData {
            version: Version::V1,
            responder_id: ResponderId::ByKey(OctetString::new(key_hash.as_slice())?),
            produced_at: time(spec.produced_at)?,
            responses: vec![single],
            response_extensions: nonce.map(|nonce| vec![nonce]),
        };
        let certs = responder.map(|r| Certificate::from_der(r.certificate())).transpose()?;
        let response = BasicOcspResponse {
            signature: signer.seal(spec.signature, &tbs_response_data)?,
            tbs_response_data,
            signature_algorithm: spec.signature.identifier(),
            certs: certs.map(|cert| vec![cert]),
        };
        Ok(OcspResponse::successful(response)?.to_der()?)
    }

    fn cert_id(&self, serial: &[u8], sha256: bool) -> Result<CertId, Error> {
        let name = self.subject().to_der()?;
        let key = self.spec().public_key.subject_public_key.raw_bytes();
        let (oid, name_hash, key_hash) = if sha256 {
            ("2.16.840.1.101.3.4.2.1", Sha256::digest(&name).to_vec(), Sha256::digest(key).to_vec())
        } else {
            ("1.3.14.3.2.26", Sha1::digest(&name).to_vec(), Sha1::digest(key).to_vec())
        };
        let hash_algorithm =
            AlgorithmIdentifierOwned { oid: ObjectIdentifier::new_unwrap(oid), parameters: Some(AnyRef::NULL.into()) };
        Ok(CertId {
            hash_algorithm,
            issuer_name_hash: OctetString::new(name_hash)?,
            issuer_key_hash: OctetString::new(key_hash)?,
            serial_number: SerialNumber::new(serial)?,
        })
    }
}

fn time(at: SystemTime) -> Result<OcspGeneralizedTime, Error> {
    Ok(OcspGeneralizedTime(GeneralizedTime::from_date_time(DateTime::from_system_time(at)?)))
}
