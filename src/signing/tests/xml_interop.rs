//! XML signatures with xmlsec1 on the other side: it verifies what is made here, and what it makes is read here.
#![expect(clippy::unwrap_used, reason = "a test fails where an unwrap does")]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jpki_signing::Error;
use jpki_signing::xml::{XmlDraft, signatures};
use jpki_softcard::rsa::sha2::{Digest as _, Sha256, Sha512};
use tempfile::TempDir;

#[path = "../src/testing.rs"]
mod testing;

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ca.pem"), testing::authority_pem()).unwrap();
    fs::write(folder.path().join("key.pem"), testing::key_pem()).unwrap();
    fs::write(folder.path().join("certificate.pem"), pem(&testing::signer().certificate)).unwrap();
    folder
}

fn pem(certificate: &[u8]) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", BASE64_STANDARD.encode(certificate))
}

fn run(folder: &Path, program: &str, arguments: &str) -> Output {
    Command::new(program).args(arguments.split(' ')).current_dir(folder).output().unwrap()
}

fn is_verified(folder: &Path, signed: &[u8]) -> bool {
    fs::write(folder.join("signed.xml"), signed).unwrap();
    run(folder, "xmlsec1", "--verify --trusted-pem ca.pem signed.xml").status.success()
}

fn enveloped(document: &str) -> Vec<u8> {
    testing::signed(&mut XmlDraft::enveloped(document.as_bytes().to_vec()).unwrap())
}

#[test]
fn xmlsec_verifies_documents_of_every_shape_that_are_signed_here() {
    let folder = folder();
    for document in [
        "<a/>",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a xmlns=\"urn:a\" xmlns:b=\"urn:b\" b:c='1' d=\"&lt;&#9;&#10;&#13;\">\
         <b:e xmlns:b=\"urn:c\"/><f xmlns=\"\"/></a>\n",
        "<?b c?>\n<a>\r\n<!-- comment --><![CDATA[<b>&amp;]]>&amp;\r&#13;\n<?c?></a>\n<!-- after --><?d e?>",
        "\u{FEFF}<\u{6CE8}\u{6587} xml:lang=\"ja\" xml:id=\"i\" xml:base=\"http://shop.example\">\u{5BFF}\u{53F8}</\u{6CE8}\u{6587} >",
        "<a xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:n=\"urn:n\" xsi:type=\"n:t\"/>",
    ] {
        let signed = enveloped(document);
        assert!(is_verified(folder.path(), &signed), "{document}");
        assert_eq!(signatures(&signed, None).unwrap().len(), 1, "{document}");
    }
}

#[test]
fn a_changed_document_is_refused_on_both_sides() {
    let folder = folder();
    let signed = enveloped("<a xmlns:n=\"urn:n\"><!-- comment --><b type=\"n:c\">text</b></a>");
    assert!(is_verified(folder.path(), &signed));
    let signed = String::from_utf8(signed).unwrap();
    for (from, to) in [
        ("text", "test"),
        ("comment", "commend"),
        ("urn:n", "urn:m"),
        ("<b ", "<c/><b "),
        ("2026-11-21T", "2026-11-22T"),
        ("<ds:SignatureValue>", "<ds:SignatureValue>AAAA"),
    ] {
        let changed = signed.replacen(from, to, 1);
        assert_ne!(changed, signed);
        assert!(!is_verified(folder.path(), changed.as_bytes()), "{from}");
        assert!(signatures(changed.as_bytes(), None).is_err(), "{from}");
    }
}

#[test]
fn xmlsec_verifies_a_file_that_is_signed_here_apart_and_refuses_another() {
    let folder = folder();
    for name in ["contract.pdf", "a file (1) & more.bin"] {
        let content: Vec<u8> = (0..=u8::MAX).cycle().take(100_000).collect();
        fs::write(folder.path().join(name), &content).unwrap();
        let signed = testing::signed(&mut XmlDraft::detached(name, &mut content.as_slice()).unwrap());
        assert!(is_verified(folder.path(), &signed), "{name}");
        fs::write(folder.path().join(name), b"changed").unwrap();
        assert!(!is_verified(folder.path(), &signed), "{name}");
    }
}

/// Has xmlsec1 fill in a template: its digests, its signature and its certificate.
fn signed_by_xmlsec(folder: &Path, template: &str) -> Vec<u8> {
    fs::write(folder.join("template.xml"), template).unwrap();
    let output =
        run(folder, "xmlsec1", "--sign --privkey-pem key.pem,certificate.pem --output theirs.xml template.xml");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read(folder.join("theirs.xml")).unwrap()
}

/// A signature as others build it: with line breaks, XAdES's prefix declared at the top, and what `Choice` says.
fn template(choice: &Choice<'_>) -> String {
    let Choice { canonicalisation, signature, digest, uri, transforms, certificate_digest, .. } = choice;
    let digest_of =
        |value: &str| format!("<ds:DigestMethod Algorithm=\"{digest}\"/>\n<ds:DigestValue>{value}</ds:DigestValue>");
    let properties = format!(
        "<ds:Object><xades:QualifyingProperties Target=\"#s\"><xades:SignedProperties Id=\"p\">\n\
         <xades:SignedSignatureProperties><xades:SigningTime>2026-11-21T18:30:15+09:00</xades:SigningTime>\n\
         <xades:SigningCertificateV2><xades:Cert><xades:CertDigest>{}</xades:CertDigest></xades:Cert>\
         </xades:SigningCertificateV2>\n</xades:SignedSignatureProperties></xades:SignedProperties>\
         </xades:QualifyingProperties></ds:Object>",
        digest_of(certificate_digest)
    );
    let properties_reference = format!(
        "<ds:Reference Type=\"http://uri.etsi.org/01903#SignedProperties\" URI=\"#p\">{}</ds:Reference>",
        digest_of("")
    );
    let (properties, properties_reference) =
        if choice.with_properties { (properties, properties_reference) } else { Default::default() };
    let transforms =
        if transforms.is_empty() { String::new() } else { format!("<ds:Transforms>{transforms}</ds:Transforms>") };
    format!(
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" \
         xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\" Id=\"s\">\n<ds:SignedInfo>\n\
         <ds:CanonicalizationMethod Algorithm=\"{canonicalisation}\"/>\n<ds:SignatureMethod Algorithm=\"{signature}\"/>\n\
         {properties_reference}<ds:Reference URI=\"{uri}\">{transforms}{}</ds:Reference>\
         </ds:SignedInfo>\n<ds:SignatureValue/>\n<ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data>\
         </ds:KeyInfo>\n{properties}</ds:Signature>",
        digest_of("")
    )
}

#[derive(Clone)]
struct Choice<'a> {
    document: &'a str,
    canonicalisation: &'a str,
    signature: &'a str,
    digest: &'a str,
    uri: &'a str,
    transforms: &'a str,
    certificate_digest: String,
    with_properties: bool,
    /// The file beside the signature.
    content: Option<&'a [u8]>,
}

const ENVELOPED: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>";
const C14N_10: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";

impl Default for Choice<'_> {
    fn default() -> Self {
        Self {
            document: "<a xmlns=\"urn:a\" xml:lang=\"ja\"><b xml:id=\"x\">text</b>{}</a>",
            canonicalisation: C14N_10,
            signature: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            digest: "http://www.w3.org/2001/04/xmlenc#sha256",
            uri: "",
            transforms: ENVELOPED,
            certificate_digest: BASE64_STANDARD.encode(Sha256::digest(testing::signer().certificate)),
            with_properties: true,
            content: None,
        }
    }
}

/// What xmlsec1 makes of this choice, and what reading it says.
fn verdict(folder: &Path, choice: &Choice<'_>) -> String {
    let mut content = choice.content;
    fs::write(folder.join("content.xml"), content.unwrap_or_default()).unwrap();
    let signed = signed_by_xmlsec(folder, &choice.document.replace("{}", &template(choice)));
    assert!(is_verified(folder, &signed));
    match signatures(&signed, content.as_mut().map(|content| content as &mut dyn Read)).as_deref() {
        Ok([signature]) => {
            assert_eq!(signature.certificate, testing::signer().certificate);
            assert_eq!(signature.time, Some(testing::signer().time));
            signature.digest.name().to_owned()
        }
        Err(Error::Refused(fault)) => fault.word().to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn documents_that_xmlsec_signs_are_read_where_the_signature_is_xades_over_everything() {
    let folder = folder();
    let signer = testing::signer().certificate;
    let transform = |method: &str| format!("{ENVELOPED}<ds:Transform Algorithm=\"{method}\"/>");
    let exclusive = transform("http://www.w3.org/2001/10/xml-exc-c14n#");
    let exclusive_listed = format!(
        "{ENVELOPED}<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><e:InclusiveNamespaces \
         xmlns:e=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"n #default\"/></ds:Transform>"
    );
    let inclusive = transform("http://www.w3.org/2006/12/xml-c14n11");
    let xpath = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">\
                 <ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath></ds:Transform>";
    let unused = "<a xmlns=\"urn:a\" xmlns:n=\"urn:n\"><b type=\"n:t\"/>{}</a>";
    let comment = "<a><!-- comment -->{}</a>";
    let own = Choice::default;
    for (what, choice, expected) in [
        ("as it comes", own(), "SHA-256"),
        ("exclusive", Choice { canonicalisation: "http://www.w3.org/2001/10/xml-exc-c14n#", ..own() }, "SHA-256"),
        ("1.1", Choice { canonicalisation: "http://www.w3.org/2006/12/xml-c14n11", ..own() }, "SHA-256"),
        ("1.1 for the document", Choice { transforms: &inclusive, document: unused, ..own() }, "SHA-256"),
        ("exclusive for the document", Choice { transforms: &exclusive, ..own() }, "SHA-256"),
        ("exclusive, unused namespace", Choice { transforms: &exclusive, document: unused, ..own() }, "not_covered"),
        ("exclusive, listed", Choice { transforms: &exclusive_listed, document: unused, ..own() }, "SHA-256"),
        ("a comment", Choice { document: comment, ..own() }, "not_covered"),
        (
            "SHA-512",
            Choice {
                signature: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
                digest: "http://www.w3.org/2001/04/xmlenc#sha512",
                certificate_digest: BASE64_STANDARD.encode(Sha512::digest(&signer)),
                ..own()
            },
            "SHA-512",
        ),
        (
            "another certificate",
            Choice { certificate_digest: BASE64_STANDARD.encode(Sha256::digest(b"another")), ..own() },
            "signing_certificate_wrong",
        ),
        ("SHA-1 digests", Choice { digest: "http://www.w3.org/2000/09/xmldsig#sha1", ..own() }, "digest_weak"),
        ("SHA-1", Choice { signature: "http://www.w3.org/2000/09/xmldsig#rsa-sha1", ..own() }, "digest_weak"),
        ("XML Signature alone", Choice { with_properties: false, ..own() }, "properties_missing"),
        ("a part", Choice { uri: "#x", transforms: &inclusive, ..own() }, "reference_unknown"),
        ("another view", Choice { transforms: xpath, ..own() }, "reference_unknown"),
    ] {
        assert_eq!(verdict(folder.path(), &choice), expected, "{what}");
    }
}

#[test]
fn a_signature_file_that_xmlsec_makes_is_read_where_it_is_over_the_bytes_of_the_file() {
    let folder = folder();
    let apart = || Choice {
        document: "{}",
        uri: "content.xml",
        transforms: "",
        content: Some(b"<a b='c'/>\r\n"),
        ..Choice::default()
    };
    let canonical = format!("<ds:Transform Algorithm=\"{C14N_10}\"/>");
    for (what, choice, expected) in [
        ("the bytes", apart(), "SHA-256"),
        ("a canonical view of them", Choice { transforms: &canonical, ..apart() }, "reference_unknown"),
        ("a part of the signature file", Choice { uri: "#p", transforms: &canonical, ..apart() }, "reference_unknown"),
        ("a comment before the signature", Choice { document: "<!-- comment -->\n{}", ..apart() }, "not_covered"),
        ("without the file", Choice { content: None, ..apart() }, "content_missing"),
    ] {
        assert_eq!(verdict(folder.path(), &choice), expected, "{what}");
    }
}
