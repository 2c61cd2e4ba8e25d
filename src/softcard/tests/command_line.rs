//! The program as a person or script meets it: a card is made, looked at, served and taken out.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    path::Path,
    process::{Command, Output, Stdio},
};

use jpki_softcard::{CardFile, CardOptions, ca::TestCa};

fn softcard(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jpki-softcard"));
    command.args(arguments);
    command
}

fn run(arguments: &[&str]) -> Output {
    softcard(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

#[test]
fn a_new_card_is_made_once_and_names_its_authorities() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.json").to_str().unwrap().to_owned();
    let output = run(&["new", &path, "--name", "試験　太郎", "--gender", "male"]);
    assert!(output.status.success() && text(&output.stdout).contains("試験　太郎"), "{output:#?}");
    let before = fs::read(&path).unwrap();
    let again = run(&["new", &path]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("exists already"), "{again:#?}");
    assert_eq!(fs::read(&path).unwrap(), before);
    let authorities = run(&["ca", &path]);
    assert_eq!(text(&authorities.stdout).matches("-----BEGIN CERTIFICATE-----").count(), 6);
    assert!(authorities.status.success() && authorities.stderr.is_empty());
}

#[test]
fn unusual_cards_are_made_as_they_are_ordered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.json").to_str().unwrap().to_owned();
    let line = "--child --auth-expires 2024-02-29 --gender unknown --birthdate 1950-00-00 --attributes-filler 32 \
                --broken-record --name-substitutes 01000 --address-substitutes 0 --era 9 --sign-expires 2024-02-29";
    let arguments: Vec<_> = ["new", &path].into_iter().chain(line.split_whitespace()).collect();
    let output = run(&arguments);
    assert!(output.status.success(), "{output:#?}");
    let card = CardFile::read(Path::new(&path)).unwrap();
    assert!(card.sign_certificate().is_none());
    assert_eq!((card.holder().birthdate.to_string().as_str(), card.holder().gender.digit()), ("1950-00-00", '0'));
}

#[test]
fn failures_say_what_happened_and_leave_with_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.json").to_str().unwrap().to_owned();
    let rows: [(&[&str], &str); 6] = [
        (&["ca", &path], "card.json"),
        (&["serve", &path], "card.json"),
        (&["new", &path, "--auth-pin", "12345"], "four digits"),
        (&["new", &path, "--sign-password", "abc123"], "A-Z"),
        (&["new", &path, "--era", "x"], "one digit"),
        (&["new", &path, "--name-substitutes", "a"], "digits"),
    ];
    for (arguments, said) in rows {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(1), "{output:#?}");
        assert!(text(&output.stderr).contains(said), "{output:#?}");
    }
    assert!(!Path::new(&path).exists());
}

#[cfg(unix)]
#[test]
fn a_served_card_answers_its_reader_and_ends_cleanly_when_terminated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.json").to_str().unwrap().to_owned();
    let ca = TestCa::shared().unwrap();
    let card = CardFile::issue_with_keys(&ca, &CardOptions::default(), ca.keys()).unwrap();
    card.save_new(Path::new(&path)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let trace = folder.path().join("trace");
    let mut serving = softcard(&["serve", &path, "--vpcd", &address, "--fault", "ins=20:sw=6983", "--trace"])
        .arg(&trace)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut reader, _) = listener.accept().unwrap();
    let mut said = String::new();
    BufReader::new(serving.stdout.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.starts_with("connected to vpcd at 127.0.0.1:"), "{said}");

    reader.write_all(b"\x00\x01\x01").unwrap();
    reader.write_all(b"\x00\x09\x00\x20\x00\x98\x041234").unwrap();
    let mut answer = [0; 4];
    reader.read_exact(&mut answer).unwrap();
    assert_eq!(answer, [0x00, 0x02, 0x69, 0x83]);

    let second = run(&["serve", &path, "--vpcd", &address]);
    assert!(text(&second.stderr).contains("in use"), "{second:#?}");

    Command::new("kill").arg(serving.id().to_string()).status().unwrap();
    let mut last = String::new();
    serving.stderr.take().unwrap().read_to_string(&mut last).unwrap();
    assert_eq!(serving.wait().unwrap().code(), Some(0));
    assert_eq!(last, "the card is out of the reader\n");
    let trace = fs::read_to_string(trace).unwrap();
    assert!(trace.contains("> 0020009804********\n") && trace.contains("< 6983\n"), "{trace}");
}
