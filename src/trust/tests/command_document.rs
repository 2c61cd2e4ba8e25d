//! `jpki-verify document` as a script and as a person meet it.
#![expect(clippy::unwrap_used, reason = "a test fails where an unwrap does")]

#[path = "support/signing.rs"]
mod signing;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jpki_softcard::ca::Family;
use signing::{CLAIMED, NOW, Person, plain_pdf, revocation_list, root_pem, time};

const CONTENT: &[u8] = b"I promise.";
const XML: &[u8] = b"<promise>I do.</promise>\n";

/// A folder with roots, in which the command is run.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.put("root.pem", (root_pem(Family::Sign) + &root_pem(Family::Auth)).as_bytes());
        desk.put("promise.txt", CONTENT);
        desk
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jpki-verify"));
        command.current_dir(&self.0).arg("document").args(arguments);
        if !arguments.contains(&"--at") {
            command.args(["--at", NOW]);
        }
        command.args(["--trust", "root.pem"]).output().unwrap()
    }

    /// The exit code, standard output and standard error.
    fn said(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = self.run(arguments);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }
}

/// Signatures in each format there is, with the options they need.
fn signed(desk: &Desk, person: &Person) -> Vec<Vec<&'static str>> {
    let cms = person.cms(CONTENT);
    desk.put("promise.p7s", &cms);
    let pem = format!("-----BEGIN CMS-----\n{}\n-----END CMS-----\n", BASE64_STANDARD.encode(cms));
    desk.put("promise.pem", pem.as_bytes());
    desk.put("promise.pdf", &person.pdf(&plain_pdf()));
    desk.put("promise.xml", &person.xml(XML));
    desk.put("promise.xades", &person.xml_apart(CONTENT));
    vec![
        vec!["promise.p7s", "--content", "promise.txt"],
        vec!["promise.pem", "--content", "promise.txt"],
        vec!["promise.pdf"],
        vec!["promise.xml"],
        vec!["promise.xades", "--content", "promise.txt"],
    ]
}

#[test]
fn a_signed_document_of_each_format_exits_with_0_and_says_who_signed() {
    let desk = Desk::new();
    for arguments in signed(&desk, &Person::good()) {
        let (code, page, errors) = desk.said(&arguments);
        assert_eq!((code, errors.as_str()), (0, ""), "{arguments:?}");
        for line in [
            "verified\n",
            "signature 1 of 1\n",
            "  name          見本　花子\n",
            "  address       東京都架空市見本町一丁目２番３号\n",
            "  birth date    1990-04-01\n",
            &format!("  signed at     {CLAIMED}, as the signer claims; nobody else vouches for it\n"),
            "  covers        the whole document\n",
            "test: this card proves nothing about any person",
            "NOT CHECKED",
        ] {
            assert!(page.contains(line), "{arguments:?}: {line}: {page}");
        }
    }
}

#[test]
fn json_is_one_document_and_nothing_else() {
    let desk = Desk::new();
    for mut arguments in signed(&desk, &Person::good()) {
        arguments.push("--json");
        let document: serde_json::Value = serde_json::from_str(&desk.said(&arguments).1).unwrap();
        assert_eq!(document["verified"], true, "{arguments:?}");
        assert_eq!(document["signatures"][0]["signedBy"]["holder"]["gender"], "female");
    }
}

#[test]
fn a_document_that_was_changed_is_refused() {
    let desk = Desk::new();
    let all = signed(&desk, &Person::good());
    desk.put("promise.txt", b"I promise!");
    let mut pdf = fs::read(desk.0.path().join("promise.pdf")).unwrap();
    let width = pdf.windows(3).position(|bytes| bytes == b"595").unwrap();
    pdf[width] = b'6';
    desk.put("promise.pdf", &pdf);
    desk.put(
        "promise.xml",
        &fs::read_to_string(desk.0.path().join("promise.xml")).unwrap().replace("do.", "do!").into_bytes(),
    );
    for mut arguments in all {
        let (code, page, errors) = desk.said(&arguments);
        assert_eq!((code, page.as_str()), (1, ""), "{arguments:?}");
        assert!(errors.starts_with("refused (digest_wrong): the document is not the one that was signed"), "{errors}");
        arguments.push("--json");
        let document: serde_json::Value = serde_json::from_str(&desk.said(&arguments).1).unwrap();
        assert_eq!((&document["verified"], &document["reason"]), (&false.into(), &"digest_wrong".into()));
        assert!(document["remedy"].is_string());
    }
}

#[test]
fn a_certificate_that_is_not_in_order_is_told_with_its_signature() {
    let expired = Person::with(|spec| spec.not_after = time("2026-04-01T11:59:59Z").into());
    for (person, reason, said) in [
        (expired, "certificate_expired", "signature 1 of 1, by 見本　花子: the certificate has expired."),
        (
            Person::with_authentication_certificate(),
            "wrong_kind",
            "signature 1 of 1: the certificate is of the other kind",
        ),
        (Person::with_foreign_certificate(), "issuer_key_unknown", "signature 1 of 1: the issuer is known, but not"),
    ] {
        let desk = Desk::new();
        for mut arguments in signed(&desk, &person) {
            let (code, page, errors) = desk.said(&arguments);
            assert_eq!((code, page.as_str()), (1, ""), "{arguments:?}");
            assert!(errors.starts_with(&format!("refused ({reason}): {said}")), "{errors}");
            arguments.push("--json");
            let document: serde_json::Value = serde_json::from_str(&desk.said(&arguments).1).unwrap();
            assert_eq!(document["verified"], false);
            assert_eq!(document["signatures"][0]["reason"], reason);
        }
    }
}

#[test]
fn two_signatures_of_a_pdf_are_told_apart() {
    let desk = Desk::new();
    let once = Person::good().pdf(&plain_pdf());
    let twice = Person { claims: time("2026-04-01T08:00:00Z"), ..Person::good() }.pdf(&once);
    desk.put("twice.pdf", &twice);
    let (code, page, errors) = desk.said(&["twice.pdf"]);
    assert_eq!(code, 0, "{errors}");
    let (first, second) = page.split_once("signature 2 of 2\n").unwrap();
    assert!(first.contains("signature 1 of 2\n") && first.contains(CLAIMED), "{page}");
    let part =
        format!("  covers        the first {} of {} bytes; what follows adds signatures", once.len(), twice.len());
    assert!(first.contains(&part), "{page}");
    assert!(second.contains("2026-04-01T08:00:00Z") && second.contains("the whole document"), "{page}");
}

#[test]
fn one_bad_signature_of_two_refuses_the_document_and_is_named() {
    let desk = Desk::new();
    let bad = Person::with_authentication_certificate();
    for (first, second, said) in
        [(&Person::good(), &bad, "signature 2 of 2: "), (&bad, &Person::good(), "signature 1 of 2: ")]
    {
        desk.put("both.pdf", &second.pdf(&first.pdf(&plain_pdf())));
        let (code, page, errors) = desk.said(&["both.pdf"]);
        assert_eq!((code, page.as_str()), (1, ""));
        assert!(errors.starts_with(&format!("refused (wrong_kind): {said}")), "{errors}");
        assert_eq!(errors.matches("refused").count(), 1, "{errors}");
        let document: serde_json::Value = serde_json::from_str(&desk.said(&["both.pdf", "--json"]).1).unwrap();
        let verdicts: Vec<_> = (0..2).map(|place| document["signatures"][place]["verdict"].as_str().unwrap()).collect();
        assert_eq!(verdicts.iter().filter(|verdict| **verdict == "accepted").count(), 1, "{verdicts:?}");
    }
}

#[test]
fn a_byte_changed_anywhere_in_a_pdf_refuses_it() {
    let desk = Desk::new();
    let signed = Person::good().pdf(&plain_pdf());
    for place in (0..signed.len()).step_by(211).chain([signed.len() - 1]) {
        let mut changed = signed.clone();
        changed[place] ^= 1;
        desk.put("changed.pdf", &changed);
        let (code, page, errors) = desk.said(&["changed.pdf"]);
        assert_eq!((code, page.as_str()), (1, ""), "byte {place}: {errors}");
    }
}

#[test]
fn an_expired_certificate_is_refused_whatever_the_signer_says_of_the_time() {
    let desk = Desk::new();
    desk.put("promise.xml", &Person::good().xml(XML));
    let (code, _, errors) = desk.said(&["promise.xml", "--at", "2030-04-02T00:00:00Z"]);
    assert_eq!(code, 1);
    assert!(errors.contains(&format!("It was valid at {CLAIMED}, when the signer claims to have signed")), "{errors}");
}

#[test]
fn a_revoked_certificate_is_refused_and_a_list_without_it_is_told() {
    let desk = Desk::new();
    let person = Person::good();
    desk.put("promise.xml", &person.xml(XML));
    desk.put("revoked.crl", &revocation_list(&[&person.serial]));
    desk.put("other.crl", &revocation_list(&[&[0x55; 8]]));
    let (code, _, errors) = desk.said(&["promise.xml", "--crl", "revoked.crl"]);
    assert_eq!(code, 1);
    assert!(errors.starts_with("refused (revoked): signature 1 of 1, by 見本　花子:"), "{errors}");
    let (code, page, _) = desk.said(&["promise.xml", "--crl", "other.crl"]);
    assert_eq!(code, 0);
    assert!(page.contains("not revoked by the revocation list of 2026-04-01T00:00:00Z"), "{page}");
    desk.put("broken.crl", b"no list");
    let (code, _, errors) = desk.said(&["promise.xml", "--crl", "broken.crl"]);
    assert_eq!(code, 1);
    assert!(errors.starts_with("refused (crl_malformed): "), "{errors}");
}

#[test]
fn a_document_without_a_signature_is_refused() {
    let desk = Desk::new();
    desk.put("plain.xml", XML);
    desk.put("plain.pdf", &plain_pdf());
    desk.put("empty", b"");
    for file in ["plain.xml", "plain.pdf", "promise.txt", "empty"] {
        let (code, _, errors) = desk.said(&[file]);
        assert_eq!(code, 1, "{file}");
        assert!(errors.starts_with("refused (unsigned): the document holds no signature."), "{file}: {errors}");
    }
    desk.put("broken.xml", b"<a>");
    let (code, page, errors) = desk.said(&["broken.xml", "--json"]);
    assert_eq!(code, 1);
    assert!(errors.starts_with("refused (unreadable): ") && page.contains("\"reason\": \"unreadable\""), "{errors}");
}

#[test]
fn what_can_not_be_run_exits_with_2_and_prints_no_document() {
    let desk = Desk::new();
    signed(&desk, &Person::good());
    for (arguments, said) in [
        (&["nowhere.pdf"][..], "nowhere.pdf can't be read"),
        (&["."], ". can't be read"),
        (&["promise.p7s"], "give it with --content"),
        (&["promise.xades"], "give it with --content"),
        (&["promise.p7s", "--content", "nowhere.txt"], "nowhere.txt can't be read"),
        (&["promise.xml", "--content", "promise.txt"], "leave out --content"),
        (&["promise.pdf", "--content", "promise.txt"], "leave out --content"),
        (&["promise.xml", "--at", "yesterday"], "yesterday"),
        (&["promise.xml", "--trust", "promise.txt"], "promise.txt: this is no PEM text"),
        (&[], "<FILE>"),
    ] {
        let arguments = [arguments, &["--json"]].concat();
        let (code, page, errors) = desk.said(&arguments);
        assert_eq!((code, page.as_str()), (2, ""), "{arguments:?}: {errors}");
        assert!(errors.contains(said), "{arguments:?}: {errors}");
    }
}

#[test]
fn a_reader_that_goes_away_changes_nothing_about_the_verdict() {
    let desk = Desk::new();
    desk.put("promise.xml", &Person::good().xml(XML));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_jpki-verify"));
    command.current_dir(&desk.0).args(["document", "promise.xml", "--at", NOW, "--trust", "root.pem"]);
    assert_eq!(command.stdout(writer).status().unwrap().code(), Some(0));
}
