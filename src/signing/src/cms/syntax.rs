//! The ASN.1 types of CMS (RFC 5652, section 12.1), as far as signatures need them; `der` reads and writes them.
//!
//! Whatever is compared or hashed later stays an [`AnyRef`], so its bytes are those that came in. Fields that the RFC
//! has as `SET OF` under an implicit tag are a `Vec` here: the tag is the same, and the order is kept as found.

use der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef, SetOfVec};
use der::{Sequence, Tag, ValueOrd};

use super::oid;
use crate::{DigestAlgorithm, Fault};

#[derive(Debug, Sequence)]
pub(super) struct ContentInfo<'a> {
    pub(super) content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(super) content: AnyRef<'a>,
}

#[derive(Debug, Sequence)]
pub(super) struct SignedData<'a> {
    pub(super) version: u8,
    pub(super) digest_algorithms: SetOfVec<AnyRef<'a>>,
    pub(super) content: EncapsulatedContent<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) certificates: Option<Vec<AnyRef<'a>>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) revocation: Option<Vec<AnyRef<'a>>>,
    pub(super) signers: SetOfVec<AnyRef<'a>>,
}

#[derive(Debug, Sequence)]
pub(super) struct EncapsulatedContent<'a> {
    pub(super) content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) content: Option<&'a OctetStringRef>,
}

#[derive(Debug, Sequence)]
pub(super) struct SignerInfo<'a> {
    pub(super) version: u8,
    pub(super) signer: AnyRef<'a>,
    pub(super) digest_algorithm: AlgorithmIdentifier<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) signed_attributes: Option<Vec<AnyRef<'a>>>,
    pub(super) signature_algorithm: AlgorithmIdentifier<'a>,
    pub(super) signature: &'a OctetStringRef,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) unsigned_attributes: Option<Vec<AnyRef<'a>>>,
}

#[derive(Debug, Sequence)]
pub(super) struct IssuerAndSerialNumber<'a> {
    pub(super) issuer: AnyRef<'a>,
    pub(super) serial: AnyRef<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Sequence, ValueOrd)]
pub(super) struct AlgorithmIdentifier<'a> {
    pub(super) algorithm: ObjectIdentifier,
    pub(super) parameters: Option<AnyRef<'a>>,
}

#[derive(Debug, Sequence, ValueOrd)]
pub(super) struct Attribute<'a> {
    pub(super) kind: ObjectIdentifier,
    pub(super) values: SetOfVec<AnyRef<'a>>,
}

/// RFC 5035, section 3; the policies that may follow say nothing about integrity.
#[derive(Debug, Sequence)]
pub(super) struct SigningCertificateV2<'a> {
    pub(super) certificates: Vec<CertificateIdV2<'a>>,
    pub(super) policies: Option<AnyRef<'a>>,
}

/// RFC 5035, section 4. No hash algorithm means SHA-256.
#[derive(Debug, Sequence)]
pub(super) struct CertificateIdV2<'a> {
    pub(super) hash_algorithm: Option<AlgorithmIdentifier<'a>>,
    pub(super) hash: &'a OctetStringRef,
    pub(super) issuer_serial: Option<IssuerSerial<'a>>,
}

/// RFC 5035, section 5.
#[derive(Debug, Sequence)]
pub(super) struct IssuerSerial<'a> {
    pub(super) issuer: Vec<AnyRef<'a>>,
    pub(super) serial: AnyRef<'a>,
}

/// RFC 6211, section 2.
#[derive(Debug, Sequence)]
pub(super) struct AlgorithmProtection<'a> {
    pub(super) digest_algorithm: AlgorithmIdentifier<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) signature_algorithm: Option<AlgorithmIdentifier<'a>>,
}

impl AlgorithmIdentifier<'_> {
    pub(super) fn with_null(algorithm: ObjectIdentifier) -> Self {
        Self { algorithm, parameters: Some(AnyRef::NULL) }
    }

    /// A hash function; its parameters are absent or NULL (RFC 5754, section 2).
    pub(super) fn digest(&self) -> Result<DigestAlgorithm, Fault> {
        self.check_parameters()?;
        match self.algorithm {
            oid::SHA256 => Ok(DigestAlgorithm::Sha256),
            oid::SHA384 => Ok(DigestAlgorithm::Sha384),
            oid::SHA512 => Ok(DigestAlgorithm::Sha512),
            oid::SHA1 => Err(Fault::DigestWeak),
            _ => Err(Fault::AlgorithmUnknown),
        }
    }

    /// RSASSA-PKCS1-v1_5 with this hash, whichever way it is said.
    pub(super) fn check_rsa_with(&self, digest: DigestAlgorithm) -> Result<(), Fault> {
        self.check_parameters()?;
        let named = match self.algorithm {
            oid::RSA => return Ok(()),
            oid::SHA256_WITH_RSA => DigestAlgorithm::Sha256,
            oid::SHA384_WITH_RSA => DigestAlgorithm::Sha384,
            oid::SHA512_WITH_RSA => DigestAlgorithm::Sha512,
            oid::SHA1_WITH_RSA => return Err(Fault::DigestWeak),
            _ => return Err(Fault::AlgorithmUnknown),
        };
        if named == digest { Ok(()) } else { Err(Fault::AlgorithmUnknown) }
    }

    fn check_parameters(&self) -> Result<(), Fault> {
        match self.parameters {
            None => Ok(()),
            Some(parameters) if parameters.is_null() => Ok(()),
            Some(_) => Err(Fault::AlgorithmUnknown),
        }
    }
}

/// `[0]`, primitive: a subject key identifier where a signer is named.
pub(super) const KEY_IDENTIFIER: Tag = Tag::ContextSpecific { constructed: false, number: der::TagNumber(0) };
/// `[4]`, explicit: a directory name where any general name may stand (RFC 5280, section 4.2.1.6).
pub(super) const DIRECTORY_NAME: Tag = Tag::ContextSpecific { constructed: true, number: der::TagNumber(4) };
