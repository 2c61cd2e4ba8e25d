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

    fn read(signature_properties: &str) -> Result<Properties, Fault> {
        let text = format!(
            "<x:SignedProperties xmlns:x=\"{}\" xmlns:ds=\"{}\" Id=\"p\">{signature_properties}</x:SignedProperties>",
            names::XADES,
            names::DSIG
        );
        let document = roxmltree::Document::parse(&text).unwrap();
        Properties::of(document.root_element())
    }

    #[test]
    fn the_certificate_must_be_named_and_nothing_be_said_twice() {
        let time = "<x:SigningTime>2026-11-21T12:00:00Z</x:SigningTime>";
        let certificate = format!(
            "<x:SigningCertificateV2><x:Cert><x:CertDigest><ds:DigestMethod Algorithm=\"{}\"/>\
             <ds:DigestValue>AAEC</ds:DigestValue></x:CertDigest></x:Cert><x:Cert/></x:SigningCertificateV2>",
            names::SHA384
        );
        let old = certificate.replace("CertificateV2", "Certificate");
        let other = "<x:SignerRoleV2><x:ClaimedRoles/></x:SignerRoleV2>";
        let within =
            |properties: &str| format!("<x:SignedSignatureProperties>{properties}</x:SignedSignatureProperties>");
        for (what, text, expected) in [
            ("both", within(&format!("{time}{certificate}")), None),
            ("no time", within(&certificate), None),
            ("more", within(&format!("{time}{certificate}{other}")), None),
            ("of the document", format!("{}<x:SignedDataObjectProperties/>", within(&certificate)), None),
            ("nothing", String::new(), Some(Fault::AttributeMissing)),
            ("no certificate", within(time), Some(Fault::AttributeMissing)),
            ("its first version", within(&old), Some(Fault::AttributeMissing)),
            ("two certificates", within(&certificate.repeat(2)), Some(Fault::AttributeTwice)),
            ("two times", within(&format!("{time}{time}{certificate}")), Some(Fault::AttributeTwice)),
            (
                "a broken time",
                within(&format!("<x:SigningTime>now</x:SigningTime>{certificate}")),
                Some(Fault::TimeMalformed),
            ),
            ("SHA-1", within(&certificate.replace(names::SHA384, names::SHA1)), Some(Fault::DigestWeak)),
            ("MD5", within(&certificate.replace(names::SHA384, "md5")), Some(Fault::AlgorithmUnknown)),
            (
                "no digest",
                within("<x:SigningCertificateV2><x:Cert/></x:SigningCertificateV2>"),
                Some(Fault::SignatureMalformed),
            ),
            (
                "padding that says something",
                within(&certificate.replace("AAEC", "AAF=")),
                Some(Fault::SignatureMalformed),
            ),
            ("text between", within(&format!("text{certificate}")), Some(Fault::SignatureMalformed)),
        ] {
            let read = read(&text);
            assert_eq!(read.as_ref().err(), expected.as_ref(), "{what}");
            if let Ok(properties) = read {
                assert_eq!(properties.certificate, (DigestAlgorithm::Sha384, vec![0, 1, 2]), "{what}");
            }
        }
    }
}
