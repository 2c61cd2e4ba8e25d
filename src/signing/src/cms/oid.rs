//! The object identifiers of CMS signatures.

use der::asn1::ObjectIdentifier;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// id-data (RFC 5652, section 4).
pub(super) const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
/// id-signedData (RFC 5652, section 5.1).
pub(super) const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");

/// id-contentType (RFC 5652, section 11.1).
pub(super) const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
/// id-messageDigest (RFC 5652, section 11.2).
pub(super) const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
/// id-signingTime (RFC 5652, section 11.3).
pub(super) const SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");
/// id-aa-signingCertificateV2 (RFC 5035, section 3).
pub(super) const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
/// id-aa-cmsAlgorithmProtection (RFC 6211, section 2).
pub(super) const ALGORITHM_PROTECTION: ObjectIdentifier = oid("1.2.840.113549.1.9.52");

/// id-sha1 (RFC 3370, section 2.1).
pub(super) const SHA1: ObjectIdentifier = oid("1.3.14.3.2.26");
/// id-sha256 (RFC 5754, section 2.2).
pub(super) const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
/// id-sha384 (RFC 5754, section 2.3).
pub(super) const SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
/// id-sha512 (RFC 5754, section 2.4).
pub(super) const SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");

/// rsaEncryption: as a signature algorithm it leaves the hash to the digest algorithm (RFC 3370, section 3.2).
pub(super) const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
/// sha1WithRSAEncryption (RFC 3370, section 3.2).
pub(super) const SHA1_WITH_RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.5");
/// sha256WithRSAEncryption (RFC 5754, section 3.2).
pub(super) const SHA256_WITH_RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.11");
/// sha384WithRSAEncryption (RFC 5754, section 3.2).
pub(super) const SHA384_WITH_RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.12");
/// sha512WithRSAEncryption (RFC 5754, section 3.2).
pub(super) const SHA512_WITH_RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.13");
