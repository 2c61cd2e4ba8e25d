//! Signatures from end to end: one password for up to sixteen documents, no command too many, and openssl's judgement.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use e2e::bench::Bench;
use e2e::page::Page;
use e2e::person::Window;
use jpki_softcard::{CardOptions, Latency, Rig, SoftCard};
use serde_json::{Value, json};

const CONTENT: &[u8] = "業務委託契約書\r\n".as_bytes();
const DESELECT: &str = "00A4040C07A0000001510000";
const VERIFY: &str = "0020009B";
const SIGN: &str = "802A009A";

fn rig(options: &CardOptions) -> Rig {
    Rig::new(SoftCard::for_tests(options).unwrap())
}

fn bench() -> Bench {
    Bench::with(rig(&CardOptions::default())).unwrap()
}

/// SHA-256 of [`CONTENT`], as `openssl dgst` makes it.
fn digest() -> String {
    let output = run(&["dgst", "-sha256", "-binary"], CONTENT);
    BASE64_STANDARD.encode(output)
}

/// openssl with this input; its output.
fn run(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("input");
    std::fs::write(&file, input).unwrap();
    let output = Command::new("openssl").args(arguments).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn documents(count: usize) -> Value {
    let digest = digest();
    (1..=count)
        .map(|i| json!({ "name": format!("契約書 {i}.pdf"), "digest": digest, "algorithm": "SHA-256" }))
        .collect()
}

/// A page asks for signatures; the window shows the card.
fn asked(bench: &Bench, count: usize, format: &str) -> (Page, Window, Value) {
    let mut page = bench.page().unwrap();
    page.request("sign", &json!({ "documents": documents(count), "format": format })).unwrap();
    let mut window = bench.person.window().unwrap();
    let open = window.until_type("open").unwrap();
    window.until_ready().unwrap();
    (page, window, open)
}

fn signed(bench: &Bench, count: usize, format: &str) -> Value {
    let (mut page, mut window, _) = asked(bench, count, format);
    window.accept("abc123").unwrap();
    let mut answer = page.answer().unwrap();
    let result = answer["result"].take();
    assert!(result.is_object(), "{answer}");
    result
}

fn decoded(value: &Value) -> Vec<u8> {
    BASE64_STANDARD.decode(value.as_str().unwrap()).unwrap()
}

/// Writes what a verifier needs into a folder: content, roots, certificate.
fn laid_out(rig: &Rig, result: &Value) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("content", CONTENT);
    write("roots.pem", rig.card().file().authorities_pem().as_bytes());
    write("certificate.der", &decoded(&result["certificate"]));
    folder
}

fn openssl_accepts_cms(folder: &Path, cms: &[u8]) -> bool {
    std::fs::write(folder.join("signature.p7s"), cms).unwrap();
    let mut command = Command::new("openssl");
    command.current_dir(folder).args(["cms", "-verify", "-binary", "-inform", "DER", "-in", "signature.p7s"]);
    command.args(["-content", "content", "-CAfile", "roots.pem", "-purpose", "any", "-cades", "-out", "/dev/null"]);
    command.output().unwrap().status.success()
}

#[test]
fn openssl_accepts_every_cms_and_none_with_a_changed_byte() {
    let mut bench = bench();
    let result = signed(&bench, 2, "cms");
    let rig = bench.remove().unwrap();
    let folder = laid_out(&rig, &result);
    let signatures: Vec<_> = result["signatures"].as_array().unwrap().iter().map(decoded).collect();
    assert_eq!(signatures.len(), 2);
    for cms in &signatures {
        assert!(openssl_accepts_cms(folder.path(), cms));
    }
    std::fs::write(folder.path().join("content"), [CONTENT, b" "].concat()).unwrap();
    assert!(!openssl_accepts_cms(folder.path(), &signatures[0]));
}

#[test]
fn openssl_accepts_the_raw_signature() {
    let mut bench = bench();
    let result = signed(&bench, 1, "raw");
    let folder = laid_out(&bench.remove().unwrap(), &result);
    std::fs::write(folder.path().join("signature"), decoded(&result["signatures"][0])).unwrap();
    let openssl = |arguments: &str| {
        let output = Command::new("openssl").current_dir(folder.path()).args(arguments.split(' ')).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    openssl("x509 -inform DER -in certificate.der -pubkey -noout -out key.pem");
    openssl("dgst -sha256 -verify key.pem -signature signature content");
}

#[test]
fn sixteen_documents_take_one_verify_and_no_command_between_the_signatures() {
    let mut bench = bench();
    let (mut page, mut window, open) = asked(&bench, 16, "cms");
    assert_eq!(open["documents"].as_array().unwrap().len(), 16);
    assert_eq!(open["discloses"], json!(["certificate", "name", "address", "birthdate", "gender"]));
    let look = bench.trace.commands();
    assert_eq!(look.len(), 3, "{look:?}");
    bench.trace.clear();
    window.accept("ABC123").unwrap();
    let mut percents = Vec::new();
    let last = window.until(|said| {
        percents.extend(said["percent"].as_u64());
        said["type"] == "close"
    });
    assert_eq!(last.unwrap()["result"], "done");
    assert!(percents.len() >= 16 && percents.is_sorted(), "{percents:?}");
    assert_eq!(page.answer().unwrap()["result"]["signatures"].as_array().unwrap().len(), 16);
    let commands = bench.trace.commands();
    let first = commands.iter().position(|command| command.starts_with(SIGN)).unwrap();
    assert!(commands[0].starts_with(VERIFY) && commands[1..first].iter().all(|read| read.starts_with("00B0")));
    assert!(commands[first..first + 16].iter().all(|command| command.starts_with(SIGN)));
    assert_eq!(commands[first + 16..], [DESELECT]);
    let tally = bench.remove().unwrap().card().tally();
    assert_eq!((tally.verifications, tally.signatures, tally.my_number_accesses), (1, 16, 0));
}

#[test]
fn a_page_that_leaves_in_the_middle_gets_no_further_document_signed() {
    let slow = Latency { signature: Duration::from_millis(200), ..Latency::default() };
    let bench = Bench::with(rig(&CardOptions::default()).with_latency(slow)).unwrap();
    let (page, mut window, _) = asked(&bench, 16, "raw");
    window.accept("ABC123").unwrap();
    window.until(|said| said["type"] == "working" && said["percent"].as_u64() > Some(10)).unwrap();
    drop(page);
    assert_eq!(window.until_type("close").unwrap()["result"], "cancelled");
    // An agent that ends leaves its card in order first.
    bench.agent.terminate().unwrap();
    let (status, log) = bench.agent.ended().unwrap();
    assert!(status.success(), "{log}");
    let commands = bench.trace.commands();
    let signatures = commands.iter().filter(|command| command.starts_with(SIGN)).count();
    assert!((1..16).contains(&signatures), "{signatures}");
    assert_eq!(commands.last().unwrap(), DESELECT);
}

#[test]
fn a_wrong_password_costs_one_of_five_attempts() {
    let bench = bench();
    let (mut page, mut window, _) = asked(&bench, 1, "raw");
    window.accept("ABC124").unwrap();
    assert_eq!(window.until_type("pinRejected").unwrap()["attemptsLeft"], 4);
    for typed in ["ABC12", "ABC-123", "ABCDEFGH123456789"] {
        window.accept(typed).unwrap();
        assert_eq!(window.until_type("pinRejected").unwrap()["attemptsLeft"], 4, "{typed} is no password");
    }
    window.accept("ａｂｃ１２３").unwrap();
    assert!(page.answer().unwrap()["result"].is_object(), "full-width lower-case letters are the same password");
}

#[test]
fn a_card_that_can_not_sign_says_why_before_or_without_a_signature() {
    let mut bench = Bench::without_card().unwrap();
    let mut word = |options: &CardOptions| {
        bench.insert(rig(options)).unwrap();
        let mut page = bench.page().unwrap();
        page.request("sign", &json!({ "documents": documents(1), "format": "cms" })).unwrap();
        let mut window = bench.person.window().unwrap();
        window
            .until(|said| said["type"] == "status" && (said["card"] != "none" || said["problem"].is_string()))
            .unwrap();
        window.accept("ABC123").unwrap();
        let word = page.error_word().unwrap();
        let tally = bench.remove().unwrap().card().tally();
        (word, tally.verifications, tally.signatures)
    };
    let none = CardOptions { sign_certificate: false, ..CardOptions::default() };
    let child = CardOptions { child: true, ..CardOptions::default() };
    let expired = CardOptions { sign_expires: Some("2020-01-01".parse().unwrap()), ..CardOptions::default() };
    assert_eq!(word(&none), ("certificate_missing".to_owned(), 0, 0));
    assert_eq!(word(&child), ("certificate_missing".to_owned(), 0, 0));
    assert_eq!(word(&expired), ("certificate_expired".to_owned(), 1, 0));
}

#[test]
fn what_no_page_may_ask_for_is_refused_before_any_window() {
    let bench = Bench::without_card().unwrap();
    let mut page = bench.page().unwrap();
    let digest = digest();
    let named = |name: &str| json!([{ "name": name, "digest": digest, "algorithm": "SHA-256" }]);
    let hashed = |digest: &str| json!([{ "name": "a.pdf", "digest": digest, "algorithm": "SHA-256" }]);
    for documents in [
        documents(17),
        json!([]),
        named("a\u{202e}fdp.exe"),
        named("a\nb"),
        named(""),
        hashed(&BASE64_STANDARD.encode([0; 31])),
        hashed(&BASE64_STANDARD.encode([0; 33])),
        hashed("not base64"),
        json!([{ "name": "a.pdf", "digest": digest, "algorithm": "SHA-1" }]),
    ] {
        page.request("sign", &json!({ "documents": documents, "format": "cms" })).unwrap();
        assert_eq!(page.answer().unwrap()["error"]["code"], -32602, "{documents}");
    }
    for format in ["pades", "CMS", ""] {
        page.request("sign", &json!({ "documents": documents(1), "format": format })).unwrap();
        assert_eq!(page.answer().unwrap()["error"]["code"], -32602, "{format}");
    }
    for method in ["changePin", "pin.change", "pin"] {
        page.request(method, &json!({ "old": "1234", "new": "5678" })).unwrap();
        assert_eq!(page.answer().unwrap()["error"]["code"], -32601, "no page changes a PIN");
    }
    assert!(!bench.person.sees_another_window());
}
