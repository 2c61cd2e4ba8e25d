//! The incremental update (ISO 32000-2, section 7.5.6) that adds one signature to the end of a file.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::Timestamp;
use lopdf::xref::{XrefEntry, XrefSection, XrefType};
use lopdf::{Dictionary, Object, ObjectId, StringFormat, Writer};
use ring::digest::{SHA256, digest};

use super::date;
use crate::Error;

/// Bytes kept free for the CMS signature, which the file holds as twice as many hex digits. One with a My Number
/// Card's certificate has about 2,400.
pub(super) const ROOM: usize = 8 * 1024;

/// What belongs to one cross-reference section alone and is not carried over to the next one.
const OF_ONE_SECTION: [&[u8]; 10] =
    [b"Type", b"Size", b"Index", b"W", b"Prev", b"XRefStm", b"Length", b"Filter", b"DecodeParms", b"DL"];

/// What the update of one file holds, but for what is known only when it is signed.
#[derive(Debug)]
pub(super) struct Plan {
    /// Length of the original in bytes.
    pub(super) length: u64,
    /// Its SHA-256.
    pub(super) sha256: [u8; 32],
    /// Whether it ends in the middle of a line.
    pub(super) breaks_line: bool,
    /// The objects but for the signature dictionary: changed ones and new ones, each as text.
    pub(super) objects: BTreeMap<ObjectId, Vec<u8>>,
    /// Number of the signature dictionary.
    pub(super) signature: u32,
    /// Entries of the signature dictionary that the caller asked for, as text.
    pub(super) extra: Vec<u8>,
    /// Table or stream, as the original has it.
    pub(super) kind: XrefType,
    /// One more than the highest object number in use.
    pub(super) next: u32,
    /// The original's trailer.
    pub(super) trailer: Dictionary,
    /// Where the original's newest cross-reference section stands.
    pub(super) previous: usize,
}

/// The bytes to add.
#[derive(Debug)]
pub(super) struct Update {
    pub(super) bytes: Vec<u8>,
    /// Where in `bytes` the value of `/Contents` stands, its brackets included.
    pub(super) hole: Range<usize>,
}

impl Plan {
    /// Writes the update of a signature made at `time`. The same plan and time give the same bytes.
    pub(super) fn update(&self, time: Timestamp) -> Result<Update, Error> {
        let date = date::format(time);
        let mut body = Body { start: self.length, bytes: Vec::new(), entries: BTreeMap::new() };
        if self.breaks_line {
            body.bytes.push(b'\n');
        }
        for (&(number, generation), text) in &self.objects {
            body.begin(number, generation)?;
            body.bytes.extend_from_slice(text);
            body.end();
        }

        body.begin(self.signature, 0)?;
        let head = "<</Type /Sig\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.CAdES.detached\n/M ";
        body.bytes.extend_from_slice(format!("{head}({date})\n").as_bytes());
        body.bytes.extend_from_slice(&self.extra);
        body.bytes.extend_from_slice(b"/ByteRange ");
        let range_at = body.bytes.len();
        body.bytes.extend_from_slice(byte_range(0, 0, 0).as_bytes());
        body.bytes.extend_from_slice(b"\n/Contents ");
        let hole_at = body.bytes.len();
        body.bytes.push(b'<');
        body.bytes.resize(body.bytes.len() + ROOM * 2, b'0');
        body.bytes.push(b'>');
        let hole = hole_at..body.bytes.len();
        body.bytes.extend_from_slice(b"\n>>");
        body.end();

        self.cross_references(&mut body, &date)?;
        let mut bytes = body.bytes;
        let numbers =
            byte_range(self.length + hole.start as u64, self.length + hole.end as u64, (bytes.len() - hole.end) as u64);
        let place = bytes.get_mut(range_at..range_at + numbers.len()).ok_or(Error::PdfTooLarge)?;
        place.copy_from_slice(numbers.as_bytes());
        Ok(Update { bytes, hole })
    }

    fn cross_references(&self, body: &mut Body, date: &str) -> Result<(), Error> {
        let mut trailer = self.next_trailer(date);
        let at = body.position()?;
        match self.kind {
            XrefType::CrossReferenceTable => {
                trailer.set("Size", i64::from(self.next));
                body.bytes.extend_from_slice(b"xref\n");
                for section in sections(&body.entries) {
                    section.write_xref_section(&mut body.bytes)?;
                }
                body.bytes.extend_from_slice(b"trailer\n");
                Writer::write_object(&mut body.bytes, &Object::Dictionary(trailer))?;
            }
            XrefType::CrossReferenceStream => {
                // The stream is an object too, and lists itself.
                body.begin(self.next, 0)?;
                let rows: Vec<u8> = body.entries.values().flat_map(row).collect();
                let index = sections(&body.entries).into_iter().flat_map(|section| {
                    [Object::from(section.starting_id), Object::from(section.entries.len() as i64)]
                });
                trailer.set("Type", "XRef");
                trailer.set("Size", i64::from(self.next) + 1);
                trailer.set("Index", index.collect::<Vec<_>>());
                trailer.set("W", WIDTHS.map(Object::from).to_vec());
                trailer.set("Length", rows.len() as i64);
                Writer::write_object(&mut body.bytes, &Object::Dictionary(trailer))?;
                body.bytes.extend_from_slice(b"\nstream\n");
                body.bytes.extend_from_slice(&rows);
                body.bytes.extend_from_slice(b"\nendstream");
                body.end();
            }
        }
        body.bytes.extend_from_slice(format!("\nstartxref\n{at}\n%%EOF\n").as_bytes());
        Ok(())
    }

    /// The original's trailer as it goes on: the first half of `/ID` names the document, the second one this version
    /// of it (ISO 32000-2, section 14.4).
    fn next_trailer(&self, date: &str) -> Dictionary {
        let mut trailer = self.trailer.clone();
        for key in OF_ONE_SECTION {
            trailer.remove(key);
        }
        trailer.set("Prev", self.previous as i64);
        if let Ok([first, _]) = self.trailer.get(b"ID").and_then(Object::as_array).map(Vec::as_slice) {
            let version = digest(&SHA256, &[&self.sha256, date.as_bytes()].concat());
            let version = version.as_ref().iter().take(16).copied().collect();
            trailer.set("ID", vec![first.clone(), Object::String(version, StringFormat::Hexadecimal)]);
        }
        trailer
    }
}

/// The objects as they are written, and where each begins.
struct Body {
    start: u64,
    bytes: Vec<u8>,
    entries: BTreeMap<u32, XrefEntry>,
}

impl Body {
    /// Bytes from the beginning of the file.
    fn position(&self) -> Result<u32, Error> {
        u32::try_from(self.start + self.bytes.len() as u64).map_err(|_| Error::PdfTooLarge)
    }

    fn begin(&mut self, number: u32, generation: u16) -> Result<(), Error> {
        self.entries.insert(number, XrefEntry::Normal { offset: self.position()?, generation });
        self.bytes.extend_from_slice(format!("{number} {generation} obj\n").as_bytes());
        Ok(())
    }

    fn end(&mut self) {
        self.bytes.extend_from_slice(b"\nendobj\n");
    }
}

/// `[0 a b c]`, always as long.
fn byte_range(hole_start: u64, hole_end: u64, rest: u64) -> String {
    format!("[0 {hole_start:>10} {hole_end:>10} {rest:>10}]")
}

/// Entries with consecutive numbers together.
fn sections(entries: &BTreeMap<u32, XrefEntry>) -> Vec<XrefSection> {
    let mut sections: Vec<XrefSection> = Vec::new();
    for (&number, entry) in entries {
        match sections.last_mut() {
            Some(section) if section.starting_id as usize + section.entries.len() == number as usize => {
                section.add_entry(entry.clone());
            }
            _ => {
                let mut section = XrefSection::new(number);
                section.add_entry(entry.clone());
                sections.push(section);
            }
        }
    }
    sections
}

/// Bytes of the columns in a cross-reference stream: type, offset, generation.
const WIDTHS: [i64; 3] = [1, 4, 2];

fn row(entry: &XrefEntry) -> Vec<u8> {
    entry.encode_for_xref_stream(&WIDTHS.map(|width| width as usize))
}
