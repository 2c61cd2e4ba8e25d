//! `jpki-verify attributes` as a script and as a person meet it.
#![expect(clippy::unwrap_used, reason = "a test fails where an unwrap does")]

#[expect(dead_code, reason = "each test takes what it needs of the shared runner")]
#[path = "support/command.rs"]
mod command;
#[expect(dead_code, reason = "each test takes what it needs of the shared reader")]
mod support;

use command::{Files, files, run, text};

fn document(files: &Files) -> serde_json::Value {
    let arguments = [&files.arguments[..], &["--json".to_owned()]].concat();
    serde_json::from_slice(&run(&arguments).stdout).unwrap()
}

#[test]
fn certified_attributes_are_shown_with_who_certified_them() {
    let output = run(&files("attributes-certificate-substitutes").arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let page = text(&output.stdout);
    for line in [
        "verified\n",
        "  name          見本　花子\n",
        "that certificates can't carry, at: 2, 5)\n",
        "  address       東京都架空市見本町一丁目２番３号\n",
        "that certificates can't carry, at: 16)\n",
        "  birth date    1990-04-01\n",
        "  gender        female (女性)\n",
        "certified by J-LIS",
        "NOT CHECKED",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
}

#[test]
fn what_the_holder_alone_says_is_told_in_capitals() {
    for id in ["attributes-card-four", "attributes-certificate-part"] {
        let output = run(&files(id).arguments);
        assert_eq!(output.status.code(), Some(0), "{id}");
        assert!(text(&output.stdout).contains("ASSERTED BY THE HOLDER"), "{id}");
        assert!(!text(&output.stdout).contains("certified by J-LIS"), "{id}");
    }
}

#[test]
fn json_says_attributes_assurance_and_whose_token_came_with_them() {
    let certified = document(&files("attributes-certificate-four"));
    assert_eq!(certified["verified"], true);
    assert_eq!(certified["attributes"]["birthdate"], "1990-04-01");
    assert_eq!(certified["assurance"], "certified");
    assert_eq!(certified["source"], "signatureCertificate");
    assert_eq!(certified["token"]["certificate"]["kind"], "sign");
    assert_eq!(certified["token"]["revocation"]["status"], "not_checked");
    assert!(certified.get("record").is_none());
    let asserted = document(&files("attributes-card-one"));
    assert_eq!(asserted["attributes"], serde_json::json!({"birthdate": "1990-04-01"}));
    assert_eq!(asserted["assurance"], "holderAsserted");
    assert_eq!(asserted["record"]["issuer"], "jlisTest");
}

#[test]
fn refused_attributes_exit_with_1_and_are_not_repeated() {
    for (id, reason) in [
        ("attributes-swapped", "signature_invalid"),
        ("attributes-certificate-swapped", "attributes_mismatch"),
        ("attributes-added", "attributes_not_as_asked"),
        ("attributes-card-instead-of-certificate", "source_not_as_asked"),
        ("attributes-certificate-revoked", "revoked"),
        ("attributes-holder-era", "holder_malformed"),
    ] {
        let files = files(id);
        let output = run(&files.arguments);
        assert_eq!(output.status.code(), Some(1), "{id}");
        assert!(text(&output.stderr).starts_with(&format!("refused ({reason}): ")), "{id}");
        assert!(!text(&output.stderr).contains("見本"), "{id}");
        assert!(output.stdout.is_empty(), "{id}");
        let document = document(&files);
        assert_eq!((&document["verified"], &document["reason"]), (&false.into(), &reason.into()), "{id}");
        assert!(document.get("attributes").is_none(), "{id}");
    }
}

#[test]
fn attributes_that_do_not_exist_are_wrong_usage() {
    let good = files("attributes-card-four");
    let place = |name: &str| good.arguments.iter().position(|argument| argument == name).unwrap();
    let changed = |name: &str, value: &str| {
        let mut arguments = good.arguments.clone();
        arguments[place(name) + 1] = value.to_owned();
        arguments
    };
    let without = |name: &str| {
        let mut arguments = good.arguments.clone();
        arguments.drain(place(name)..place(name) + 2);
        arguments
    };
    for arguments in
        [changed("--ask", "name,myNumber"), changed("--ask", ""), changed("--source", "phone"), without("--ask")]
    {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
    assert_eq!(run(&without("--source")).status.code(), Some(0), "the card is the default");
}
