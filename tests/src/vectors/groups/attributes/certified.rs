//! Attributes that a signature certificate certifies, or should.

use jpki_softcard::ca::CertificateSpec;

use super::super::super::Case;
use super::super::super::answer::sample;
use super::super::super::draft::Draft;
use super::super::super::pki::{Pki, fresh_list, time};
use super::{ADDRESS_SUBSTITUTES, BIRTHDATE, GENDER, NAME, NAME_SUBSTITUTES, say, state};
use crate::Result;

/// The certificate's holder can't be read from it.
fn unreadable(id: &'static str, description: &'static str, make: fn(&Pki) -> Result<Draft>) -> Case {
    Case { id, description, expected: "holder_malformed", make }
}

fn stating(pki: &Pki, number: u8, text: &str) -> Result<Draft> {
    pki.certificate_result(|spec| say(spec, number, text), |_, _| Ok(()))
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = others();
    cases.extend(holders());
    cases
}

fn others() -> Vec<Case> {
    vec![
        Case {
            id: "attributes-certificate-swapped",
            description: "The page put another address in the place of the certified one",
            expected: "attributes_mismatch",
            make: |pki| {
                let other = Some("東京都架空市見本町一丁目２番４号".to_owned());
                pki.certificate_result(|_| Ok(()), |_, answer| Ok(answer.attributes.address = other))
            },
        },
        Case {
            id: "attributes-certificate-substitute-dropped",
            description: "The page kept back that a character of the name is a substitute",
            expected: "attributes_mismatch",
            make: |pki| stating(pki, NAME_SUBSTITUTES, "10000"),
        },
        Case {
            id: "attributes-certificate-bound",
            description: "The signature key signed what the authentication key has to",
            expected: "signature_invalid",
            make: |pki| pki.certificate_result(|_| Ok(()), |_, answer| Ok(answer.bound = Some(sample()))),
        },
        Case {
            id: "attributes-certificate-other-origin",
            description: "Made for another site",
            expected: "signature_invalid",
            make: |pki| {
                let other = "https://other.example".to_owned();
                let draft = pki.certificate_result(|_| Ok(()), |draft, _| Ok(draft.origin = other))?;
                Ok(Draft { origin: "https://rp.example".to_owned(), ..draft })
            },
        },
        Case {
            id: "attributes-certificate-root-not-pinned",
            description: "No root of signature certificates is pinned",
            expected: "issuer_unknown",
            make: |pki| {
                pki.certificate_result(|_| Ok(()), |draft, _| Ok(draft.roots = vec!["auth-1", "auth-2", "auth-3"]))
            },
        },
        Case {
            id: "attributes-certificate-expired",
            description: "The certificate expired a second ago",
            expected: "certificate_expired",
            make: |pki| {
                let certify = |spec: &mut CertificateSpec| Ok(spec.not_after = time("2026-04-01T11:59:59Z")?);
                pki.certificate_result(certify, |_, _| Ok(()))
            },
        },
        Case {
            id: "attributes-certificate-revoked",
            description: "The certificate was revoked, as it is when name or address change",
            expected: "revoked",
            make: |pki| {
                pki.certificate_result(
                    |_| Ok(()),
                    |draft, _| {
                        let list = pki.root("sign-3")?.crl(&fresh_list(&[draft.serial.as_slice()])?)?;
                        Ok(draft.crls = Some(vec![list]))
                    },
                )
            },
        },
    ]
}

fn holders() -> Vec<Case> {
    vec![
        unreadable("attributes-holder-unnamed", "A signature certificate without its holder's attributes", |pki| {
            pki.certificate_result(|spec| Ok(spec.subject_alt_name = None), |_, _| Ok(()))
        }),
        unreadable("attributes-holder-gender", "Gender 3, which the register doesn't have", |pki| {
            stating(pki, GENDER, "3")
        }),
        unreadable("attributes-holder-era", "A birth date of Heisei in the era Showa", |pki| {
            stating(pki, BIRTHDATE, "319900401")
        }),
        unreadable("attributes-holder-era-first-day", "Born on the last day of Showa, as Heisei", |pki| {
            stating(pki, BIRTHDATE, "419890107")
        }),
        unreadable("attributes-holder-no-era", "A birth date without the digit of an era", |pki| {
            stating(pki, BIRTHDATE, "19900401")
        }),
        unreadable("attributes-holder-no-day", "A birth date that is no day of the calendar", |pki| {
            stating(pki, BIRTHDATE, "419900230")
        }),
        unreadable("attributes-holder-substitutes", "Marks of substitutes that are more than the characters", |pki| {
            stating(pki, ADDRESS_SUBSTITUTES, "10000000000000000")
        }),
        unreadable("attributes-holder-marks", "Marks of substitutes that are no digits", |pki| {
            stating(pki, NAME_SUBSTITUTES, "0000x")
        }),
        unreadable("attributes-holder-invisible", "A name with a character that hides the order of others", |pki| {
            stating(pki, NAME, "見本\u{202e}花子")
        }),
        unreadable("attributes-holder-string", "A name that is a BMPString", |pki| {
            pki.certificate_result(|spec| state(spec, NAME, &[0x1E, 2, 0x89, 0x8B]), |_, _| Ok(()))
        }),
    ]
}
