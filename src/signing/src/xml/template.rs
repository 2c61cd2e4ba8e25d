//! The text of a signature element. What is signed of it is still canonicalised, so that nothing rests on this text
//! happening to be canonical.

use super::names;

/// How the signed document is referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target<'a> {
    pub(super) uri: &'a str,
    /// In the order they are to be applied.
    pub(super) transforms: &'a [&'a str],
    pub(super) media_type: &'a str,
    /// Base64.
    pub(super) digest: &'a str,
}

/// Everything else that is in a signature, all of it base64 but for `id` and `time`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    /// A name for the signature; those of its parts begin with it.
    pub(super) id: &'a str,
    pub(super) target: Target<'a>,
    /// An `xsd:dateTime` in UTC.
    pub(super) time: &'a str,
    pub(super) certificate: &'a str,
    pub(super) certificate_digest: &'a str,
    pub(super) properties_digest: &'a str,
    pub(super) signature: &'a str,
}

/// Writes `ds:Signature` on one line: white space would be one more thing to sign.
pub(super) fn signature(parts: &Parts<'_>) -> String {
    let Parts { id, certificate, signature, .. } = parts;
    let (info, properties) = (signed_info(parts), signed_properties(parts));
    format!(
        "<ds:Signature xmlns:ds=\"{dsig}\" Id=\"{id}\">{info}\
         <ds:SignatureValue>{signature}</ds:SignatureValue>\
         <ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\
         <ds:Object><xades:QualifyingProperties xmlns:xades=\"{xades}\" Target=\"#{id}\">{properties}\
         </xades:QualifyingProperties></ds:Object></ds:Signature>",
        dsig = names::DSIG,
        xades = names::XADES,
    )
}

/// XML Signature 1.1, section 4.4.
fn signed_info(parts: &Parts<'_>) -> String {
    let Parts { id, target, properties_digest, .. } = parts;
    let transform = |name: &&str| format!("<ds:Transform Algorithm=\"{name}\"/>");
    let transforms: String = target.transforms.iter().map(transform).collect();
    let transforms =
        if transforms.is_empty() { transforms } else { format!("<ds:Transforms>{transforms}</ds:Transforms>") };
    format!(
        "<ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{exclusive}\"/>\
         <ds:SignatureMethod Algorithm=\"{rsa}\"/>\
         <ds:Reference Id=\"{id}-document\" URI=\"{uri}\">{transforms}{digest}</ds:Reference>\
         <ds:Reference Type=\"{type}\" URI=\"#{id}-properties\"><ds:Transforms>\
         <ds:Transform Algorithm=\"{exclusive}\"/></ds:Transforms>{properties}</ds:Reference></ds:SignedInfo>",
        exclusive = names::EXCLUSIVE,
        rsa = names::RSA_SHA256,
        uri = target.uri,
        digest = digest(target.digest),
        r#type = names::SIGNED_PROPERTIES,
        properties = digest(properties_digest),
    )
}

/// What ETSI EN 319 132-1, section 6.3, demands at level B-B, and no more: signing time, signing certificate and the
/// format of the document.
fn signed_properties(parts: &Parts<'_>) -> String {
    let Parts { id, time, target, certificate_digest, .. } = parts;
    format!(
        "<xades:SignedProperties Id=\"{id}-properties\"><xades:SignedSignatureProperties>\
         <xades:SigningTime>{time}</xades:SigningTime>\
         <xades:SigningCertificateV2><xades:Cert><xades:CertDigest>{certificate}</xades:CertDigest></xades:Cert>\
         </xades:SigningCertificateV2></xades:SignedSignatureProperties>\
         <xades:SignedDataObjectProperties><xades:DataObjectFormat ObjectReference=\"#{id}-document\">\
         <xades:MimeType>{media_type}</xades:MimeType></xades:DataObjectFormat></xades:SignedDataObjectProperties>\
         </xades:SignedProperties>",
        certificate = digest(certificate_digest),
        media_type = target.media_type,
    )
}

fn digest(value: &str) -> String {
    format!("<ds:DigestMethod Algorithm=\"{}\"/><ds:DigestValue>{value}</ds:DigestValue>", names::SHA256)
}
