//! The basic four attributes from the text application.

use jpki_card::{BasicFour, CardFacts, Error, Pin, RecordIssuer, Step, VerifyError, survey_text_and_hold};
use jpki_softcard::{CardOptions, Gender, Holder, Profile, Quirks};

use crate::reader::Reader;

fn read(reader: &Reader) -> Result<BasicFour, VerifyError> {
    let (survey, session) = survey_text_and_hold(reader.connect(), CardFacts::default())?;
    let mut text = session.verify(Pin::parse("1234").unwrap(), survey.attempts, None)?;
    let four = text.basic_four();
    text.finish();
    Ok(four?)
}

fn reader(options: CardOptions) -> Reader {
    Reader::new(&options, Quirks::default())
}

#[test]
fn the_basic_four_take_ten_commands_and_never_the_my_number() {
    let reader = Reader::with_card();
    let four = read(&reader).unwrap();
    assert_eq!(reader.commands(), 10);
    assert!(!reader.is_open());
    let holder = Holder::default();
    assert_eq!((&four.name, &four.address), (&holder.name, &holder.address));
    assert_eq!((four.birthdate.as_str(), four.gender), ("19900401", '2'));
    assert_eq!(four.issuer, RecordIssuer::Unknown, "nobody published the software card's issuer");
    assert_eq!(reader.rig().card().tally().my_number_accesses, 0);
}

#[test]
fn values_of_any_length_come_out_of_files_of_any_size() {
    for (name, address, attributes_filler) in [
        ("名", "所", 0),
        ("名", "所", 1000),
        (&*"名".repeat(50), &*"所".repeat(50), 1),
        (&*"名".repeat(100), &*"所".repeat(200), 0),
        (&*"名".repeat(100), &*"所".repeat(200), 65),
    ] {
        let holder = Holder { name: name.to_owned(), address: address.to_owned(), ..Holder::default() };
        let reader = reader(CardOptions { holder, attributes_filler, ..CardOptions::default() });
        let four = read(&reader).unwrap();
        assert_eq!((four.name.as_str(), four.address.as_str()), (name, address));
        assert_eq!(reader.rig().card().tally().my_number_accesses, 0);
    }
}

#[test]
fn genders_and_birth_dates_come_as_they_are_stored() {
    for (gender, birthdate, digit, digits) in [
        (Gender::Unknown, "1950-00-00", '0', "19500000"),
        (Gender::Male, "1950-06-00", '1', "19500600"),
        (Gender::Other, "2024-02-29", '9', "20240229"),
    ] {
        let holder = Holder { gender, birthdate: birthdate.parse().unwrap(), ..Holder::default() };
        let four = read(&reader(CardOptions { holder, ..CardOptions::default() })).unwrap();
        assert_eq!((four.gender, four.birthdate.as_str()), (digit, digits));
    }
}

#[test]
fn a_record_whose_signature_does_not_fit_gives_nothing() {
    let reader = reader(CardOptions { broken_record: true, ..CardOptions::default() });
    let what = "the signature over its digests doesn't fit";
    assert_eq!(read(&reader), Err(Error::Malformed { step: Step::ReadAttributes, what }.into()));
    assert!(!reader.is_open());
}

#[test]
fn a_phone_has_no_attributes() {
    let reader = reader(CardOptions { profile: Profile::Android, ..CardOptions::default() });
    assert_eq!(read(&reader).map_err(|error| error.to_string()), Err(Error::CardUnsupported(None).to_string()));
}

#[test]
fn whatever_happens_at_any_command_the_pin_is_sent_once_and_the_card_is_closed() {
    for fault in ["remove", "reset", "hang", "sw=6F00", "sw=6B00", "sw=6C10", "sw=6110", "truncate=2", "garbage"] {
        let reader = Reader::with_card();
        for command in 1..=10 {
            let before = reader.verifications();
            reader.fault(&[&format!("{command}:{fault}")]);
            let outcome = read(&reader);
            reader.fault(&[]);
            let what = format!("{fault} at command {command}: {outcome:?}");
            assert!(reader.verifications() <= before + 1, "{what}");
            // Before the PIN the card is taken up again; the tenth command is the deselect.
            assert!(outcome.is_ok() || command < 10, "{what}");
            assert!(outcome.is_ok() || command > 2 || fault != "reset", "{what}");
            reader.rig().insert();
            assert!(!reader.is_open(), "{what}");
            assert!(read(&reader).is_ok(), "{what}");
            assert_eq!(reader.rig().card().tally().my_number_accesses, 0, "{what}");
        }
    }
}
