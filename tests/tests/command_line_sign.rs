//! `jpki-bridge sign` and `jpki-bridge pin` for people at a terminal, and other programs' judgement of what they make.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use e2e::agent::program;
use e2e::pcscd::Pcscd;
use e2e::served::ServedCard;
use jpki_softcard::{CardOptions, Rig, SoftCard};
use tempfile::TempDir;

/// A person's folder, a card in a reader, and what the person will type.
struct Desk {
    folder: TempDir,
    pcscd: Pcscd,
    card: Option<ServedCard>,
}

impl Desk {
    fn new(options: &CardOptions) -> Self {
        let (folder, pcscd) = (tempfile::tempdir().unwrap(), Pcscd::start().unwrap());
        let rig = Rig::new(SoftCard::for_tests(options).unwrap());
        let roots = rig.card().file().authorities_pem();
        std::fs::write(folder.path().join("roots.pem"), &roots).unwrap();
        // xmlsec1 takes one certificate a file.
        for (index, root) in roots.split_inclusive("-----END CERTIFICATE-----\n").enumerate() {
            std::fs::write(folder.path().join(format!("root-{index}.pem")), root).unwrap();
        }
        let card = Some(ServedCard::insert(rig, &pcscd).unwrap());
        Self { folder, pcscd, card }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    /// The agent's command line, with these lines of `auto-prompt`'s script.
    fn bridge(&self, arguments: &[&str], turns: &[&str]) -> Output {
        self.write("script", turns.join("\n"));
        let mut command = self.pcscd.command(program("jpki-bridge").unwrap());
        command.current_dir(self.folder.path()).args(arguments).args(["--prompt", env!("CARGO_BIN_EXE_auto-prompt")]);
        command
            .env("HOME", self.folder.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .env("XDG_RUNTIME_DIR", self.folder.path().join(".config"));
        command.env("AUTO_PROMPT_SCRIPT", self.path("script")).env("LC_ALL", "en_US.UTF-8");
        command.output().unwrap()
    }

    /// The same, ended well; what it printed.
    fn done(&self, arguments: &[&str], turns: &[&str]) -> String {
        let output = self.bridge(arguments, turns);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// The same, failed with exit code 1; what it said.
    fn refused(&self, arguments: &[&str], turns: &[&str]) -> String {
        let output = self.bridge(arguments, turns);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stdout));
        assert!(output.stdout.is_empty());
        text(&output.stderr)
    }

    fn verifies(&self, file: &str, more: &[&str]) -> bool {
        let mut command = Command::new(program("jpki-verify").unwrap());
        command.current_dir(self.folder.path()).args(["document", file, "--trust", "roots.pem"]).args(more);
        command.output().unwrap().status.success()
    }

    fn signatures(mut self) -> (u32, u32) {
        let tally = self.card.take().unwrap().remove().unwrap().card().tally();
        (tally.verifications, tally.signatures)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn desk() -> Desk {
    Desk::new(&CardOptions::default())
}

/// Whether another program accepts.
fn accepts(folder: &Path, command: &str) -> bool {
    let words: Vec<&str> = command.split(' ').collect();
    Command::new(words[0]).current_dir(folder).args(&words[1..]).output().unwrap().status.success()
}

/// One page, empty, with a table of its objects as every program writes it.
fn pdf() -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ];
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = String::from("0000000000 65535 f \n");
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", file.len());
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).into_bytes());
    }
    let start = file.len();
    let size = objects.len() + 1;
    file.extend(
        format!("xref\n0 {size}\n{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n")
            .into_bytes(),
    );
    file
}

#[test]
fn each_file_gets_the_signature_that_suits_it_under_one_password() {
    let desk = desk();
    desk.write("契約.pdf", pdf());
    desk.write("申請.xml", "<?xml version=\"1.0\"?>\n<申請><氏名>見本　花子</氏名></申請>\n");
    desk.write("note.txt", "I owe you 100 yen.\n");
    let printed = desk.done(&["sign", "契約.pdf", "申請.xml", "note.txt"], &["accept abc123"]);
    assert_eq!(printed, "契約-signed.pdf\n申請-signed.xml\nnote.txt.p7s\n");
    assert!(desk.verifies("契約-signed.pdf", &[]));
    assert!(desk.verifies("申請-signed.xml", &[]));
    assert!(desk.verifies("note.txt.p7s", &["--content", "note.txt"]));
    let folder = desk.folder.path();
    let trusted: String = (0..)
        .map(|index| format!("root-{index}.pem"))
        .take_while(|name| desk.path(name).exists())
        .map(|name| format!(" --trusted-pem {name}"))
        .collect();
    assert!(accepts(folder, &format!("xmlsec1 --verify{trusted} 申請-signed.xml")));
    assert!(accepts(
        folder,
        "openssl cms -verify -binary -inform DER -in note.txt.p7s -content note.txt -CAfile roots.pem -purpose any -out /dev/null"
    ));
    let pdfsig = Command::new("pdfsig").arg("-nocert").arg(desk.path("契約-signed.pdf")).output().unwrap();
    assert!(text(&pdfsig.stdout).contains("Signature Validation: Signature is Valid."), "{}", text(&pdfsig.stdout));
    assert_eq!(desk.signatures(), (1, 3));
}

#[test]
fn a_second_signature_keeps_the_first() {
    let desk = desk();
    desk.write("a.pdf", pdf());
    desk.done(&["sign", "a.pdf"], &["accept ABC123"]);
    desk.done(&["sign", "a-signed.pdf", "-o", "b.pdf"], &["accept ABC123"]);
    assert!(desk.verifies("b.pdf", &[]));
    let pdfsig = Command::new("pdfsig").arg("-nocert").arg(desk.path("b.pdf")).output().unwrap();
    assert_eq!(text(&pdfsig.stdout).matches("Signature is Valid.").count(), 2, "{}", text(&pdfsig.stdout));
}

#[test]
fn a_changed_byte_is_refused() {
    let desk = desk();
    desk.write("a.pdf", pdf());
    desk.write("a.xml", "<a>1</a>");
    desk.write("a.txt", "1");
    desk.done(&["sign", "a.pdf", "a.xml", "a.txt"], &["accept ABC123"]);
    let change = |name: &str, from: &str, to: &str| {
        let file = std::fs::read(desk.path(name)).unwrap();
        let at = file.windows(from.len()).position(|bytes| bytes == from.as_bytes()).unwrap();
        desk.write(name, [&file[..at], to.as_bytes(), &file[at + from.len()..]].concat());
    };
    change("a-signed.pdf", "595 842", "595 841");
    change("a-signed.xml", "<a>1", "<a>2");
    change("a.txt", "1", "2");
    assert!(!desk.verifies("a-signed.pdf", &[]));
    assert!(!desk.verifies("a-signed.xml", &[]));
    assert!(!desk.verifies("a.txt.p7s", &["--content", "a.txt"]));
}

#[test]
fn what_can_not_be_signed_is_said_before_the_password_is_asked_for() {
    let desk = desk();
    desk.write("a.txt", "1");
    desk.write("there.txt.p7s", "precious");
    desk.write("there.txt", "1");
    desk.write("broken.pdf", "%PDF-1.7\nnothing more");
    let seventeen: Vec<String> = (0..17).map(|i| format!("{i}.txt")).collect();
    let too_many: Vec<&str> = std::iter::once("sign").chain(seventeen.iter().map(String::as_str)).collect();
    for (arguments, said) in [
        (vec!["sign", "none.txt"], "none.txt"),
        (vec!["sign", "there.txt"], "--overwrite"),
        (vec!["sign", "a.txt", "-o", "no/where.p7s"], "no folder"),
        (vec!["sign", "a.txt", "there.txt", "-o", "a.txt"], "folder"),
        (vec!["sign", "broken.pdf"], "broken.pdf"),
        (vec!["sign", "a.txt", "--format", "pades"], "a.txt"),
        (vec!["sign", "a.txt", "a.txt"], "twice"),
        (too_many, "16"),
    ] {
        let error = desk.refused(&arguments, &["accept ABC123"]);
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
    assert_eq!(std::fs::read_to_string(desk.path("there.txt.p7s")).unwrap(), "precious");
    assert_eq!(desk.signatures(), (0, 0));
}

#[test]
fn a_wrong_or_withheld_password_leaves_no_file() {
    let desk = desk();
    desk.write("a.txt", "1");
    let error = desk.refused(&["sign", "a.txt"], &["accept ABC124", "cancel"]);
    assert!(error.contains("user_cancelled"), "{error}");
    assert!(!desk.path("a.txt.p7s").exists());
    assert_eq!(desk.signatures(), (1, 0));
}

#[test]
fn a_pin_is_changed_and_the_card_knows_the_new_one_alone() {
    let desk = desk();
    for (pin, old, new) in [("auth", "1234", "5678"), ("text", "1234", "8765"), ("sign", "abc123", "xyz789")] {
        assert_eq!(desk.done(&["pin", "change", pin], &[&format!("change {old} {new}")]), "The PIN is changed.\n");
        let error = desk.refused(&["pin", "change", pin], &[&format!("change {old} {new}"), "cancel"]);
        assert!(error.contains("user_cancelled"), "{error}");
        desk.done(&["pin", "change", pin], &[&format!("change {new} {old}")]);
    }
    let status = desk.done(&["pin", "status", "--json"], &[]);
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    for (pin, left) in [("auth", 3), ("text", 3), ("sign", 5)] {
        assert_eq!(status[0][pin], serde_json::json!({ "attemptsLeft": left, "blocked": false }), "{pin}");
    }
}

#[test]
fn a_new_pin_that_breaks_the_rules_never_reaches_the_card() {
    let desk = desk();
    for (pin, turn) in [
        ("auth", "change 1234 123"),
        ("auth", "change 1234 12a4"),
        ("sign", "change ABC123 ABCDEF"),
        ("sign", "change ABC123 123456"),
        ("sign", "change ABC123 A1"),
    ] {
        desk.refused(&["pin", "change", pin], &[turn, "cancel"]);
    }
    assert_eq!(desk.signatures(), (0, 0));
}

#[test]
fn a_childs_card_has_no_signature_password() {
    let desk = Desk::new(&CardOptions { child: true, ..CardOptions::default() });
    desk.write("a.txt", "1");
    let error = desk.refused(&["sign", "a.txt"], &["insist ABC123"]);
    assert!(error.contains("certificate_missing"), "{error}");
    // That waited for the reader to notice the card.
    let status: serde_json::Value = serde_json::from_str(&desk.done(&["pin", "status", "--json"], &[])).unwrap();
    assert!(status[0]["sign"].is_null() && status[0]["auth"].is_object(), "{status}");
}
