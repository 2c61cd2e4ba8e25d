//! `SECURITY.md` promises a test for each threat: each one it names must exist.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::path::Path;

fn sources(folder: &Path, all: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target" && name != "node_modules") {
            sources(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_test_that_the_threats_name_exists() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut all = String::new();
    sources(&top.join("src"), &mut all);
    sources(&top.join("tests"), &mut all);
    let document = std::fs::read_to_string(top.join("SECURITY.md")).unwrap();
    let rows: Vec<_> = document.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| #")).collect();
    assert_eq!(rows.len(), 28);
    for row in rows {
        let tests = row.trim_end_matches('|').rsplit('|').next().unwrap();
        let names: Vec<_> = tests.split('`').filter(|name| !name.trim().is_empty()).collect();
        assert!(!names.is_empty(), "a threat without a test: {row}");
        for name in names {
            assert!(all.contains(&format!("fn {name}(")), "SECURITY.md names a test that is not there: {name}");
        }
    }
}
