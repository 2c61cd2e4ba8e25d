//! OCSP responses.

use jpki_softcard::ca::{CertificateSpec, Marked, OcspStatus, SignatureAlgorithm};
use jpki_softcard::x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage, KeyUsages};

use super::super::asn1::{children, contents, element, sequence};
use super::super::draft::Draft;
use super::super::pki::{Pki, time};
use super::super::{Case, Table};
use crate::Result;

/// A good token answered by a responder whose certificate was altered.
fn delegated(pki: &Pki, root: &str, alter: impl FnOnce(&mut CertificateSpec) -> Result<()>) -> Result<Draft> {
    pki.answered_by(Some(&pki.responder(root, alter)?), |_| Ok(()))
}

/// A good token with these bytes as the response.
fn response(pki: &Pki, alter: impl FnOnce(Vec<u8>) -> Result<Vec<u8>>) -> Result<Draft> {
    let mut draft = pki.answered(|_| Ok(()))?;
    let (nonce, good) = draft.ocsp.ok_or("no response")?;
    draft.ocsp = Some((nonce, Some(alter(good.ok_or("no response")?)?)));
    Ok(draft)
}

pub(super) fn table() -> Table {
    let mut cases = answers();
    cases.extend(signers());
    cases.extend(doubts());
    Table { name: "ocsp", description: "OCSP responses; each must repeat the nonce", cases }
}

fn answers() -> Vec<Case> {
    vec![
        Case {
            id: "ocsp-good",
            description: "The issuer itself says good",
            expected: "ok",
            make: |pki| pki.answered(|_| Ok(())),
        },
        Case {
            id: "ocsp-good-delegated",
            description: "A responder that the issuer authorised says good",
            expected: "ok",
            make: |pki| delegated(pki, "auth-3", |_| Ok(())),
        },
        Case {
            id: "ocsp-good-without-next",
            description: "The response doesn't say when newer information comes",
            expected: "ok",
            make: |pki| pki.answered(|spec| Ok(spec.next_update = None)),
        },
        Case {
            id: "ocsp-revoked",
            description: "Revoked",
            expected: "revoked",
            make: |pki| pki.answered(|spec| Ok(spec.status = OcspStatus::Revoked(time("2026-03-01T00:00:00Z")?, None))),
        },
        Case {
            id: "ocsp-unknown",
            description: "The responder doesn't know the certificate",
            expected: "revocation_unknown",
            make: |pki| pki.answered(|spec| Ok(spec.status = OcspStatus::Unknown)),
        },
    ]
}

fn signers() -> Vec<Case> {
    vec![
        Case {
            id: "ocsp-signer-without-purpose",
            description: "The signer's certificate isn't for OCSP",
            expected: "ocsp_responder",
            make: |pki| delegated(pki, "auth-3", |spec| Ok(spec.extended_key_usage = None)),
        },
        Case {
            id: "ocsp-signer-for-clients",
            description: "The signer's certificate is for client authentication: any card's would do",
            expected: "ocsp_responder",
            make: |pki| {
                delegated(pki, "auth-3", |spec| {
                    let client = ExtendedKeyUsage(vec!["1.3.6.1.5.5.7.3.2".parse()?]);
                    Ok(spec.extended_key_usage = Some(Marked::plain(client)))
                })
            },
        },
        Case {
            id: "ocsp-signer-wrong-usage",
            description: "The signer's key is for encryption",
            expected: "ocsp_responder",
            make: |pki| {
                delegated(pki, "auth-3", |spec| {
                    Ok(spec.key_usage = Some(Marked::critical(KeyUsage(KeyUsages::KeyEncipherment.into()))))
                })
            },
        },
        Case {
            id: "ocsp-signer-of-another-generation",
            description: "Another generation of the issuer authorised the signer",
            expected: "ocsp_responder",
            make: |pki| delegated(pki, "auth-2", |_| Ok(())),
        },
        Case {
            id: "ocsp-signer-expired",
            description: "The signer's certificate has expired",
            expected: "ocsp_responder",
            make: |pki| delegated(pki, "auth-3", |spec| Ok(spec.not_after = time("2026-03-31T00:00:00Z")?)),
        },
        Case {
            id: "ocsp-signature-wrong",
            description: "One bit of the response's signature is flipped",
            expected: "ocsp_signature",
            make: |pki| {
                response(pki, |mut der| {
                    der.last_mut().into_iter().for_each(|last| *last ^= 1);
                    Ok(der)
                })
            },
        },
        Case {
            id: "ocsp-sha1",
            description: "The response is signed with SHA-1",
            expected: "ocsp_signature",
            make: |pki| pki.answered(|spec| Ok(spec.signature = SignatureAlgorithm::Sha1WithRsa)),
        },
    ]
}

fn doubts() -> Vec<Case> {
    vec![
        Case {
            id: "ocsp-unreachable",
            description: "The responder can't be reached",
            expected: "ocsp_unreachable",
            make: |pki| {
                let mut draft = pki.answered(|_| Ok(()))?;
                draft.ocsp = draft.ocsp.map(|(nonce, _)| (nonce, None));
                Ok(draft)
            },
        },
        Case {
            id: "ocsp-try-later",
            description: "The responder says tryLater",
            expected: "ocsp_failed",
            make: |pki| response(pki, |_| Ok(sequence(&[element(0x0A, &[3])]))),
        },
        Case {
            id: "ocsp-page",
            description: "A web page instead of a response",
            expected: "ocsp_malformed",
            make: |pki| response(pki, |_| Ok(b"<html>Sign in to this network</html>".to_vec())),
        },
        Case {
            id: "ocsp-empty",
            description: "An empty response",
            expected: "ocsp_malformed",
            make: |pki| response(pki, |_| Ok(Vec::new())),
        },
        Case {
            id: "ocsp-two-answers",
            description: "The response has the answer twice",
            expected: "ocsp_malformed",
            make: |pki| response(pki, doubled),
        },
        Case {
            id: "ocsp-nonce-missing",
            description: "The response doesn't repeat the nonce",
            expected: "ocsp_nonce",
            make: |pki| pki.answered(|spec| Ok(spec.nonce = None)),
        },
        Case {
            id: "ocsp-nonce-other",
            description: "The response repeats another nonce: a replay",
            expected: "ocsp_nonce",
            make: |pki| pki.answered(|spec| Ok(spec.nonce = Some(vec![7; 32]))),
        },
        Case {
            id: "ocsp-other-certificate",
            description: "The answer is about another certificate",
            expected: "ocsp_wrong_certificate",
            make: |pki| pki.answered(|spec| Ok(spec.serial = vec![0x55; 8])),
        },
        Case {
            id: "ocsp-other-hash",
            description: "The answer names the certificate by other hashes than the request did",
            expected: "ocsp_wrong_certificate",
            make: |pki| pki.answered(|spec| Ok(spec.sha256_cert_id = true)),
        },
        Case {
            id: "ocsp-old",
            description: "The information is 31 minutes old",
            expected: "ocsp_stale",
            make: |pki| pki.answered(|spec| Ok(spec.this_update = time("2026-04-01T11:29:00Z")?)),
        },
        Case {
            id: "ocsp-outdated",
            description: "Newer information was there six minutes ago",
            expected: "ocsp_stale",
            make: |pki| pki.answered(|spec| Ok(spec.next_update = Some(time("2026-04-01T11:54:00Z")?))),
        },
        Case {
            id: "ocsp-of-the-future",
            description: "The information is from six minutes ahead",
            expected: "ocsp_stale",
            make: |pki| pki.answered(|spec| Ok(spec.this_update = time("2026-04-01T12:06:00Z")?)),
        },
    ]
}

/// A response with its one SingleResponse repeated; the signature no longer fits, but the form is wrong first.
fn doubled(der: Vec<u8>) -> Result<Vec<u8>> {
    let outer = children(&der)?;
    let wrapped = children(contents(&outer[1])?)?;
    let mut basic = children(contents(&wrapped[1])?)?;
    let mut data = children(&basic[0])?;
    // ResponderID, producedAt, responses.
    let single = contents(&data[2])?.to_vec();
    data[2] = sequence(&[single.clone(), single]);
    basic[0] = sequence(&data);
    let bytes = sequence(&[wrapped[0].clone(), element(0x04, &sequence(&basic))]);
    Ok(sequence(&[outer[0].clone(), element(0xA0, &bytes)]))
}
