//! Signing documents with the signature key.

use jpki_card::{CardFacts, Error, Pin, Sha256Digest, Sign, VerifyError, survey_sign_and_hold};
use jpki_softcard::{CardOptions, Quirks};

use crate::reader::{Reader, assert_signed, digest};

fn password() -> Pin<Sign> {
    Pin::parse("abc123").unwrap()
}

#[test]
fn sixteen_documents_take_one_password_and_one_command_each() {
    let reader = Reader::with_card();
    let (survey, session) = survey_sign_and_hold(reader.connect(), CardFacts::default()).unwrap();
    assert_eq!(survey.attempts.left(), Some(5));
    assert_eq!((reader.commands(), reader.verifications()), (3, 0));

    let mut key = session.verify(password(), survey.attempts, None).unwrap();
    let certificate = key.certificate().unwrap();
    assert_eq!(certificate.der(), reader.rig().card().file().sign_certificate().unwrap());
    let before = reader.commands();
    for _ in 0..16 {
        assert_signed(key.sign(&digest()).unwrap().as_bytes(), certificate.der());
    }
    assert_eq!(reader.commands(), before + 16);
    assert!(reader.is_open());
    key.finish();
    assert_eq!(reader.commands(), before + 17 + 2, "and the two looks whether it is open");
    assert!(!reader.is_open());
    assert_eq!(reader.rig().card().tally().signatures, 17);
    assert_eq!(reader.verifications(), 1);
}

#[test]
fn cards_without_a_signature_certificate_say_so_before_any_password() {
    for options in [
        CardOptions { child: true, ..CardOptions::default() },
        CardOptions { sign_certificate: false, ..CardOptions::default() },
    ] {
        let reader = Reader::new(&options, Quirks::default());
        let refused = survey_sign_and_hold(reader.connect(), CardFacts::default());
        assert_eq!(refused.err(), Some(Error::CertificateMissing));
        assert_eq!(reader.verifications(), 0);
        // The other key is as it was.
        reader.sign_in(&reader.survey(), "1234").unwrap();
    }
}

#[test]
fn five_wrong_passwords_block_and_the_fifth_only_if_confirmed() {
    let reader = Reader::with_card();
    for left in [4, 3, 2, 1] {
        let (survey, session) = survey_sign_and_hold(reader.connect(), CardFacts::default()).unwrap();
        match session.verify(Pin::<Sign>::parse("WRONG1").unwrap(), survey.attempts, None).err() {
            Some(VerifyError::WrongPin { attempts }) => assert_eq!(attempts.left(), Some(left)),
            other => panic!("{other:?}"),
        }
        assert!(!reader.is_open());
    }
    let (survey, session) = survey_sign_and_hold(reader.connect(), CardFacts::default()).unwrap();
    let unconfirmed = session.verify(password(), survey.attempts, None);
    assert_eq!(unconfirmed.err(), Some(VerifyError::LastTryUnconfirmed));
    assert_eq!(reader.verifications(), 4);
}

#[test]
fn whatever_happens_at_any_command_the_password_is_sent_once_and_the_card_is_closed() {
    for fault in ["remove", "reset", "hang", "sw=6F00", "sw=6982", "sw=6C10", "sw=6110", "truncate=1", "garbage"] {
        let reader = Reader::with_card();
        for command in 1..=8 {
            let before = reader.verifications();
            reader.fault(&[&format!("{command}:{fault}")]);
            let what = format!("{fault} at command {command}");
            if let Ok((survey, session)) = survey_sign_and_hold(reader.connect(), CardFacts::default())
                && let Ok(mut key) = session.verify(password(), survey.attempts, None)
            {
                for fill in 0..4 {
                    drop(key.sign(&Sha256Digest([fill; 32])));
                }
                key.finish();
            }
            reader.fault(&[]);
            assert!(reader.verifications() <= before + 1, "{what}");
            reader.rig().insert();
            assert!(!reader.is_open(), "{what}");
        }
    }
}
