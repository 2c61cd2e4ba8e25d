//! The identifiers of namespaces and algorithms, each with the document that gives it.

/// XML Signature 1.1, section 1.3.
pub(super) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// ETSI EN 319 132-1, annex C.
pub(super) const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
/// The `Type` of the reference to the signed properties (ETSI EN 319 132-1, section 4.4.2).
pub(super) const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";

/// Takes the signature out of the document it is in (XML Signature 1.1, section 6.6.4).
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// Canonical XML 1.0.
pub(super) const C14N_10: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
/// Canonical XML 1.0 with comments.
pub(super) const C14N_10_COMMENTS: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";
/// Canonical XML 1.1.
pub(super) const C14N_11: &str = "http://www.w3.org/2006/12/xml-c14n11";
/// Canonical XML 1.1 with comments.
pub(super) const C14N_11_COMMENTS: &str = "http://www.w3.org/2006/12/xml-c14n11#WithComments";
/// Exclusive XML Canonicalization 1.0; also the namespace of its parameters.
pub(super) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// Exclusive XML Canonicalization 1.0 with comments.
pub(super) const EXCLUSIVE_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";

/// SHA-256 (XML Signature 1.1, section 6.2.2).
pub(super) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
/// SHA-384 (XML Signature 1.1, section 6.2.3).
pub(super) const SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#sha384";
/// SHA-512 (XML Signature 1.1, section 6.2.4).
pub(super) const SHA512: &str = "http://www.w3.org/2001/04/xmlenc#sha512";
/// SHA-1, which is known to be refused by its name.
pub(super) const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";

/// RSASSA-PKCS1-v1_5 with SHA-256 (XML Signature 1.1, section 6.4.2).
pub(super) const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
/// The same with SHA-384.
pub(super) const RSA_SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384";
/// The same with SHA-512.
pub(super) const RSA_SHA512: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
/// The same with SHA-1, which is known to be refused by its name.
pub(super) const RSA_SHA1: &str = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";

/// The whole document without its comments (XML Signature 1.1, section 4.4.3.2).
pub(super) const DOCUMENT: &str = "";
/// The whole document with its comments (XML Signature 1.1, section 4.4.3.2).
pub(super) const DOCUMENT_WITH_COMMENTS: &str = "#xpointer(/)";
