//! The text session command by command, against a scripted card.

use std::num::NonZeroU8;

use super::record::tests::Issued;
use super::*;
use crate::backend::Disposition;
use crate::script::{DESELECT, Observed, SELECT_TEXT, piece, script};
use crate::selected::Addressing;

const VERIFY: &str = "002000910431323334";
const SELECT_PIN: &str = "00A4020C020011";
const CHANGE: &str = "002401800439383736";

fn left(count: u8) -> Attempts {
    Attempts::Left(NonZeroU8::new(count).unwrap())
}

/// Plays `steps` after SELECT and VERIFY, by short identifier or by SELECT.
fn verified(addressing: Addressing, steps: &[(&str, &str)]) -> (TextVerified, Observed) {
    let begin = match addressing {
        Addressing::Select => &[(SELECT_TEXT, "9000"), (SELECT_PIN, "9000"), ("002000800431323334", "9000")][..],
        _ => &[(SELECT_TEXT, "9000"), (VERIFY, "9000")],
    };
    let (connection, observed) = script(&[begin, steps].concat());
    let session = TextSession::open(connection, CardFacts(addressing)).unwrap();
    (session.verify(Pin::parse("1234").unwrap(), left(3), None).unwrap(), observed)
}

/// `file` read by short identifier `id`, in pieces of 256 bytes. `filler` follows it on the card.
fn reads(id: u8, file: &[u8], filler: usize) -> Vec<(String, String)> {
    let physical = [file, &vec![0xFF; filler]].concat();
    let mut steps = vec![(format!("00B0{id:02X}0000"), piece(&physical, 0, 256))];
    for at in (256..file.len()).step_by(256) {
        let length = (file.len() - at).min(256);
        steps.push((format!("00B0{at:04X}{:02X}", length as u8), piece(&physical, at, at + length)));
    }
    steps
}

fn all_reads(issued: &Issued, filler: usize) -> Vec<(String, String)> {
    let Issued { attributes, digests, certificate } = issued;
    [reads(0x82, attributes, filler), reads(0x83, digests, 0), reads(0x84, certificate, filler)].concat()
}

fn borrowed(steps: &[(String, String)]) -> Vec<(&str, &str)> {
    steps.iter().map(|(command, answer)| (command.as_str(), answer.as_str())).collect()
}

#[test]
fn a_card_without_the_application_is_unsupported() {
    let (connection, observed) = script(&[(SELECT_TEXT, "6A82")]);
    let refused = TextSession::open(connection, CardFacts::default());
    assert_eq!(refused.err(), Some(Error::CardUnsupported(None)));
    observed.assert_played(Disposition::Leave);
}

#[test]
fn the_basic_four_take_three_files_of_any_length_and_deselect() {
    for (address, filler) in [("東京都", 0), ("東京都", 400), (&*"あ".repeat(30), 7), (&*"い".repeat(600), 100)]
    {
        let mut steps = all_reads(&Issued::long(address), filler);
        steps.push((DESELECT.to_owned(), "9000".to_owned()));
        let (mut text, observed) = verified(Addressing::ShortId, &borrowed(&steps));
        let four = text.basic_four().unwrap();
        assert_eq!((four.address.as_str(), four.issuer), (address, RecordIssuer::Unknown));
        text.finish();
        observed.assert_played(Disposition::Leave);
    }
}

#[test]
fn the_usual_record_takes_six_reads() {
    assert_eq!(all_reads(&Issued::usual(), 0).len(), 6);
}

#[test]
fn a_card_that_wants_files_selected_is_spoken_to_so() {
    let issued = Issued::long("東京都");
    let mut steps = Vec::new();
    for (id, file) in [("02", &issued.attributes), ("03", &issued.digests), ("04", &issued.certificate)] {
        steps.push((format!("00A4020C0200{id}"), "9000".to_owned()));
        let mut pieces = reads(0x00, file, 0);
        pieces[0].0 = "00B0000000".to_owned();
        steps.extend(pieces);
    }
    steps.push((DESELECT.to_owned(), "9000".to_owned()));
    let (mut text, observed) = verified(Addressing::Select, &borrowed(&steps));
    assert!(text.basic_four().is_ok());
    drop(text);
    observed.assert_played(Disposition::Leave);
}

#[test]
fn files_that_are_not_what_they_should_be_are_refused_and_the_card_is_closed() {
    let Issued { attributes, digests, certificate } = Issued::usual();
    let (first, second) = (piece(&attributes, 0, 256), piece(&digests, 0, 256));
    let error = |what| Err(malformed(what));
    let refused = |status| Err(Error::Refused { step: Step::ReadAttributes, status });
    let too_long = "FF208220009000";
    let rows: &[(&[(&str, &str)], _)] = &[
        (&[("00B0820000", "6A82"), ("00A4020C020002", "6A82")], error("a file of the record is missing")),
        (&[("00B0820000", "FFFFFFFF9000")], error("a file of the record is missing")),
        (&[("00B0820000", "9000")], error("a file of the record is missing")),
        (&[("00B0820000", "6982"), ("00A4020C020002", "9000"), ("00B0000000", "6982")], refused(0x6982)),
        (&[("00B0820000", &second)], error("another object than belongs there")),
        (&[("00B0820000", too_long)], error("longer than a file may be")),
        (&[("00B0820000", &first), ("00B0830000", &second), ("00B0010050", "6B00")], error("the file is cut short")),
        (&[("00B0820000", &first), ("00B0830000", "reset")], Err(Error::CardReset(None))),
    ];
    for (steps, error) in rows {
        let steps = [steps, &[(DESELECT, "9000")][..]].concat();
        let (mut text, observed) = verified(Addressing::ShortId, &steps);
        assert_eq!(text.basic_four(), *error);
        text.finish();
        observed.assert_played(Disposition::Leave);
        assert_eq!(observed.with(|log| log.reconnects), 0);
    }

    // What the files say of each other is checked too: here the issuer's name is not its own.
    let steps = [reads(0x82, &attributes, 0), reads(0x83, &digests, 0), reads(0x84, &certificate, 0)].concat();
    let (mut text, _) = verified(Addressing::ShortId, &borrowed(&steps));
    assert!(matches!(text.basic_four(), Err(Error::Malformed { step: Step::ReadAttributes, .. })));
}

#[test]
fn the_pin_is_sent_by_the_same_rules_as_any_other() {
    for (attempts, answer, error) in [
        (left(3), Some("63C2"), VerifyError::WrongPin { attempts: left(2) }),
        (left(3), Some("6984"), Error::PinBlocked.into()),
        (left(3), Some("reset"), Error::CardReset(None).into()),
        (left(1), None, VerifyError::LastTryUnconfirmed),
        (Attempts::Blocked, None, Error::PinBlocked.into()),
    ] {
        let mut steps = vec![(SELECT_TEXT, "9000")];
        steps.extend(answer.map(|answer| (VERIFY, answer)));
        steps.extend(answer.map(|_| (DESELECT, "9000")));
        let (connection, observed) = script(&steps);
        let session = TextSession::open(connection, CardFacts(Addressing::ShortId)).unwrap();
        let outcome = session.verify(Pin::parse("1234").unwrap(), attempts, None);
        assert_eq!(outcome.err(), Some(error));
        observed.assert_played(Disposition::Leave);
    }
}

#[test]
fn a_new_pin_is_sent_once_to_the_selected_file_whatever_the_answer() {
    let step = Step::ChangePin;
    for (answer, outcome) in [
        ("9000", Ok(())),
        ("6982", Err(Error::Refused { step, status: 0x6982 })),
        ("6C04", Err(Error::Refused { step, status: 0x6C04 })),
        ("6104", Err(Error::Refused { step, status: 0x6104 })),
        ("reset", Err(Error::CardReset(None))),
        ("failed", Err(Error::Reader(None))),
        ("90", Err(Error::Malformed { step, what: "shorter than a status word" })),
    ] {
        for addressing in [Addressing::ShortId, Addressing::Select] {
            let select: &[_] = if addressing == Addressing::Select { &[] } else { &[(SELECT_PIN, "9000")] };
            let steps = [select, &[(CHANGE, answer), (DESELECT, "9000")]].concat();
            let (mut text, observed) = verified(addressing, &steps);
            assert_eq!(text.change_pin(NewPin::parse("９８７６").unwrap()), outcome, "{answer}");
            text.finish();
            observed.assert_played(Disposition::Leave);
            assert_eq!(observed.with(|log| log.reconnects), 0);
        }
    }
}

#[test]
fn nothing_is_changed_where_the_file_of_the_pin_can_not_be_selected() {
    let (mut text, observed) = verified(Addressing::ShortId, &[(SELECT_PIN, "6A82"), (DESELECT, "9000")]);
    let refused = Error::Refused { step: Step::ChangePin, status: 0x6A82 };
    assert_eq!(text.change_pin(NewPin::parse("9876").unwrap()), Err(refused));
    drop(text);
    observed.assert_played(Disposition::Leave);
}

#[test]
fn a_cancelled_session_deselects_and_a_closed_one_has_nothing_to() {
    let (connection, observed) = script(&[(SELECT_TEXT, "9000"), (DESELECT, "9000")]);
    TextSession::open(connection, CardFacts::default()).unwrap().deselect();
    observed.assert_played(Disposition::Leave);

    let (connection, observed) = script(&[(SELECT_TEXT, "9000")]);
    TextSession::open(connection, CardFacts::default()).unwrap().close();
    observed.assert_played(Disposition::Leave);
}
