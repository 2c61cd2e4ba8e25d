//! A PDF on its way to be signed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use lopdf::{Document, Object, ObjectId};
use ring::digest::{Context, SHA256};

use super::document::{self, MAX_PDF, array, entry, references, sub_dictionary};
use super::lock::forbids_signing;
use super::original::{Original, write_hex};
use super::update::{Plan, ROOM, Update};
use crate::cms::CmsDraft;
use crate::digest::{as_sha256, for_each_chunk};
use crate::{Draft, Error, Signer};

/// The longest text of [`PdfOptions`], in characters.
const MAX_TEXT: usize = 200;

/// The longest signature value a key may make, in bytes: RSA with 4096 bits.
const LONGEST_SIGNATURE: usize = 512;

/// The highest object number in a file that gets more objects (ISO 32000-2, annex C.2 knows far fewer).
const MAX_NUMBER: u32 = 0x7FFF_FFFF;

/// Bits of the widget: print, so that PDF/A allows it, and locked (ISO 32000-2, section 12.5.3).
const WIDGET_FLAGS: u32 = 4 | 128;

/// SignaturesExist and AppendOnly (ISO 32000-2, section 12.7.3).
const SIGNATURE_FLAGS: i64 = 1 | 2;

/// What a signer may add to a signature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PdfOptions {
    /// Why it is signed; at most 200 characters.
    pub reason: Option<String>,
    /// Where it is signed; at most 200 characters.
    pub location: Option<String>,
}

/// A PDF that gets one more invisible signature of the baseline level B-B (ETSI EN 319 142-1, section 6), by an
/// incremental update of about 18 kB: every byte of the file stays as it is, earlier signatures included.
///
/// [`PdfDraft::open`] has the file in memory while it parses it, see [`MAX_PDF`]; afterwards, and in the output, it is
/// streamed.
pub struct PdfDraft {
    file: File,
    plan: Plan,
    /// The hash of the original, to go on from.
    hashed: Context,
    ready: Option<(Update, CmsDraft)>,
}

impl fmt::Debug for PdfDraft {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PdfDraft").field("file", &self.file).finish_non_exhaustive()
    }
}

impl PdfDraft {
    /// Opens a PDF and prepares all but what depends on signer and time. Takes most of the time there is to take.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::PdfTooLarge`] beyond [`MAX_PDF`], [`Error::PdfNone`], [`Error::PdfBroken`],
    /// [`Error::PdfEncrypted`], [`Error::PdfLocked`] where an earlier signer forbade changes, [`Error::PdfXfa`], and
    /// [`Error::TextTooLong`] for the options.
    pub fn open(path: &Path, options: &PdfOptions) -> Result<Self, Error> {
        let extra = extra_entries(options)?;
        let file = File::open(path)?;
        let bytes = Arc::new(document::read(&file)?);
        let document = document::load(&bytes)?;
        if forbids_signing(&document) {
            return Err(Error::PdfLocked);
        }
        let mut hashed = Context::new(&SHA256);
        hashed.update(&bytes);
        let sha256 = as_sha256(&hashed.clone().finish());
        let addition = Addition::new(&document)?;
        let objects = addition.objects(&document, &Original::new(Arc::clone(&bytes), &document)?)?;
        let plan = Plan {
            length: bytes.len() as u64,
            sha256,
            breaks_line: !matches!(bytes.last(), Some(b'\n' | b'\r')),
            objects,
            signature: addition.signature,
            extra,
            kind: document.reference_table.cross_reference_type,
            next: addition.next,
            trailer: document.trailer,
            previous: document.xref_start,
        };
        Ok(Self { file, plan, hashed, ready: None })
    }
}

impl Draft for PdfDraft {
    fn digest(&mut self, signer: &Signer) -> Result<[u8; 32], Error> {
        let update = self.plan.update(signer.time)?;
        if self.plan.length + update.bytes.len() as u64 > MAX_PDF {
            return Err(Error::PdfTooLarge);
        }
        let mut hashed = self.hashed.clone();
        hashed.update(update.bytes.get(..update.hole.start).unwrap_or_default());
        hashed.update(update.bytes.get(update.hole.end..).unwrap_or_default());
        let mut cms = CmsDraft::for_pdf(as_sha256(&hashed.finish()));
        let to_sign = cms.digest(signer)?;
        // Before the card signs, not after.
        contents(&cms, &[0; LONGEST_SIGNATURE])?;
        self.ready = Some((update, cms));
        Ok(to_sign)
    }

    fn finish(&self, signature: &[u8], out: &mut dyn Write) -> Result<(), Error> {
        let (update, cms) = self.ready.as_ref().ok_or(Error::NotStarted)?;
        let contents = contents(cms, signature)?;
        let mut source = &self.file;
        source.seek(SeekFrom::Start(0))?;
        let mut hashed = Context::new(&SHA256);
        for_each_chunk(&mut source.take(self.plan.length), |chunk| {
            hashed.update(chunk);
            out.write_all(chunk)
        })?;
        if as_sha256(&hashed.finish()) != self.plan.sha256 {
            return Err(Error::DocumentChanged);
        }
        out.write_all(update.bytes.get(..update.hole.start).unwrap_or_default())?;
        out.write_all(&contents)?;
        out.write_all(update.bytes.get(update.hole.end..).unwrap_or_default())?;
        Ok(())
    }
}

/// The value of `/Contents`: the signature in hex, and zeros up to the room there is.
fn contents(cms: &CmsDraft, signature: &[u8]) -> Result<Vec<u8>, Error> {
    let mut der = Vec::new();
    cms.finish(signature, &mut der)?;
    if der.len() > ROOM {
        return Err(Error::Encoding);
    }
    der.resize(ROOM, 0);
    let mut text = Vec::new();
    write_hex(&mut text, &der);
    Ok(text)
}

fn extra_entries(options: &PdfOptions) -> Result<Vec<u8>, Error> {
    let mut text = Vec::new();
    for (key, value) in [("/Reason ", &options.reason), ("/Location ", &options.location)] {
        let Some(value) = value else { continue };
        if value.chars().count() > MAX_TEXT {
            return Err(Error::TextTooLong);
        }
        text.extend_from_slice(key.as_bytes());
        // ISO 32000-2, section 7.9.2.2: UTF-16BE with a byte order mark.
        let utf16 = std::iter::once(0xFEFF).chain(value.encode_utf16()).flat_map(u16::to_be_bytes);
        write_hex(&mut text, &utf16.collect::<Vec<_>>());
        text.push(b'\n');
    }
    Ok(text)
}

/// Where the new signature is tied into the document, and the numbers of the new objects.
struct Addition {
    catalog: ObjectId,
    page: ObjectId,
    /// The signature dictionary.
    signature: u32,
    /// The field and widget in one.
    field: u32,
    /// The form, if there is none yet.
    form: Option<u32>,
    /// The first number that stays free.
    next: u32,
}

impl Addition {
    fn new(document: &Document) -> Result<Self, Error> {
        let catalog = document.trailer.get(b"Root").and_then(Object::as_reference).map_err(|_| Error::PdfBroken)?;
        // Before the exact parser sees the file, which takes long to give up on a page that can't be read.
        let page = document.page_iter().next().filter(|page| document.get_dictionary(*page).is_ok());
        let page = page.ok_or(Error::PdfBroken)?;
        let size =
            document.trailer.get(b"Size").and_then(Object::as_i64).ok().and_then(|size| u32::try_from(size).ok());
        let highest = document.max_id.checked_add(1).ok_or(Error::PdfBroken)?;
        let has_form = document
            .get_dictionary(catalog)
            .is_ok_and(|catalog| sub_dictionary(document, catalog, b"AcroForm").is_some());
        // A cross-reference stream takes one number more.
        let count = if has_form { 3 } else { 4 };
        let least = highest.max(size.unwrap_or(0)).max(document.reference_table.size);
        let first = free_numbers(document, least, count).ok_or(Error::PdfBroken)?;
        let (form, next) = ((!has_form).then_some(first + 2), first + count - 1);
        Ok(Self { catalog, page, signature: first, field: first + 1, form, next })
    }

    /// All objects of the update but the signature dictionary.
    fn objects(&self, document: &Document, original: &Original<'_>) -> Result<BTreeMap<ObjectId, Vec<u8>>, Error> {
        let mut objects = BTreeMap::new();
        self.add_to_form(document, original, &mut objects)?;
        self.add_to_page(document, original, &mut objects)?;
        let (page, generation) = self.page;
        let name = free_name(document);
        let field = format!(
            "<</Type /Annot\n/Subtype /Widget\n/FT /Sig\n/T ({name})\n/V {} 0 R\n/F {WIDGET_FLAGS}\n/Rect [0 0 0 0]\n\
             /P {page} {generation} R\n>>",
            self.signature
        );
        objects.insert((self.field, 0), field.into_bytes());
        Ok(objects)
    }

    fn reference(&self) -> String {
        format!("{} 0 R", self.field)
    }

    fn add_to_form(
        &self,
        document: &Document,
        original: &Original<'_>,
        objects: &mut BTreeMap<ObjectId, Vec<u8>>,
    ) -> Result<(), Error> {
        let catalog = document.get_dictionary(self.catalog).map_err(|_| Error::PdfBroken)?;
        if let Some(form) = self.form {
            let text = format!("<</Fields [{}]\n/SigFlags {SIGNATURE_FLAGS}\n>>", self.reference());
            objects.insert((form, 0), text.into_bytes());
            let reference = format!("{form} 0 R").into_bytes();
            objects.insert(self.catalog, original.dictionary_with(self.catalog, &[("AcroForm", reference)])?);
            return Ok(());
        }
        let form = sub_dictionary(document, catalog, b"AcroForm").ok_or(Error::PdfBroken)?;
        if entry(document, form, b"XFA").is_some() {
            let dynamic =
                entry(document, catalog, b"NeedsRendering").is_some_and(|value| matches!(value, Object::Boolean(true)));
            if dynamic || array(document, form, b"Fields").is_empty() {
                return Err(Error::PdfXfa);
            }
        }
        // The form is an object of its own, or stands in the catalog.
        let form_id = catalog.get(b"AcroForm").and_then(Object::as_reference).ok();
        let (holder, inner) = form_id.map_or((self.catalog, Some("AcroForm")), |id| (id, None));
        let mut changes = Vec::new();
        match form.get(b"Fields") {
            Ok(Object::Reference(id)) if document.get_object(*id).and_then(Object::as_array).is_ok() => {
                objects.insert(*id, original.array_with(*id, &self.reference())?);
            }
            Ok(Object::Array(_)) => {
                changes.push(("Fields", original.inner_array_with(holder, inner, "Fields", &self.reference())?));
            }
            _ => changes.push(("Fields", format!("[{}]", self.reference()).into_bytes())),
        }
        let flags = entry(document, form, b"SigFlags").and_then(|flags| flags.as_i64().ok()).unwrap_or(0);
        if flags & SIGNATURE_FLAGS != SIGNATURE_FLAGS {
            changes.push(("SigFlags", (flags | SIGNATURE_FLAGS).to_string().into_bytes()));
        }
        if changes.is_empty() {
            return Ok(());
        }
        let text = match inner {
            None => original.dictionary_with(holder, &changes)?,
            Some(key) => {
                let form = original.inner_dictionary_with(holder, key, &changes)?;
                original.dictionary_with(holder, &[(key, form)])?
            }
        };
        objects.insert(holder, text);
        Ok(())
    }

    fn add_to_page(
        &self,
        document: &Document,
        original: &Original<'_>,
        objects: &mut BTreeMap<ObjectId, Vec<u8>>,
    ) -> Result<(), Error> {
        let page = document.get_dictionary(self.page).map_err(|_| Error::PdfBroken)?;
        let annotations = match page.get(b"Annots") {
            Ok(Object::Reference(id)) if document.get_object(*id).and_then(Object::as_array).is_ok() => {
                objects.insert(*id, original.array_with(*id, &self.reference())?);
                return Ok(());
            }
            Ok(Object::Array(_)) => original.inner_array_with(self.page, None, "Annots", &self.reference())?,
            _ => format!("[{}]", self.reference()).into_bytes(),
        };
        objects.insert(self.page, original.dictionary_with(self.page, &[("Annots", annotations)])?);
        Ok(())
    }
}

/// The first of `count` numbers from `least` on that nothing in the document refers to: a reference that leads nowhere
/// must not lead to the signature.
fn free_numbers(document: &Document, least: u32, count: u32) -> Option<u32> {
    let mut taken = BTreeSet::new();
    document.objects.values().for_each(|object| references(object, &mut taken));
    let mut first = least;
    for &number in taken.range(least..) {
        if number < first.checked_add(count)? {
            first = number.checked_add(1)?;
        }
    }
    (first <= MAX_NUMBER).then_some(first)
}

/// The first of Signature1, Signature2 … that no field has.
fn free_name(document: &Document) -> String {
    let taken: BTreeSet<&[u8]> =
        document.objects.values().filter_map(|object| object.as_dict().ok()?.get(b"T").ok()?.as_str().ok()).collect();
    let mut number = 1;
    loop {
        let name = format!("Signature{number}");
        if !taken.contains(name.as_bytes()) {
            return name;
        }
        number += 1;
    }
}
