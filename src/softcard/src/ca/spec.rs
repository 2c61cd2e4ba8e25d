//! What a certificate is to say, before anyone signs it.

use std::time::SystemTime;

use rsa::{
    RsaPrivateKey,
    pkcs1v15::Pkcs1v15Sign,
    rand_core::{OsRng, RngCore as _},
    sha2::{Digest as _, Sha256},
};
use sha1::Sha1;
use x509_cert::{
    der::{
        AnyRef, DateTime, Encode,
        asn1::{GeneralizedTime, ObjectIdentifier, OctetString, UtcTime},
    },
    ext::{
        AsExtension, Extension,
        pkix::{
            AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
            CrlDistributionPoints, ExtendedKeyUsage, IssuerAltName, KeyUsage, SubjectAltName,
        },
    },
    name::Name,
    spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned},
    time::Time,
};

use crate::Error;

/// An extension's value and whether it is critical.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked<T> {
    /// RFC 5280 §4.2: who doesn't know a critical extension must refuse the certificate.
    pub critical: bool,
    /// The extension.
    pub value: T,
}

impl<T> Marked<T> {
    /// A critical extension.
    pub fn critical(value: T) -> Self {
        Self { critical: true, value }
    }

    /// An extension that isn't critical.
    pub fn plain(value: T) -> Self {
        Self { critical: false, value }
    }
}

/// How certificates, lists and OCSP answers are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// sha256WithRSAEncryption, what JPKI uses.
    Sha256WithRsa,
    /// sha1WithRSAEncryption, for certificates that must be refused.
    Sha1WithRsa,
}

impl SignatureAlgorithm {
    pub(super) fn identifier(self) -> AlgorithmIdentifierOwned {
        let oid = ObjectIdentifier::new_unwrap(match self {
            Self::Sha256WithRsa => "1.2.840.113549.1.1.11",
            Self::Sha1WithRsa => "1.2.840.113549.1.1.5",
        });
        AlgorithmIdentifierOwned { oid, parameters: Some(AnyRef::NULL.into()) }
    }

    pub(super) fn sign(self, key: &RsaPrivateKey, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(match self {
            Self::Sha256WithRsa => key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message))?,
            Self::Sha1WithRsa => key.sign(Pkcs1v15Sign::new::<Sha1>(), &Sha1::digest(message))?,
        })
    }
}

/// Everything a certificate says. Start from [`CertificateSpec::auth`], [`CertificateSpec::sign`],
/// [`CertificateSpec::ca`] or [`CertificateSpec::ocsp_responder`], alter what the test is about, and hand it to
/// [`Authority::issue`](super::Authority::issue). Every field may be set to what no sane CA would issue.
#[derive(Clone, Debug)]
pub struct CertificateSpec {
    /// Big-endian; at most 20 bytes, the first below `0x80`.
    pub serial: Vec<u8>,
    /// `None`: the issuing authority's subject.
    pub issuer: Option<Name>,
    /// The subject.
    pub subject: Name,
    /// First moment of validity, in whole seconds.
    pub not_before: SystemTime,
    /// Last moment of validity, in whole seconds.
    pub not_after: SystemTime,
    /// The certified key, of any algorithm.
    pub public_key: SubjectPublicKeyInfoOwned,
    /// How it is signed.
    pub signature: SignatureAlgorithm,
    /// 2.5.29.15
    pub key_usage: Option<Marked<KeyUsage>>,
    /// 2.5.29.37
    pub extended_key_usage: Option<Marked<ExtendedKeyUsage>>,
    /// 2.5.29.32
    pub policies: Option<Marked<CertificatePolicies>>,
    /// 2.5.29.17; on a 署名用 certificate the holder's four attributes.
    pub subject_alt_name: Option<Marked<SubjectAltName>>,
    /// 2.5.29.18
    pub issuer_alt_name: Option<Marked<IssuerAltName>>,
    /// 2.5.29.19
    pub basic_constraints: Option<Marked<BasicConstraints>>,
    /// 2.5.29.31
    pub crl_distribution_points: Option<Marked<CrlDistributionPoints>>,
    /// 1.3.6.1.5.5.7.1.1
    pub authority_info_access: Option<Marked<AuthorityInfoAccessSyntax>>,
    /// 2.5.29.35
    pub authority_key_identifier: Option<Marked<AuthorityKeyIdentifier>>,
    /// 2.5.29.14, the key identifier's bytes.
    pub subject_key_identifier: Option<Marked<Vec<u8>>>,
    /// Appended as they are, also when they repeat one of the above.
    pub extra_extensions: Vec<Extension>,
}

impl CertificateSpec {
    pub(super) fn extensions(&self) -> Result<Vec<Extension>, Error> {
        let ski = self.subject_key_identifier.as_ref();
        let ski = ski.map(|ski| Ok::<_, Error>((ski.critical, OctetString::new(ski.value.as_slice())?)));
        let mut all: Vec<Extension> = [
            extension(self.key_usage.as_ref())?,
            extension(self.extended_key_usage.as_ref())?,
            extension(self.policies.as_ref())?,
            extension(self.subject_alt_name.as_ref())?,
            extension(self.issuer_alt_name.as_ref())?,
            extension(self.basic_constraints.as_ref())?,
            extension(self.crl_distribution_points.as_ref())?,
            extension(self.authority_info_access.as_ref())?,
            extension(self.authority_key_identifier.as_ref())?,
            ski.transpose()?.map(|(critical, value)| raw("2.5.29.14", critical, &value)).transpose()?,
        ]
        .into_iter()
        .flatten()
        .collect();
        all.extend(self.extra_extensions.iter().cloned());
        Ok(all)
    }
}

fn extension<T: AsExtension>(marked: Option<&Marked<T>>) -> Result<Option<Extension>, Error> {
    let make = |marked: &Marked<T>| {
        let extn_value = OctetString::new(marked.value.to_der()?)?;
        Ok(Extension { extn_id: T::OID, critical: marked.critical, extn_value })
    };
    marked.map(make).transpose()
}

pub(super) fn raw(oid: &str, critical: bool, value: &impl Encode) -> Result<Extension, Error> {
    let extn_id = ObjectIdentifier::new(oid).map_err(x509_cert::der::Error::from)?;
    Ok(Extension { extn_id, critical, extn_value: OctetString::new(value.to_der()?)? })
}

/// A serial number of eight random bytes, always positive and never starting with zero.
pub fn random_serial() -> Vec<u8> {
    let mut serial = [0; 8];
    OsRng.fill_bytes(&mut serial);
    serial[0] = serial[0] & 0x3F | 0x40;
    serial.to_vec()
}

/// RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050.
pub(super) fn time(at: SystemTime) -> Result<Time, Error> {
    let at = DateTime::from_system_time(at)?;
    if (1950..2050).contains(&at.year()) {
        return Ok(Time::UtcTime(UtcTime::from_date_time(at)?));
    }
    Ok(Time::GeneralTime(GeneralizedTime::from_date_time(at)))
}
