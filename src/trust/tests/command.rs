//! `jpki-verify` as a script and as a person meet it.
#![expect(clippy::unwrap_used, reason = "a test fails where an unwrap does")]

#[path = "support/command.rs"]
mod command;
#[expect(dead_code, reason = "each test takes what it needs of the shared reader")]
mod support;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use command::{PROGRAM, files, run, text};

#[test]
fn an_accepted_token_exits_with_0_and_says_what_was_not_checked() {
    let output = run(&files("valid-auth").arguments);
    assert_eq!(output.status.code(), Some(0));
    let page = text(&output.stdout);
    assert!(page.starts_with("verified\n"), "{page}");
    assert!(page.contains("NOT CHECKED"), "{page}");
    assert!(page.contains("proves nothing about any person"), "{page}");
    assert!(output.stderr.is_empty());
}

#[test]
fn json_is_one_document_and_nothing_else() {
    let mut files = files("valid-auth");
    files.arguments.push("--json".to_owned());
    let output = run(&files.arguments);
    assert_eq!(output.status.code(), Some(0));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["verified"], true);
    assert_eq!(document["revocation"]["status"], "not_checked");
    assert_eq!(document["certificate"]["environment"], "test");
    assert_eq!(document["certificate"]["kind"], "auth");
    assert_eq!(document["origin"], "https://rp.example");
}

#[test]
fn a_list_that_does_not_name_the_certificate_is_told() {
    let mut files = files("crl-good");
    files.arguments.push("--json".to_owned());
    let output = run(&files.arguments);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["revocation"]["status"], "checked");
    assert_eq!(document["revocation"]["by"], "crl");
}

#[test]
fn a_refused_token_exits_with_1_and_names_the_reason() {
    for (id, reason) in [
        ("signature-other-origin", "signature_invalid"),
        ("crl-revoked", "revoked"),
        ("crl-garbage", "crl_malformed"),
        ("issuer-test-under-production", "issuer_unknown"),
    ] {
        let mut files = files(id);
        let output = run(&files.arguments);
        assert_eq!(output.status.code(), Some(1), "{id}");
        assert!(text(&output.stderr).starts_with(&format!("refused ({reason}): ")), "{id}");
        assert!(output.stdout.is_empty(), "{id}");
        files.arguments.push("--json".to_owned());
        let document: serde_json::Value = serde_json::from_slice(&run(&files.arguments).stdout).unwrap();
        assert_eq!((&document["verified"], &document["reason"]), (&false.into(), &reason.into()), "{id}");
    }
}

#[test]
fn without_a_moment_the_clock_of_today_counts() {
    let mut files = files("valid-first-second");
    let at = files.arguments.iter().position(|argument| argument == "--at").unwrap();
    files.arguments[at + 1] = "2026-04-01T11:59:59Z".to_owned();
    assert!(text(&run(&files.arguments).stderr).starts_with("refused (certificate_not_yet_valid)"));
    files.arguments.drain(at..at + 2);
    assert_eq!(run(&files.arguments).status.code(), Some(0), "until April 2030");
}

#[test]
fn the_token_may_come_from_standard_input() {
    let mut files = files("valid-auth");
    files.arguments[1] = "-".to_owned();
    let mut child =
        Command::new(PROGRAM).args(&files.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(files.given.as_bytes()).unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
}

#[test]
fn what_can_not_be_run_exits_with_2_and_prints_no_document() {
    let good = files("valid-auth");
    let changed = |place: usize, value: &str| {
        let mut arguments = good.arguments.clone();
        arguments[place] = value.to_owned();
        arguments.push("--json".to_owned());
        arguments
    };
    let place = |name: &str| good.arguments.iter().position(|argument| argument == name).unwrap() + 1;
    let not_pem = good.folder.path().join("given.json");
    for (what, arguments) in [
        ("no token", changed(1, "/nowhere/token.json")),
        ("no origin", changed(place("--origin"), "https://rp.example/")),
        ("no challenge", changed(place("--challenge"), "short")),
        ("no time", changed(place("--at"), "yesterday")),
        ("no root", changed(place("--trust"), "/nowhere/root.pem")),
        ("not PEM", changed(place("--trust"), not_pem.to_str().unwrap())),
        ("no roots at all", good.arguments[..place("--trust") - 1].to_vec()),
        ("no command", vec![]),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{what}");
        assert!(output.stdout.is_empty(), "{what}");
        assert!(!output.stderr.is_empty(), "{what}");
    }
}

#[test]
fn a_leaf_is_no_root() {
    let mut files = files("valid-auth");
    let token: serde_json::Value = serde_json::from_str(&files.given).unwrap();
    let leaf = token["unverifiedCertificate"].as_str().unwrap();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{leaf}\n-----END CERTIFICATE-----\n");
    let path = files.folder.path().join("leaf.pem");
    fs::write(&path, pem).unwrap();
    files.arguments.extend(["--trust".to_owned(), path.to_str().unwrap().to_owned()]);
    let output = run(&files.arguments);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(
        message.contains(Path::new("leaf.pem").to_str().unwrap()) && message.contains("give the root"),
        "{message}"
    );
}
