//! Every vector of `assets/vectors` gets the verdict that stands in it.
#![expect(clippy::unwrap_used, reason = "a test fails where an unwrap does")]

#[expect(dead_code, reason = "each test takes what it needs of the shared reader")]
mod support;

use std::collections::HashSet;

use jpki_trust::{
    Assurance, CrlFiles, FixedClock, Issued, Kind, MemoryChallengeStore, NotChecked, Ocsp, Refusal, Revocation,
    RevocationSource, VerifiedAttributes, VerifiedToken, Verifier,
};
use jpki_trust::{ChallengeStore as _, NonceSource, OcspTransport, TransportError};
use support::{Given, Vector, groups};

/// Plays a recorded OCSP exchange.
struct Recorded {
    nonce: [u8; 32],
    response: Option<Vec<u8>>,
}

impl OcspTransport for Recorded {
    fn exchange(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        assert!(request.windows(32).any(|window| window == self.nonce), "the nonce is asked with");
        self.response.clone().ok_or(TransportError)
    }
}

struct RecordedNonce([u8; 32]);

impl NonceSource for RecordedNonce {
    fn nonce(&self) -> Option<[u8; 32]> {
        Some(self.0)
    }
}

fn verifier(group: &support::Group, vector: &Vector) -> Result<Verifier, Refusal> {
    let roots = group.store(vector);
    let verifier = if let Some(crls) = &vector.crls {
        let mut lists = CrlFiles::new();
        crls.iter().try_for_each(|crl| lists.add(&support::base64(crl), &roots))?;
        Verifier::new(vector.origin.clone(), roots, lists)
    } else if let Some(recorded) = &vector.ocsp {
        let nonce = support::base64(&recorded.nonce).try_into().unwrap();
        let response = recorded.response.as_deref().map(support::base64);
        let ocsp = Ocsp::new(Recorded { nonce, response }).with_nonces(RecordedNonce(nonce));
        Verifier::new(vector.origin.clone(), roots, ocsp)
    } else {
        Verifier::new(vector.origin.clone(), roots, NotChecked)
    };
    Ok(verifier.with_clock(FixedClock(vector.time)))
}

/// What a vector's page gets in: a token, and attributes if they are what it is about.
fn verify(group: &support::Group, vector: &Vector) -> Result<(VerifiedToken, Option<VerifiedAttributes>), Refusal> {
    let verifier = verifier(group, vector)?;
    let store = MemoryChallengeStore::new();
    if let Some(challenge) = vector.challenge.clone() {
        store.put("session", Issued { challenge, at: vector.challenge_set });
    }
    match vector.given() {
        Given::Token(token, kind) => Ok((verifier.with_kind(kind).verify_in_session(token, &store, "session")?, None)),
        Given::Attributes(result, asked) => {
            let verified = verifier.verify_attributes_in_session(result, asked, &store, "session")?;
            Ok((verified.token.clone(), Some(verified)))
        }
    }
}

#[test]
fn every_vector_gets_its_verdict() {
    let mut wrong = Vec::new();
    for group in groups() {
        for vector in &group.vectors {
            let verdict = verify(&group, vector).map_or_else(Refusal::reason, |_| "ok");
            if verdict != vector.expected.verdict {
                wrong.push(format!("{}: {verdict} instead of {}", vector.id, vector.expected.verdict));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_accepted_token_tells_whose_it_is_and_how_revocation_was_checked() {
    for group in groups() {
        for vector in group.vectors.iter().filter(|vector| vector.expected.verdict == "ok") {
            let (token, attributes) = verify(&group, vector).unwrap();
            let revocation = match token.revocation {
                Revocation::NotChecked => "not_checked",
                Revocation::Checked { by: RevocationSource::Crl, .. } => "crl",
                Revocation::Checked { by: RevocationSource::Ocsp, .. } => "ocsp",
            };
            assert_eq!(Some(revocation), vector.expected.revocation.as_deref(), "{}", vector.id);
            assert_eq!(Some(&token.certificate.serial), vector.expected.serial.as_ref(), "{}", vector.id);
            let certified = attributes.is_some_and(|verified| verified.assurance == Assurance::Certified);
            let kind = match vector.given() {
                Given::Token(_, kind) => kind,
                Given::Attributes(..) if certified => Kind::Sign,
                Given::Attributes(..) => Kind::Auth,
            };
            assert_eq!(token.certificate.kind, kind, "{}", vector.id);
            assert_eq!(token.origin, vector.origin, "{}", vector.id);
        }
    }
}

#[test]
fn accepted_attributes_are_those_asked_for_and_say_who_vouches_for_them() {
    let mut seen = HashSet::new();
    for group in groups() {
        for vector in group.vectors.iter().filter(|vector| vector.expected.verdict == "ok") {
            let Given::Attributes(_, asked) = vector.given() else { continue };
            let verified = verify(&group, vector).unwrap().1.unwrap();
            let assurance = match verified.assurance {
                Assurance::Certified => "certified",
                Assurance::HolderAsserted => "holderAsserted",
            };
            seen.insert(assurance);
            assert_eq!(Some(assurance), vector.expected.assurance.as_deref(), "{}", vector.id);
            assert_eq!(Some(verified.attributes.canonical()), vector.expected.attributes, "{}", vector.id);
            assert_eq!(verified.attributes.clone().only(asked.attributes), verified.attributes, "{}", vector.id);
            assert_eq!(verified.source, asked.source, "{}", vector.id);
        }
    }
    assert_eq!(seen.len(), 2);
}

#[test]
fn there_is_a_vector_for_every_refusal() {
    let groups = groups();
    let vectors: Vec<_> = groups.iter().flat_map(|group| &group.vectors).collect();
    let mut verdicts: HashSet<_> = vectors.iter().map(|vector| vector.expected.verdict.as_str()).collect();
    let documents = support::documents::documents();
    verdicts.extend(documents.vectors.iter().map(|vector| vector.expected.as_str()));
    let missing: Vec<_> = Refusal::ALL.iter().filter(|refusal| !verdicts.contains(refusal.reason())).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let ids: HashSet<_> = vectors.iter().map(|vector| &vector.id).collect();
    assert_eq!(ids.len(), vectors.len(), "ids are unique");
    assert!(vectors.len() >= 60);
}
