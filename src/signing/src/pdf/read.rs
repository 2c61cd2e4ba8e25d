//! Reading the signatures of a PDF: all of them, or none is believed.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::document::{self, entry, name};
use super::lock::forbids_signing;
use super::range::Covered;
use super::{date, revision};
use crate::cms::Message;
use crate::{Coverage, DocumentSignature, Error, Fault, Format};

/// The most signatures of one file.
const MAX_SIGNATURES: usize = 32;

/// Reads a PDF and verifies all its signatures, in the order they were made.
///
/// Every signature dictionary counts, whether a field of the form has it or not. Each signature must cover its
/// revision of the file but for its own value; what was added after it must be further signatures and nothing else,
/// the last of which covers the whole file. Such a later signature may have an appearance on a page.
///
/// # Errors
/// [`Error::Refused`] if any signature is not in order, and the errors of [`PdfDraft::open`](super::PdfDraft::open)
/// for what can't be read.
pub fn signatures(path: &Path) -> Result<Vec<DocumentSignature>, Error> {
    signatures_in(&document::read(&File::open(path)?)?)
}

/// [`signatures`] of a file that is in memory.
///
/// # Errors
/// Those of [`signatures`].
pub fn signatures_in(bytes: &[u8]) -> Result<Vec<DocumentSignature>, Error> {
    let newest = document::load(bytes)?;
    let mut found = Vec::new();
    for (&holder, object) in &newest.objects {
        collect(&newest, holder, object, &mut found)?;
    }
    if found.is_empty() {
        return Err(Fault::Unsigned.into());
    }
    if found.len() > MAX_SIGNATURES {
        return Err(Fault::TooManySignatures.into());
    }
    let mut signed = Vec::new();
    for (holder, dictionary) in found {
        let covered = Covered::new(bytes, &newest, holder, dictionary)?;
        signed.push((verify(bytes, &newest, dictionary, &covered)?, covered.end));
    }
    signed.sort_by_key(|(_, end)| *end);
    let ends: Vec<usize> = signed.iter().map(|(_, end)| *end).collect();
    check_revisions(bytes, newest, &ends)?;
    let whole = bytes.len();
    let with_coverage = signed.into_iter().map(|(mut signature, end)| {
        if end < whole {
            signature.covers = Coverage::Revision { bytes: end as u64, of: whole as u64 };
        }
        signature
    });
    Ok(with_coverage.collect())
}

/// The signature dictionaries in an object, at any depth; `holder` is the object they are in.
fn collect<'d>(
    document: &'d Document,
    holder: ObjectId,
    object: &'d Object,
    found: &mut Vec<(ObjectId, &'d Dictionary)>,
) -> Result<(), Fault> {
    let inner = match object {
        Object::Array(elements) => {
            return elements.iter().try_for_each(|element| collect(document, holder, element, found));
        }
        Object::Dictionary(inner) => inner,
        Object::Stream(stream) => &stream.dict,
        _ => return Ok(()),
    };
    if is_signature(document, inner) {
        found.push((holder, inner));
    }
    let is_signed_field = name(document, inner, b"FT") == Some(b"Sig") && entry(document, inner, b"V").is_some();
    if is_signed_field && !entry(document, inner, b"V").is_some_and(|value| is_signature_object(document, value)) {
        return Err(Fault::SignatureMalformed);
    }
    inner.iter().try_for_each(|(_, value)| collect(document, holder, value, found))
}

/// By its type, or by what no other dictionary has (ISO 32000-2, table 255: the type is optional).
pub(super) fn is_signature(document: &Document, dictionary: &Dictionary) -> bool {
    matches!(name(document, dictionary, b"Type"), Some(b"Sig" | b"DocTimeStamp"))
        || dictionary.has(b"ByteRange") && dictionary.has(b"Contents")
}

fn is_signature_object(document: &Document, object: &Object) -> bool {
    object.as_dict().is_ok_and(|dictionary| is_signature(document, dictionary))
}

fn verify(
    bytes: &[u8],
    document: &Document,
    dictionary: &Dictionary,
    covered: &Covered,
) -> Result<DocumentSignature, Error> {
    let is_cades = match name(document, dictionary, b"SubFilter") {
        Some(b"ETSI.CAdES.detached") => true,
        Some(b"adbe.pkcs7.detached") => false,
        _ => return Err(Fault::SubFilter.into()),
    };
    let before = bytes.get(..covered.hole.start).unwrap_or_default();
    let after = bytes.get(covered.hole.end..covered.end).unwrap_or_default();
    let mut signers = Message::parse(&covered.cms)?.verify(Some(&mut before.chain(after)))?;
    // ISO 32000-2, section 12.8.3.3.1: one signer each.
    let (Some(signer), true) = (signers.pop(), signers.is_empty()) else {
        return Err(Fault::SignatureMalformed.into());
    };
    if is_cades && !signer.names_certificate {
        return Err(Fault::AttributeMissing.into());
    }
    let mut signature = signer.into_signature(Format::Pades, Coverage::Whole);
    if signature.time.is_none()
        && let Some(stated) = entry(document, dictionary, b"M")
    {
        let stated = stated.as_str().ok().and_then(date::parse);
        signature.time = Some(stated.ok_or(Fault::TimeMalformed)?);
    }
    Ok(signature)
}

/// From each signature to the next one nothing but the next one was added, and after the last one nothing.
fn check_revisions(bytes: &[u8], newest: Document, ends: &[usize]) -> Result<(), Error> {
    if ends.last() != Some(&bytes.len()) {
        return Err(Fault::ChangedAfterSigning.into());
    }
    let mut newer = newest;
    let mut newer_end = bytes.len();
    for (later, &end) in ends.iter().enumerate().rev().skip(1) {
        if ends.get(later + 1) == Some(&end) {
            return Err(Fault::ByteRange.into());
        }
        let older = document::load(bytes.get(..end).unwrap_or_default()).map_err(|_| Fault::ByteRange)?;
        let with_update = bytes.get(..newer_end).unwrap_or_default();
        if forbids_signing(&older) || !revision::only_signs(with_update, end, &older, &newer) {
            return Err(Fault::ChangedAfterSigning.into());
        }
        newer = older;
        newer_end = end;
    }
    Ok(())
}
