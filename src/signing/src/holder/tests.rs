use std::sync::LazyLock;

use jpki_softcard::ca::{CertificateSpec, Family, Generation, TestCa};
use jpki_softcard::{Holder, KeyStore};
use proptest::prelude::*;
use x509_parser::asn1_rs::Oid;
use x509_parser::extensions::GeneralName;

use super::*;

/// The attributes in the order of real certificates, each with its number under 1.2.392.200149.8.5.5.
const SAMPLE: [(u8, &str); 6] =
    [(1, "黒桐　幹也"), (4, "319800217"), (3, "1"), (5, "東京都清瀬市１"), (2, "00000"), (6, "0000000")];

/// One element with a short tag, of up to 65535 bytes.
fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
    let [high, low] = (contents.len() as u16).to_be_bytes();
    let length = match contents.len() {
        0..0x80 => vec![low],
        0x80..0x100 => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag][..], &length, contents].concat()
}

fn utf8(text: &str) -> Vec<u8> {
    der(0xA0, &der(0x0C, text.as_bytes()))
}

fn read_values(values: &[(u8, Vec<u8>)]) -> Result<Attributes, HolderError> {
    let oid = |number: u8| Oid::from(&[1, 2, 392, 200_149, 8, 5, 5, u64::from(number)]).unwrap();
    let names: Vec<_> = values.iter().map(|(number, value)| GeneralName::OtherName(oid(*number), value)).collect();
    attributes(&Fields::read(&names)?)
}

/// The sample with other texts for some numbers.
fn read_with(changes: &[(u8, &str)]) -> Result<Attributes, HolderError> {
    let changed = |number| changes.iter().find(|(other, _)| *other == number).map(|(_, text)| *text);
    read_values(&SAMPLE.map(|(number, text)| (number, utf8(changed(number).unwrap_or(text)))))
}

fn certificate(family: Family) -> Vec<u8> {
    let ca = TestCa::new(KeyStore::shared().unwrap());
    let authority = ca.authority(family, Generation::CURRENT).unwrap();
    let key = ca.keys().key("card-sign").unwrap().to_public_key();
    let spec = match family {
        Family::Sign => CertificateSpec::sign(&Holder::default(), authority, &key),
        Family::Auth => CertificateSpec::auth(&Holder::default(), authority, &key),
    };
    authority.issue(&spec.unwrap()).unwrap()
}

#[test]
fn a_signature_certificate_says_who_its_holder_is() {
    let attributes = read(&certificate(Family::Sign)).unwrap();
    assert_eq!(
        attributes.canonical(),
        r#"{"address":"東京都架空市見本町一丁目２番３号","birthdate":"1990-04-01","gender":"female","name":"見本　花子"}"#
    );
}

#[test]
fn an_authentication_certificate_says_nothing_and_garbage_even_less() {
    let holder = |der: &[u8]| match read(der) {
        Err(Error::Holder(error)) => error,
        other => panic!("{other:?}"),
    };
    assert_eq!(holder(&certificate(Family::Auth)), HolderError::NothingSaid);
    let good = certificate(Family::Sign);
    assert_eq!(holder(&good[..good.len() - 1]), HolderError::Unreadable);
    assert_eq!(holder(&[&good[..], &[0]].concat()), HolderError::Unreadable);
    assert_eq!(holder(&[]), HolderError::Unreadable);
    assert_eq!(holder(&vec![0x30; MAX_BYTES + 1]), HolderError::Unreadable);
}

#[test]
fn every_gender_of_the_register_is_read_and_no_other() {
    for (digit, expected) in [
        ("1", Ok(Gender::Male)),
        ("2", Ok(Gender::Female)),
        ("0", Ok(Gender::Unknown)),
        ("9", Ok(Gender::NotApplicable)),
        ("3", Err(HolderError::Malformed(Field::Gender))),
        ("１", Err(HolderError::Malformed(Field::Gender))),
        ("11", Err(HolderError::Malformed(Field::Gender))),
        ("", Err(HolderError::Malformed(Field::Gender))),
    ] {
        assert_eq!(read_with(&[(3, digit)]).map(|read| read.gender.unwrap()), expected, "{digit:?}");
    }
}

#[test]
fn a_birth_date_is_read_whatever_its_era_unless_they_contradict_each_other() {
    for (text, expected) in [
        ("319800217", Ok("1980-02-17")),
        ("119120730", Ok("1912-07-30")),
        ("219120730", Ok("1912-07-30")),
        ("419890108", Ok("1989-01-08")),
        ("520200229", Ok("2020-02-29")),
        ("019800217", Ok("1980-02-17")),
        ("919800217", Ok("1980-02-17")),
        ("319500000", Ok("1950-00-00")),
        ("000000000", Ok("0000-00-00")),
        ("419890107", Err(HolderError::EraContradicts)),
        ("319890108", Err(HolderError::EraContradicts)),
        ("520180000", Err(HolderError::EraContradicts)),
        ("320190230", Err(HolderError::Malformed(Field::Birthdate))),
        ("619800230", Err(HolderError::Malformed(Field::Birthdate))),
        ("19800217", Err(HolderError::Malformed(Field::Birthdate))),
        ("S19800217", Err(HolderError::Malformed(Field::Birthdate))),
        ("３19800217", Err(HolderError::Malformed(Field::Birthdate))),
        ("3198002170", Err(HolderError::Malformed(Field::Birthdate))),
        ("", Err(HolderError::Malformed(Field::Birthdate))),
    ] {
        let read = read_with(&[(4, text)]).map(|read| read.birthdate.unwrap());
        assert_eq!(read.as_deref().map_err(|error| *error), expected, "{text:?}");
    }
}

#[test]
fn substitute_characters_are_counted_from_0_in_characters() {
    let misfit = Err(HolderError::SubstitutesMisfit(Field::NameSubstitutes));
    let malformed = Err(HolderError::Malformed(Field::NameSubstitutes));
    for (name, marks, expected) in [
        ("黒桐　幹也", "00000", Ok(vec![])),
        ("黒桐　幹也", "10002", Ok(vec![0, 4])),
        // One character beyond the basic plane: five characters, six UTF-16 units.
        ("𠮷桐　幹也", "10000", Ok(vec![0])),
        ("𠮷桐　幹也", "100000", misfit.clone()),
        ("黒桐　幹也", "1000", misfit.clone()),
        ("黒桐　幹也", "100000", misfit),
        ("𠮷桐　幹也", "000000", Ok(vec![])),
        ("黒桐　幹也", "", Ok(vec![])),
        ("黒桐　幹也", "0000x", malformed.clone()),
        ("黒桐　幹也", "0000１", malformed),
    ] {
        let read = read_with(&[(1, name), (2, marks)]).map(|read| read.name_substitutes);
        assert_eq!(read, expected, "{name} {marks}");
    }
    assert_eq!(read_with(&[(6, "0000009")]).unwrap().address_substitutes, [6]);
}

#[test]
fn name_and_address_are_lines_that_a_person_can_read() {
    let long = |count| "あ".repeat(count);
    for (number, text, accepted) in [
        (1, "ＳＭＩＴＨ　ＪＯＨＮ".to_owned(), true),
        (1, long(300), true),
        (1, long(301), false),
        (1, String::new(), false),
        (1, "\u{3000}".to_owned(), false),
        (1, "黒桐\n幹也".to_owned(), false),
        (1, "黒桐\u{202e}幹也".to_owned(), false),
        // A variant of a character, as the register writes some names (IVS).
        (1, "葛\u{e0100}城".to_owned(), true),
        (5, long(600), true),
        (5, long(601), false),
        (5, "東京都\u{0}".to_owned(), false),
    ] {
        let expected = if accepted {
            Ok(())
        } else {
            Err(HolderError::Malformed(if number == 1 { Field::Name } else { Field::Address }))
        };
        assert_eq!(read_with(&[(number, &text)]).map(|_| ()), expected, "{text:?}");
    }
}

#[test]
fn each_attribute_is_there_once() {
    let sample: Vec<_> = SAMPLE.iter().map(|(number, text)| (*number, utf8(text))).collect();
    for (place, field) in (0..).zip([
        Field::Name,
        Field::Birthdate,
        Field::Gender,
        Field::Address,
        Field::NameSubstitutes,
        Field::AddressSubstitutes,
    ]) {
        let mut less = sample.clone();
        let one = less.remove(place);
        assert_eq!(read_values(&less), Err(HolderError::Missing(field)));
        let more = [&sample[..], &[one]].concat();
        assert_eq!(read_values(&more), Err(HolderError::Twice(field)));
    }
    assert_eq!(read_values(&[]), Err(HolderError::NothingSaid));
    let stranger = [&sample[..], &[(7, utf8("a later attribute"))]].concat();
    assert!(read_values(&stranger).is_ok());
}

#[test]
fn an_attribute_is_one_utf8_string_and_nothing_else() {
    let text = der(0x0C, "黒".as_bytes());
    for value in [
        vec![],
        text.clone(),
        der(0xA1, &text),
        der(0x80, &text),
        der(0xA0, &der(0x1E, "黒".as_bytes())),
        der(0xA0, &der(0x0C, &[0xFF])),
        der(0xA0, &[&text[..], &text[..]].concat()),
        [der(0xA0, &text), vec![5, 0]].concat(),
        der(0xA0, &text[..2]),
    ] {
        let mut values: Vec<_> = SAMPLE.iter().map(|(number, text)| (*number, utf8(text))).collect();
        values[0].1 = value.clone();
        assert_eq!(read_values(&values), Err(HolderError::Malformed(Field::Name)), "{value:02x?}");
    }
}

#[test]
fn a_name_that_can_not_be_read_makes_the_certificate_unreadable() {
    let invalid = GeneralName::Invalid(x509_parser::asn1_rs::Tag(0), &[]);
    assert!(matches!(Fields::read(&[invalid]), Err(HolderError::Unreadable)));
}

static SIGN: LazyLock<Vec<u8>> = LazyLock::new(|| certificate(Family::Sign));

proptest! {
    #[test]
    fn no_value_ends_in_a_panic(values in proptest::collection::vec((0..8u8, any::<Vec<u8>>()), 0..12)) {
        let _ = read_values(&values);
    }

    #[test]
    fn no_text_ends_in_a_panic(texts in proptest::array::uniform6("[0-9]{0,9}|.{0,9}")) {
        let values: Vec<_> = (1..).zip(&texts).map(|(number, text)| (number, utf8(text))).collect();
        let _ = read_values(&values);
    }

    #[test]
    fn no_change_of_a_certificate_ends_in_a_panic(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut der = SIGN.clone();
        let place = place.index(der.len());
        der[place] = byte;
        let _ = read(&der);
    }
}
