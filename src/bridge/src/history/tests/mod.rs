mod crash;
mod form;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jpki_protocol::attributes::{Attribute, AttributeSource};
use jpki_protocol::prompt::{Operation, PinKind};
use jpki_protocol::{ErrorCode, Origin};
use tempfile::TempDir;

use super::{Entry, Filter, History, MAX_ENTRIES, Reading, to_csv, to_json};
use crate::files::{self, FileError};
use crate::live::Outcome;

fn origin(name: &str) -> Origin {
    Origin::try_from(format!("https://{name}.example")).unwrap()
}

/// The entry with this number, which is also its second.
fn entry(number: i64) -> Entry {
    Entry {
        at: Timestamp::from_second(1_790_000_000 + number).unwrap(),
        site: Some(origin("a")),
        asked: Operation::Authenticate,
        attributes: Vec::new(),
        source: None,
        documents: 0,
        pin: None,
        outcome: Outcome::Done,
    }
}

/// One of each kind.
fn all_kinds() -> Vec<Entry> {
    vec![
        entry(0),
        Entry {
            asked: Operation::ReadAttributes,
            attributes: vec![Attribute::Name, Attribute::Birthdate],
            source: Some(AttributeSource::SignatureCertificate),
            outcome: Outcome::Ended(ErrorCode::UserCancelled),
            ..entry(1)
        },
        Entry { asked: Operation::Sign, attributes: Attribute::ALL.to_vec(), documents: 3, ..entry(2) },
        Entry {
            asked: Operation::ChangePin,
            site: None,
            pin: Some(PinKind::Sign),
            outcome: Outcome::Ended(ErrorCode::PinBlocked),
            ..entry(3)
        },
    ]
}

fn history() -> (TempDir, History) {
    let folder = tempfile::tempdir().unwrap();
    let history = History::in_folder(folder.path());
    (folder, history)
}

/// A history with the entries 0 to `count`.
fn history_of(count: i64) -> (TempDir, History) {
    let (folder, history) = history();
    (0..count).for_each(|number| history.append(&entry(number)).unwrap());
    (folder, history)
}

fn whole(entries: Vec<Entry>) -> Reading {
    Reading { entries, skipped: 0 }
}

fn others(path: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(path.parent().unwrap()).unwrap();
    let known = [path.to_owned(), path.with_added_extension("lock")];
    all.map(|entry| entry.unwrap().path()).filter(|other| !known.contains(other)).collect()
}

#[test]
fn what_is_added_is_read_again() {
    let (_folder, history) = history();
    assert_eq!(history.read().unwrap(), Reading::default(), "no file is an empty history");
    for entry in all_kinds() {
        history.append(&entry).unwrap();
    }
    assert_eq!(history.read().unwrap(), whole(all_kinds()));
    assert!(others(history.path()).is_empty());
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, _) = history();
    let history = History::in_folder(&folder.path().join("deep/down"));
    history.append(&entry(0)).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(history.path()), mode(history.path().parent().unwrap())), (0o600, 0o700));
    fs::set_permissions(history.path(), fs::Permissions::from_mode(0o620)).unwrap();
    assert!(matches!(history.read(), Err(FileError::Foreign { .. })));
    assert!(matches!(history.append(&entry(1)), Err(FileError::Foreign { .. })));
}

#[test]
fn erasing_says_how_many_and_leaves_no_trace_of_them() {
    let (_folder, history) = history_of(3);
    let draft = history.path().with_added_extension("4711");
    fs::copy(history.path(), &draft).unwrap();
    let other = history.path().with_added_extension("backup");
    fs::write(&other, "of somebody").unwrap();
    assert_eq!(history.clear().unwrap(), 3);
    assert!(!fs::read_to_string(history.path()).unwrap().contains("a.example"));
    assert_eq!(others(history.path()), [other], "a draft that a dead process left is gone, and nothing else");
    assert_eq!(history.clear().unwrap(), 0);
    history.append(&entry(9)).unwrap();
    assert_eq!(history.read().unwrap(), whole(vec![entry(9)]));
}

#[test]
fn erasing_what_never_was_makes_no_file() {
    let (folder, _) = history();
    let history = History::in_folder(&folder.path().join("none"));
    assert_eq!(history.clear().unwrap(), 0);
    assert!(!folder.path().join("none").exists());
}

#[test]
fn a_file_of_somebody_else_is_refused_with_its_name_and_kept() {
    let newer = "{\"format\":\"jpki-bridge history\",\"version\":2}\n";
    let zero = "{\"format\":\"jpki-bridge history\",\"version\":0}\n";
    for text in ["\n", "notes of mine", "{}\n", "[1]\n", "\u{feff}{}\n", newer, zero] {
        let (_folder, history) = history();
        files::replace(history.path(), text.as_bytes()).unwrap();
        for error in [history.read().unwrap_err(), history.append(&entry(0)).unwrap_err(), history.clear().unwrap_err()]
        {
            assert!(error.to_string().contains("history.jsonl"), "{error}");
            assert_eq!(matches!(error, FileError::Newer { version: 2, .. }), text == newer, "{error}");
        }
        assert_eq!(fs::read_to_string(history.path()).unwrap(), text);
    }
}

#[test]
fn a_file_that_is_far_too_large_is_refused() {
    let (_folder, history) = history_of(1);
    let file = fs::File::options().write(true).open(history.path()).unwrap();
    file.set_len(1 << 32).unwrap();
    assert!(history.append(&entry(1)).unwrap_err().to_string().contains("too large"));
}

#[test]
fn an_empty_file_is_an_empty_history() {
    let (_folder, history) = history();
    files::replace(history.path(), b"").unwrap();
    assert_eq!(history.read().unwrap(), Reading::default());
    history.append(&entry(0)).unwrap();
    assert_eq!(history.read().unwrap(), whole(vec![entry(0)]));
}

#[test]
fn the_oldest_entries_go_when_there_are_too_many() {
    let most = MAX_ENTRIES as i64;
    let (_folder, history) = history_of(most);
    assert_eq!(history.read().unwrap().entries.len(), MAX_ENTRIES);
    history.append(&entry(most)).unwrap();
    let expected: Vec<_> = (most - 749..=most).map(entry).collect();
    assert_eq!(history.read().unwrap(), whole(expected));
    assert!(others(history.path()).is_empty());
}

#[test]
fn a_filter_admits_what_is_all_of_it() {
    let other = Entry { site: Some(origin("b")), ..entry(5) };
    let local = Entry { site: None, ..entry(6) };
    let entries = [entry(0), entry(4), other, local];
    for (site, since, expected) in [
        (None, None, vec![0, 4, 5, 6]),
        (Some("a"), None, vec![0, 4]),
        (None, Some(4), vec![4, 5, 6]),
        (Some("b"), Some(5), vec![5]),
        (Some("b"), Some(6), vec![]),
    ] {
        let filter = Filter { site: site.map(origin), since: since.map(|number| entry(number).at) };
        let admitted: Vec<_> = entries.iter().filter(|entry| filter.admits(entry)).map(|entry| entry.at).collect();
        let expected: Vec<_> = expected.into_iter().map(|number| entry(number).at).collect();
        assert_eq!(admitted, expected, "{site:?} {since:?}");
    }
}

#[test]
fn the_table_for_spreadsheets_has_a_row_for_each_entry() {
    assert_eq!(
        to_csv(&all_kinds()),
        "at,site,asked,attributes,source,documents,pin,outcome\r\n\
         2026-09-21T14:13:20Z,https://a.example,authenticate,,,0,,done\r\n\
         2026-09-21T14:13:21Z,https://a.example,readAttributes,name birthdate,signatureCertificate,0,,user_cancelled\r\n\
         2026-09-21T14:13:22Z,https://a.example,sign,name address birthdate gender,,3,,done\r\n\
         2026-09-21T14:13:23Z,,changePin,,,0,sign,pin_blocked\r\n"
    );
}

#[test]
fn the_json_document_holds_the_entries_as_the_file_does() {
    let reading = Reading { entries: all_kinds(), skipped: 2 };
    let document: serde_json::Value = serde_json::from_str(&to_json(&reading)).unwrap();
    assert_eq!((&document["format"], &document["version"]), (&"jpki-bridge history".into(), &1.into()));
    assert_eq!(document["skipped"], 2);
    let entries: Vec<Entry> = serde_json::from_value(document["entries"].clone()).unwrap();
    assert_eq!(entries, all_kinds());
    assert_eq!(document["entries"][0].as_object().unwrap().len(), 4, "what doesn't apply isn't written");
}
