//! A PDF file in memory, as far as signatures need it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;

use lopdf::xref::XrefEntry;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};

use super::exact::header_at;
use crate::Error;

/// The longest PDF that is signed or read, in bytes. The parsers want the file in memory once, and for a moment the
/// largest of its streams once more.
pub const MAX_PDF: u64 = 1024 * 1024 * 1024;

/// What one object or cross-reference stream may unpack to, in bytes. They hold dictionaries, not pictures.
pub(super) const MAX_UNPACKED: usize = 64 * 1024 * 1024;

/// What stands in place of a stream's contents, which nothing here looks at. `lopdf` reads empty ones again.
const LEFT_OUT: u8 = b'\n';

/// Reads a file whole.
///
/// # Errors
/// [`Error::PdfTooLarge`] beyond [`MAX_PDF`], [`Error::Io`].
pub(super) fn read(file: &File) -> Result<Vec<u8>, Error> {
    let length = file.metadata()?.len();
    if length > MAX_PDF {
        return Err(Error::PdfTooLarge);
    }
    // One allocation: growing on the way would hold the file twice.
    let mut bytes = Vec::with_capacity(usize::try_from(length).map_err(|_| Error::PdfTooLarge)? + 1);
    file.take(MAX_PDF + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_PDF { Err(Error::PdfTooLarge) } else { Ok(bytes) }
}

/// Reads the objects of a file, without the contents of pages, pictures and fonts.
///
/// # Errors
/// [`Error::PdfNone`], [`Error::PdfEncrypted`], and [`Error::PdfBroken`] for everything a parser would have to guess:
/// what one program guesses another may not, and a signature must mean the same to all.
pub(super) fn load(bytes: &[u8]) -> Result<Document, Error> {
    if !bytes.starts_with(b"%PDF-") {
        return Err(Error::PdfNone);
    }
    let options = LoadOptions {
        filter: Some(leave_contents_out),
        max_decompressed_size: Some(MAX_UNPACKED),
        ..LoadOptions::default()
    };
    let document = Document::load_mem_with_options(bytes, options).map_err(|error| match error {
        lopdf::Error::Decryption(_)
        | lopdf::Error::InvalidPassword
        | lopdf::Error::UnsupportedSecurityHandler(_)
        | lopdf::Error::Unimplemented(_) => Error::PdfEncrypted,
        _ => Error::PdfBroken,
    })?;
    if document.was_encrypted() || document.trailer.has(b"Encrypt") {
        return Err(Error::PdfEncrypted);
    }
    // An entry that leads to another object's number would stand for both.
    let misled = document.reference_table.entries.iter().any(|(&number, entry)| match *entry {
        XrefEntry::Normal { offset, generation } => {
            header_at(bytes, offset as usize).is_some_and(|found| found != (number, generation))
        }
        _ => false,
    });
    if document.xref_recovery.is_some() || document.catalog().is_err() || misled {
        return Err(Error::PdfBroken);
    }
    Ok(document)
}

fn leave_contents_out(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    if let Object::Stream(stream) = object
        && !stream.dict.has_type(b"ObjStm")
    {
        stream.content = vec![LEFT_OUT];
    }
    // Members of object streams are taken from here, and are never streams.
    let kept = if matches!(object, Object::Stream(_)) { Object::Null } else { object.clone() };
    Some((id, kept))
}

/// The dictionary of an object, also of one that a reference leads to.
pub(super) fn dictionary<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Dictionary> {
    document.dereference(object).ok().and_then(|(_, object)| object.as_dict().ok())
}

/// What stands under `key`, wherever it is kept; null is nothing.
pub(super) fn entry<'a>(document: &'a Document, dictionary: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    dictionary.get_deref(key, document).ok().filter(|object| !object.is_null())
}

/// The dictionary under `key`.
pub(super) fn sub_dictionary<'a>(
    document: &'a Document,
    dictionary: &'a Dictionary,
    key: &[u8],
) -> Option<&'a Dictionary> {
    entry(document, dictionary, key).and_then(|object| object.as_dict().ok())
}

/// The name under `key`.
pub(super) fn name<'a>(document: &'a Document, dictionary: &'a Dictionary, key: &[u8]) -> Option<&'a [u8]> {
    entry(document, dictionary, key).and_then(|object| object.as_name().ok())
}

/// The array under `key`; empty if there is none.
pub(super) fn array<'a>(document: &'a Document, dictionary: &'a Dictionary, key: &[u8]) -> &'a [Object] {
    entry(document, dictionary, key).and_then(|object| object.as_array().ok()).map_or(&[], Vec::as_slice)
}

/// The object that the cross-references have under this number.
pub(super) fn object(document: &Document, number: u32) -> Option<&Object> {
    let id: ObjectId = match document.reference_table.get(number)? {
        XrefEntry::Normal { generation, .. } => (number, *generation),
        XrefEntry::Compressed { .. } => (number, 0),
        _ => return None,
    };
    document.objects.get(&id)
}

/// Adds the numbers of all objects that this one refers to.
pub(super) fn references(object: &Object, numbers: &mut BTreeSet<u32>) {
    let dictionary = match object {
        Object::Reference((number, _)) => {
            numbers.insert(*number);
            return;
        }
        Object::Array(elements) => return elements.iter().for_each(|element| references(element, numbers)),
        Object::Dictionary(dictionary) => dictionary,
        Object::Stream(stream) => &stream.dict,
        _ => return,
    };
    dictionary.iter().for_each(|(_, value)| references(value, numbers));
}

/// Whether two objects mean the same, however each is written. Streams never do: their contents are not here.
pub(super) fn same(one: &Object, other: &Object) -> bool {
    match (one, other) {
        (Object::String(one, _), Object::String(other, _)) => one == other,
        (Object::Integer(whole), Object::Real(real)) | (Object::Real(real), Object::Integer(whole)) => {
            f64::from(*real) == *whole as f64
        }
        (Object::Array(one), Object::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Object::Dictionary(one), Object::Dictionary(other)) => {
            one.len() == other.len() && one.iter().all(|(key, _)| same_entry(one, other, key))
        }
        (Object::Stream(_), _) | (_, Object::Stream(_)) => false,
        _ => one == other,
    }
}

/// Whether two dictionaries have the same under `key`, or both nothing.
pub(super) fn same_entry(one: &Dictionary, other: &Dictionary, key: &[u8]) -> bool {
    match (one.get(key), other.get(key)) {
        (Ok(one), Ok(other)) => same(one, other),
        (Err(_), Err(_)) => true,
        _ => false,
    }
}
