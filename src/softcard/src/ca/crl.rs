//! Certificate revocation lists (RFC 5280 §5).

use std::time::SystemTime;

use x509_cert::{
    certificate::Version,
    crl::{CertificateList, RevokedCert, TbsCertList},
    der::{Encode as _, asn1::Uint},
    ext::{Extension, pkix::CrlReason},
    name::Name,
    serial_number::SerialNumber,
};

use super::{Authority, SignatureAlgorithm, spec};
use crate::Error;

/// One entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// The certificate's serial number, big-endian.
    pub serial: Vec<u8>,
    /// Since when.
    pub at: SystemTime,
    /// Why, if it is told.
    pub reason: Option<CrlReason>,
}

/// Everything a revocation list says; as with certificates, any field may be nonsense.
#[derive(Clone, Debug)]
pub struct CrlSpec {
    /// `None`: the issuing authority's subject.
    pub issuer: Option<Name>,
    /// When it was made.
    pub this_update: SystemTime,
    /// When the next one comes.
    pub next_update: Option<SystemTime>,
    /// What it revokes.
    pub revoked: Vec<Revoked>,
    /// The CRL number, if it has one.
    pub number: Option<u32>,
    /// Whether it names its issuer's key; with three generations of one name that alone tells lists apart.
    pub authority_key_identifier: bool,
    /// How it is signed.
    pub signature: SignatureAlgorithm,
    /// Appended as they are.
    pub extra_extensions: Vec<Extension>,
}

impl CrlSpec {
    /// A list of the usual form that revokes `serials` from `this_update` on.
    pub fn new<'a>(
        serials: impl IntoIterator<Item = &'a [u8]>,
        this_update: SystemTime,
        next_update: SystemTime,
    ) -> Self {
        let entry = |serial: &[u8]| Revoked { serial: serial.to_vec(), at: this_update, reason: None };
        Self {
            issuer: None,
            this_update,
            next_update: Some(next_update),
            revoked: serials.into_iter().map(entry).collect(),
            number: Some(1),
            authority_key_identifier: true,
            signature: SignatureAlgorithm::Sha256WithRsa,
            extra_extensions: Vec::new(),
        }
    }
}

impl Authority {
    /// Signs a revocation list and gives its DER.
    ///
    /// # Errors
    /// [`Error::Encoding`] for what DER can't say.
    pub fn crl(&self, spec: &CrlSpec) -> Result<Vec<u8>, Error> {
        let entries = spec.revoked.iter().map(entry).collect::<Result<Vec<_>, Error>>()?;
        let mut extensions = Vec::new();
        if spec.authority_key_identifier {
            extensions.push(spec::raw("2.5.29.35", false, &self.as_authority_key_identifier()?)?);
        }
        if let Some(number) = spec.number {
            extensions.push(spec::raw("2.5.29.20", false, &Uint::new(&number.to_be_bytes())?)?);
        }
        extensions.extend(spec.extra_extensions.iter().cloned());
        let tbs_cert_list = TbsCertList {
            version: Version::V2,
            signature: spec.signature.identifier(),
            issuer: spec.issuer.clone().unwrap_or_else(|| self.subject().clone()),
            this_update: spec::time(spec.this_update)?,
            next_update: spec.next_update.map(spec::time).transpose()?,
            revoked_certificates: (!entries.is_empty()).then_some(entries),
            crl_extensions: (!extensions.is_empty()).then_some(extensions),
        };
        let signature = self.seal(spec.signature, &tbs_cert_list)?;
        let signature_algorithm = spec.signature.identifier();
        Ok(CertificateList { tbs_cert_list, signature_algorithm, signature }.to_der()?)
    }
}

fn entry(revoked: &Revoked) -> Result<RevokedCert, Error> {
    let reason = revoked.reason.map(|reason| spec::raw("2.5.29.21", false, &reason)).transpose()?;
    Ok(RevokedCert {
        serial_number: SerialNumber::new(&revoked.serial)?,
        revocation_date: spec::time(revoked.at)?,
        crl_entry_extensions: reason.map(|reason| vec![reason]),
    })
}
