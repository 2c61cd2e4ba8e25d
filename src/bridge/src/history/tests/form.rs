//! The form under every cut and any bytes.

use proptest::prelude::*;

use super::super::file::{Change, Refusal, appended, parse};
use super::super::{KEPT_BYTES, MAX_BYTES, Reading};
use super::{all_kinds, entry, whole};

/// The file after a change.
fn changed(existing: &[u8], change: Change) -> Vec<u8> {
    match change {
        Change::Append { keep, text } => [&existing[..keep as usize], &text].concat(),
        Change::Replace(text) => text,
    }
}

fn with(existing: &[u8], number: i64) -> Vec<u8> {
    changed(existing, appended(existing, &entry(number)))
}

/// A file with one entry of each kind.
fn file() -> Vec<u8> {
    all_kinds().iter().fold(Vec::new(), |file, entry| changed(&file, appended(&file, entry)))
}

fn head() -> Vec<u8> {
    file().split_inclusive(|byte| *byte == b'\n').next().unwrap().to_vec()
}

#[test]
fn a_file_cut_anywhere_loses_at_most_the_last_line() {
    let file = file();
    for length in head().len()..file.len() {
        let cut = &file[..length];
        let lines = cut.iter().filter(|byte| **byte == b'\n').count() - 1;
        let read = parse(cut).unwrap();
        assert!(read.entries.len() >= lines && read.skipped == 0, "cut to {length}");
        assert_eq!(read.entries, all_kinds()[..read.entries.len()]);
        let mut expected = read.entries;
        expected.push(entry(9));
        assert_eq!(parse(&with(cut, 9)), Ok(whole(expected)), "an entry after the cut at {length}");
    }
}

#[test]
fn a_broken_line_in_the_middle_is_skipped_and_counted() {
    let long = format!("{{\"x\":\"{}\"}}", "x".repeat(5000));
    let unknown = r#"{"at":"2026-09-21T14:13:20Z","asked":"authenticate","outcome":"magic"}"#;
    for broken in ["", "{", "\0\0\0", "{\"at\":1}", unknown, long.as_str()] {
        let text = [head(), broken.as_bytes().to_vec(), b"\n".to_vec()].concat();
        let read = parse(&with(&text, 1)).unwrap();
        assert_eq!(read, Reading { entries: vec![entry(1)], skipped: 1 }, "{broken}");
    }
}

#[test]
fn members_that_a_later_version_adds_are_passed_over() {
    let text = String::from_utf8(with(&[], 1)).unwrap().replace("\"asked\"", "\"later\":{},\"asked\"");
    assert_eq!(parse(text.as_bytes()), Ok(whole(vec![entry(1)])));
}

#[test]
fn too_many_bytes_are_shortened_to_whole_lines() {
    let filler = [vec![b'x'; 4000], b"\n".to_vec()].concat();
    let mut text = [head(), filler.repeat(MAX_BYTES / filler.len() + 1)].concat();
    text = with(&text, 1);
    assert!(text.len() <= head().len() + KEPT_BYTES && text.len() > KEPT_BYTES - filler.len());
    let read = parse(&text).unwrap();
    assert_eq!((read.entries, read.skipped), (vec![entry(1)], (text.len() - head().len()) / filler.len()));
}

#[test]
fn one_endless_line_gives_way_to_the_next_entry() {
    let text = [head(), vec![b'x'; MAX_BYTES], b"\n".to_vec()].concat();
    assert_eq!(parse(&with(&text, 1)), Ok(whole(vec![entry(1)])));
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Err(refusal) = parse(&bytes) {
            prop_assert_eq!(refusal, Refusal::Foreign);
        }
    }

    #[test]
    fn an_entry_is_readable_after_whatever_stood_there(lines in prop::collection::vec(
        prop_oneof![
            any::<Vec<u8>>(),
            (0..9i64).prop_map(|number| with(&[], number).split_off(head().len())),
        ],
        0..20,
    )) {
        let text = [head(), lines.concat()].concat();
        let before = parse(&text).unwrap();
        let after = with(&text, 10);
        prop_assert!(after.len() <= MAX_BYTES);
        let mut expected = before.entries;
        expected.push(entry(10));
        prop_assert_eq!(parse(&after), Ok(Reading { entries: expected, skipped: before.skipped }));
    }

    #[test]
    fn a_bit_that_flips_costs_one_line_at_most(at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let (mut text, head) = (file(), head().len());
        let at = head + at.index(text.len() - head);
        text[at] ^= 1 << bit;
        let read = parse(&text).unwrap();
        // A line feed that is gone makes one line of two; one that comes makes two of one.
        prop_assert!(read.entries.len() + 2 >= all_kinds().len() && read.skipped <= 2);
    }
}
