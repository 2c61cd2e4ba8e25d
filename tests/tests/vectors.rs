//! The committed vectors are those that `make-vectors` would write. Their keys and signatures differ each time, so what
//! is compared is everything that doesn't: files, ids, order, descriptions, verdicts.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use e2e::vectors::{DocumentGroup, Group, catalogue, document_catalogue};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/vectors")
}

const HELP: &str = "run `cargo run -p e2e --bin make-vectors` and commit assets/vectors";

#[test]
fn the_committed_vectors_are_those_of_the_catalogue() {
    let mut files = BTreeSet::new();
    for table in catalogue() {
        let name = format!("{}.json", table.name);
        let group: Group = serde_json::from_slice(&fs::read(folder().join(&name)).unwrap()).unwrap();
        assert_eq!(group.description, table.description, "{name}: {HELP}");
        let committed =
            group.vectors.iter().map(|one| (one.id.as_str(), one.description.as_str(), one.expected.verdict.as_str()));
        let rows = table.cases.iter().map(|case| (case.id, case.description, case.expected));
        assert!(committed.eq(rows), "{name}: {HELP}");
        files.insert(name);
    }
    let there = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let there: BTreeSet<_> = there.filter(|name| name.ends_with(".json")).collect();
    assert_eq!(there, files, "{HELP}");
}

#[test]
fn the_committed_documents_are_those_of_the_catalogue() {
    let file = fs::read(folder().join("documents/vectors.json")).unwrap();
    let group: DocumentGroup = serde_json::from_slice(&file).unwrap();
    let committed = group.vectors.iter().map(|one| (one.id.as_str(), one.description.as_str(), one.expected.as_str()));
    let catalogue = document_catalogue();
    assert!(committed.eq(catalogue.iter().map(|case| (case.id, case.description, case.expected))), "{HELP}");
}

#[test]
fn no_private_key_is_committed_with_the_vectors() {
    for folder in [folder(), folder().join("documents")] {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        files.for_each(|file| assert!(!fs::read_to_string(file).unwrap().contains("PRIVATE KEY")));
    }
}
