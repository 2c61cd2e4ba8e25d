//! Reads `assets/vectors/documents`.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use jpki_trust::TrustStore;
use serde::Deserialize;

use super::RootEntry;

#[derive(Deserialize)]
pub(crate) struct DocumentGroup {
    roots: HashMap<String, RootEntry>,
    pub(crate) vectors: Vec<DocumentVector>,
}

#[derive(Deserialize)]
pub(crate) struct DocumentVector {
    pub(crate) id: String,
    pub(crate) file: String,
    pub(crate) content: Option<String>,
    pub(crate) time: Timestamp,
    roots: Vec<String>,
    pub(crate) crls: Option<Vec<String>>,
    pub(crate) expected: String,
}

impl DocumentGroup {
    /// The roots that a vector pins.
    pub(crate) fn store(&self, vector: &DocumentVector) -> TrustStore {
        super::store(&self.roots, &vector.roots)
    }
}

pub(crate) fn documents() -> DocumentGroup {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/vectors/documents/vectors.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}
