//! XML signatures with other programs on the other side: xmlsec1 verifies what is made here and makes what is read
//! here, and xmllint canonicalises as it is done here.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use jpki_signing::xml::{XmlDraft, signatures};
use jpki_signing::{DigestAlgorithm, DocumentSignature, Error};
use tempfile::TempDir;

#[path = "../src/testing.rs"]
mod testing;

const ENVELOPED: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>";

/// Tells xmlsec1, which reads no schema, what the Ids of XAdES are called.
const PROPERTIES_ID: &str = "--id-attr:Id http://uri.etsi.org/01903/v1.3.2#:SignedProperties";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ca.pem"), testing::authority_pem()).unwrap();
    fs::write(folder.path().join("key.pem"), testing::key_pem()).unwrap();
    fs::write(folder.path().join("certificate.der"), testing::signer().certificate).unwrap();
    folder
}

fn run(folder: &Path, program: &str, arguments: &str) -> Output {
    Command::new(program).args(arguments.split(' ')).current_dir(folder).output().unwrap()
}

/// Whether xmlsec1 takes a signed file; the test's clock is not the certificate's, so that one is not asked.
fn is_verified(folder: &Path, signed: &[u8]) -> bool {
    fs::write(folder.join("signed.xml"), signed).unwrap();
    let arguments = format!("--verify --trusted-pem ca.pem {PROPERTIES_ID} signed.xml");
    run(folder, "xmlsec1", &arguments).status.success()
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

/// Has xmlsec1 sign a document into which the template of a signature was put.
fn signed_by_xmlsec(folder: &Path, document: &str) -> Vec<u8> {
    fs::write(folder.join("template.xml"), document).unwrap();
    let key = "--privkey-pem key.pem --pubkey-cert-der certificate.der";
    run(folder, "openssl", "x509 -inform DER -in certificate.der -out certificate.pem");
    let _ = key;
    let arguments = format!("--sign --privkey-pem key.pem,certificate.pem {PROPERTIES_ID} --output theirs.xml template.xml");
    let output = run(folder, "xmlsec1", &arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read(folder.join("theirs.xml")).unwrap()
}
