//! One session command by command, against a scripted card.

use std::num::NonZeroU8;

use super::*;
use crate::backend::Disposition;
use crate::key::Sign;
use crate::pin::NewPin;
use crate::script::{DESELECT, SELECT, bytes, certificate, hex, piece, script, script_with_pinpad};
use crate::selected::Addressing;
use crate::verified::Sha256Digest;

fn left(count: u8) -> Attempts {
    Attempts::Left(NonZeroU8::new(count).unwrap())
}

fn short_ids() -> CardFacts {
    CardFacts(Addressing::ShortId)
}

/// Plays `steps` after a successful SELECT.
fn session(steps: &[(&str, &str)]) -> (Session, crate::script::Observed) {
    let steps = [&[(SELECT, "9000")], steps].concat();
    let (connection, observed) = script(&steps);
    (Session::open(connection, CardFacts::default()).unwrap(), observed)
}

#[test]
fn a_card_without_the_application_is_unsupported_whatever_its_atr() {
    for answer in ["6A82", "6D00", "6E00", "6A86"] {
        let (connection, observed) = script(&[(SELECT, answer)]);
        let refused = Session::open(connection, CardFacts::default());
        assert_eq!(refused.err(), Some(Error::CardUnsupported(None)));
        observed.assert_played(Disposition::Leave);
    }
}

#[test]
fn a_card_that_fails_its_first_command_gets_a_throw_away_one() {
    let (connection, observed) = script(&[(SELECT, "6F00"), ("00A40000", "6A86"), (SELECT, "9000")]);
    assert!(Session::open(connection, CardFacts::default()).is_ok());
    observed.assert_played(Disposition::Leave);
}

#[test]
fn a_card_that_keeps_failing_is_not_asked_a_third_time() {
    let (connection, observed) = script(&[(SELECT, "6F00"), ("00A40000", "6F00"), (SELECT, "6F00")]);
    let refused = Session::open(connection, CardFacts::default());
    let step = Step::SelectApplication;
    assert_eq!(refused.err(), Some(Error::Refused { step, status: 0x6F00 }));
    observed.assert_played(Disposition::Leave);
}

#[test]
fn asking_for_the_attempts_spends_none_and_knows_both_forms() {
    let (mut session, observed) = session(&[
        ("00200098", "63C3"),
        ("0020009B", "6A88"),
        ("00A4020C02001B", "9000"),
        ("00200080", "63C5"),
        ("00A4020C020018", "9000"),
        ("00200080", "6984"),
    ]);
    assert_eq!(session.attempts::<Auth>(), Ok(left(3)));
    assert_eq!(session.attempts::<Sign>(), Ok(left(5)));
    assert_eq!(session.attempts::<Auth>(), Ok(Attempts::Blocked));
    session.close();
    observed.assert_played(Disposition::Leave);
}

#[test]
fn a_card_that_gives_no_count_is_an_error_and_no_guess() {
    let (mut session, observed) = session(&[("00200098", "6F00"), ("00A4020C020018", "9000"), ("00200080", "6982")]);
    let refused = Error::Refused { step: Step::Attempts, status: 0x6982 };
    assert_eq!(session.attempts::<Auth>(), Err(refused));
    drop(session);
    observed.assert_played(Disposition::Leave);
}

#[test]
fn a_file_that_has_no_short_form_is_selected_and_read() {
    let der = certificate(300);
    let (mut session, observed) = session(&[
        ("00B08A0000", "6A86"),
        ("00A4020C02000A", "9000"),
        ("00B0000000", &piece(&der, 0, 256)),
        ("00B001002C", &piece(&der, 256, 300)),
        ("00A4020C02000B", "9000"),
        ("00B0000000", &piece(&der, 0, 256)),
        ("00B001002C", &piece(&der, 256, 300)),
    ]);
    assert_eq!(session.auth_certificate().unwrap().der(), der);
    assert_eq!(session.ca_certificate::<Auth>().unwrap().der(), der);
    session.close();
    observed.assert_played(Disposition::Leave);
}

#[test]
fn a_missing_certificate_is_told_from_a_guarded_one() {
    for (steps, error) in [
        (&[("00B08A0000", "6A82"), ("00A4020C02000A", "6A82")][..], Error::CertificateMissing),
        (&[("00B08A0000", "FFFFFFFF9000")], Error::CertificateMissing),
        (&[("00B08A0000", "9000")], Error::CertificateMissing),
        (&[("00B08A0000", "6982"), ("00A4020C02000A", "9000"), ("00B0000000", "6982")], Error::CardUnsupported(None)),
    ] {
        let (mut session, observed) = session(steps);
        assert_eq!(session.auth_certificate(), Err(error));
        session.close();
        observed.assert_played(Disposition::Leave);
    }
}

#[test]
fn a_certificate_that_is_cut_short_or_trickles_is_refused() {
    let der = certificate(300);
    let first = piece(&der, 0, 256);
    let malformed = |what| Err(Error::Malformed { step: Step::ReadCertificate, what });
    let too_much = hex(&[0; 0x2D]) + "9000";
    for answer in ["9000", "6B00", too_much.as_str()] {
        let (mut session, _) = session(&[("00B08A0000", &first), ("00B001002C", answer)]);
        assert_eq!(session.auth_certificate(), malformed("the file is cut short"));
    }

    let long = certificate(8192);
    let crumbs: Vec<_> = (256..8192)
        .map(|at| {
            let length = (8192 - at).min(256) as u8;
            (format!("00B0{at:04X}{length:02X}"), piece(&long, at, at + 1))
        })
        .collect();
    let mut steps = vec![("00B08A0000", piece(&long, 0, 256))];
    steps.extend(crumbs.iter().map(|(command, answer)| (command.as_str(), answer.clone())));
    let steps: Vec<_> = steps.iter().map(|(command, answer)| (*command, answer.as_str())).collect();
    let (mut session, observed) = session(&steps);
    assert_eq!(session.auth_certificate(), malformed("the file comes in crumbs"));
    assert_eq!(observed.with(|log| log.sent.len()), 2 + 64);
}

#[test]
fn answers_of_another_length_are_followed_a_bounded_number_of_times() {
    let der = certificate(200);
    let (mut session, observed) = session(&[
        ("00B08A0000", "6CC8"),
        ("00B08A00C8", "6180"),
        ("00C0000080", &(hex(&der[..128]) + "6148")),
        ("00C0000048", &(hex(&der[128..]) + "9000")),
    ]);
    assert_eq!(session.auth_certificate().unwrap().der(), der);
    session.close();
    observed.assert_played(Disposition::Leave);

    let (connection, observed) = script(&[
        (SELECT, "9000"),
        ("00B08A0000", "6101"),
        ("00C0000001", "006101"),
        ("00C0000001", "006101"),
        ("00C0000001", "006101"),
        ("00C0000001", "006101"),
    ]);
    let mut session = Session::open(connection, CardFacts::default()).unwrap();
    let endless = Error::Malformed { step: Step::ReadCertificate, what: "the answer never ends" };
    assert_eq!(session.auth_certificate(), Err(endless));
    session.close();
    observed.assert_played(Disposition::Leave);
}

#[test]
fn the_token_kind_comes_from_its_label() {
    for (label, kind) in [
        ("JPKIAPICCTOKEN2", TokenKind::MyNumberCard),
        ("JPKIAPICCTOKEN", TokenKind::ResidentCard),
        ("JPKIAPGPSETOKEN", TokenKind::Android),
        ("JPKIAPIOSTOKEN", TokenKind::IPhone),
        ("SOMETHING ELSE", TokenKind::Unknown),
    ] {
        let answer = hex(format!("{label:32}").as_bytes()) + "9000";
        let (mut session, observed) = session(&[("00B0860020", &answer)]);
        assert_eq!(session.token_kind(), Ok(kind), "{label}");
        session.close();
        observed.assert_played(Disposition::Leave);
    }
    let (mut session, _) = session(&[("00B0860020", "4A509000")]);
    assert_eq!(session.token_kind(), Ok(TokenKind::Unknown));
}

const PASSWORD: &str = "0020009B06414243313233";

/// A signature of SHA-256 digest `fill` with reference `p2`.
fn signature(p2: &str, fill: u8) -> String {
    let fill = format!("{fill:02X}").repeat(32);
    format!("802A00{p2}333031300D060960864801650304020105000420{fill}00")
}

fn password() -> Pin<Sign> {
    Pin::parse("abc123").unwrap()
}

#[test]
fn sixteen_documents_take_one_password_and_one_command_each() {
    let (der, signed) = (certificate(200), hex(&[0x5A; 256]) + "9000");
    let documents: Vec<_> = (1..=16).map(|fill| signature("9A", fill)).collect();
    let read = piece(&der, 0, 256);
    let mut steps = vec![(SELECT, "9000"), (PASSWORD, "9000"), ("00B0810000", &*read)];
    steps.extend(documents.iter().map(|command| (command.as_str(), signed.as_str())));
    steps.push((DESELECT, "9000"));
    let (connection, observed) = script(&steps);
    let session = Session::open(connection, short_ids()).unwrap();
    let mut key = session.verify(password(), left(5), None).unwrap();
    assert_eq!(key.certificate().unwrap().der(), der);
    for fill in 1..=16 {
        assert_eq!(key.sign(&Sha256Digest([fill; 32])).unwrap().as_bytes(), [0x5A; 256]);
    }
    key.finish();
    observed.assert_played(Disposition::Leave);
}

#[test]
fn a_key_that_has_to_be_selected_is_selected_once() {
    let signed = hex(&[0x5A; 256]) + "9000";
    let [refused, first, second] = [signature("9A", 1), signature("80", 1), signature("80", 2)];
    let steps = [
        (SELECT, "9000"),
        (PASSWORD, "9000"),
        (&refused, "6A86"),
        ("00A4020C02001A", "9000"),
        (&first, &signed),
        (&second, &signed),
        (DESELECT, "9000"),
    ];
    let (connection, observed) = script(&steps);
    let session = Session::open(connection, short_ids()).unwrap();
    let mut key = session.verify(password(), left(5), None).unwrap();
    for fill in [1, 2] {
        key.sign(&Sha256Digest([fill; 32])).unwrap();
    }
    key.finish();
    observed.assert_played(Disposition::Leave);
}

#[test]
fn a_new_password_is_sent_to_its_selected_file_and_never_to_another() {
    let (signed, sign) = (hex(&[0x5A; 256]) + "9000", signature("9A", 1));
    let change = "0024018006414243444531";
    let steps = [
        (SELECT, "9000"),
        (PASSWORD, "9000"),
        ("00A4020C02001B", "9000"),
        (change, "6985"),
        // The key by its short identifier is the current file now.
        (&sign, &signed),
        ("00A4020C02001B", "9000"),
        (change, "9000"),
        (DESELECT, "9000"),
    ];
    let (connection, observed) = script(&steps);
    let session = Session::open(connection, short_ids()).unwrap();
    let mut key = session.verify(password(), left(5), None).unwrap();
    let new = || NewPin::<Sign>::parse("abcde1").unwrap();
    assert_eq!(key.change_pin(new()), Err(Error::Refused { step: Step::ChangePin, status: 0x6985 }));
    key.sign(&Sha256Digest([1; 32])).unwrap();
    assert_eq!(key.change_pin(new()), Ok(()));
    key.finish();
    observed.assert_played(Disposition::Leave);
}

#[test]
fn a_signature_certificate_shows_by_how_it_is_refused() {
    const READ: &str = "00B0810001";
    const FILE: &str = "00A4020C020001";
    let refused = |status| Err(Error::Refused { step: Step::ReadCertificate, status });
    for (steps, outcome) in [
        (&[(READ, "6982")][..], Ok(true)),
        (&[(READ, "309000")], Ok(true)),
        (&[(READ, "FF9000")], Ok(false)),
        (&[(READ, "9000")], Ok(false)),
        (&[(READ, "6A82")], Ok(false)),
        (&[(READ, "6A88")], Ok(false)),
        (&[(READ, "6A86"), (FILE, "9000")], Ok(true)),
        (&[(READ, "6A86"), (FILE, "6A82")], Ok(false)),
        (&[(READ, "6F00"), (FILE, "6F00")], refused(0x6F00)),
        (&[(READ, "removed")], Err(Error::CardRemoved(None))),
    ] {
        let (mut session, observed) = session(steps);
        assert_eq!(session.has_sign_certificate(), outcome, "{steps:?}");
        session.close();
        observed.assert_played(Disposition::Leave);
    }
    let steps = [(SELECT, "9000"), ("00A4020C020001", "9000")];
    let (connection, observed) = script(&steps);
    let mut session = Session::open(connection, CardFacts(Addressing::Select)).unwrap();
    assert_eq!(session.has_sign_certificate(), Ok(true));
    session.close();
    observed.assert_played(Disposition::Leave);
}

#[test]
fn an_opened_key_that_is_just_dropped_is_closed() {
    let (connection, observed) = script(&[(SELECT, "9000"), ("002000980431323334", "9000"), (DESELECT, "9000")]);
    let session = Session::open(connection, short_ids()).unwrap();
    drop(session.verify(Pin::<Auth>::parse("1234").unwrap(), left(3), None).unwrap());
    observed.assert_played(Disposition::Leave);
}

#[test]
fn a_session_that_was_cancelled_deselects() {
    let (session, observed) = session(&[(DESELECT, "9000")]);
    session.deselect();
    observed.assert_played(Disposition::Leave);
}

const FEATURES: &str = "0604423300060A044233000A";

#[test]
fn a_keypad_takes_the_pin_and_the_key_is_closed_after_every_answer() {
    for (answer, error) in [
        ("9000", None),
        ("63C2", Some(VerifyError::WrongPin { attempts: left(2) })),
        ("6400", Some(VerifyError::PinpadTimeout)),
        ("6401", Some(VerifyError::PinpadCancelled)),
        ("6402", Some(Error::PinpadUnsupported.into())),
        ("6403", Some(VerifyError::PinpadLength)),
        ("6984", Some(Error::PinBlocked.into())),
        ("removed", Some(Error::CardRemoved(None).into())),
        ("90", Some(Error::Malformed { step: Step::Verify, what: "shorter than a status word" }.into())),
    ] {
        let steps = [(SELECT, "9000"), (DESELECT, "9000")];
        let (connection, observed) = script_with_pinpad(&steps, &[FEATURES, answer]);
        let mut session = Session::open(connection, short_ids()).unwrap();
        let pinpad = session.pinpad().unwrap().unwrap();
        let outcome = session.verify_on_pinpad(&pinpad, left(3), None);
        assert_eq!(outcome.err(), error, "{answer}");
        observed.assert_played(Disposition::Leave);
        observed.with(|log| {
            let (code, structure) = &log.controls[1];
            assert_eq!(*code, crate::backend::ControlCode::Feature(0x4233_0006));
            assert!(bytes(structure).ends_with(&bytes("0020009804FFFFFFFF")));
        });
    }
}

#[test]
fn the_last_attempt_is_not_made_on_a_keypad_either_without_confirmation() {
    let (connection, observed) = script_with_pinpad(&[(SELECT, "9000")], &[FEATURES]);
    let mut session = Session::open(connection, short_ids()).unwrap();
    let pinpad = session.pinpad().unwrap().unwrap();
    let refused = session.verify_on_pinpad(&pinpad, left(1), None);
    assert_eq!(refused.err(), Some(VerifyError::LastTryUnconfirmed));
    observed.assert_played(Disposition::Leave);
    assert_eq!(observed.with(|log| log.controls.len()), 1);
}

#[test]
fn a_reader_without_keypad_has_none() {
    for controls in [&[][..], &[""], &["0A044233000A"], &["06044233"]] {
        let (connection, _) = script_with_pinpad(&[(SELECT, "9000")], controls);
        let mut session = Session::open(connection, short_ids()).unwrap();
        assert_eq!(session.pinpad(), Ok(None), "{controls:?}");
    }
}
