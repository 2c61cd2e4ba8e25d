//! Tokens, certificates and revocation answers broken at random: nothing panics, and nothing false is believed.
#![expect(clippy::unwrap_used, reason = "a test fails where an unwrap does")]

#[expect(dead_code, reason = "each test takes what it needs of the shared reader")]
mod support;

use std::sync::OnceLock;

use ::base64::Engine as _;
use ::base64::prelude::BASE64_STANDARD;
use jpki_protocol::Challenge;
use jpki_trust::{CrlFiles, FixedClock, NonceSource, NotChecked, Ocsp, OcspTransport, Root, TransportError, Verifier};
use proptest::collection::vec;
use proptest::prelude::*;
use support::{Given, Group, Vector, groups};

/// One change to some bytes; places are taken modulo the length.
#[derive(Debug, Clone)]
enum Change {
    Set(usize, u8),
    Flip(usize, u8),
    Insert(usize, u8),
    Remove(usize),
    Cut(usize),
    Repeat(usize, usize),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (any::<usize>(), 0..8u8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Change::Insert(at, byte)),
        any::<usize>().prop_map(Change::Remove),
        any::<usize>().prop_map(Change::Cut),
        (any::<usize>(), 1..64usize).prop_map(|(at, count)| Change::Repeat(at, count)),
    ];
    vec(change, 1..4)
}

fn apply(changes: &[Change], bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for change in changes {
        let length = bytes.len().max(1);
        match *change {
            _ if bytes.is_empty() => bytes.push(0),
            Change::Set(at, byte) => bytes[at % length] = byte,
            Change::Flip(at, bit) => bytes[at % length] ^= 1 << bit,
            Change::Insert(at, byte) => bytes.insert(at % length, byte),
            Change::Remove(at) => drop(bytes.remove(at % length)),
            Change::Cut(at) => bytes.truncate(at % length),
            Change::Repeat(at, count) => {
                let at = at % length;
                let copy = bytes[at..length.min(at + count)].to_vec();
                bytes.splice(at..at, copy);
            }
        }
    }
    bytes
}

fn with_vector<T>(id: &str, act: impl FnOnce(&Group, &Vector) -> T) -> T {
    static GROUPS: OnceLock<Vec<Group>> = OnceLock::new();
    let mut all = GROUPS.get_or_init(groups).iter().flat_map(|group| group.vectors.iter().map(move |one| (group, one)));
    let (group, vector) = all.find(|(_, vector)| vector.id == id).unwrap();
    act(group, vector)
}

fn member(vector: &Vector, name: &str) -> Vec<u8> {
    let token: serde_json::Value = serde_json::from_str(vector.token().0).unwrap();
    support::base64(token[name].as_str().unwrap())
}

/// Judges other tokens in the place of a vector's own, without a revocation check.
struct Judge {
    verifier: Verifier,
    challenge: Challenge,
    token: String,
}

impl Judge {
    fn of(group: &Group, vector: &Vector) -> Self {
        let verifier = Verifier::new(vector.origin.clone(), group.store(vector), NotChecked)
            .with_kind(vector.token().1)
            .with_clock(FixedClock(vector.time));
        Self { verifier, challenge: vector.challenge.clone().unwrap(), token: vector.token().0.to_owned() }
    }

    /// The hash of the certificate if the token is accepted.
    fn accepts(&self, token: &str) -> Option<String> {
        self.verifier.verify(token, &self.challenge).ok().map(|verified| verified.certificate.sha256)
    }

    /// Whether the token is accepted with some of its bytes replaced by others.
    fn accepts_instead(&self, original: &[u8], changed: &[u8]) -> bool {
        let encode = |bytes: &[u8]| BASE64_STANDARD.encode(bytes);
        self.accepts(&self.token.replace(&encode(original), &encode(changed))).is_some()
    }
}

struct Answer(Vec<u8>);

impl OcspTransport for Answer {
    fn exchange(&self, _: &[u8]) -> Result<Vec<u8>, TransportError> {
        Ok(self.0.clone())
    }
}

struct Nonce([u8; 32]);

impl NonceSource for Nonce {
    fn nonce(&self) -> Option<[u8; 32]> {
        Some(self.0)
    }
}

#[test]
fn no_single_bit_of_a_certificate_can_be_flipped() {
    with_vector("valid-auth", |group, vector| {
        let judge = Judge::of(group, vector);
        let original = member(vector, "unverifiedCertificate");
        let mut changed = original.clone();
        for at in 0..original.len() * 8 {
            changed[at / 8] ^= 1 << (at % 8);
            assert!(!judge.accepts_instead(&original, &changed), "bit {} of byte {}", at % 8, at / 8);
            changed[at / 8] ^= 1 << (at % 8);
        }
        assert!(judge.accepts_instead(&original, &changed));
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_certificate_or_signature_with_any_change_is_refused(changes in changes()) {
        for (id, name) in [
            ("valid-auth", "unverifiedCertificate"),
            ("valid-signature-certificate", "unverifiedCertificate"),
            ("valid-auth", "signature"),
        ] {
            with_vector(id, |group, vector| {
                let original = member(vector, name);
                let changed = apply(&changes, &original);
                prop_assert_eq!(Judge::of(group, vector).accepts_instead(&original, &changed), changed == original);
                Ok(())
            })?;
        }
    }

    #[test]
    fn a_token_with_any_change_is_refused_or_still_the_same_persons(changes in changes()) {
        with_vector("valid-auth", |group, vector| {
            let judge = Judge::of(group, vector);
            let changed = apply(&changes, vector.token().0.as_bytes());
            let verdict = judge.accepts(&String::from_utf8_lossy(&changed));
            prop_assert!(verdict.is_none() || verdict == judge.accepts(vector.token().0));
            Ok(())
        })?;
    }

    #[test]
    fn a_result_with_any_change_is_refused_or_still_says_the_same(changes in changes()) {
        for id in ["attributes-card-four", "attributes-certificate-substitutes"] {
            with_vector(id, |group, vector| {
                let Given::Attributes(result, asked) = vector.given() else { unreachable!() };
                let verifier = Verifier::new(vector.origin.clone(), group.store(vector), NotChecked)
                    .with_clock(FixedClock(vector.time));
                let changed = apply(&changes, result.as_bytes());
                let challenge = vector.challenge.as_ref().unwrap();
                let verdict = verifier.verify_attributes(&String::from_utf8_lossy(&changed), asked, challenge);
                let said = verdict.ok().map(|verified| verified.attributes.canonical());
                prop_assert!(said.is_none() || said == vector.expected.attributes);
                Ok(())
            })?;
        }
    }

    #[test]
    fn no_change_to_a_list_brings_a_revoked_certificate_back(changes in changes()) {
        with_vector("crl-revoked", |group, vector| {
            let roots = group.store(vector);
            let list = support::base64(&vector.crls.as_ref().unwrap()[0]);
            let mut lists = CrlFiles::new();
            if lists.add(&apply(&changes, &list), &roots).is_ok() {
                let verifier = Verifier::new(vector.origin.clone(), roots, lists).with_clock(FixedClock(vector.time));
                prop_assert!(verifier.verify(vector.token().0, vector.challenge.as_ref().unwrap()).is_err());
            }
            Ok(())
        })?;
    }

    #[test]
    fn no_change_to_a_response_brings_a_revoked_certificate_back(changes in changes()) {
        with_vector("ocsp-revoked", |group, vector| {
            let recorded = vector.ocsp.as_ref().unwrap();
            let response = support::base64(recorded.response.as_ref().unwrap());
            let nonce = support::base64(&recorded.nonce).try_into().unwrap();
            let ocsp = Ocsp::new(Answer(apply(&changes, &response))).with_nonces(Nonce(nonce));
            let verifier =
                Verifier::new(vector.origin.clone(), group.store(vector), ocsp).with_clock(FixedClock(vector.time));
            prop_assert!(verifier.verify(vector.token().0, vector.challenge.as_ref().unwrap()).is_err());
            Ok(())
        })?;
    }

    #[test]
    fn random_bytes_are_no_root_and_no_list(bytes in vec(any::<u8>(), 0..600)) {
        prop_assert!(Root::from_der(&bytes).is_err());
        prop_assert!(Root::from_pem(&String::from_utf8_lossy(&bytes)).is_err());
        prop_assert!(CrlFiles::new().add(&bytes, &jpki_trust::TrustStore::new()).is_err());
    }
}
