//! What a signature says of itself: the signed properties of XAdES (ETSI EN 319 132-1, section 5.2). They are signed,
//! so properties that aren't known here are passed over; nobody is told anything of them.

use jiff::Timestamp;
use roxmltree::Node;

use super::{names, tree};
use crate::{DigestAlgorithm, Fault};

/// The properties that are read.
#[derive(Debug)]
pub(super) struct Properties {
    pub(super) time: Option<Timestamp>,
    /// The hash of the certificate whose key signed.
    pub(super) certificate: (DigestAlgorithm, Vec<u8>),
}

impl Properties {
    /// Reads `xades:SignedProperties`.
    ///
    /// # Errors
    /// [`Fault::AttributeMissing`] without `SigningCertificateV2`, [`Fault::AttributeTwice`],
    /// [`Fault::TimeMalformed`], and for unknown algorithms and shapes what says so.
    pub(super) fn of(element: Node<'_, '_>) -> Result<Self, Fault> {
        let mut parts = tree::Fields::of(element, &["Id"])?;
        let signature = parts.optional(names::XADES, "SignedSignatureProperties").ok_or(Fault::AttributeMissing)?;
        parts.optional(names::XADES, "SignedDataObjectProperties");
        parts.finish()?;

        let (mut time, mut certificate) = (None, None);
        for property in tree::Fields::of(signature, &["Id"])? {
            let is_second = match property.tag_name().name() {
                _ if property.tag_name().namespace() != Some(names::XADES) => false,
                "SigningTime" => time.replace(timestamp(tree::text(property, &[])?)?).is_some(),
                "SigningCertificateV2" => certificate.replace(signing_certificate(property)?).is_some(),
                _ => false,
            };
            if is_second {
                return Err(Fault::AttributeTwice);
            }
        }
        Ok(Self { time, certificate: certificate.ok_or(Fault::AttributeMissing)? })
    }
}

/// The first certificate is the signer's, as in RFC 5035, section 4; more of them are its issuers.
fn signing_certificate(element: Node<'_, '_>) -> Result<(DigestAlgorithm, Vec<u8>), Fault> {
    let mut certificates = tree::Fields::of(element, &[])?;
    let mut first = tree::Fields::of(certificates.expect(names::XADES, "Cert")?, &["URI"])?;
    let mut digest = tree::Fields::of(first.expect(names::XADES, "CertDigest")?, &[])?;
    let found = tree::digest(&mut digest)?;
    digest.finish()?;
    Ok(found)
}

/// An `xsd:dateTime` with its time zone: without one it names no point in time.
fn timestamp(text: &str) -> Result<Timestamp, Fault> {
    let is_plain = |byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b':' | b'.' | b'T' | b'Z');
    if !text.bytes().all(is_plain) {
        return Err(Fault::TimeMalformed);
    }
    text.parse().map_err(|_| Fault::TimeMalformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_zone_or_is_none() {
        let noon: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("2026-11-21T12:00:00Z", Ok(noon)),
            ("2026-11-21T21:00:00+09:00", Ok(noon)),
            ("2026-11-21T12:00:00.000Z", Ok(noon)),
            ("2026-11-21T12:00:00", Err(Fault::TimeMalformed)),
            ("2026-11-21 12:00:00Z", Err(Fault::TimeMalformed)),
            ("2026-11-21T21:00:00+09:00[Asia/Tokyo]", Err(Fault::TimeMalformed)),
            ("2026-13-21T12:00:00Z", Err(Fault::TimeMalformed)),
            ("yesterday", Err(Fault::TimeMalformed)),
            ("", Err(Fault::TimeMalformed)),
        ] {
            assert_eq!(timestamp(text), expected, "{text}");
        }
    }
}
