//! The rules of a CMS signature, one after the other; all of them hold or the signature is refused.

use std::io::Read;

use der::asn1::AnyRef;
use der::{Decode as _, Encode as _, Tag, Tagged as _};
use jiff::Timestamp;
use ring::digest::Context;

use super::attributes::SignedAttributes;
use super::syntax::{AlgorithmIdentifier, ContentInfo, IssuerAndSerialNumber, KEY_IDENTIFIER, SignedData, SignerInfo};
use super::{MAX_CONTENT_IN_MEMORY, oid};
use crate::certificate::SignerCertificate;
use crate::digest::for_each_chunk;
use crate::{Coverage, DigestAlgorithm, DocumentSignature, Error, Fault, Format};

/// The most signers of one message, and the most certificates that travel with it.
const MAX_SIGNERS: usize = 16;
const MAX_CERTIFICATES: usize = 32;

/// A CMS message that was parsed, not yet verified.
#[derive(Debug)]
pub(crate) struct Message<'a> {
    content: Option<&'a [u8]>,
    /// DER each, as found.
    certificates: Vec<Vec<u8>>,
    signers: Vec<SignerInfo<'a>>,
}

/// One signer, everything verified.
#[derive(Debug)]
pub(crate) struct VerifiedSigner {
    pub(crate) certificate: Vec<u8>,
    pub(crate) others: Vec<Vec<u8>>,
    pub(crate) time: Option<Timestamp>,
    pub(crate) digest: DigestAlgorithm,
    pub(crate) names_certificate: bool,
}

/// The document: whole where a signature is right over it, else by its digests.
struct Content {
    whole: Option<Vec<u8>>,
    digests: Vec<(DigestAlgorithm, Vec<u8>)>,
}

impl<'a> Message<'a> {
    /// Parses DER; nothing may follow it.
    pub(crate) fn parse(der: &'a [u8]) -> Result<Self, Fault> {
        let malformed = |_| Fault::SignatureMalformed;
        let info = ContentInfo::from_der(der).map_err(malformed)?;
        if info.content_type != oid::SIGNED_DATA {
            return Err(Fault::SignatureMalformed);
        }
        let data: SignedData<'a> = info.content.decode_as().map_err(malformed)?;
        if data.content.content_type != oid::DATA {
            return Err(Fault::ContentType);
        }
        let certificates = data.certificates.unwrap_or_default();
        if data.signers.len() > MAX_SIGNERS || certificates.len() > MAX_CERTIFICATES {
            return Err(Fault::TooManySignatures);
        }
        let signers: Vec<SignerInfo<'a>> =
            data.signers.iter().map(|any| any.decode_as()).collect::<Result<_, _>>().map_err(malformed)?;
        if signers.is_empty() {
            return Err(Fault::Unsigned);
        }
        let by_key = signers.iter().any(|signer| signer.version != 1);
        // RFC 5652, section 5.1: nothing else here calls for another version.
        if data.version != if by_key { 3 } else { 1 } {
            return Err(Fault::SignatureMalformed);
        }
        let certificates = certificates.iter().map(AnyRef::to_der).collect::<Result<_, _>>().map_err(malformed)?;
        check_digest_algorithms(data.digest_algorithms.as_slice(), &signers)?;
        Ok(Self { content: data.content.content.map(|octets| octets.as_bytes()), certificates, signers })
    }

    /// Verifies every signer. `beside` is the document, where it is not in the message.
    pub(crate) fn verify(&self, beside: Option<&mut dyn Read>) -> Result<Vec<VerifiedSigner>, Error> {
        let content = match (self.content, beside) {
            (Some(mut inside), None) => self.take_in(&mut inside)?,
            (None, Some(beside)) => self.take_in(beside)?,
            (Some(_), Some(_)) => return Err(Fault::ContentTwice.into()),
            (None, None) => return Err(Fault::ContentMissing.into()),
        };
        Ok(self.signers.iter().map(|signer| self.verify_signer(signer, &content)).collect::<Result<_, _>>()?)
    }

    /// Reads the document once, in constant memory unless a signature is right over it: `ring` verifies messages, not
    /// digests.
    fn take_in(&self, source: &mut dyn Read) -> Result<Content, Error> {
        let mut algorithms = Vec::new();
        for signer in &self.signers {
            let algorithm = signer.digest_algorithm.digest()?;
            if !algorithms.contains(&algorithm) {
                algorithms.push(algorithm);
            }
        }
        let mut contexts: Vec<_> = algorithms.iter().map(|algorithm| Context::new(algorithm.hash())).collect();
        let keep = self.signers.iter().any(|signer| signer.signed_attributes.is_none());
        let mut whole = keep.then(Vec::new);
        let mut too_large = false;
        for_each_chunk(source, |chunk| {
            contexts.iter_mut().for_each(|context| context.update(chunk));
            if let Some(whole) = &mut whole {
                too_large |= whole.len() + chunk.len() > MAX_CONTENT_IN_MEMORY;
                if !too_large {
                    whole.extend_from_slice(chunk);
                }
            }
            Ok(())
        })?;
        if too_large {
            return Err(Error::ContentTooLarge);
        }
        let digests = contexts.into_iter().map(|context| context.finish().as_ref().to_vec());
        Ok(Content { whole, digests: algorithms.into_iter().zip(digests).collect() })
    }

    fn verify_signer(&self, signer: &SignerInfo<'_>, content: &Content) -> Result<VerifiedSigner, Fault> {
        let certificates = self.parse_certificates();
        let certificate = certificate_of(signer, &certificates)?;
        let digest = signer.digest_algorithm.digest()?;
        signer.signature_algorithm.check_rsa_with(digest)?;
        let signature = signer.signature.as_bytes();
        let (time, names_certificate) = match &signer.signed_attributes {
            Some(found) => {
                let attributes = SignedAttributes::read(found)?;
                attributes.check_content_type(oid::DATA)?;
                if !content.has_digest(digest, attributes.message_digest()?) {
                    return Err(Fault::DigestWrong);
                }
                certificate.verify(digest, &attributes.der, signature)?;
                attributes.check_algorithms(signer)?;
                (attributes.signing_time()?, attributes.names(certificate)?)
            }
            None => {
                let whole = content.whole.as_deref().ok_or(Fault::ContentMissing)?;
                // With no attributes, a document that was changed and a signature that was look the same.
                certificate.verify(digest, whole, signature)?;
                (None, false)
            }
        };
        let others = self.certificates.iter().filter(|other| *other != certificate.der);
        Ok(VerifiedSigner {
            certificate: certificate.der.to_vec(),
            others: others.cloned().collect(),
            time,
            digest,
            names_certificate,
        })
    }

    /// Certificates of forms that are no X.509 certificate are nobody's.
    fn parse_certificates(&self) -> Vec<SignerCertificate<'_>> {
        self.certificates.iter().filter_map(|der| SignerCertificate::parse(der).ok()).collect()
    }
}

/// RFC 5652, section 5.3: the one certificate that the signer's identifier names.
fn certificate_of<'c>(
    signer: &SignerInfo<'_>,
    certificates: &'c [SignerCertificate<'c>],
) -> Result<&'c SignerCertificate<'c>, Fault> {
    let identifier = signer.signer;
    let mut found: Vec<_> = match (signer.version, identifier.tag()) {
        (1, Tag::Sequence) => {
            let named: IssuerAndSerialNumber<'_> = identifier.decode_as().map_err(|_| Fault::SignatureMalformed)?;
            if named.serial.tag() != Tag::Integer {
                return Err(Fault::SignatureMalformed);
            }
            let issuer = named.issuer.to_der().map_err(|_| Fault::SignatureMalformed)?;
            let serial = named.serial.value();
            certificates.iter().filter(|one| one.issuer == issuer && one.serial == serial).collect()
        }
        (3, KEY_IDENTIFIER) => {
            certificates.iter().filter(|one| one.key_identifier() == Some(identifier.value())).collect()
        }
        _ => return Err(Fault::SignatureMalformed),
    };
    found.sort_by_key(|certificate| certificate.der);
    found.dedup_by_key(|certificate| certificate.der);
    match found.as_slice() {
        [certificate] => Ok(certificate),
        [] => Err(Fault::SignerMissing),
        _ => Err(Fault::SignerAmbiguous),
    }
}

impl VerifiedSigner {
    /// As the readers give it to the outside.
    pub(crate) fn into_signature(self, format: Format, covers: Coverage) -> DocumentSignature {
        let Self { certificate, others, time, digest, names_certificate } = self;
        DocumentSignature { format, certificate, others, time, covers, digest, names_certificate }
    }
}

impl Content {
    fn has_digest(&self, algorithm: DigestAlgorithm, digest: &[u8]) -> bool {
        self.digests.iter().any(|(made_with, made)| *made_with == algorithm && made == digest)
    }
}

/// RFC 5652, section 5.1: the message announces the hash function of every signer.
fn check_digest_algorithms(announced: &[AnyRef<'_>], signers: &[SignerInfo<'_>]) -> Result<(), Fault> {
    let announced: Vec<AlgorithmIdentifier<'_>> =
        announced.iter().map(|any| any.decode_as()).collect::<Result<_, _>>().map_err(|_| Fault::SignatureMalformed)?;
    for signer in signers {
        let used = signer.digest_algorithm.digest()?;
        if !announced.iter().any(|announced| announced.digest() == Ok(used)) {
            return Err(Fault::SignatureMalformed);
        }
    }
    Ok(())
}
