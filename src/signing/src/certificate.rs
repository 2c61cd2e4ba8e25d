//! What the formats need to know of a signer's certificate, and nothing about whether to trust it.

use ring::signature::UnparsedPublicKey;
use x509_parser::der_parser::asn1_rs::Tag;
use x509_parser::extensions::ParsedExtension;
use x509_parser::oid_registry::OID_PKCS1_RSAENCRYPTION;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::{DigestAlgorithm, Fault};

/// The longest certificate that is read, in bytes. Signature certificates of the card have about 1,800.
pub(crate) const MAX_CERTIFICATE: usize = 16 * 1024;

/// Bits of the smallest and largest modulus that are taken. Cards have 2048; more than 4096 only costs time.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// A certificate that claims to be the signer's.
#[derive(Debug)]
pub(crate) struct SignerCertificate<'a> {
    /// All of it, DER.
    pub(crate) der: &'a [u8],
    /// Its issuer's name, DER.
    pub(crate) issuer: &'a [u8],
    /// Its serial number, the contents of the INTEGER.
    pub(crate) serial: &'a [u8],
    parsed: X509Certificate<'a>,
}

impl<'a> SignerCertificate<'a> {
    /// Reads a certificate; nothing may follow it.
    pub(crate) fn parse(der: &'a [u8]) -> Result<Self, Fault> {
        if der.len() > MAX_CERTIFICATE {
            return Err(Fault::SignerKey);
        }
        let (rest, parsed) = X509Certificate::from_der(der).map_err(|_| Fault::SignerKey)?;
        if !rest.is_empty() {
            return Err(Fault::SignerKey);
        }
        let tbs = &parsed.tbs_certificate;
        let (issuer, serial) = (tbs.issuer.as_raw(), tbs.raw_serial());
        Ok(Self { der, issuer, serial, parsed })
    }

    /// Its subject key identifier (RFC 5280, section 4.2.1.2), if it has exactly one.
    pub(crate) fn key_identifier(&self) -> Option<&'a [u8]> {
        let mut found = self.parsed.extensions().iter().filter_map(|extension| match extension.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(identifier) => Some(identifier.0),
            _ => None,
        });
        found.next().filter(|_| found.next().is_none())
    }

    /// Whether its key made `signature` over `message`: RSASSA-PKCS1-v1_5; `ring` rebuilds the padded digest and
    /// compares it as a whole.
    ///
    /// # Errors
    /// [`Fault::SignerKey`] for any other key than RSA of a sane size, [`Fault::SignatureWrong`].
    pub(crate) fn verify(&self, digest: DigestAlgorithm, message: &[u8], signature: &[u8]) -> Result<(), Fault> {
        let key = rsa_key(self.parsed.public_key())?;
        UnparsedPublicKey::new(digest.rsa(), key).verify(message, signature).map_err(|_| Fault::SignatureWrong)
    }
}

/// The DER `RSAPublicKey` (RFC 8017, appendix A.1.1); RFC 4055, section 1.2 wants NULL parameters.
fn rsa_key<'a>(info: &'a SubjectPublicKeyInfo<'_>) -> Result<&'a [u8], Fault> {
    let has_null = info.algorithm.parameters.as_ref().is_some_and(|any| any.tag() == Tag::Null && any.data.is_empty());
    if info.algorithm.algorithm != OID_PKCS1_RSAENCRYPTION || !has_null {
        return Err(Fault::SignerKey);
    }
    match info.parsed() {
        Ok(PublicKey::RSA(key)) if MODULUS_BITS.contains(&key.key_size()) => Ok(&info.subject_public_key.data),
        _ => Err(Fault::SignerKey),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn the_test_ca_s_certificate_is_read() {
        let der = testing::signer().certificate;
        let certificate = SignerCertificate::parse(&der).unwrap();
        assert_eq!(certificate.der, der);
        assert_eq!(certificate.issuer.first(), Some(&0x30));
        assert!(!certificate.serial.is_empty());
        assert_eq!(certificate.key_identifier().map(<[u8]>::len), Some(20));
    }

    #[test]
    fn a_signature_is_good_for_one_message_hash_and_key() {
        let der = testing::signer().certificate;
        let certificate = SignerCertificate::parse(&der).unwrap();
        let signature = testing::sign(ring::digest::digest(&ring::digest::SHA256, b"message"));
        assert_eq!(certificate.verify(DigestAlgorithm::Sha256, b"message", &signature), Ok(()));
        for (digest, message) in [(DigestAlgorithm::Sha256, b"massage"), (DigestAlgorithm::Sha384, b"message")] {
            assert_eq!(certificate.verify(digest, message, &signature), Err(Fault::SignatureWrong));
        }
        let other = testing::other_signer().certificate;
        let other = SignerCertificate::parse(&other).unwrap();
        assert_eq!(other.verify(DigestAlgorithm::Sha256, b"message", &signature), Err(Fault::SignatureWrong));
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        let mut longer = testing::signer().certificate;
        longer.push(0);
        for der in [&[][..], &[0x30, 0], &longer, &vec![0x30; MAX_CERTIFICATE + 1]] {
            assert_eq!(SignerCertificate::parse(der).err(), Some(Fault::SignerKey));
        }
    }
}
