//! A CMS signature on its way to be signed.

use std::io::Write;

use der::asn1::{AnyRef, GeneralizedTime, OctetStringRef, SetOfVec, UtcTime};
use der::{DateTime, Encode, Tag};
use jiff::Timestamp;
use ring::digest::{SHA256, digest};

use super::oid;
use super::syntax::{
    AlgorithmIdentifier, Attribute, CertificateIdV2, ContentInfo, EncapsulatedContent, IssuerAndSerialNumber,
    SignedData, SignerInfo, SigningCertificateV2,
};
use crate::certificate::SignerCertificate;
use crate::digest::as_sha256;
use crate::{Draft, Error, Signer};

/// The year from which on signing times are a `GeneralizedTime` (RFC 5652, section 11.3).
const END_OF_UTC_TIME: u16 = 2050;

/// A detached CAdES signature of the baseline level B-B (ETSI EN 319 122-1, section 6) over a document that is known
/// by its SHA-256 alone. About 2.4 kB with a My Number Card's certificate, nearly all of it certificate and signature.
#[derive(Debug, Clone)]
pub struct CmsDraft {
    content_digest: [u8; 32],
    says_time: bool,
    prepared: Option<Prepared>,
}

#[derive(Debug, Clone)]
struct Prepared {
    certificate: Vec<u8>,
    /// DER of the signed attributes as a `SET OF`: what is signed (RFC 5652, section 5.4).
    attributes: Vec<u8>,
}

impl CmsDraft {
    /// `content_digest` is the SHA-256 of the document.
    pub fn new(content_digest: [u8; 32]) -> Self {
        Self { content_digest, says_time: true, prepared: None }
    }

    /// The signature inside a PDF: the time stands in the PDF's dictionary and must not be repeated (ETSI EN 319
    /// 142-1, section 6.3).
    pub(crate) fn for_pdf(content_digest: [u8; 32]) -> Self {
        Self { says_time: false, ..Self::new(content_digest) }
    }
}

impl Draft for CmsDraft {
    fn digest(&mut self, signer: &Signer) -> Result<[u8; 32], Error> {
        SignerCertificate::parse(&signer.certificate)?;
        let time = self.says_time.then_some(signer.time);
        let attributes = signed_attributes(&self.content_digest, &signer.certificate, time)?;
        let to_sign = as_sha256(&digest(&SHA256, &attributes));
        self.prepared = Some(Prepared { certificate: signer.certificate.clone(), attributes });
        Ok(to_sign)
    }

    fn finish(&self, signature: &[u8], out: &mut dyn Write) -> Result<(), Error> {
        let prepared = self.prepared.as_ref().ok_or(Error::NotStarted)?;
        Ok(out.write_all(&signed_data(prepared, signature)?)?)
    }
}

/// DER of the attributes that every CAdES signature signs; `SET OF` puts them in order.
fn signed_attributes(content: &[u8; 32], certificate: &[u8], time: Option<Timestamp>) -> Result<Vec<u8>, Error> {
    let certificate_digest = digest(&SHA256, certificate);
    // No issuer and serial number: ETSI EN 319 122-1 advises against repeating them here.
    let id = CertificateIdV2 {
        hash_algorithm: None,
        hash: OctetStringRef::new(certificate_digest.as_ref())?,
        issuer_serial: None,
    };
    let signing_certificate = SigningCertificateV2 { certificates: vec![id], policies: None };
    let mut values = vec![
        (oid::CONTENT_TYPE, oid::DATA.to_der()?),
        (oid::MESSAGE_DIGEST, OctetStringRef::new(content)?.to_der()?),
        (oid::SIGNING_CERTIFICATE_V2, signing_certificate.to_der()?),
    ];
    if let Some(time) = time {
        values.push((oid::SIGNING_TIME, encode_time(time)?));
    }
    let attributes: Vec<_> = values
        .iter()
        .map(|(kind, value)| {
            let values = SetOfVec::try_from(vec![AnyRef::try_from(value.as_slice())?])?;
            Ok(Attribute { kind: *kind, values })
        })
        .collect::<Result<_, der::Error>>()?;
    Ok(SetOfVec::try_from(attributes)?.to_der()?)
}

fn encode_time(time: Timestamp) -> Result<Vec<u8>, der::Error> {
    let since_epoch = time.as_duration().try_into().map_err(|_| Tag::UtcTime.value_error())?;
    let time = DateTime::from_unix_duration(since_epoch)?;
    if time.year() < END_OF_UTC_TIME {
        UtcTime::from_date_time(time)?.to_der()
    } else {
        GeneralizedTime::from_date_time(time).to_der()
    }
}

fn signed_data(prepared: &Prepared, signature: &[u8]) -> Result<Vec<u8>, Error> {
    let certificate = SignerCertificate::parse(&prepared.certificate)?;
    let attributes: SetOfVec<AnyRef<'_>> = der::Decode::from_der(&prepared.attributes)?;
    let issuer_and_serial = IssuerAndSerialNumber {
        issuer: AnyRef::try_from(certificate.issuer)?,
        serial: AnyRef::new(Tag::Integer, certificate.serial)?,
    }
    .to_der()?;
    let sha256 = AlgorithmIdentifier { algorithm: oid::SHA256, parameters: None };
    let signer = SignerInfo {
        version: 1,
        signer: AnyRef::try_from(issuer_and_serial.as_slice())?,
        digest_algorithm: sha256.clone(),
        signed_attributes: Some(attributes.into_vec()),
        signature_algorithm: AlgorithmIdentifier::with_null(oid::SHA256_WITH_RSA),
        signature: OctetStringRef::new(signature)?,
        unsigned_attributes: None,
    }
    .to_der()?;
    let digest_algorithm = sha256.to_der()?;
    let signed_data = SignedData {
        version: 1,
        digest_algorithms: SetOfVec::try_from(vec![AnyRef::try_from(digest_algorithm.as_slice())?])?,
        content: EncapsulatedContent { content_type: oid::DATA, content: None },
        certificates: Some(vec![AnyRef::try_from(prepared.certificate.as_slice())?]),
        revocation: None,
        signers: SetOfVec::try_from(vec![AnyRef::try_from(signer.as_slice())?])?,
    }
    .to_der()?;
    let content_info =
        ContentInfo { content_type: oid::SIGNED_DATA, content: AnyRef::try_from(signed_data.as_slice())? };
    Ok(content_info.to_der()?)
}
