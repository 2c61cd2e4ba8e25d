//! The operations command by command, against a scripted card.

use std::num::NonZeroU8;

use super::*;
use crate::attempts::LastTryConfirmed;
use crate::backend::Disposition;
use crate::error::{Step, VerifyError};
use crate::pin::Pin;
use crate::script::{DESELECT, SELECT, SELECT_TEXT, SHA256_ZERO, certificate, hex, piece, script};
use crate::verified::{Sha256Digest, Signature};

const QUERY: &str = "00200098";
const VERIFY: &str = "002000980431323334";
const DIGEST: Sha256Digest = Sha256Digest([0; 32]);

fn left(count: u8) -> Attempts {
    Attempts::Left(NonZeroU8::new(count).unwrap())
}

fn pin() -> Pin<Auth> {
    Pin::parse("1234").unwrap()
}

/// Signs in with a session of its own, from facts of an earlier one.
pub(super) fn authenticate(
    connection: Box<dyn Connection>,
    facts: CardFacts,
    attempts: Attempts,
    pin: Pin<Auth>,
    confirmed: Option<LastTryConfirmed>,
    digest: &Sha256Digest,
) -> Result<Signature, VerifyError> {
    let mut key = Session::open(connection, facts)?.verify(pin, attempts, confirmed)?;
    Ok(key.sign(digest)?)
}

/// What a survey that took the short identifier learns.
fn by_short_id() -> CardFacts {
    let (connection, _) = script(&[(SELECT, "9000"), (QUERY, "63C3")]);
    survey(connection, Some(known())).unwrap().facts
}

/// What a survey that had to select learns.
fn by_select() -> CardFacts {
    let (connection, _) =
        script(&[(SELECT, "9000"), (QUERY, "6A86"), ("00A4020C020018", "9000"), ("00200080", "63C3")]);
    survey(connection, Some(known())).unwrap().facts
}

fn known() -> Survey {
    Survey { facts: CardFacts::default(), attempts: left(3), certificate: Certificate::new(certificate(1600).into()) }
}

fn signature() -> String {
    hex(&[0xAB; 256]) + "9000"
}

#[test]
fn the_first_time_takes_nine_commands_for_a_certificate_of_1600_bytes() {
    let der = certificate(1600);
    let (connection, observed) = script(&[
        (SELECT, "9000"),
        (QUERY, "63C3"),
        ("00B08A0000", &piece(&der, 0, 256)),
        ("00B0010000", &piece(&der, 256, 512)),
        ("00B0020000", &piece(&der, 512, 768)),
        ("00B0030000", &piece(&der, 768, 1024)),
        ("00B0040000", &piece(&der, 1024, 1280)),
        ("00B0050000", &piece(&der, 1280, 1536)),
        ("00B0060040", &piece(&der, 1536, 1600)),
    ]);
    let survey = survey(connection, None).unwrap();
    assert_eq!(survey.certificate.der(), der);
    assert_eq!(survey.attempts, left(3));
    observed.assert_played(Disposition::Leave);
}

#[test]
fn a_known_card_is_surveyed_with_two_commands() {
    let (connection, observed) = script(&[(SELECT, "9000"), (QUERY, "63C2")]);
    let survey = survey(connection, Some(known())).unwrap();
    assert_eq!(survey.attempts, left(2));
    assert_eq!(survey.certificate, known().certificate);
    observed.assert_played(Disposition::Leave);
}

#[test]
fn signing_in_takes_four_commands_and_deselects() {
    let (connection, observed) =
        script(&[(SELECT, "9000"), (VERIFY, "9000"), (SHA256_ZERO, &signature()), (DESELECT, "9000")]);
    let signed = authenticate(connection, by_short_id(), left(3), pin(), None, &DIGEST).unwrap();
    assert_eq!(signed.as_bytes(), [0xAB; 256]);
    observed.assert_played(Disposition::Leave);
}

#[test]
fn a_card_that_wants_files_selected_is_spoken_to_so_and_verify_is_never_the_probe() {
    let (connection, observed) = script(&[
        (SELECT, "9000"),
        ("00A4020C020018", "9000"),
        ("002000800431323334", "9000"),
        ("00A4020C020017", "9000"),
        (&SHA256_ZERO.replace("802A0097", "802A0080"), &signature()),
        (DESELECT, "9000"),
    ]);
    authenticate(connection, by_select(), left(3), pin(), None, &DIGEST).unwrap();
    observed.assert_played(Disposition::Leave);
}

#[test]
fn without_facts_the_harmless_query_goes_before_verify() {
    let (connection, observed) =
        script(&[(SELECT, "9000"), (QUERY, "63C2"), (VERIFY, "9000"), (SHA256_ZERO, &signature()), (DESELECT, "9000")]);
    let facts = CardFacts::default();
    authenticate(connection, facts, left(3), pin(), None, &DIGEST).unwrap();
    observed.assert_played(Disposition::Leave);
}

#[test]
fn the_count_that_such_a_query_gives_is_the_one_that_counts() {
    let (connection, observed) = script(&[(SELECT, "9000"), (QUERY, "63C1")]);
    let facts = CardFacts::default();
    let refused = authenticate(connection, facts, left(3), pin(), None, &DIGEST);
    assert_eq!(refused, Err(VerifyError::LastTryUnconfirmed));
    observed.assert_played(Disposition::Leave);
}

#[test]
fn signing_falls_back_to_a_selected_key_where_the_short_form_is_refused() {
    for refusal in ["6A86", "6A82", "6B00", "6D00", "6985", "6986"] {
        let (connection, observed) = script(&[
            (SELECT, "9000"),
            (VERIFY, "9000"),
            (SHA256_ZERO, refusal),
            ("00A4020C020017", "9000"),
            (&SHA256_ZERO.replace("802A0097", "802A0080"), &signature()),
            (DESELECT, "9000"),
        ]);
        authenticate(connection, by_short_id(), left(3), pin(), None, &DIGEST).unwrap();
        observed.assert_played(Disposition::Leave);
    }
}

#[test]
fn a_wrong_pin_costs_exactly_one_attempt_and_deselects() {
    let (connection, observed) = script(&[(SELECT, "9000"), (VERIFY, "63C2"), (DESELECT, "9000")]);
    let refused = authenticate(connection, by_short_id(), left(3), pin(), None, &DIGEST);
    assert_eq!(refused, Err(VerifyError::WrongPin { attempts: left(2) }));
    observed.assert_played(Disposition::Leave);
}

#[test]
fn with_one_attempt_left_nothing_is_sent_without_confirmation() {
    let (connection, observed) = script(&[(SELECT, "9000")]);
    let refused = authenticate(connection, by_short_id(), left(1), pin(), None, &DIGEST);
    assert_eq!(refused, Err(VerifyError::LastTryUnconfirmed));
    observed.assert_played(Disposition::Leave);

    let (connection, observed) = script(&[(SELECT, "9000"), (VERIFY, "63C0"), (DESELECT, "9000")]);
    let confirmed = Some(LastTryConfirmed::by_the_person());
    let refused = authenticate(connection, by_short_id(), left(1), pin(), confirmed, &DIGEST);
    assert_eq!(refused, Err(Error::PinAttemptsExhausted.into()));
    observed.assert_played(Disposition::Leave);
}

#[test]
fn a_blocked_pin_is_never_sent() {
    let (connection, observed) = script(&[(SELECT, "9000")]);
    let confirmed = Some(LastTryConfirmed::by_the_person());
    let blocked = Attempts::Blocked;
    let refused = authenticate(connection, by_short_id(), blocked, pin(), confirmed, &DIGEST);
    assert_eq!(refused, Err(Error::PinBlocked.into()));
    observed.assert_played(Disposition::Leave);
}

#[test]
fn verify_is_never_repeated_whatever_the_card_or_the_reader_says() {
    for answer in ["6C04", "6104", "6700", "6F00", "", "90", "failed", "removed", "reset"] {
        let (connection, observed) = script(&[(SELECT, "9000"), (VERIFY, answer), (DESELECT, "9000")]);
        let refused = authenticate(connection, by_short_id(), left(3), pin(), None, &DIGEST);
        assert!(refused.is_err(), "{answer}");
        observed.assert_played(Disposition::Leave);
        assert_eq!(observed.with(|log| log.reconnects), 0, "{answer}");
    }
}

#[test]
fn a_card_that_can_not_be_deselected_loses_its_power() {
    for answer in ["6A82", "reset", "removed", "", "6F00"] {
        let (connection, observed) = script(&[(SELECT, "9000"), (VERIFY, "63C2"), (DESELECT, answer)]);
        let refused = authenticate(connection, by_short_id(), left(3), pin(), None, &DIGEST);
        assert!(refused.is_err());
        observed.assert_played(Disposition::Unpower);
    }
}

#[test]
fn a_failed_signature_still_deselects() {
    let short = hex(&[0xAB; 255]) + "9000";
    let refused = |status| Error::Refused { step: Step::Sign, status };
    let malformed = Error::Malformed { step: Step::Sign, what: "the signature has another length" };
    for (answer, error) in [
        ("6982", refused(0x6982)),
        ("6F00", refused(0x6F00)),
        ("9000", malformed.clone()),
        (short.as_str(), malformed),
        ("reset", Error::CardReset(None)),
        ("removed", Error::CardRemoved(None)),
    ] {
        let (connection, observed) =
            script(&[(SELECT, "9000"), (VERIFY, "9000"), (SHA256_ZERO, answer), (DESELECT, "9000")]);
        let outcome = authenticate(connection, by_short_id(), left(3), pin(), None, &DIGEST);
        assert_eq!(outcome, Err(VerifyError::Failed(error)));
        observed.assert_played(Disposition::Leave);
        assert_eq!(observed.with(|log| log.reconnects), 0);
    }
}

#[test]
fn a_cancelled_operation_deselects_with_one_command() {
    for (answer, ended) in [("9000", Disposition::Leave), ("6F00", Disposition::Unpower)] {
        let (connection, observed) = script(&[(SELECT, "9000"), (QUERY, "63C3"), (DESELECT, answer)]);
        let (_, session) = survey_and_hold(connection, Some(known())).unwrap();
        session.deselect();
        observed.assert_played(ended);
    }
}

#[test]
fn a_card_reset_before_the_pin_is_taken_up_again() {
    let der = certificate(300);
    let (connection, observed) = script(&[
        (SELECT, "reset"),
        (SELECT, "9000"),
        (QUERY, "63C3"),
        ("00B08A0000", &piece(&der, 0, 256)),
        ("00B001002C", "reset"),
        (SELECT, "9000"),
        ("00B08A0000", &piece(&der, 0, 256)),
        ("00B001002C", &piece(&der, 256, 300)),
    ]);
    assert_eq!(survey(connection, None).unwrap().certificate.der(), der);
    observed.assert_played(Disposition::Leave);
    assert_eq!(observed.with(|log| log.reconnects), 2);
}

#[test]
fn a_card_that_is_reset_again_and_again_is_given_up() {
    let (connection, observed) = script(&[(SELECT, "9000"), (QUERY, "reset"), (SELECT, "9000"), (QUERY, "reset")]);
    assert_eq!(survey(connection, None), Err(Error::CardReset(None)));
    observed.assert_played(Disposition::Leave);
}

#[test]
fn the_signature_key_is_surveyed_with_three_commands_and_held() {
    let (connection, observed) =
        script(&[(SELECT, "9000"), ("0020009B", "63C5"), ("00B0810001", "6982"), (DESELECT, "9000")]);
    let (survey, session) = survey_sign_and_hold(connection, CardFacts::default()).unwrap();
    assert_eq!((survey.attempts, survey.facts), (left(5), by_short_id()));
    session.deselect();
    observed.assert_played(Disposition::Leave);
}

#[test]
fn a_card_without_password_or_signature_certificate_says_that_it_has_none() {
    for steps in [
        &[("0020009B", "6A88"), ("00A4020C02001B", "6A82")][..],
        &[("0020009B", "6A82"), ("00A4020C02001B", "9000"), ("00200080", "6A88")],
        &[("0020009B", "63C5"), ("00B0810001", "6A82")],
        &[("0020009B", "63C0"), ("00B0810001", "FF9000")],
    ] {
        let (connection, observed) = script(&[&[(SELECT, "9000")], steps].concat());
        let refused = survey_sign_and_hold(connection, CardFacts::default());
        assert_eq!(refused.err(), Some(Error::CertificateMissing));
        observed.assert_played(Disposition::Leave);
    }
}

#[test]
fn a_card_reset_under_the_probe_is_taken_up_again() {
    let (connection, observed) = script(&[
        (SELECT, "9000"),
        ("0020009B", "63C5"),
        ("00B0810001", "reset"),
        (SELECT, "9000"),
        ("00B0810001", "6982"),
    ]);
    assert!(survey_sign_and_hold(connection, CardFacts::default()).is_ok());
    observed.assert_played(Disposition::Leave);
}

#[test]
fn the_text_application_is_surveyed_with_two_commands_and_held() {
    let (connection, observed) = script(&[(SELECT_TEXT, "9000"), ("00200091", "63C3"), (DESELECT, "9000")]);
    let (survey, session) = survey_text_and_hold(connection, CardFacts::default()).unwrap();
    assert_eq!((survey.attempts, survey.facts), (left(3), by_short_id()));
    session.deselect();
    observed.assert_played(Disposition::Leave);
}

#[test]
fn the_attempts_of_all_pins_take_five_commands() {
    let (connection, observed) =
        script(&[(SELECT, "9000"), (QUERY, "63C2"), ("0020009B", "63C0"), (SELECT_TEXT, "9000"), ("00200091", "63C1")]);
    let status = pin_status(connection).unwrap();
    assert_eq!(status, PinStatus { auth: left(2), sign: Some(Attempts::Blocked), text: Some(left(1)) });
    observed.assert_played(Disposition::Leave);
}

#[test]
fn pins_a_card_does_not_have_are_none() {
    let (connection, observed) = script(&[
        (SELECT, "9000"),
        (QUERY, "63C3"),
        ("0020009B", "6A82"),
        ("00A4020C02001B", "6A82"),
        (SELECT_TEXT, "6A82"),
    ]);
    assert_eq!(pin_status(connection).unwrap(), PinStatus { auth: left(3), sign: None, text: None });
    observed.assert_played(Disposition::Leave);
}

#[test]
fn a_card_reset_between_its_applications_goes_on_with_the_one_it_was_asked_about() {
    let (connection, observed) = script(&[
        (SELECT, "9000"),
        (QUERY, "63C3"),
        ("0020009B", "63C5"),
        (SELECT_TEXT, "reset"),
        (SELECT_TEXT, "9000"),
        (SELECT_TEXT, "9000"),
        ("00200091", "reset"),
        (SELECT_TEXT, "9000"),
        ("00200091", "63C3"),
    ]);
    assert_eq!(pin_status(connection).unwrap().text, Some(left(3)));
    observed.assert_played(Disposition::Leave);
}
