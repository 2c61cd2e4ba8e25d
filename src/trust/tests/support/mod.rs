//! Reads `assets/vectors`, as anybody's verifier would.

pub(crate) mod documents;

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use ::base64::Engine as _;
use ::base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jpki_protocol::{Attribute, AttributeSource, Challenge, Origin};
use jpki_trust::{Asked, Environment, Kind, TrustStore};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Group {
    roots: HashMap<String, RootEntry>,
    pub(crate) vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct RootEntry {
    kind: String,
    environment: String,
    pem: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Vector {
    pub(crate) id: String,
    token: Option<String>,
    result: Option<String>,
    asked: Option<AskedEntry>,
    pub(crate) origin: Origin,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) challenge_set: Timestamp,
    pub(crate) time: Timestamp,
    kind: Option<String>,
    roots: Vec<String>,
    pub(crate) crls: Option<Vec<String>>,
    pub(crate) ocsp: Option<Recorded>,
    pub(crate) expected: Expected,
}

#[derive(Deserialize)]
pub(crate) struct Recorded {
    pub(crate) nonce: String,
    pub(crate) response: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Expected {
    pub(crate) verdict: String,
    pub(crate) revocation: Option<String>,
    pub(crate) serial: Option<String>,
    pub(crate) assurance: Option<String>,
    pub(crate) attributes: Option<String>,
}

#[derive(Deserialize)]
struct AskedEntry {
    attributes: Vec<Attribute>,
    source: AttributeSource,
}

/// What a vector's page handed over.
#[derive(Clone, Copy)]
pub(crate) enum Given<'a> {
    Token(&'a str, Kind),
    Attributes(&'a str, Asked<'a>),
}

impl Vector {
    /// What the page handed over: a token, or attributes with one.
    pub(crate) fn given(&self) -> Given<'_> {
        match (&self.token, &self.kind, &self.result, &self.asked) {
            (Some(token), Some(word), None, None) => Given::Token(token, kind(word)),
            (None, None, Some(result), Some(asked)) => {
                Given::Attributes(result, Asked { attributes: &asked.attributes, source: asked.source })
            }
            _ => unreachable!("neither token nor attributes: {}", self.id),
        }
    }

    /// The token and the kind of its certificate, of a vector that is about one.
    pub(crate) fn token(&self) -> (&str, Kind) {
        let Given::Token(token, kind) = self.given() else { unreachable!("no token: {}", self.id) };
        (token, kind)
    }
}

impl Group {
    /// The roots that a vector pins.
    pub(crate) fn store(&self, vector: &Vector) -> TrustStore {
        store(&self.roots, &vector.roots)
    }

    /// The PEM texts of the roots that a vector pins.
    pub(crate) fn pems(&self, vector: &Vector) -> Vec<&str> {
        vector.roots.iter().map(|name| self.roots[name].pem.as_str()).collect()
    }
}

fn store(entries: &HashMap<String, RootEntry>, names: &[String]) -> TrustStore {
    let mut store = TrustStore::new();
    for name in names {
        let entry = &entries[name];
        let environment = match entry.environment.as_str() {
            "production" => Environment::Production,
            "test" => Environment::Test,
            other => unreachable!("no environment: {other}"),
        };
        store.add_pem(&entry.pem, environment).unwrap();
        assert!(store.roots().any(|root| root.kind() == kind(&entry.kind)));
    }
    store
}

fn kind(word: &str) -> Kind {
    match word {
        "auth" => Kind::Auth,
        "sign" => Kind::Sign,
        other => unreachable!("no kind: {other}"),
    }
}

/// Every file of vectors.
pub(crate) fn groups() -> Vec<Group> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/vectors");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.iter().map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap()).collect()
}

pub(crate) fn base64(text: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(text).unwrap()
}
