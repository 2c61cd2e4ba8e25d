//! Signed documents, good ones and bad ones: a file of their own, because what is handed over is another thing.

mod rows;

use std::collections::BTreeMap;
use std::io::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jpki_signing::{Draft, Signer};
use jpki_softcard::ca::CertificateSpec;
use jpki_softcard::rsa::Pkcs1v15Sign;
use jpki_softcard::rsa::sha2::Sha256;

use super::Pki;
use super::file::{DocumentGroup, DocumentVector};
use crate::Result;

/// What most rows sign.
const CONTENT: &[u8] = b"I promise.";

/// One row: what a vector shows and how it is made.
pub struct DocumentCase {
    /// Its name, unique among all vectors.
    pub id: &'static str,
    /// What it shows, for a reader.
    pub description: &'static str,
    /// `ok`, the word of a fault of signature or document, or that of the refusal of a certificate.
    pub expected: &'static str,
    make: fn(&Pki) -> Result<DocumentDraft>,
}

/// A document while it is made.
struct DocumentDraft {
    file: Vec<u8>,
    /// The document beside the signature.
    content: Option<Vec<u8>>,
    time: Timestamp,
    roots: Vec<&'static str>,
    crls: Option<Vec<Vec<u8>>>,
}

/// All rows.
pub fn document_catalogue() -> Vec<DocumentCase> {
    rows::all()
}

/// Makes every vector of documents with fresh keys.
///
/// # Errors
/// Whatever keeps a certificate or a signature from being made.
pub fn make_documents() -> Result<DocumentGroup> {
    let pki = Pki::new()?;
    let mut group = DocumentGroup {
        description: "Signed documents and who signed them".to_owned(),
        roots: BTreeMap::new(),
        vectors: Vec::new(),
    };
    for case in document_catalogue() {
        let draft = (case.make)(&pki)?;
        for name in &draft.roots {
            group.roots.insert((*name).to_owned(), pki.root_entry(name)?);
        }
        let encode = |bytes: &Vec<u8>| BASE64_STANDARD.encode(bytes);
        group.vectors.push(DocumentVector {
            id: case.id.to_owned(),
            description: case.description.to_owned(),
            file: encode(&draft.file),
            content: draft.content.as_ref().map(encode),
            time: draft.time,
            roots: draft.roots.into_iter().map(str::to_owned).collect(),
            crls: draft.crls.map(|crls| crls.iter().map(encode).collect()),
            expected: case.expected.to_owned(),
        });
    }
    Ok(group)
}

/// Somebody who signs documents with the key on the card.
struct Person<'a> {
    pki: &'a Pki,
    certificate: Vec<u8>,
    serial: Vec<u8>,
    claims: Timestamp,
}

impl Pki {
    /// With a certificate of the root's kind, altered before it is issued.
    fn person(&self, root: &str, alter: impl FnOnce(&mut CertificateSpec) -> Result<()>) -> Result<Person<'_>> {
        let mut spec = self.profile(root)?;
        alter(&mut spec)?;
        let certificate = self.root(root)?.issue(&spec)?;
        Ok(Person { pki: self, certificate, serial: spec.serial, claims: super::pki::at("2026-03-31T09:30:15Z")? })
    }
}

impl Person<'_> {
    /// The whole way of a draft.
    fn sign(&self, draft: &mut dyn Draft) -> Result<Vec<u8>> {
        let digest = draft.digest(&Signer { certificate: self.certificate.clone(), time: self.claims })?;
        let signature = self.pki.card.sign(Pkcs1v15Sign::new::<Sha256>(), &digest)?;
        let mut file = Vec::new();
        draft.finish(&signature, &mut file)?;
        Ok(file)
    }

    /// A CMS signature apart from its document, which is there.
    fn cms(&self) -> Result<DocumentDraft> {
        let digest = jpki_signing::sha256(&mut &CONTENT[..])?;
        let file = self.sign(&mut jpki_signing::cms::CmsDraft::new(digest))?;
        Ok(DocumentDraft { content: Some(CONTENT.to_vec()), ..DocumentDraft::of(file) })
    }

    /// An XML document with the signature in it.
    fn xml(&self, document: &str) -> Result<DocumentDraft> {
        let mut draft = jpki_signing::xml::XmlDraft::enveloped(document.as_bytes().to_vec())?;
        Ok(DocumentDraft::of(self.sign(&mut draft)?))
    }

    /// A PDF with one more signature in it.
    fn pdf(&self, document: &[u8]) -> Result<DocumentDraft> {
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(document)?;
        let mut draft = jpki_signing::pdf::PdfDraft::open(file.path(), &jpki_signing::pdf::PdfOptions::default())?;
        Ok(DocumentDraft::of(self.sign(&mut draft)?))
    }

    /// An XML signature apart from its document, which is there.
    fn xml_apart(&self) -> Result<DocumentDraft> {
        let mut draft = jpki_signing::xml::XmlDraft::detached("promise.txt", &mut &CONTENT[..])?;
        Ok(DocumentDraft { content: Some(CONTENT.to_vec()), ..DocumentDraft::of(self.sign(&mut draft)?) })
    }
}

/// A PDF of one empty page (ISO 32000-1, section 7.5).
fn plain_pdf() -> Vec<u8> {
    let objects = [
        "<</Type /Catalog /Pages 2 0 R>>",
        "<</Type /Pages /Kids [3 0 R] /Count 1>>",
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]>>",
    ];
    let mut file = "%PDF-1.7\n".to_owned();
    let mut table = "xref\n0 4\n0000000000 65535 f \n".to_owned();
    for (number, object) in (1..).zip(objects) {
        table += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let start = file.len();
    (file + &table + &format!("trailer\n<</Size 4 /Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n")).into_bytes()
}

impl DocumentDraft {
    fn of(file: Vec<u8>) -> Self {
        Self { file, content: None, time: Pki::NOW, roots: vec!["auth-3", "sign-3"], crls: None }
    }
}
