//! The certificate's issuer and the time.

use jpki_softcard::ca::{Attribute, Authority, CertificateSpec, Family, Generation, distinguished_name, random_serial};
use jpki_softcard::x509_cert::der::asn1::{Any, OctetString, PrintableString};

use super::super::asn1::{children, contents, element, sequence};
use super::super::draft::Draft;
use super::super::pki::{Pki, at, time};
use super::super::{Case, Table};
use crate::Result;

fn pinned(draft: Result<Draft>, roots: &[&'static str]) -> Result<Draft> {
    let mut draft = draft?;
    draft.roots = roots.to_vec();
    Ok(draft)
}

fn verified(draft: Result<Draft>, moment: &str) -> Result<Draft> {
    let mut draft = draft?;
    draft.time = at(moment)?;
    draft.challenge_set = draft.time;
    Ok(draft)
}

/// An authority that calls itself like the current root and has a key of its own.
fn impostor(pki: &Pki) -> Result<Authority> {
    let key = pki.key("impostor")?;
    Ok(Authority::self_signed(&CertificateSpec::ca(Family::Auth, Generation::Third, &key.to_public_key())?, key)?)
}

pub(super) fn table() -> Table {
    let mut cases = issuers();
    cases.extend(times());
    Table { name: "chain", description: "The certificate's issuer, and the time", cases }
}

fn issuers() -> Vec<Case> {
    vec![
        Case {
            id: "issuer-none-pinned",
            description: "No root is pinned at all",
            expected: "issuer_unknown",
            make: |pki| pinned(pki.good(), &[]),
        },
        Case {
            id: "issuer-test-under-production",
            description: "A test card where only production roots are pinned",
            expected: "issuer_unknown",
            make: |pki| pinned(pki.good(), &["production-auth", "production-sign"]),
        },
        Case {
            id: "issuer-not-jpki",
            description: "An issuer of another name",
            expected: "issuer_unknown",
            make: |pki| {
                let name = distinguished_name(&[(Attribute::Country, "JP"), (Attribute::Organization, "Somebody")])?;
                pki.altered("auth-3", |spec| Ok(spec.issuer = Some(name)))
            },
        },
        Case {
            id: "issuer-other-encoding",
            description: "The issuer's name with the same letters in another string type",
            expected: "issuer_unknown",
            make: |pki| {
                let mut name = pki.root("auth-3")?.subject().clone();
                let organization = name.0[1].0.clone().into_vec().remove(0);
                let value = Any::from(&PrintableString::new("JPKI-TEST")?);
                let respelled = [jpki_softcard::x509_cert::attr::AttributeTypeAndValue { value, ..organization }];
                name.0[1].0 = respelled.to_vec().try_into()?;
                pki.altered("auth-3", |spec| Ok(spec.issuer = Some(name)))
            },
        },
        Case {
            id: "issuer-intermediate",
            description: "A CA below the root issued it: chains have one step",
            expected: "issuer_unknown",
            make: |pki| {
                let key = pki.key("intermediate")?;
                let mut spec = CertificateSpec::ca(Family::Auth, Generation::Third, &key.to_public_key())?;
                spec.subject = distinguished_name(&[
                    (Attribute::Country, "JP"),
                    (Attribute::Organization, "JPKI-TEST"),
                    (Attribute::Unit, "Intermediate"),
                ])?;
                let intermediate = pki.root("auth-3")?.subordinate(&spec, key)?;
                pki.issued_by(&intermediate, &pki.profile("auth-3")?)
            },
        },
        Case {
            id: "issuer-generation-missing",
            description: "The generation that issued it isn't pinned; two others of the same name are",
            expected: "issuer_key_unknown",
            make: |pki| pinned(pki.good(), &["auth-1", "auth-2"]),
        },
        Case {
            id: "issuer-key-unnamed",
            description: "The certificate has no authority key identifier",
            expected: "issuer_key_missing",
            make: |pki| pki.altered("auth-3", |spec| Ok(spec.authority_key_identifier = None)),
        },
        Case {
            id: "issuer-key-without-identifier",
            description: "Its authority key identifier names issuer and serial number, but no key",
            expected: "issuer_key_missing",
            make: |pki| {
                pki.altered("auth-3", |spec| {
                    let authority = spec.authority_key_identifier.as_mut().ok_or("no authority key identifier")?;
                    Ok(authority.value.key_identifier = None)
                })
            },
        },
        Case {
            id: "issuer-wrong-generation",
            description: "It names the key of one generation, but another one signed it",
            expected: "certificate_signature",
            make: |pki| pki.issued_by(pki.root("auth-2")?, &pki.profile("auth-3")?),
        },
        Case {
            id: "issuer-impostor",
            description: "An impostor with the root's name and, claimed, its key identifier",
            expected: "certificate_signature",
            make: |pki| pki.issued_by(&impostor(pki)?, &pki.profile("auth-3")?),
        },
        Case {
            id: "issuer-impostor-own-key",
            description: "An impostor with the root's name who names its own key",
            expected: "issuer_key_unknown",
            make: |pki| {
                let impostor = impostor(pki)?;
                let mut spec = pki.profile("auth-3")?;
                let authority = spec.authority_key_identifier.as_mut().ok_or("no authority key identifier")?;
                authority.value.key_identifier = Some(OctetString::new(impostor.key_identifier())?);
                pki.issued_by(&impostor, &spec)
            },
        },
        Case {
            id: "certificate-altered",
            description: "The subject was altered after the certificate was signed",
            expected: "certificate_signature",
            make: |pki| {
                pki.rebuilt(|der, _| {
                    let mut der = der.to_vec();
                    let at = der.windows(4).position(|window| window == b"003A").ok_or("no common name")?;
                    der[at] = b'1';
                    Ok(der)
                })
            },
        },
        Case {
            id: "certificate-signature-empty",
            description: "The issuer's signature is empty",
            expected: "certificate_signature",
            make: |pki| {
                pki.rebuilt(|der, _| {
                    let mut parts = children(der)?;
                    parts[2] = element(3, &[0]);
                    Ok(sequence(&parts))
                })
            },
        },
        Case {
            id: "certificate-signature-unused-bit",
            description: "The issuer's signature, which ends in a zero bit, claims not to use it",
            expected: "certificate_malformed",
            make: |pki| {
                loop {
                    let mut draft = pki.altered("auth-3", |spec| Ok(spec.serial = random_serial()))?;
                    let mut parts = children(&draft.certificate)?;
                    let signature = contents(&parts[2])?.to_vec();
                    if signature.last().is_some_and(|last| last & 1 == 0) {
                        parts[2] = element(3, &[&[1], &signature[1..]].concat());
                        draft.certificate = sequence(&parts);
                        return Ok(draft);
                    }
                }
            },
        },
        Case {
            id: "kind-signature-for-authentication",
            description: "The signature certificate where authentication is asked for; both roots are pinned",
            expected: "wrong_kind",
            make: |pki| pinned(pki.altered("sign-3", |_| Ok(())), &["auth-3", "sign-3"]),
        },
        Case {
            id: "kind-authentication-for-signature",
            description: "The authentication certificate where a signature certificate is asked for",
            expected: "wrong_kind",
            make: |pki| {
                let mut draft = pinned(pki.good(), &["auth-3", "sign-3"])?;
                draft.kind = "sign";
                Ok(draft)
            },
        },
    ]
}

fn times() -> Vec<Case> {
    vec![
        Case {
            id: "time-too-early",
            description: "One second before the certificate's validity",
            expected: "certificate_not_yet_valid",
            make: |pki| pki.altered("auth-3", |spec| Ok(spec.not_before = time("2026-04-01T12:00:01Z")?)),
        },
        Case {
            id: "time-too-late",
            description: "One second after the certificate's validity",
            expected: "certificate_expired",
            make: |pki| pki.altered("auth-3", |spec| Ok(spec.not_after = time("2026-04-01T11:59:59Z")?)),
        },
        Case {
            id: "time-validity-reversed",
            description: "The validity ends before it begins",
            expected: "certificate_expired",
            make: |pki| pki.altered("auth-3", |spec| Ok(spec.not_after = time("2025-03-01T00:00:00Z")?)),
        },
        Case {
            id: "time-root-expired",
            description: "The certificate is valid but the generation that issued it has ended",
            expected: "issuer_not_valid",
            make: |pki| pki.altered("auth-1", |_| Ok(())),
        },
        Case {
            id: "time-root-too-early",
            description: "Before the root's validity",
            expected: "issuer_not_valid",
            make: |pki| {
                let early = |spec: &mut CertificateSpec| Ok(spec.not_before = time("2022-04-01T00:00:00Z")?);
                verified(pki.altered("auth-3", early), "2023-01-01T00:00:00Z")
            },
        },
    ]
}
