//! RSA keys and signatures: one algorithm, exact encoding.

use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use x509_parser::oid_registry::OID_PKCS1_RSAENCRYPTION;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::Refusal;
use crate::der::{DerError, Reader, Signed, tag};

/// Bits of the smallest and largest modulus that are taken. Cards have 2048; more than 4096 only costs time.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// The smallest public exponent: 65537, as NIST SP 800-56B and every JPKI certificate have it.
const SMALLEST_EXPONENT: u64 = 65537;

/// sha256WithRSAEncryption with its NULL (RFC 4055, section 5): the whole AlgorithmIdentifier.
pub(crate) const SHA256_WITH_RSA: [u8; 15] =
    [0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B, 0x05, 0x00];

/// A public key that passed the rules, as a DER `RSAPublicKey` (RFC 8017, appendix A.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RsaKey(Vec<u8>);

impl RsaKey {
    pub(crate) fn from_info(info: &SubjectPublicKeyInfo<'_>) -> Result<Self, Refusal> {
        let parameters = info.algorithm.parameters.as_ref();
        let has_null = parameters.is_some_and(|any| any.tag().0 == u32::from(tag::NULL) && any.data.is_empty());
        if info.algorithm.algorithm != OID_PKCS1_RSAENCRYPTION || !has_null {
            return Err(Refusal::KeyType);
        }
        let der = &info.subject_public_key.data;
        let (modulus, exponent) = numbers(der).map_err(|_| Refusal::KeyType)?;
        if !MODULUS_BITS.contains(&bits(modulus)) {
            return Err(Refusal::KeySize);
        }
        if !is_sound_exponent(exponent) {
            return Err(Refusal::KeyExponent);
        }
        Ok(Self(der.to_vec()))
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256; `ring` rebuilds the padded digest and compares it as a whole.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0).verify(message, signature).is_ok()
    }

    /// Whether this key signed a certificate or a revocation list.
    pub(crate) fn signed(&self, signed: &Signed<'_>) -> bool {
        signed.algorithm == SHA256_WITH_RSA && self.verifies(signed.body, signed.signature)
    }

    /// The DER `RSAPublicKey`, which OCSP hashes to name a key.
    pub(crate) fn as_der(&self) -> &[u8] {
        &self.0
    }
}

/// Modulus and exponent as unsigned big-endian bytes without leading zeros.
fn numbers(der: &[u8]) -> Result<(&[u8], &[u8]), DerError> {
    crate::der::check_canonical(der)?;
    let mut key = Reader::new(der).enter(tag::SEQUENCE)?;
    let modulus = positive(key.expect(tag::INTEGER)?.contents)?;
    let exponent = positive(key.expect(tag::INTEGER)?.contents)?;
    key.finish()?;
    Ok((modulus, exponent))
}

fn positive(integer: &[u8]) -> Result<&[u8], DerError> {
    match integer {
        [0, rest @ ..] => Ok(rest),
        [first, ..] if first & 0x80 == 0 => Ok(integer),
        _ => Err(DerError::Malformed),
    }
}

fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

fn is_sound_exponent(exponent: &[u8]) -> bool {
    // `ring` takes exponents up to 33 bits, so eight bytes are plenty.
    let value = exponent.iter().try_fold(0u64, |value, &byte| value.checked_mul(256)?.checked_add(byte.into()));
    value.is_some_and(|value| value >= SMALLEST_EXPONENT && value % 2 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_below_65537_and_even_ones_are_refused() {
        for (exponent, sound) in [
            (&[1, 0, 1][..], true),
            (&[1, 0, 3], true),
            (&[3], false),
            (&[17], false),
            (&[1, 0, 0], false),
            (&[1, 0, 2], false),
            (&[0xFF, 0xFF], false),
            (&[], false),
            (&[1; 9], false),
        ] {
            assert_eq!(is_sound_exponent(exponent), sound, "{exponent:?}");
        }
    }

    #[test]
    fn bits_are_counted_without_leading_zeros() {
        assert_eq!(bits(&[]), 0);
        assert_eq!(bits(&[0x80; 256]), 2048);
        assert_eq!(bits(&[0x7F, 0xFF]), 15);
    }
}
