//! `GUIDELINES.md` holds what it promises: every requirement of guideline U once, with tests that exist and screens that are served.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests end where something unexpected happens")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The requirements, as ranges of numbers.
const REQUIREMENTS: [(u32, u32); 10] =
    [(1, 6), (10, 23), (30, 42), (50, 58), (60, 67), (70, 73), (80, 82), (90, 98), (100, 106), (110, 122)];

struct Row {
    id: String,
    screens: Vec<String>,
    tests: Vec<(String, String)>,
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("GUIDELINES.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| U-"));
    rows.map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [id, _, screens, tests] = cells.as_slice() else { panic!("four cells are needed: {line}") };
        let tests = quoted(tests).into_iter().map(|test| {
            let (file, name) = test.split_once("::").unwrap_or_else(|| panic!("file::test is needed: {line}"));
            (file.to_owned(), name.to_owned())
        });
        Row { id: (*id).to_owned(), screens: quoted(screens), tests: tests.collect() }
    })
    .collect()
}

fn sources(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_requirement_stands_once_and_has_a_test() {
    let expected: Vec<_> = REQUIREMENTS
        .into_iter()
        .flat_map(|(first, last)| first..=last)
        .map(|number| format!("U-{number:03}"))
        .collect();
    let rows = rows();
    let ids: Vec<_> = rows.iter().map(|row| row.id.clone()).collect();
    assert_eq!(ids, expected);
    let bare: Vec<_> = rows.iter().filter(|row| row.tests.is_empty()).map(|row| &row.id).collect();
    assert!(bare.is_empty(), "without a test: {bare:?}");
}

#[test]
fn the_tests_exist() {
    let mut missing = BTreeSet::new();
    for row in rows() {
        for (file, name) in row.tests {
            let text = fs::read_to_string(repository().join(&file)).unwrap_or_default();
            let lines: Vec<_> = text.lines().map(str::trim).collect();
            let found = lines.iter().enumerate().any(|(number, line)| {
                line.strip_prefix("fn ").is_some_and(|rest| rest.split('(').next() == Some(name.as_str()))
                    && lines[..number].iter().rev().take(3).any(|above| above.starts_with("#[test]"))
            });
            if !found {
                missing.insert(format!("{}: {file}::{name}", row.id));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_screens_are_served() {
    let mut code = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut code);
    sources(&repository().join("src/demo/src"), &mut code);
    let missing: Vec<_> = rows()
        .into_iter()
        .flat_map(|row| row.screens.into_iter().map(move |screen| (row.id.clone(), screen)))
        .filter(|(_, screen)| !code.contains(&format!("\"{screen}\"")))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
