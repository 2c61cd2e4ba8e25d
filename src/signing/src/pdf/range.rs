//! What a signature covers: everything but its own value, and nothing but its own value left out.
//!
//! The attacks on PDF signatures that move, widen or double the gap in the byte range end here.

use std::ops::Range;

use der::{Decode as _, Header, Reader as _, SliceReader};
use lopdf::xref::XrefEntry;
use lopdf::{Dictionary, Document, Object, ObjectId};

use crate::Fault;

/// The longest value of a signature in bytes, its padding included.
const MAX_VALUE: usize = 1024 * 1024;

/// One signature's place in the file.
#[derive(Debug)]
pub(super) struct Covered {
    /// The value of `/Contents` in the file, its brackets included.
    pub(super) hole: Range<usize>,
    /// Where the signed revision ends.
    pub(super) end: usize,
    /// The signature, without the padding.
    pub(super) cms: Vec<u8>,
}

impl Covered {
    /// Checks the byte range of a signature dictionary that stands in the object `holder`.
    ///
    /// # Errors
    /// [`Fault::ByteRange`], and [`Fault::SignatureMalformed`] for what is in the gap.
    pub(super) fn new(
        bytes: &[u8],
        document: &Document,
        holder: ObjectId,
        dictionary: &Dictionary,
    ) -> Result<Self, Fault> {
        let (hole, end) = byte_range(dictionary).ok_or(Fault::ByteRange)?;
        let revision = bytes.get(..end).ok_or(Fault::ByteRange)?;
        if !ends_like_a_revision(revision) || !is_in_object(document, holder, &hole) {
            return Err(Fault::ByteRange);
        }
        let before = revision.get(..hole.start).ok_or(Fault::ByteRange)?.trim_ascii_end();
        let value = revision.get(hole.clone()).ok_or(Fault::ByteRange)?;
        let digits = value.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">")).ok_or(Fault::ByteRange)?;
        if !before.ends_with(b"/Contents") {
            return Err(Fault::ByteRange);
        }
        let mut cms = from_hex(digits).ok_or(Fault::SignatureMalformed)?;
        let seen = dictionary.get(b"Contents").and_then(Object::as_str).map_err(|_| Fault::ByteRange)?;
        if seen != cms {
            return Err(Fault::ByteRange);
        }
        let length = der_length(&cms).ok_or(Fault::SignatureMalformed)?;
        if cms.iter().skip(length).any(|&byte| byte != 0) {
            return Err(Fault::SignatureMalformed);
        }
        cms.truncate(length);
        Ok(Self { hole, end, cms })
    }
}

/// `[0 a b c]`: from the beginning to `a`, and `c` bytes from `b` on.
fn byte_range(dictionary: &Dictionary) -> Option<(Range<usize>, usize)> {
    let numbers = dictionary.get(b"ByteRange").and_then(Object::as_array).ok()?;
    let numbers: Vec<usize> =
        numbers.iter().map(|number| usize::try_from(number.as_i64().ok()?).ok()).collect::<Option<_>>()?;
    match numbers.as_slice() {
        &[0, hole_start, hole_end, rest] if hole_start < hole_end => {
            Some((hole_start..hole_end, hole_end.checked_add(rest)?))
        }
        _ => None,
    }
}

/// A revision ends in `%%EOF` and at most one end of line.
fn ends_like_a_revision(revision: &[u8]) -> bool {
    let end = revision.strip_suffix(b"\n").unwrap_or(revision);
    end.strip_suffix(b"\r").unwrap_or(end).ends_with(b"%%EOF")
}

/// Whether the gap lies between this object's beginning and the next one's.
fn is_in_object(document: &Document, (number, generation): ObjectId, hole: &Range<usize>) -> bool {
    let entries = &document.reference_table.entries;
    let Some(&XrefEntry::Normal { offset, generation: stated }) = entries.get(&number) else { return false };
    let starts = entries.values().filter_map(|entry| match entry {
        XrefEntry::Normal { offset, .. } => Some(*offset),
        _ => None,
    });
    let next = starts.filter(|&start| start > offset).min().map_or(usize::MAX, |start| start as usize);
    stated == generation && (offset as usize) < hole.start && hole.end <= next
}

/// Hex digits in pairs, all of one case and nothing between: a digit that changes its case is a changed byte too.
fn from_hex(digits: &[u8]) -> Option<Vec<u8>> {
    let mixed = digits.iter().any(u8::is_ascii_lowercase) && digits.iter().any(u8::is_ascii_uppercase);
    if mixed || !digits.len().is_multiple_of(2) || digits.len() / 2 > MAX_VALUE {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    digits.chunks_exact(2).map(|pair| u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()).collect()
}

/// Length of the one DER element at the beginning, its head included.
fn der_length(bytes: &[u8]) -> Option<usize> {
    let mut reader = SliceReader::new(bytes).ok()?;
    let header = Header::decode(&mut reader).ok()?;
    let length = usize::try_from(reader.position()).ok()? + usize::try_from(header.length()).ok()?;
    (length <= bytes.len()).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_has_one_case_and_whole_bytes() {
        assert_eq!(from_hex(b"00fF"), None);
        for digits in [&b"00f"[..], b"00 f", b"0g", b"0\x00"] {
            assert_eq!(from_hex(digits), None);
        }
        assert_eq!(from_hex(b"00ff"), Some(vec![0, 0xFF]));
        assert_eq!(from_hex(b"00FF"), Some(vec![0, 0xFF]));
    }

    #[test]
    fn a_revision_ends_with_its_mark() {
        for (end, good) in [
            (&b"%%EOF"[..], true),
            (b"%%EOF\n", true),
            (b"%%EOF\r\n", true),
            (b"%%EOF\r", true),
            (b"%%EOF\n\n", false),
            (b"%%EOF ", false),
            (b"%%EO", false),
            (b"", false),
        ] {
            assert_eq!(ends_like_a_revision(end), good, "{end:?}");
        }
    }
}
