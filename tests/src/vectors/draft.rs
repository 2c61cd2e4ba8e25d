//! A vector while it is made: a good one first, then whatever its row spoils.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jpki_protocol::token::{ALGORITHM, FORMAT};

use super::answer::Answer;
use super::file::{Expected, Ocsp, Vector};
use super::{Case, Pki};
use crate::Result;

/// Everything a vector says, each part open to be spoiled.
#[derive(Clone)]
pub(super) struct Draft {
    pub(super) certificate: Vec<u8>,
    /// Of the certificate, big-endian without leading zeros.
    pub(super) serial: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) algorithm: String,
    pub(super) format: String,
    /// Replaces the token as a whole.
    pub(super) token: Option<String>,
    /// Attributes that the token comes with.
    pub(super) answer: Option<Answer>,
    pub(super) origin: String,
    pub(super) challenge: Option<String>,
    pub(super) challenge_set: Timestamp,
    pub(super) time: Timestamp,
    pub(super) kind: &'static str,
    pub(super) roots: Vec<&'static str>,
    pub(super) crls: Option<Vec<Vec<u8>>>,
    pub(super) ocsp: Option<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Draft {
    /// A token of a certificate, good under all test roots of authentication, not yet signed.
    pub(super) fn new(certificate: Vec<u8>, serial: Vec<u8>) -> Self {
        Self {
            certificate,
            serial,
            signature: Vec::new(),
            algorithm: ALGORITHM.to_owned(),
            format: FORMAT.to_owned(),
            token: None,
            answer: None,
            origin: "https://rp.example".to_owned(),
            challenge: Some(BASE64_STANDARD.encode(*b"a nonce of these test vectors 01")),
            challenge_set: Pki::NOW - jiff::SignedDuration::from_mins(1),
            time: Pki::NOW,
            kind: "auth",
            roots: vec!["auth-1", "auth-2", "auth-3"],
            crls: None,
            ocsp: None,
        }
    }

    /// What a token of this draft must sign.
    pub(super) fn signed_value(&self) -> [u8; 64] {
        let challenge = self.challenge.as_deref().unwrap_or_default();
        let challenge = self.answer.as_ref().map_or(challenge.to_owned(), |answer| answer.bound_challenge(challenge));
        jpki_protocol::token::signed_value_of(&self.origin, &challenge)
    }

    /// The token as a JSON object, to be spoiled as text.
    pub(super) fn token_json(&self) -> String {
        let encode = |bytes: &[u8]| BASE64_STANDARD.encode(bytes);
        self.token_of(&encode(&self.certificate), &encode(&self.signature))
    }

    /// The token with other texts where the base64 goes.
    pub(super) fn token_of(&self, certificate: &str, signature: &str) -> String {
        serde_json::json!({
            "unverifiedCertificate": certificate,
            "algorithm": self.algorithm,
            "signature": signature,
            "format": self.format,
            "appVersion": "https://jpki-bridge.example/test-vectors",
        })
        .to_string()
    }

    pub(super) fn finish(self, case: &Case) -> Result<Vector> {
        let token = self.token.clone().unwrap_or_else(|| self.token_json());
        let accepted = case.expected == "ok";
        let result = self.answer.as_ref().map(|answer| answer.result(&token));
        let verified = self.answer.as_ref().filter(|_| accepted);
        let encode = |bytes: Vec<u8>| BASE64_STANDARD.encode(bytes);
        let revocation = match (&self.crls, &self.ocsp) {
            (None, None) => "not_checked",
            (Some(_), None) => "crl",
            (None, Some(_)) => "ocsp",
            (Some(_), Some(_)) => return Err(format!("{}: revocation is checked in one way", case.id).into()),
        };
        let serial: String = self.serial.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Vector {
            id: case.id.to_owned(),
            description: case.description.to_owned(),
            token: result.is_none().then_some(token),
            result,
            asked: self.answer.as_ref().map(|answer| answer.asked.clone()),
            origin: self.origin,
            challenge: self.challenge,
            challenge_set: self.challenge_set,
            time: self.time,
            kind: self.answer.is_none().then(|| self.kind.to_owned()),
            roots: self.roots.into_iter().map(str::to_owned).collect(),
            crls: self.crls.map(|crls| crls.into_iter().map(encode).collect()),
            ocsp: self.ocsp.map(|(nonce, response)| Ocsp { nonce: encode(nonce), response: response.map(encode) }),
            expected: Expected {
                verdict: case.expected.to_owned(),
                revocation: accepted.then(|| revocation.to_owned()),
                serial: accepted.then_some(serial),
                assurance: verified.map(|answer| answer.assurance().to_owned()),
                attributes: verified.map(|answer| answer.attributes.canonical()),
            },
        })
    }
}
