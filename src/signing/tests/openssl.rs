//! CMS with OpenSSL on the other side: it verifies what is made here, and what it makes is read here.
#![expect(clippy::unwrap_used, reason = "a test fails where an unwrap does")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use jpki_signing::cms::{CmsDraft, read};
use jpki_signing::{DigestAlgorithm, Error, Fault, sha256};
use tempfile::TempDir;

#[path = "../src/testing.rs"]
mod testing;

const DOCUMENT: &[u8] = b"I hereby declare.\r\n";

/// A folder with document, key, certificate and CA, as OpenSSL wants them.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    put("document", DOCUMENT);
    put("ca.pem", testing::authority_pem().as_bytes());
    put("key.pem", testing::key_pem().as_bytes());
    put("certificate.der", &testing::signer().certificate);
    folder
}

fn openssl(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("openssl").args(arguments).current_dir(folder).output().unwrap()
}

fn verify(folder: &Path, signature: &[u8]) -> Output {
    fs::write(folder.join("ours"), signature).unwrap();
    let arguments = "cms -verify -binary -cades -inform DER -in ours -content document -CAfile ca.pem";
    openssl(folder, &arguments.split(' ').collect::<Vec<_>>())
}

fn signed_by_openssl(folder: &Path, options: &str) -> Vec<u8> {
    let arguments = "cms -sign -binary -outform DER -in document -inkey key.pem -signer certificate.der -out theirs";
    let arguments: Vec<_> = arguments.split(' ').chain(options.split_whitespace()).collect();
    let output = openssl(folder, &arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read(folder.join("theirs")).unwrap()
}

#[test]
fn openssl_verifies_what_is_signed_here_as_cades() {
    let folder = folder();
    let digest = sha256(&mut &*DOCUMENT).unwrap();
    let signature = testing::signed(&mut CmsDraft::new(digest));
    let output = verify(folder.path(), &signature);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.contains("CAdES Verification successful"), "{errors}");
    assert_eq!(output.stdout, DOCUMENT);
}

#[test]
fn openssl_refuses_another_document_and_another_signature() {
    let folder = folder();
    let digest = sha256(&mut &*DOCUMENT).unwrap();
    let mut signature = testing::signed(&mut CmsDraft::new(digest));
    fs::write(folder.path().join("document"), b"I hereby decline.\r\n").unwrap();
    assert!(!verify(folder.path(), &signature).status.success());
    fs::write(folder.path().join("document"), DOCUMENT).unwrap();
    *signature.last_mut().unwrap() ^= 1;
    assert!(!verify(folder.path(), &signature).status.success());
}

#[test]
fn every_form_that_openssl_signs_is_read() {
    let folder = folder();
    for (options, digest, names_certificate, has_time) in [
        ("-md sha256", DigestAlgorithm::Sha256, false, true),
        ("-md sha384", DigestAlgorithm::Sha384, false, true),
        ("-md sha512", DigestAlgorithm::Sha512, false, true),
        ("-md sha256 -cades", DigestAlgorithm::Sha256, true, true),
        ("-md sha512 -cades", DigestAlgorithm::Sha512, true, true),
        ("-md sha256 -nosmimecap", DigestAlgorithm::Sha256, false, true),
        ("-md sha256 -keyid", DigestAlgorithm::Sha256, false, true),
        ("-md sha256 -certfile ca.pem", DigestAlgorithm::Sha256, false, true),
        ("-md sha256 -noattr", DigestAlgorithm::Sha256, false, false),
        ("-md sha512 -noattr", DigestAlgorithm::Sha512, false, false),
    ] {
        for attached in [false, true] {
            let how = if attached { format!("{options} -nodetach") } else { options.to_owned() };
            let message = signed_by_openssl(folder.path(), &how);
            let mut beside = DOCUMENT;
            let signatures = read(&message, if attached { None } else { Some(&mut beside) });
            let signatures = signatures.unwrap_or_else(|error| panic!("{how}: {error}"));
            let [signature] = signatures.as_slice() else { panic!("{how}: {signatures:?}") };
            assert_eq!(signature.digest, digest, "{how}");
            assert_eq!(signature.names_certificate, names_certificate, "{how}");
            assert_eq!(signature.time.is_some(), has_time, "{how}");
            assert_eq!(signature.certificate, testing::signer().certificate, "{how}");
            assert_eq!(signature.others.len(), usize::from(options.contains("-certfile")), "{how}");
        }
    }
}

#[test]
fn pem_is_read_as_well_as_der() {
    let folder = folder();
    let pem = signed_by_openssl(folder.path(), "-outform PEM");
    assert_eq!(read(&pem, Some(&mut &*DOCUMENT)).unwrap().len(), 1);
    let text = String::from_utf8(pem).unwrap();
    assert!(read(text.replace("CMS", "PKCS7").as_bytes(), Some(&mut &*DOCUMENT)).is_ok());
    for other in [text.repeat(2), text.replace("CMS", "CERTIFICATE"), text[..200].to_owned()] {
        let read = read(other.as_bytes(), Some(&mut &*DOCUMENT));
        assert!(matches!(read, Err(Error::Refused(Fault::SignatureMalformed))), "{other}");
    }
}

#[test]
fn the_forms_that_are_refused_are_told_apart() {
    let folder = folder();
    for (options, expected) in [
        ("-md sha1", Fault::DigestWeak),
        ("-md sha1 -noattr", Fault::DigestWeak),
        ("-md sha256 -nocerts", Fault::SignerMissing),
        ("-md sha256 -keyopt rsa_padding_mode:pss", Fault::AlgorithmUnknown),
        ("-md sha3-256", Fault::AlgorithmUnknown),
        ("-md sha256 -econtent_type pkcs7-encryptedData", Fault::ContentType),
        ("-md sha256 -stream -nodetach", Fault::SignatureMalformed),
    ] {
        let message = signed_by_openssl(folder.path(), options);
        match read(&message, Some(&mut &*DOCUMENT)) {
            Err(Error::Refused(fault)) => assert_eq!(fault, expected, "{options}"),
            other => panic!("{options}: {other:?}"),
        }
    }
}

#[test]
fn another_document_than_the_one_openssl_signed_is_refused() {
    let folder = folder();
    for (options, expected) in [("", Fault::DigestWrong), ("-noattr", Fault::SignatureWrong)] {
        let message = signed_by_openssl(folder.path(), options);
        let read = read(&message, Some(&mut &b"I hereby decline.\r\n"[..]));
        assert!(matches!(read, Err(Error::Refused(fault)) if fault == expected), "{read:?}");
    }
}

#[test]
fn all_signers_of_one_message_are_read() {
    let folder = folder();
    let ours = testing::signed_by_other(&mut CmsDraft::new(sha256(&mut &*DOCUMENT).unwrap()));
    fs::write(folder.path().join("ours"), ours).unwrap();
    let arguments = "cms -resign -binary -inform DER -in ours -outform DER -signer certificate.der -inkey key.pem \
                     -out both";
    let output = openssl(folder.path(), &arguments.split_whitespace().collect::<Vec<_>>());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let both = fs::read(folder.path().join("both")).unwrap();
    let signatures = read(&both, Some(&mut &*DOCUMENT)).unwrap();
    let mut certificates: Vec<_> = signatures.iter().map(|signature| signature.certificate.clone()).collect();
    let mut expected = vec![testing::signer().certificate, testing::other_signer().certificate];
    certificates.sort();
    expected.sort();
    assert_eq!(certificates, expected);
}
