//! Results that must be accepted, with the assurance that they deserve.

use jpki_protocol::{Attribute, Gender};

use super::super::super::Case;
use super::super::super::answer::sample;
use super::super::super::pki::fresh_list;
use super::{ADDRESS_SUBSTITUTES, BIRTHDATE, GENDER, NAME, NAME_SUBSTITUTES, say};

fn accepted(
    id: &'static str,
    description: &'static str,
    make: fn(&super::super::super::Pki) -> crate::Result<super::super::super::draft::Draft>,
) -> Case {
    Case { id, description, expected: "ok", make }
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = from_card();
    cases.extend(from_certificate());
    cases
}

fn from_card() -> Vec<Case> {
    vec![
        accepted("attributes-card-four", "All four from the card, bound by the authentication key", |pki| {
            pki.card_result(sample(), |_, _| Ok(()))
        }),
        accepted("attributes-card-one", "The birth date alone", |pki| {
            pki.card_result(sample().only(&[Attribute::Birthdate]), |_, _| Ok(()))
        }),
        accepted("attributes-card-no-record", "Without the agent's word on the card's record", |pki| {
            pki.card_result(sample(), |_, answer| Ok(answer.record = None))
        }),
        accepted("attributes-card-little-known", "A birth year only, and a gender nobody recorded", |pki| {
            let mut attributes = sample();
            attributes.birthdate = Some("1950-00-00".to_owned());
            attributes.gender = Some(Gender::Unknown);
            pki.card_result(attributes, |_, _| Ok(()))
        }),
        accepted("attributes-asked-in-another-order", "Asked for in another order than they are written", |pki| {
            pki.card_result(sample(), |_, answer| Ok(answer.asked.attributes.reverse()))
        }),
        accepted(
            "attributes-members-in-another-order",
            "The page wrote the members anew, in another order, with white space and escapes: the same attributes",
            |pki| {
                pki.card_result(sample(), |_, answer| {
                    answer.write = Some(|answer, token| {
                        let attributes = r#" { "name" : "\u898b\u672c\u3000\u82b1\u5b50",
                            "gender":"female", "birthdate":"1990-04-01",
                            "address":"東京都架空市見本町一丁目２番３号" } "#;
                        answer.with_attributes(attributes, token)
                    });
                    Ok(())
                })
            },
        ),
        accepted("attributes-further-member", "A member that a later version may add", |pki| {
            pki.card_result(sample(), |_, answer| {
                Ok(answer.write = Some(|answer, token| answer.plain(token).replacen('{', r#"{"later":true,"#, 1)))
            })
        }),
    ]
}

fn from_certificate() -> Vec<Case> {
    vec![
        accepted(
            "attributes-certificate-part",
            "Two of the signature certificate, which stays behind: bound by the authentication key",
            |pki| pki.part_result(&[Attribute::Name, Attribute::Gender], |_, _| Ok(())),
        ),
        accepted(
            "attributes-certificate-part-substitutes",
            "The same, with a substitute character in the name",
            |pki| {
                pki.part_result(&[Attribute::Name], |_, answer| {
                    answer.attributes.name_substitutes = vec![0];
                    Ok(answer.bound = Some(answer.attributes.clone()))
                })
            },
        ),
        accepted("attributes-certificate-four", "All four with the certificate that certifies them", |pki| {
            pki.certificate_result(|_| Ok(()), |_, _| Ok(()))
        }),
        accepted("attributes-certificate-listed", "The same, not on the revocation list of its root", |pki| {
            let list = pki.root("sign-3")?.crl(&fresh_list(&[&[0x55; 8]])?)?;
            pki.certificate_result(|_| Ok(()), |draft, _| Ok(draft.crls = Some(vec![list])))
        }),
        accepted("attributes-certificate-substitutes", "Substitute characters in name and address", |pki| {
            let certify = |spec: &mut _| {
                say(spec, NAME_SUBSTITUTES, "01002")?;
                say(spec, ADDRESS_SUBSTITUTES, "0000000000000009")
            };
            pki.certificate_result(certify, |_, answer| {
                answer.attributes.name_substitutes = vec![1, 4];
                Ok(answer.attributes.address_substitutes = vec![15])
            })
        }),
        accepted(
            "attributes-certificate-wide-character",
            "A character beyond the basic plane counts as one, also in the list of substitutes",
            |pki| {
                let certify =
                    |spec: &mut _| say(spec, NAME, "𠮷本　花子").and_then(|()| say(spec, NAME_SUBSTITUTES, "00001"));
                pki.certificate_result(certify, |_, answer| {
                    answer.attributes.name = Some("𠮷本　花子".to_owned());
                    Ok(answer.attributes.name_substitutes = vec![4])
                })
            },
        ),
        accepted(
            "attributes-certificate-empty-list",
            "A list of substitutes of another length than the name, which marks none",
            |pki| pki.certificate_result(|spec| say(spec, NAME_SUBSTITUTES, "000000"), |_, _| Ok(())),
        ),
        accepted(
            "attributes-certificate-era-shared",
            "Born on the day on which Showa followed Taisho, as Taisho",
            |pki| {
                pki.certificate_result(
                    |spec| say(spec, BIRTHDATE, "219261225"),
                    |_, answer| Ok(answer.attributes.birthdate = Some("1926-12-25".to_owned())),
                )
            },
        ),
        accepted("attributes-certificate-era-none", "A birth date without an era, as of a foreign resident", |pki| {
            pki.certificate_result(|spec| say(spec, BIRTHDATE, "019900401"), |_, _| Ok(()))
        }),
        accepted("attributes-certificate-day-unknown", "A birth date whose day nobody knows", |pki| {
            pki.certificate_result(
                |spec| say(spec, BIRTHDATE, "419890100"),
                |_, answer| Ok(answer.attributes.birthdate = Some("1989-01-00".to_owned())),
            )
        }),
        accepted("attributes-certificate-gender-unknown", "Gender 0", |pki| {
            let unknown = Some(Gender::Unknown);
            pki.certificate_result(|spec| say(spec, GENDER, "0"), |_, answer| Ok(answer.attributes.gender = unknown))
        }),
        accepted("attributes-certificate-gender-not-applicable", "Gender 9", |pki| {
            let neither = Some(Gender::NotApplicable);
            pki.certificate_result(|spec| say(spec, GENDER, "9"), |_, answer| Ok(answer.attributes.gender = neither))
        }),
    ]
}
