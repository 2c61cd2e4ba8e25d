//! The card: there or not, which kind, its certificates and PINs, and the clock they are measured by.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use e2e::bench::{card, card_with};
use e2e::pcscd::{READER, SOCKET_VARIABLE};
use jpki_card::Backend as _;
use jpki_card::pcsc::PcscBackend;
use jpki_softcard::{CardFile, CardOptions, Outcome, Profile, Rig, SoftCard};

use crate::patient::Patient;

const ROLE: &str = "JPKI_E2E_OTHER_PROGRAM";

fn card_of(options: &CardOptions) -> Rig {
    Rig::new(SoftCard::for_tests(options).unwrap())
}

/// Days from now, in Japan.
fn in_days(days: i64) -> jiff::civil::Date {
    let now = jiff::tz::Offset::constant(9).to_datetime(jiff::Timestamp::now()).date();
    now.checked_add(jiff::Span::new().days(days)).unwrap()
}

/// A day as the doctor says it in English.
fn said(day: jiff::civil::Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

#[test]
fn an_empty_reader_wants_a_card() {
    let mut patient = Patient::new();
    patient.suffers("card", "fault", &["no card", "Put your My Number Card"]);
    patient.insert(card().unwrap());
    patient.is_well("card");
    for id in ["auth_certificate", "sign_certificate", "auth_pin", "sign_pin", "text_pin", "clock"] {
        patient.is_well(id);
    }
    let tally = patient.remove().card().tally();
    assert_eq!((tally.verifications, tally.signatures, tally.my_number_accesses), (0, 0, 0));
}

/// A card that answers to power with what no card may: vpcd takes 33 bytes (ISO/IEC 7816-3), and these are more.
fn insert_mute(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    let mut reader = stream.try_clone().unwrap();
    std::thread::spawn(move || {
        let mut length = [0; 2];
        while reader.read_exact(&mut length).is_ok() {
            let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
            reader.read_exact(&mut message).unwrap();
            // Power off, on and reset want no answer; the query for the answer to reset does.
            if message == [4] {
                let atr = [0x3B; 40];
                let answer = [&(atr.len() as u16).to_be_bytes()[..], &atr].concat();
                if reader.write_all(&answer).is_err() {
                    return;
                }
            }
        }
    });
    stream
}

#[test]
fn a_card_that_does_not_answer_is_turned_over() {
    let mut patient = Patient::new();
    let mute = insert_mute(&patient.pcscd.vpcd_address());
    patient.until_card("card does not respond");
    patient.suffers("card", "fault", &["does not answer", "Turn the card over"]);
    mute.shutdown(std::net::Shutdown::Both).unwrap();
    patient.until_card("no card");
    patient.insert(card().unwrap());
    patient.is_well("card");
}

#[test]
fn another_kind_of_card_is_replaced() {
    let mut patient = Patient::with_card(card_with(&["1+:sw=6A82"]).unwrap());
    patient.suffers("card", "fault", &["no My Number Card", "Use a My Number Card"]);
    patient.replace(card().unwrap());
    patient.is_well("card");
}

#[test]
fn a_phone_is_told_from_a_card() {
    let phone = CardOptions { profile: Profile::Android, ..CardOptions::default() };
    let mut patient = Patient::with_card(card_of(&phone));
    patient.suffers("card", "fault", &["phone", "Use a My Number Card"]);
    patient.replace(card().unwrap());
    patient.is_well("card");
}

#[test]
fn a_card_that_hangs_does_not_hang_the_doctor() {
    let mut patient = Patient::with_card(card_with(&["3:hang"]).unwrap());
    patient.suffers("card", "fault", &["in time", "reconnect the reader"]);
    patient.replace(card().unwrap());
    patient.is_well("card");
}

/// Holds the card exclusively until its standard input ends.
#[test]
#[ignore = "another test starts it as a process of its own"]
fn the_other_program() {
    if std::env::var_os(ROLE).is_none() {
        return;
    }
    let connection = PcscBackend::new().connect(READER, None).unwrap();
    println!("\nholding");
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
    drop(connection);
}

fn start_other_program(patient: &Patient) -> (Child, impl std::io::Read) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "card::the_other_program", "--ignored", "--nocapture"]).env(ROLE, "1");
    command.env(SOCKET_VARIABLE, patient.pcscd.socket());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    assert!(output.by_ref().lines().map_while(Result::ok).any(|line| line == "holding"));
    (child, output)
}

#[test]
fn a_program_that_holds_the_card_is_named_and_closed() {
    let patient = Patient::with_card(card().unwrap());
    let (mut other, _output) = start_other_program(&patient);
    let name = std::fs::read_to_string(format!("/proc/{}/comm", other.id())).unwrap();
    patient.suffers("card", "fault", &["Another program is using the card", name.trim(), "Close that program"]);
    drop(other.stdin.take());
    assert!(other.wait().unwrap().success());
    patient.is_well("card");
}

/// Sends a PIN to the JPKI application, at another time and place.
fn verify(rig: &mut Rig, pin: &[u8], answers: &[[u8; 2]]) {
    rig.insert();
    rig.power_on();
    let select = b"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01";
    assert_eq!(rig.exchange(select), Outcome::Answer(vec![0x90, 0x00]));
    for answer in answers {
        let verify = [b"\x00\x20\x00\x98\x04", pin].concat();
        assert_eq!(rig.exchange(&verify), Outcome::Answer(answer.to_vec()));
    }
    rig.power_off();
}

#[test]
fn a_blocked_pin_is_reset_at_the_office() {
    let mut blocked = card().unwrap();
    verify(&mut blocked, b"0000", &[[0x63, 0xC2], [0x63, 0xC1], [0x63, 0xC0]]);
    let mut patient = Patient::with_card(blocked);
    patient.suffers("auth_pin", "fault", &["blocked", "municipal office"]);
    // The office sets a new one.
    patient.replace(card_of(&CardOptions { auth_pin: "5678".into(), ..CardOptions::default() }));
    patient.is_well("auth_pin");
}

#[test]
fn the_last_attempt_is_told_and_the_right_pin_brings_all_back() {
    let mut rig = card().unwrap();
    verify(&mut rig, b"0000", &[[0x63, 0xC2], [0x63, 0xC1]]);
    let mut patient = Patient::with_card(rig);
    patient.suffers("auth_pin", "attention", &["One attempt is left", "brings all attempts back"]);
    let mut rig = patient.remove();
    verify(&mut rig, b"1234", &[[0x90, 0x00]]);
    patient.insert(rig);
    patient.is_well("auth_pin");
}

#[test]
fn a_certificate_that_has_ended_or_ends_soon_is_renewed() {
    let ends = |days| card_of(&CardOptions { auth_expires: Some(in_days(days)), ..CardOptions::default() });
    let mut patient = Patient::with_card(ends(-1));
    patient.suffers("auth_certificate", "fault", &["expired", &said(in_days(-1)), "municipal office renews"]);
    patient.replace(ends(60));
    patient.suffers("auth_certificate", "attention", &["ends soon", &said(in_days(60))]);
    patient.replace(ends(1000));
    patient.is_well("auth_certificate");
}

#[test]
fn a_card_without_a_signature_certificate_signs_in_alone() {
    let mut patient = Patient::with_card(card_of(&CardOptions { child: true, ..CardOptions::default() }));
    patient.suffers("sign_certificate", "attention", &["not sign documents", "municipal office issues"]);
    assert_eq!(patient.examined().check("sign_pin").verdict, "not_applicable");
    patient.replace(card().unwrap());
    patient.is_well("sign_certificate");
}

/// A card whose authentication certificate begins a year from now, which is how a clock that is a year behind sees it.
fn issued_next_year() -> Rig {
    let card =
        SoftCard::for_tests(&CardOptions { auth_expires: Some(in_days(1000)), ..CardOptions::default() }).unwrap();
    let mut file = serde_json::to_value(card.file()).unwrap();
    let place = &mut file["certificates"]["auth"];
    let mut der = BASE64_STANDARD.decode(place.as_str().unwrap()).unwrap();
    // The first UTCTime (X.690, 11.8: thirteen characters, the year in two) is the beginning of the validity.
    let at = der.windows(2).position(|header| header == [0x17, 0x0D]).unwrap() + 2;
    let next_year = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).year() + 1;
    der[at..at + 2].copy_from_slice(&format!("{:02}", next_year % 100).into_bytes());
    *place = BASE64_STANDARD.encode(der).into();
    let file: CardFile = serde_json::from_value(file).unwrap();
    Rig::new(SoftCard::in_memory(file).unwrap())
}

#[test]
fn a_clock_that_is_behind_is_set() {
    let mut patient = Patient::with_card(issued_next_year());
    patient.suffers("clock", "fault", &["not valid yet", "timedatectl set-ntp true"]);
    assert_eq!(patient.examined().check("auth_certificate").verdict, "unknown");
    // With the clock set, the certificate has begun.
    patient.replace(card().unwrap());
    patient.is_well("clock");
    patient.is_well("auth_certificate");
}
