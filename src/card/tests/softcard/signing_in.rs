//! Signing in: what a person would notice, and what the card itself counted.

use jpki_card::{
    Auth, CardFacts, Error, LastTryConfirmed, Pin, Session, Sign, TokenKind, VerifyError, survey, survey_and_hold,
};
use jpki_softcard::{CardOptions, Profile, Quirks};

use crate::reader::{Reader, assert_signed};

#[test]
fn signing_in_the_first_time_takes_at_most_fifteen_commands_and_then_six() {
    let reader = Reader::with_card();
    let first = reader.survey();
    let reading = reader.commands();
    let signature = reader.sign_in(&first, "1234").unwrap();
    let signing = reader.commands();
    assert_eq!(signing, 4);
    assert!(reading + signing <= 15, "{reading} + {signing}");
    assert_signed(&signature, first.certificate.der());
    assert_eq!(first.certificate.der(), reader.rig().card().file().auth_certificate());

    let again = survey(reader.connect(), Some(first)).unwrap();
    assert_eq!(reader.commands(), 2);
    assert_signed(&reader.sign_in(&again, "1234").unwrap(), again.certificate.der());
    assert_eq!(reader.commands(), 4);
    assert!(!reader.is_open());
}

#[test]
fn three_wrong_pins_cost_three_attempts_and_the_last_one_only_if_confirmed() {
    let reader = Reader::with_card();
    let survey = reader.survey();
    let mut attempts = survey.attempts;
    for left in [2, 1] {
        match reader.sign_in_with(survey.facts, attempts, "0000", None) {
            Err(VerifyError::WrongPin { attempts: told }) => attempts = told,
            other => panic!("{other:?}"),
        }
        assert_eq!(attempts.left(), Some(left));
        assert!(!reader.is_open());
    }
    let unconfirmed = reader.sign_in_with(survey.facts, attempts, "0000", None);
    assert_eq!(unconfirmed, Err(VerifyError::LastTryUnconfirmed));
    assert_eq!(reader.rig().card().tally().verifications, 2);

    let confirmed = Some(LastTryConfirmed::by_the_person());
    let exhausted = reader.sign_in_with(survey.facts, attempts, "0000", confirmed);
    assert_eq!(exhausted, Err(Error::PinAttemptsExhausted.into()));
    assert_eq!(reader.rig().card().tally().verifications, 3);

    let after = reader.survey();
    assert!(after.attempts.is_blocked());
    assert_eq!(reader.sign_in(&after, "1234"), Err(Error::PinBlocked.into()));
    assert_eq!(reader.rig().card().tally().verifications, 3);
}

#[test]
fn a_right_pin_gives_the_attempts_back() {
    let reader = Reader::with_card();
    let survey = reader.survey();
    assert!(reader.sign_in(&survey, "9999").is_err());
    assert_eq!(reader.survey().attempts.left(), Some(2));
    reader.sign_in(&reader.survey(), "1234").unwrap();
    assert_eq!(reader.survey().attempts.left(), Some(3));
}

#[test]
fn a_key_is_open_only_as_long_as_its_value_lives() {
    let reader = Reader::with_card();
    let mut session = Session::open(reader.connect(), CardFacts::default()).unwrap();
    let attempts = session.attempts::<Auth>().unwrap();
    let key = session.verify(Pin::<Auth>::parse("１２３４").unwrap(), attempts, None).unwrap();
    assert!(reader.is_open());
    drop(key);
    assert!(!reader.is_open());
}

#[test]
fn authorities_and_token_kind_are_readable_without_a_pin() {
    let reader = Reader::with_card();
    let mut session = Session::open(reader.connect(), CardFacts::default()).unwrap();
    assert_eq!(session.token_kind(), Ok(TokenKind::MyNumberCard));
    let auth = session.ca_certificate::<Auth>().unwrap();
    let sign = session.ca_certificate::<Sign>().unwrap();
    assert_ne!(auth, sign);
    for certificate in [auth, sign] {
        let (rest, parsed) = x509_parser::parse_x509_certificate(certificate.der()).unwrap();
        assert!(rest.is_empty());
        assert!(parsed.is_ca());
    }
    session.close();
    assert_eq!(reader.rig().card().tally().verifications, 0);
}

#[test]
fn a_card_that_fails_its_first_command_after_power_up_works_all_the_same() {
    let quirks = Quirks { first_command_fails: true, ..Quirks::default() };
    let reader = Reader::new(&CardOptions::default(), quirks);
    let survey = reader.survey();
    assert_signed(&reader.sign_in(&survey, "1234").unwrap(), survey.certificate.der());
}

#[test]
fn a_phone_that_guards_its_certificate_is_unsupported() {
    let options = CardOptions { profile: Profile::Android, ..CardOptions::default() };
    let reader = Reader::new(&options, Quirks::default());
    let refused = survey(reader.connect(), None);
    assert_eq!(refused.map_err(|error| error.code()), Err("card_unsupported"));
}

#[test]
fn nothing_that_happens_at_any_command_costs_two_attempts_or_leaves_the_card_open() {
    for fault in
        ["remove", "reset", "hang", "sw=6F00", "sw=6982", "sw=6C10", "sw=6110", "truncate=1", "truncate=2", "garbage"]
    {
        let reader = Reader::with_card();
        for command in 1..=4 {
            let survey = reader.survey();
            let before = reader.rig().card().tally().verifications;
            reader.fault(&[&format!("{command}:{fault}")]);
            let outcome = reader.sign_in(&survey, "1234");
            reader.fault(&[]);
            let what = format!("{fault} at command {command}: {outcome:?}");
            assert!(reader.rig().card().tally().verifications <= before + 1, "{what}");
            reader.rig().insert();
            assert!(!reader.is_open(), "{what}");
            // The card was reset before anything was verified, or after all was done.
            let harmless = (command == 1 && fault == "reset") || command == 4;
            assert!(!harmless || outcome.is_ok(), "{what}");
            reader.sign_in(&reader.survey(), "1234").expect(&what);
        }
    }
}

#[test]
fn a_reset_or_a_fault_in_the_survey_never_spends_an_attempt() {
    for fault in ["remove", "reset", "hang", "sw=6F00", "sw=6B00", "truncate=3", "garbage"] {
        let reader = Reader::with_card();
        for command in 1..=9 {
            let before = reader.rig().card().tally().verifications;
            reader.fault(&[&format!("{command}:{fault}")]);
            let outcome = survey(reader.connect(), None);
            reader.fault(&[]);
            assert_eq!(reader.rig().card().tally().verifications, before);
            if fault == "reset" {
                assert!(outcome.is_ok(), "reset at command {command}: {outcome:?}");
            }
            reader.rig().insert();
            reader.sign_in(&reader.survey(), "1234").unwrap();
        }
    }
}

#[test]
fn a_cancelled_operation_takes_one_command() {
    let reader = Reader::with_card();
    let (_, session) = survey_and_hold(reader.connect(), None).unwrap();
    let before = reader.commands();
    session.deselect();
    assert_eq!(reader.commands(), before + 1);
}
