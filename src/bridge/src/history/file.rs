//! The file's form: a line that says what it is, then one JSON object a line. Pure: bytes in, bytes out.

use serde::{Deserialize, Serialize};

use super::{Entry, KEPT_BYTES, KEPT_ENTRIES, MAX_BYTES, MAX_ENTRIES, Reading};

/// What the first line says.
pub(super) const FORMAT: &str = "jpki-bridge history";

/// The version of the form.
pub(super) const VERSION: u32 = 1;

/// The most bytes of a line; the longest entry has under 600.
const MAX_LINE: usize = 4096;

/// The first line. It is written together with the first entry, whole or not at all.
#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
    version: u32,
}

/// Why bytes are not a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The first line says nothing of the kind.
    Foreign,
    /// A newer version of this program wrote it.
    Newer(u32),
}

/// How an entry gets into the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Cut the file to `keep` bytes, where it is longer, and add `text`.
    Append { keep: u64, text: Vec<u8> },
    /// Replace all of it.
    Replace(Vec<u8>),
}

/// The lines of a history that are its entries. Nothing at all is an empty one.
pub(super) fn body(bytes: &[u8]) -> Result<&[u8], Refusal> {
    if bytes.is_empty() {
        return Ok(bytes);
    }
    let (head, lines) = bytes.split_at(head_end(bytes));
    let head: Head = serde_json::from_slice(head).map_err(|_| Refusal::Foreign)?;
    match (head.format.as_str(), head.version) {
        (FORMAT, VERSION) => Ok(lines),
        (FORMAT, version) if version > VERSION => Err(Refusal::Newer(version)),
        _ => Err(Refusal::Foreign),
    }
}

/// Reads a history.
pub(super) fn parse(bytes: &[u8]) -> Result<Reading, Refusal> {
    let mut reading = Reading::default();
    for line in body(bytes)?.split_inclusive(|byte| *byte == b'\n') {
        match entry(line) {
            Some(entry) => reading.entries.push(entry),
            // Cut short by a crash: it was never whole.
            None if !line.ends_with(b"\n") => {}
            None => reading.skipped += 1,
        }
    }
    Ok(reading)
}

/// How long a history without entries is.
pub(super) fn head_length(bytes: &[u8]) -> u64 {
    head_end(bytes) as u64
}

/// What has to be done for an entry to be in the history that `existing` is.
pub(super) fn appended(existing: &[u8], new: &Entry) -> Change {
    let mut line = encoded(new);
    if existing.is_empty() {
        let mut text = encoded(&Head { format: FORMAT.to_owned(), version: VERSION });
        text.append(&mut line);
        return Change::Replace(text);
    }
    let whole = existing.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let tail = &existing[whole..];
    let mut keep = whole;
    let mut text = Vec::with_capacity(line.len() + 1);
    // Only the line feed is missing, as after the loss of the last byte or in an editor.
    if !tail.is_empty() && (whole == 0 || entry(tail).is_some()) {
        keep = existing.len();
        text.push(b'\n');
    }
    text.append(&mut line);
    let entries = lines_in(&existing[head_end(existing)..keep]) + 1;
    if entries <= MAX_ENTRIES && keep + text.len() <= MAX_BYTES {
        return Change::Append { keep: keep as u64, text };
    }
    let mut all = existing[..keep].to_vec();
    all.append(&mut text);
    Change::Replace(shortened(&all))
}

/// The newest lines of a history, as they are.
fn shortened(all: &[u8]) -> Vec<u8> {
    let (head, lines) = all.split_at(head_end(all));
    let (mut start, mut count) = (lines.len(), 0);
    for line in lines.split_inclusive(|byte| *byte == b'\n').rev() {
        if count == KEPT_ENTRIES || lines.len() - start + line.len() > KEPT_BYTES {
            break;
        }
        start -= line.len();
        count += 1;
    }
    [head, &lines[start..]].concat()
}

fn head_end(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1)
}

fn lines_in(bytes: &[u8]) -> usize {
    bytes.split_inclusive(|byte| *byte == b'\n').count()
}

fn entry(line: &[u8]) -> Option<Entry> {
    if line.len() > MAX_LINE { None } else { serde_json::from_slice(line).ok() }
}

fn encoded(value: &impl Serialize) -> Vec<u8> {
    // Words, numbers, moments and origins always encode.
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line
}
