//! Attributes that the holder's authentication key signed, or should have.

use jpki_protocol::{Attribute, Attributes};

use super::super::super::Case;
use super::super::super::answer::{CARD, CERTIFICATE, sample};
use super::super::super::draft::Draft;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = exactly_what_was_asked();
    cases.extend(bound());
    cases.extend(sources());
    cases
}

fn exactly_what_was_asked() -> Vec<Case> {
    const OTHER: &str = "attributes_not_as_asked";
    vec![
        Case {
            id: "attributes-added",
            description: "The address comes along though it wasn't asked for",
            expected: OTHER,
            make: |pki| {
                pki.card_result(sample(), |_, answer| Ok(answer.asked.attributes.retain(|word| word != "address")))
            },
        },
        Case {
            id: "attributes-missing",
            description: "The address was asked for and is missing",
            expected: OTHER,
            make: |pki| {
                let without = sample().only(&[Attribute::Name, Attribute::Birthdate, Attribute::Gender]);
                pki.card_result(without, |_, answer| Ok(answer.asked.attributes.push("address".to_owned())))
            },
        },
        Case {
            id: "attributes-instead",
            description: "Another one than was asked for",
            expected: OTHER,
            make: |pki| {
                pki.card_result(sample().only(&[Attribute::Name]), |_, answer| {
                    Ok(answer.asked.attributes = vec!["birthdate".to_owned()])
                })
            },
        },
        Case {
            id: "attributes-none",
            description: "None at all",
            expected: OTHER,
            make: |pki| {
                pki.card_result(
                    Attributes::default(),
                    |_, answer| Ok(answer.asked.attributes = vec!["name".to_owned()]),
                )
            },
        },
        Case {
            id: "attributes-substitutes-of-another",
            description: "Substitute characters of an address that wasn't asked for",
            expected: OTHER,
            make: |pki| {
                pki.part_result(&[Attribute::Name], |_, answer| {
                    answer.attributes.address_substitutes = vec![0];
                    Ok(answer.bound = Some(answer.attributes.clone()))
                })
            },
        },
    ]
}

fn bound() -> Vec<Case> {
    const INVALID: &str = "signature_invalid";
    vec![
        Case {
            id: "attributes-swapped",
            description: "The page put another name in the place of the one that was signed",
            expected: INVALID,
            make: |pki| {
                pki.card_result(sample(), |_, answer| Ok(answer.attributes.name = Some("見本　太郎".to_owned())))
            },
        },
        Case {
            id: "attributes-substitute-dropped",
            description: "The page kept back that a character of the name is a substitute",
            expected: INVALID,
            make: |pki| {
                pki.part_result(&[Attribute::Name], |_, answer| {
                    let signed = Attributes { name_substitutes: vec![0], ..answer.attributes.clone() };
                    Ok(answer.bound = Some(signed))
                })
            },
        },
        Case {
            id: "attributes-not-bound",
            description: "The token is one for signing in: it binds the challenge and no attributes",
            expected: INVALID,
            make: |pki| pki.card_result(sample(), |_, answer| Ok(answer.bound = None)),
        },
        Case {
            id: "attributes-of-four",
            description: "The card signed all four, the page hands over one of them",
            expected: INVALID,
            make: |pki| {
                pki.card_result(sample().only(&[Attribute::Name]), |_, answer| Ok(answer.bound = Some(sample())))
            },
        },
        Case {
            id: "attributes-other-origin",
            description: "Made for another site",
            expected: INVALID,
            make: |pki| {
                let draft =
                    pki.card_result(sample(), |draft, _| Ok(draft.origin = "https://other.example".to_owned()))?;
                Ok(Draft { origin: "https://rp.example".to_owned(), ..draft })
            },
        },
        Case {
            id: "attributes-other-challenge",
            description: "Made for another session",
            expected: INVALID,
            make: |pki| {
                let challenge = pki.good()?.challenge;
                let draft = pki.card_result(sample(), |draft, _| Ok(draft.challenge = Some("A".repeat(44))))?;
                Ok(Draft { challenge, ..draft })
            },
        },
        Case {
            id: "attributes-used-challenge",
            description: "The session has no open challenge: it was used by an earlier result",
            expected: "challenge_unknown",
            make: |pki| Ok(Draft { challenge: None, ..pki.card_result(sample(), |_, _| Ok(()))? }),
        },
    ]
}

fn sources() -> Vec<Case> {
    const OTHER: &str = "source_not_as_asked";
    const KIND: &str = "wrong_kind";
    vec![
        Case {
            id: "attributes-card-instead-of-certificate",
            description: "The certificate was asked for; the page answers from the card, for which nobody vouches",
            expected: OTHER,
            make: |pki| pki.card_result(sample(), |_, answer| Ok(answer.asked.source = CERTIFICATE.to_owned())),
        },
        Case {
            id: "attributes-certificate-instead-of-card",
            description: "The card was asked for; the page answers from the certificate",
            expected: OTHER,
            make: |pki| pki.certificate_result(|_| Ok(()), |_, answer| Ok(answer.asked.source = CARD.to_owned())),
        },
        Case {
            id: "attributes-card-signature-key",
            description: "From the card, but signed with the signature key",
            expected: KIND,
            make: |pki| {
                pki.certificate_result(
                    |_| Ok(()),
                    |_, answer| {
                        (answer.source, answer.asked.source) = (CARD, CARD.to_owned());
                        Ok(answer.bound = Some(sample()))
                    },
                )
            },
        },
        Case {
            id: "attributes-part-signature-key",
            description: "One attribute of the certificate, with the certificate that holds the others too",
            expected: KIND,
            make: |pki| {
                pki.certificate_result(
                    |_| Ok(()),
                    |_, answer| {
                        answer.attributes = sample().only(&[Attribute::Name]);
                        answer.asked.attributes = vec!["name".to_owned()];
                        Ok(answer.bound = Some(answer.attributes.clone()))
                    },
                )
            },
        },
        Case {
            id: "attributes-four-authentication-key",
            description: "All four said to be certified, but signed with the authentication key",
            expected: KIND,
            make: |pki| {
                pki.card_result(sample(), |_, answer| {
                    (answer.source, answer.asked.source) = (CERTIFICATE, CERTIFICATE.to_owned());
                    Ok(answer.record = None)
                })
            },
        },
    ]
}
