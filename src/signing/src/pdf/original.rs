//! Objects of the file to be signed, taken over into the update byte by byte but for what a signature changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use hayro_syntax::object::{Array, Dict, MaybeRef, Object, ObjectIdentifier};
use hayro_syntax::{Pdf, PdfData};
use lopdf::{Dictionary, Document, ObjectId};

use crate::Error;

/// The file as both parsers see it. Where they disagree about an object, the file is broken.
pub(super) struct Original<'d> {
    exact: Pdf,
    document: &'d Document,
}

impl<'d> Original<'d> {
    pub(super) fn new(bytes: Arc<Vec<u8>>, document: &'d Document) -> Result<Self, Error> {
        let exact = Pdf::new(PdfData::from(bytes)).map_err(|_| Error::PdfBroken)?;
        Ok(Self { exact, document })
    }

    /// The dictionary object `id`, with `changes` in place of the entries of the same keys, or added.
    pub(super) fn dictionary_with(&self, id: ObjectId, changes: &[(&str, Vec<u8>)]) -> Result<Vec<u8>, Error> {
        let seen = self.document.get_dictionary(id).map_err(|_| Error::PdfBroken)?;
        let exact = self.exact.xref().get::<Dict<'_>>(identifier(id)).ok_or(Error::PdfBroken)?;
        rewrite(&exact, seen, changes)
    }

    /// The dictionary that stands directly under `key` in the object `id`, with `changes`.
    pub(super) fn inner_dictionary_with(
        &self,
        id: ObjectId,
        key: &str,
        changes: &[(&str, Vec<u8>)],
    ) -> Result<Vec<u8>, Error> {
        let seen = self.document.get_dictionary(id).and_then(|outer| outer.get(key.as_bytes()));
        let seen = seen.and_then(|inner| inner.as_dict()).map_err(|_| Error::PdfBroken)?;
        let exact = self.exact.xref().get::<Dict<'_>>(identifier(id)).and_then(|outer| outer.get::<Dict<'_>>(key));
        rewrite(&exact.ok_or(Error::PdfBroken)?, seen, changes)
    }

    /// The array object `id` with one more element at its end.
    pub(super) fn array_with(&self, id: ObjectId, element: &str) -> Result<Vec<u8>, Error> {
        let exact = self.exact.xref().get::<Array<'_>>(identifier(id)).ok_or(Error::PdfBroken)?;
        let seen = self.document.get_object(id).and_then(|object| object.as_array()).map_err(|_| Error::PdfBroken)?;
        append(&exact, seen.len(), element)
    }

    /// The array directly under `key` in `id`, or in the dictionary under `inner` in it, with one more element.
    pub(super) fn inner_array_with(
        &self,
        id: ObjectId,
        inner: Option<&str>,
        key: &str,
        element: &str,
    ) -> Result<Vec<u8>, Error> {
        let mut seen = self.document.get_dictionary(id).map_err(|_| Error::PdfBroken)?;
        let mut exact = self.exact.xref().get::<Dict<'_>>(identifier(id)).ok_or(Error::PdfBroken)?;
        if let Some(inner) = inner {
            seen = seen.get(inner.as_bytes()).and_then(|inner| inner.as_dict()).map_err(|_| Error::PdfBroken)?;
            exact = exact.get(inner).ok_or(Error::PdfBroken)?;
        }
        let seen = seen.get(key.as_bytes()).and_then(|array| array.as_array()).map_err(|_| Error::PdfBroken)?;
        append(&exact.get::<Array<'_>>(key).ok_or(Error::PdfBroken)?, seen.len(), element)
    }
}

fn identifier((number, generation): ObjectId) -> ObjectIdentifier {
    ObjectIdentifier::new(number, i32::from(generation))
}

fn append(array: &Array<'_>, length: usize, element: &str) -> Result<Vec<u8>, Error> {
    if array.raw_iter().count() != length {
        return Err(Error::PdfBroken);
    }
    Ok([b"[".as_slice(), array.data(), b" ", element.as_bytes(), b"]"].concat())
}

fn rewrite(exact: &Dict<'_>, seen: &Dictionary, changes: &[(&str, Vec<u8>)]) -> Result<Vec<u8>, Error> {
    let keys: BTreeSet<Vec<u8>> = exact.keys().map(|key| key.as_ref().to_vec()).collect();
    if keys != seen.iter().map(|(key, _)| key.clone()).collect() {
        return Err(Error::PdfBroken);
    }
    let mut text = b"<<".to_vec();
    for (key, value) in exact.entries() {
        if changes.iter().any(|(changed, _)| changed.as_bytes() == key.as_ref()) {
            continue;
        }
        write_name(&mut text, &key);
        text.push(b' ');
        write_value(&mut text, &value)?;
        text.push(b'\n');
    }
    for (key, value) in changes {
        write_name(&mut text, key.as_bytes());
        text.push(b' ');
        text.extend_from_slice(value);
        text.push(b'\n');
    }
    text.extend_from_slice(b">>");
    Ok(text)
}

fn write_value(text: &mut Vec<u8>, value: &MaybeRef<Object<'_>>) -> Result<(), Error> {
    let value = match value {
        MaybeRef::Ref(reference) => {
            text.extend_from_slice(format!("{} {} R", reference.obj_number, reference.gen_number).as_bytes());
            return Ok(());
        }
        MaybeRef::NotRef(value) => value,
    };
    match value {
        Object::Null(_) => text.extend_from_slice(b"null"),
        Object::Boolean(value) => text.extend_from_slice(value.to_string().as_bytes()),
        Object::Number(number) => text.extend_from_slice(number_text(number.as_f64(), number.as_i64()).as_bytes()),
        Object::String(string) => write_hex(text, string.as_bytes()),
        Object::Name(name) => write_name(text, name),
        Object::Dict(inner) => text.extend_from_slice(inner.data()),
        Object::Array(inner) => {
            // Its bytes come without the brackets, those of a dictionary with theirs.
            text.push(b'[');
            text.extend_from_slice(inner.data());
            text.push(b']');
        }
        Object::Stream(_) => return Err(Error::PdfBroken),
    }
    Ok(())
}

/// Whole numbers without a fraction; others in the fewest digits that give the same 64 bits again.
fn number_text(real: f64, whole: i64) -> String {
    if real == whole as f64 { whole.to_string() } else { real.to_string() }
}

/// ISO 32000-2, section 7.3.4.3.
pub(super) fn write_hex(text: &mut Vec<u8>, bytes: &[u8]) {
    text.push(b'<');
    text.extend(bytes.iter().flat_map(|byte| format!("{byte:02X}").into_bytes()));
    text.push(b'>');
}

/// ISO 32000-2, section 7.3.5: everything but letters, digits and a few signs as `#xx`.
fn write_name(text: &mut Vec<u8>, name: &[u8]) {
    text.push(b'/');
    for &byte in name {
        if byte.is_ascii_alphanumeric() || b"_-+.:@*,;$!?'\"&=^|~`\\".contains(&byte) {
            text.push(byte);
        } else {
            text.extend_from_slice(format!("#{byte:02X}").as_bytes());
        }
    }
}
