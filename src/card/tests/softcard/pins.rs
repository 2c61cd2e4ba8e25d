//! Looking at the PINs of a card, and changing them.

use jpki_card::{
    Auth, CardFacts, Key, NewPin, Pin, Sign, Text, VerifyError, pin_status, survey_and_hold, survey_sign_and_hold,
    survey_text_and_hold,
};
use jpki_softcard::{CardOptions, Profile, Quirks};

use crate::reader::Reader;

/// Changes a PIN, and says whether the old one was right.
fn change<K: Key>(reader: &Reader, old: &str, new: &str) -> Result<(), VerifyError> {
    let mut session = jpki_card::Session::open(reader.connect(), CardFacts::default())?;
    let attempts = session.attempts::<K>()?;
    let mut key = session.verify(Pin::<K>::parse(old).unwrap(), attempts, None)?;
    Ok(key.change_pin(NewPin::parse(new).unwrap())?)
}

fn change_text(reader: &Reader, old: &str, new: &str) -> Result<(), VerifyError> {
    let (survey, session) = survey_text_and_hold(reader.connect(), CardFacts::default())?;
    let mut text = session.verify(Pin::<Text>::parse(old).unwrap(), survey.attempts, None)?;
    Ok(text.change_pin(NewPin::parse(new).unwrap())?)
}

fn left(reader: &Reader) -> [Option<u8>; 3] {
    let status = pin_status(reader.connect()).unwrap();
    [Some(status.auth), status.sign, status.text].map(|attempts| attempts.and_then(|attempts| attempts.left()))
}

#[test]
fn a_look_at_the_pins_takes_five_commands_and_costs_nothing() {
    let reader = Reader::with_card();
    assert_eq!(left(&reader), [Some(3), Some(5), Some(3)]);
    assert_eq!(reader.commands(), 5);
    assert_eq!(reader.verifications(), 0);
}

#[test]
fn a_childs_card_has_two_pins_and_a_phone_none_for_attributes() {
    for (options, expected) in [
        (CardOptions { child: true, ..CardOptions::default() }, [Some(3), None, Some(3)]),
        (CardOptions { profile: Profile::Android, ..CardOptions::default() }, [Some(3), Some(5), None]),
    ] {
        assert_eq!(left(&Reader::new(&options, Quirks::default())), expected);
    }
}

#[test]
fn each_pin_is_changed_with_two_commands_and_only_the_new_one_opens() {
    let reader = Reader::with_card();
    change::<Auth>(&reader, "1234", "9876").unwrap();
    assert_eq!(reader.commands(), 6, "SELECT, query, VERIFY, SELECT, CHANGE, deselect");
    change::<Sign>(&reader, "abc123", "longer1234567890").unwrap();
    change_text(&reader, "1234", "5678").unwrap();
    assert!(!reader.is_open());
    assert_eq!(left(&reader), [Some(3), Some(5), Some(3)]);

    assert!(matches!(change::<Auth>(&reader, "1234", "0000"), Err(VerifyError::WrongPin { .. })));
    assert!(matches!(change::<Sign>(&reader, "abc123", "ABC123"), Err(VerifyError::WrongPin { .. })));
    assert!(matches!(change_text(&reader, "1234", "0000"), Err(VerifyError::WrongPin { .. })));
    assert_eq!(left(&reader), [Some(2), Some(4), Some(2)]);

    let (survey, session) = survey_and_hold(reader.connect(), None).unwrap();
    session.verify(Pin::<Auth>::parse("9876").unwrap(), survey.attempts, None).unwrap().finish();
    let (survey, session) = survey_sign_and_hold(reader.connect(), CardFacts::default()).unwrap();
    session.verify(Pin::<Sign>::parse("LONGER1234567890").unwrap(), survey.attempts, None).unwrap().finish();
    change_text(&reader, "5678", "1234").unwrap();
}

#[test]
fn a_fault_at_the_change_is_an_error_and_leaves_the_card_closed() {
    for fault in ["remove", "reset", "hang", "sw=6F00", "sw=6C04", "sw=6104", "truncate=1"] {
        let reader = Reader::with_card();
        reader.fault(&[&format!("ins=24:{fault}")]);
        assert!(change::<Auth>(&reader, "1234", "9876").is_err(), "{fault}");
        reader.fault(&[]);
        reader.rig().insert();
        assert!(!reader.is_open(), "{fault}");
        assert_eq!(reader.verifications(), 1, "{fault}");
    }
}
