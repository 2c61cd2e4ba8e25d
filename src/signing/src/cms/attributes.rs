//! The signed attributes of one signer, read strictly: each at most once, each with exactly one value.

use der::asn1::{AnyRef, GeneralizedTime, ObjectIdentifier, OctetStringRef, SetOfVec, UtcTime};
use der::{Encode, Tag, Tagged as _};
use jiff::Timestamp;
use ring::digest::digest;

use super::oid;
use super::syntax::{
    AlgorithmProtection, Attribute, CertificateIdV2, DIRECTORY_NAME, SignerInfo, SigningCertificateV2,
};
use crate::certificate::SignerCertificate;
use crate::{DigestAlgorithm, Fault};

/// The most attributes a signer may sign. CAdES defines fewer than twenty.
const MAX_ATTRIBUTES: usize = 64;

/// What the signed attributes say.
#[derive(Debug)]
pub(super) struct SignedAttributes<'a> {
    attributes: Vec<Attribute<'a>>,
    /// DER of the `SET OF`: what the signature is over (RFC 5652, section 5.4).
    pub(super) der: Vec<u8>,
}

impl<'a> SignedAttributes<'a> {
    /// Takes the attributes as found; they must be in DER's order already, which the signature is over.
    pub(super) fn read(found: &[AnyRef<'a>]) -> Result<Self, Fault> {
        if found.len() > MAX_ATTRIBUTES {
            return Err(Fault::SignatureMalformed);
        }
        // A `SET OF` that is built is sorted.
        let set = SetOfVec::try_from(found.to_vec()).map_err(|_| Fault::AttributesNotCanonical)?;
        if set.as_slice() != found {
            return Err(Fault::AttributesNotCanonical);
        }
        let der = set.to_der().map_err(|_| Fault::SignatureMalformed)?;
        let attributes = found
            .iter()
            .map(|any| any.decode_as::<Attribute<'a>>())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| Fault::SignatureMalformed)?;
        let mut kinds: Vec<_> = attributes.iter().map(|attribute| attribute.kind).collect();
        kinds.sort_unstable();
        if kinds.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Fault::AttributeTwice);
        }
        Ok(Self { attributes, der })
    }

    fn value(&self, kind: ObjectIdentifier) -> Result<Option<AnyRef<'a>>, Fault> {
        let Some(attribute) = self.attributes.iter().find(|attribute| attribute.kind == kind) else {
            return Ok(None);
        };
        match attribute.values.as_slice() {
            [value] => Ok(Some(*value)),
            _ => Err(Fault::AttributeTwice),
        }
    }

    fn required(&self, kind: ObjectIdentifier) -> Result<AnyRef<'a>, Fault> {
        self.value(kind)?.ok_or(Fault::AttributeMissing)
    }

    /// RFC 5652, section 11.1.
    pub(super) fn check_content_type(&self, content_type: ObjectIdentifier) -> Result<(), Fault> {
        let said: ObjectIdentifier = decode(self.required(oid::CONTENT_TYPE)?)?;
        if said == content_type { Ok(()) } else { Err(Fault::ContentType) }
    }

    /// RFC 5652, section 11.2: the document's digest.
    pub(super) fn message_digest(&self) -> Result<&'a [u8], Fault> {
        let digest: &OctetStringRef = decode(self.required(oid::MESSAGE_DIGEST)?)?;
        Ok(digest.as_bytes())
    }

    /// RFC 5652, section 11.3.
    pub(super) fn signing_time(&self) -> Result<Option<Timestamp>, Fault> {
        let Some(value) = self.value(oid::SIGNING_TIME)? else { return Ok(None) };
        let since_epoch = match value.tag() {
            Tag::UtcTime => value.decode_as::<UtcTime>().map(|time| time.to_unix_duration()),
            Tag::GeneralizedTime => value.decode_as::<GeneralizedTime>().map(|time| time.to_unix_duration()),
            _ => return Err(Fault::TimeMalformed),
        };
        let since_epoch = since_epoch.map_err(|_| Fault::TimeMalformed)?.try_into();
        let time = since_epoch.ok().and_then(|since_epoch| Timestamp::from_duration(since_epoch).ok());
        time.map(Some).ok_or(Fault::TimeMalformed)
    }

    /// RFC 5035, section 3: whether the signature names its certificate; it must be this one then.
    pub(super) fn names(&self, certificate: &SignerCertificate<'_>) -> Result<bool, Fault> {
        let Some(value) = self.value(oid::SIGNING_CERTIFICATE_V2)? else { return Ok(false) };
        let value: SigningCertificateV2<'_> = decode(value)?;
        // The first is the signer's; the others are those of its chain.
        let first = value.certificates.first().ok_or(Fault::SigningCertificateWrong)?;
        if is_of(first, certificate)? { Ok(true) } else { Err(Fault::SigningCertificateWrong) }
    }

    /// RFC 6211, section 3: where the algorithms are signed too, they must be those used.
    pub(super) fn check_algorithms(&self, signer: &SignerInfo<'_>) -> Result<(), Fault> {
        let Some(value) = self.value(oid::ALGORITHM_PROTECTION)? else { return Ok(()) };
        let signed: AlgorithmProtection<'_> = decode(value)?;
        let same = signed.digest_algorithm == signer.digest_algorithm
            && signed.signature_algorithm.as_ref() == Some(&signer.signature_algorithm);
        if same { Ok(()) } else { Err(Fault::AlgorithmUnknown) }
    }
}

fn is_of(id: &CertificateIdV2<'_>, certificate: &SignerCertificate<'_>) -> Result<bool, Fault> {
    let algorithm = id.hash_algorithm.as_ref().map_or(Ok(DigestAlgorithm::Sha256), |algorithm| algorithm.digest())?;
    if digest(algorithm.hash(), certificate.der).as_ref() != id.hash.as_bytes() {
        return Ok(false);
    }
    let Some(named) = &id.issuer_serial else { return Ok(true) };
    let [issuer] = named.issuer.as_slice() else { return Ok(false) };
    Ok(issuer.tag() == DIRECTORY_NAME
        && issuer.value() == certificate.issuer
        && named.serial.tag() == Tag::Integer
        && named.serial.value() == certificate.serial)
}

fn decode<'a, T>(value: AnyRef<'a>) -> Result<T, Fault>
where
    T: der::Choice<'a> + der::DecodeValue<'a>,
{
    value.decode_as().map_err(|_| Fault::SignatureMalformed)
}
