//! Revocation lists.

use jpki_softcard::ca::{CrlSpec, SignatureAlgorithm};
use jpki_softcard::x509_cert::der::Encode as _;
use jpki_softcard::x509_cert::ext::pkix::CrlReason;
use jpki_softcard::x509_cert::ext::pkix::crl::dp::IssuingDistributionPoint;
use jpki_softcard::x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};

use super::super::asn1::{INTEGER, element};
use super::super::draft::Draft;
use super::super::pki::{Pki, extension, fresh_list, time};
use super::super::{Case, Table};
use crate::Result;

const ISSUING_DISTRIBUTION_POINT: &str = "2.5.29.28";

/// A list of one distribution point that revokes the certificate: that of the certificate, or another.
fn for_point(pki: &Pki, own: bool) -> Result<Draft> {
    let spec = pki.profile("auth-3")?;
    let points = spec.crl_distribution_points.ok_or("no distribution point")?.value.0;
    let own_name = points.into_iter().find_map(|point| point.distribution_point).ok_or("no name")?;
    let other = DistributionPointName::FullName(vec![GeneralName::DirectoryName(spec.subject)]);
    let point = IssuingDistributionPoint {
        distribution_point: Some(if own { own_name } else { other }),
        only_contains_user_certs: true,
        only_contains_ca_certs: false,
        only_some_reasons: None,
        indirect_crl: false,
        only_contains_attribute_certs: false,
    };
    pki.listed(true, |list| {
        Ok(list.extra_extensions.push(extension(ISSUING_DISTRIBUTION_POINT, true, &point.to_der()?)?))
    })
}

fn marked(list: &mut CrlSpec, oid: &str, critical: bool, value: &[u8]) -> Result<()> {
    Ok(list.extra_extensions.push(extension(oid, critical, value)?))
}

/// A good token with the list of another issuer.
fn from_issuer(pki: &Pki, root: &str) -> Result<Draft> {
    let mut draft = pki.good()?;
    draft.crls = Some(vec![pki.root(root)?.crl(&fresh_list(&[])?)?]);
    Ok(draft)
}

pub(super) fn table() -> Table {
    let mut cases = answers();
    cases.extend(doubts());
    Table { name: "crl", description: "Revocation lists", cases }
}

fn answers() -> Vec<Case> {
    vec![
        Case {
            id: "crl-good",
            description: "The issuer's fresh list revokes another certificate",
            expected: "ok",
            make: |pki| pki.listed(false, |_| Ok(())),
        },
        Case {
            id: "crl-empty",
            description: "The issuer's fresh list revokes nothing",
            expected: "ok",
            make: |pki| pki.listed(false, |list| Ok(list.revoked.clear())),
        },
        Case {
            id: "crl-without-key-identifier",
            description: "A list that doesn't name its key is matched by its signature",
            expected: "ok",
            make: |pki| pki.listed(false, |list| Ok(list.authority_key_identifier = false)),
        },
        Case {
            id: "crl-released",
            description: "An older list revoked the certificate, the newest one doesn't",
            expected: "ok",
            make: |pki| {
                let mut draft = pki.listed(false, |_| Ok(()))?;
                let old = pki.listed(false, |list| {
                    list.this_update = time("2026-03-31T00:00:00Z")?;
                    Ok(list.revoked[0].serial.clone_from(&draft.serial))
                })?;
                draft.crls = draft.crls.zip(old.crls).map(|(new, old)| [old, new].concat());
                Ok(draft)
            },
        },
        Case {
            id: "crl-revoked",
            description: "The certificate is on the list",
            expected: "revoked",
            make: |pki| pki.listed(true, |_| Ok(())),
        },
        Case {
            id: "crl-on-hold",
            description: "The certificate is on hold",
            expected: "revoked",
            make: |pki| pki.listed(true, |list| Ok(list.revoked[0].reason = Some(CrlReason::CertificateHold))),
        },
        Case {
            id: "crl-of-its-point",
            description: "The list of the certificate's own distribution point revokes it",
            expected: "revoked",
            make: |pki| for_point(pki, true),
        },
    ]
}

fn doubts() -> Vec<Case> {
    vec![
        Case {
            id: "crl-of-another-point",
            description: "Only the list of another distribution point is there",
            expected: "crl_missing",
            make: |pki| for_point(pki, false),
        },
        Case {
            id: "crl-of-another-generation",
            description: "Only the list of another generation is there",
            expected: "crl_missing",
            make: |pki| from_issuer(pki, "auth-2"),
        },
        Case {
            id: "crl-of-an-unpinned-issuer",
            description: "A list by an issuer that isn't pinned",
            expected: "crl_issuer_unknown",
            make: |pki| from_issuer(pki, "sign-3"),
        },
        Case {
            id: "crl-forged",
            description: "Somebody else signed the list in the issuer's name",
            expected: "crl_signature",
            make: |pki| {
                let mut draft = pki.good()?;
                let mut list = fresh_list(&[])?;
                list.authority_key_identifier = false;
                list.issuer = Some(pki.root("auth-3")?.subject().clone());
                draft.crls = Some(vec![pki.root("sign-3")?.crl(&list)?]);
                Ok(draft)
            },
        },
        Case {
            id: "crl-sha1",
            description: "The list is signed with SHA-1",
            expected: "crl_signature",
            make: |pki| pki.listed(false, |list| Ok(list.signature = SignatureAlgorithm::Sha1WithRsa)),
        },
        Case {
            id: "crl-garbage",
            description: "The list can't be read",
            expected: "crl_malformed",
            make: |pki| {
                let mut draft = pki.good()?;
                draft.crls = Some(vec![b"no list".to_vec()]);
                Ok(draft)
            },
        },
        Case {
            id: "crl-delta",
            description: "A delta list, which alone says little",
            expected: "crl_malformed",
            make: |pki| pki.listed(false, |list| marked(list, "2.5.29.27", true, &element(INTEGER, &[1]))),
        },
        Case {
            id: "crl-unknown-critical",
            description: "The list has a critical extension that nobody knows",
            expected: "crl_malformed",
            make: |pki| pki.listed(false, |list| marked(list, "1.2.3.4", true, &element(INTEGER, &[1]))),
        },
        Case {
            id: "crl-indirect",
            description: "An indirect list, whose entries may be other issuers'",
            expected: "crl_malformed",
            make: |pki| {
                pki.listed(false, |list| {
                    marked(list, ISSUING_DISTRIBUTION_POINT, true, &element(0x30, &[0x84, 1, 0xFF]))
                })
            },
        },
        Case {
            id: "crl-outdated",
            description: "The next list was due a second ago",
            expected: "crl_stale",
            make: |pki| pki.listed(false, |list| Ok(list.next_update = Some(time("2026-04-01T11:59:59Z")?))),
        },
        Case {
            id: "crl-outdated-revoked",
            description: "An outdated list that revokes the certificate: it can't be known whether that still holds",
            expected: "crl_stale",
            make: |pki| pki.listed(true, |list| Ok(list.next_update = Some(time("2026-04-01T11:59:59Z")?))),
        },
        Case {
            id: "crl-without-end",
            description: "The list doesn't say when the next one comes",
            expected: "crl_stale",
            make: |pki| pki.listed(false, |list| Ok(list.next_update = None)),
        },
        Case {
            id: "crl-of-the-future",
            description: "The list was made ten minutes from now",
            expected: "crl_stale",
            make: |pki| pki.listed(false, |list| Ok(list.this_update = time("2026-04-01T12:10:00Z")?)),
        },
    ]
}
