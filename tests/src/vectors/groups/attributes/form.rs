//! The outer form of a result, and of the attributes in it.

use jpki_protocol::{Attribute, Attributes};

use super::super::super::Case;
use super::super::super::answer::{Answer, sample};
use super::super::super::draft::Draft;
use super::super::super::pki::Pki;
use crate::Result;

/// A good result written by the page in another way.
fn written(pki: &Pki, write: fn(&Answer, &str) -> String) -> Result<Draft> {
    pki.card_result(sample(), |_, answer| Ok(answer.write = Some(write)))
}

fn malformed(id: &'static str, description: &'static str, make: fn(&Pki) -> Result<Draft>) -> Case {
    Case { id, description, expected: "result_malformed", make }
}

/// A result whose token binds attributes that no agent gives.
fn unsound(id: &'static str, description: &'static str, make: fn(&Pki) -> Result<Draft>) -> Case {
    Case { id, description, expected: "attributes_malformed", make }
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = results();
    cases.extend(values());
    cases
}

fn results() -> Vec<Case> {
    vec![
        Case {
            id: "result-too-large",
            description: "65537 bytes, one more than an agent's message can have",
            expected: "result_too_large",
            make: |pki| {
                written(pki, |answer, token| {
                    let plain = answer.plain(token);
                    let padding = 65_537 - plain.len();
                    plain + &" ".repeat(padding)
                })
            },
        },
        malformed("result-empty", "Nothing at all", |pki| written(pki, |_, _| String::new())),
        malformed("result-token-alone", "The token without the attributes", |pki| {
            written(pki, |_, token| token.to_owned())
        }),
        malformed("result-without-token", "The attributes without the token", |pki| {
            written(pki, |answer, token| answer.plain(token).replacen("\"token\"", "\"other\"", 1))
        }),
        malformed("result-attributes-twice", "Two members called attributes", |pki| {
            written(pki, |answer, token| answer.plain(token).replacen('{', r#"{"attributes":{},"#, 1))
        }),
        malformed("result-name-twice", "Two members called name", |pki| {
            written(pki, |answer, token| answer.plain(token).replacen("{\"address", "{\"name\":\"見本\",\"address", 1))
        }),
        malformed("result-unknown-attribute", "An attribute that doesn't exist", |pki| {
            written(pki, |answer, token| {
                answer.plain(token).replacen("{\"address", "{\"myNumber\":\"123456789018\",\"address", 1)
            })
        }),
        malformed("result-unknown-gender", "A word for a gender that doesn't exist", |pki| {
            written(pki, |answer, token| answer.plain(token).replacen("\"female\"", "\"f\"", 1))
        }),
        malformed("result-unknown-source", "A source that doesn't exist", |pki| {
            written(pki, |answer, token| answer.plain(token).replacen("\"card\"", "\"phone\"", 1))
        }),
        malformed("result-trailing", "Something after the object", |pki| {
            written(pki, |answer, token| answer.plain(token) + "{}")
        }),
        Case {
            id: "result-token-format",
            description: "The token in it has a format of another version",
            expected: "format_unsupported",
            make: |pki| pki.card_result(sample(), |draft, _| Ok(draft.format = "web-eid:2.0".to_owned())),
        },
    ]
}

fn values() -> Vec<Case> {
    vec![
        unsound("attributes-no-day", "A birth date that is no day of the calendar", |pki| {
            let birthdate = Some("1990-02-30".to_owned());
            pki.card_result(Attributes { birthdate, ..sample() }, |_, _| Ok(()))
        }),
        unsound("attributes-day-unseparated", "A birth date without its hyphens", |pki| {
            let birthdate = Some("19900401".to_owned());
            pki.card_result(Attributes { birthdate, ..sample() }, |_, _| Ok(()))
        }),
        unsound("attributes-name-empty", "A name of white space", |pki| {
            pki.card_result(Attributes { name: Some("\u{3000}".to_owned()), ..sample() }, |_, _| Ok(()))
        }),
        unsound("attributes-name-invisible", "A name with a character that hides the order of others", |pki| {
            pki.card_result(Attributes { name: Some("見本\u{202e}花子".to_owned()), ..sample() }, |_, _| Ok(()))
        }),
        unsound("attributes-name-long", "A name of 301 characters", |pki| {
            pki.card_result(Attributes { name: Some("あ".repeat(301)), ..sample() }, |_, _| Ok(()))
        }),
        unsound("attributes-address-lines", "An address of two lines", |pki| {
            pki.card_result(Attributes { address: Some("東京都\n架空市".to_owned()), ..sample() }, |_, _| Ok(()))
        }),
        unsound("attributes-card-substitutes", "Substitute characters, which the card's record doesn't mark", |pki| {
            pki.card_result(Attributes { name_substitutes: vec![0], ..sample() }, |_, _| Ok(()))
        }),
        unsound("attributes-substitutes-beyond", "A substitute beyond the end of the name", |pki| {
            pki.part_result(&[Attribute::Name], |_, answer| {
                answer.attributes.name_substitutes = vec![5];
                Ok(answer.bound = Some(answer.attributes.clone()))
            })
        }),
        unsound("attributes-certificate-record", "A word on the card's record, which was not read", |pki| {
            let record = Some(r#"{"signature":"valid","issuer":"jlis"}"#);
            pki.certificate_result(|_| Ok(()), |_, answer| Ok(answer.record = record))
        }),
    ]
}
