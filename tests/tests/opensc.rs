//! OpenSC's own tools against the software card through a real pcscd: what they can do with a My Number Card they can do
//! with this one, and wrong PINs count.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use e2e::pcscd::Pcscd;
use e2e::served::ServedCard;
use jpki_softcard::{CardFile, CardOptions, MemoryTrace, Rig, SoftCard};
use tempfile::TempDir;

/// A card behind a private pcscd, and a folder to work in.
struct Bench {
    pcscd: Pcscd,
    card: ServedCard,
    file: CardFile,
    trace: MemoryTrace,
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let pcscd = Pcscd::start().unwrap();
        let card = SoftCard::for_tests(&CardOptions::default()).unwrap();
        let (file, trace) = (card.file().clone(), MemoryTrace::default());
        let card = ServedCard::insert(Rig::new(card).with_trace(trace.clone()), &pcscd).unwrap();
        let bench = Self { pcscd, card, file, trace, folder: tempfile::tempdir().unwrap() };
        // pcscd looks for cards now and then; this returns when it has seen ours.
        bench.tool("opensc-tool", &["--wait", "--atr"]);
        bench
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Output {
        let mut command = self.pcscd.command(program);
        // No configuration and no cache of whoever runs the tests.
        command.args(arguments).env("HOME", self.folder.path()).env("OPENSC_CONF", "/dev/null").env("LC_ALL", "C");
        command.output().unwrap()
    }

    #[track_caller]
    fn tool(&self, program: &str, arguments: &[&str]) -> Output {
        let output = self.command(program, arguments);
        assert!(output.status.success(), "{program} {arguments:?}: {output:#?}\n{}", self.trace.commands().join("\n"));
        output
    }

    /// The certificate of a file in PEM, as DER.
    fn der(&self, pem: &str) -> Vec<u8> {
        let der = self.path("certificate.der");
        openssl(&["x509", "-in", pem, "-outform", "DER", "-out", &der]);
        fs::read(der).unwrap()
    }

    /// Signs with a PKCS #11 slot's key and has openssl verify with the certificate's key.
    #[track_caller]
    fn signs(&self, slot: &str, pin: &str, id: &str, certificate: &[u8]) {
        let [der, public, data, signature] =
            ["cert", "public.pem", "data", "signature"].map(|name| self.path(&format!("{name}-{id}")));
        fs::write(&der, certificate).unwrap();
        fs::write(&data, "a document").unwrap();
        openssl(&["x509", "-inform", "DER", "-in", &der, "-noout", "-pubkey", "-out", &public]);
        let how = ["--slot-index", slot, "--login", "--pin", pin, "--sign", "--id", id];
        let what = ["-m", "SHA256-RSA-PKCS", "-i", &data, "-o", &signature];
        self.tool("pkcs11-tool", &[&how[..], &what[..]].concat());
        openssl(&["dgst", "-sha256", "-verify", &public, "-signature", &signature, &data]);
    }
}

#[track_caller]
fn openssl(arguments: &[&str]) {
    let output = Command::new("openssl").args(arguments).output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}: {output:#?}");
}

#[test]
fn both_certificates_are_read_and_chain_to_the_cards_test_ca() {
    let bench = Bench::new();
    let (auth, sign, ca) = (bench.path("auth.pem"), bench.path("sign.pem"), bench.path("ca.pem"));
    bench.tool("pkcs15-tool", &["--read-certificate", "01", "--output", &auth]);
    assert_eq!(bench.der(&auth), bench.file.auth_certificate());
    let with_pin =
        ["--verify-pin", "--auth-id", "02", "--pin", "ABC123", "--read-certificate", "02", "--output", &sign];
    bench.tool("pkcs15-tool", &with_pin);
    assert_eq!(bench.der(&sign), bench.file.sign_certificate().unwrap());
    fs::write(&ca, bench.file.authorities_pem()).unwrap();
    for certificate in [&auth, &sign] {
        // Of three authorities of one name openssl must find the right one by its key identifier.
        openssl(&["verify", "-x509_strict", "-CAfile", &ca, certificate]);
    }
}

#[test]
fn the_signature_certificate_stays_closed_without_its_password() {
    let bench = Bench::new();
    let sign = bench.path("sign.pem");
    let output = bench.command("pkcs15-tool", &["--read-certificate", "02", "--output", &sign]);
    assert!(!output.status.success(), "{output:#?}");
    assert!(!Path::new(&sign).exists());
}

#[test]
fn both_keys_sign_what_openssl_verifies() {
    let bench = Bench::new();
    bench.signs("0", "1234", "01", bench.file.auth_certificate());
    bench.signs("1", "ABC123", "02", bench.file.sign_certificate().unwrap());
    assert_eq!(bench.card.remove().unwrap().card().tally().signatures, 2);
}

#[test]
fn a_wrong_pin_is_named_as_wrong_and_costs_one_attempt() {
    let bench = Bench::new();
    let output = bench.command("pkcs11-tool", &["--slot-index", "0", "--login", "--pin", "9999", "--list-objects"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("CKR_PIN_INCORRECT"), "{said}");
    assert!(!bench.trace.commands().iter().any(|command| command.contains("39393939")), "a trace shows no PIN");
    let mut rig = bench.card.remove().unwrap();
    assert_eq!(rig.card().tally().verifications, 1);
    rig.insert();
    rig.power_on();
    let mut ask = |command: &[u8]| rig.exchange(command);
    ask(b"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01");
    assert_eq!(ask(b"\x00\x20\x00\x98"), jpki_softcard::Outcome::Answer(vec![0x63, 0xC2]));
}

#[test]
fn commands_do_not_wait_for_delayed_acknowledgements() {
    const COMMANDS: usize = 50;
    let bench = Bench::new();
    bench.trace.clear();
    let select = ["-s", "00A4040C0AD392F000260100000001"];
    let arguments: Vec<&str> = select.into_iter().cycle().take(2 * COMMANDS).collect();
    bench.tool("opensc-tool", &arguments);
    let times: Vec<_> = bench.trace.events().into_iter().filter(|e| e.text == select[1]).map(|e| e.at).collect();
    assert_eq!(times.len(), COMMANDS);
    let taken = times[COMMANDS - 1].duration_since(times[0]).unwrap();
    // With delayed acknowledgements each takes 40 ms, 2 s in all; without, some 30 ms in all.
    assert!(taken < Duration::from_secs(1), "{taken:?}");
}
