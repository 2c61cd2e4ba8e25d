//! Which format a file has, by its first bytes, and its signatures by the reader of that format.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use jpki_signing::{DocumentSignature, Error, Fault, cms, pdf, xml};
use x509_parser::pem::Pem;

/// How far into a file its beginning is looked for: PDF allows as much before its header (ISO 32000-1, annex H.3.4.1).
const HEAD: u64 = 1024;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Pdf,
    Xml,
    CmsDer,
    CmsPem,
}

impl Form {
    fn of(head: &[u8]) -> Option<Self> {
        let begins = |text: &[u8]| head.trim_ascii_start().starts_with(text);
        let without_mark = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
        if begins(b"%PDF-") {
            Some(Self::Pdf)
        } else if matches!(head, [0x30, 0x80..=0x84, ..]) {
            // Longer than 127 bytes: what is shorter is no signature.
            Some(Self::CmsDer)
        } else if begins(b"-----BEGIN ") {
            Some(Self::CmsPem)
        } else if without_mark.trim_ascii_start().first() == Some(&b'<') {
            Some(Self::Xml)
        } else if head.windows(5).any(|bytes| bytes == b"%PDF-") {
            // Last, since any of the others may hold a PDF.
            Some(Self::Pdf)
        } else {
            None
        }
    }
}

/// Reads the signatures of a file and checks each against its document: a PDF, an XML document, or a CMS message in DER
/// or PEM, which is told by the file's first bytes. `content` is the document of a signature that travels apart from it.
///
/// `content` may have any size and is streamed. What is parsed is held in memory once, up to [`pdf::MAX_PDF`],
/// [`xml::MAX_DOCUMENT`] or [`cms::MAX_MESSAGE`] bytes.
///
/// # Errors
/// [`Error::Refused`] with [`Fault::Unsigned`] for a file of any other format, and whatever else the format's reader
/// finds; [`Error::Io`] if a file can't be read.
pub fn read(file: &Path, content: Option<&Path>) -> Result<Vec<DocumentSignature>, Error> {
    let mut opened = File::open(file)?;
    let mut head = Vec::new();
    opened.by_ref().take(HEAD).read_to_end(&mut head)?;
    let form = Form::of(&head).ok_or(Fault::Unsigned)?;
    let rest = head.chain(opened);
    let mut content = content.map(File::open).transpose()?;
    let content = content.as_mut().map(|file| file as &mut dyn Read);
    match form {
        Form::Pdf if content.is_some() => Err(Fault::ContentTwice.into()),
        Form::Pdf => pdf::signatures(file),
        Form::Xml => xml::signatures(&up_to(rest, xml::MAX_DOCUMENT)?, content),
        Form::CmsDer => cms::read(&up_to(rest, cms::MAX_MESSAGE)?, content),
        // Base64 has four characters for three bytes, and line ends.
        Form::CmsPem => cms::read(&from_pem(&up_to(rest, cms::MAX_MESSAGE * 3 / 2)?)?, content),
    }
}

/// All of it, or one byte more than the limit, which its reader then refuses.
fn up_to(source: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The one block, labelled as by OpenSSL and others (RFC 7468, section 9).
fn from_pem(text: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut blocks = Pem::iter_from_buffer(text);
    match (blocks.next(), blocks.next()) {
        (Some(Ok(block)), None) if ["CMS", "PKCS7"].contains(&block.label.as_str()) => Ok(block.contents),
        _ => Err(Fault::SignatureMalformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_told_by_its_first_bytes() {
        for (head, expected) in [
            (&b"%PDF-1.7\n"[..], Some(Form::Pdf)),
            (b"\xEF\xBB\xBF%PDF-1.7\n", Some(Form::Pdf)),
            (b"30 bytes of junk first\n%PDF-2.0\n", Some(Form::Pdf)),
            (b"<?xml version=\"1.0\"?>", Some(Form::Xml)),
            (b"\xEF\xBB\xBF<a/>", Some(Form::Xml)),
            (b"\n <a/>", Some(Form::Xml)),
            (b"\x30\x82\x10\x00", Some(Form::CmsDer)),
            (b"\x30\x82\x10\x00\x04\x10%PDF-1.7\n", Some(Form::CmsDer)),
            (b"<a>%PDF-1.7</a>", Some(Form::Xml)),
            (b"007", None),
            (b"-----BEGIN CMS-----\n", Some(Form::CmsPem)),
            (b"\r\n-----BEGIN PKCS7-----\n", Some(Form::CmsPem)),
            (b"-----", None),
            (b"Dear Sir", None),
            (b"PK\x03\x04", None),
            (b"", None),
        ] {
            assert_eq!(Form::of(head), expected, "{}", head.escape_ascii());
        }
    }

    #[test]
    fn a_pem_text_holds_one_message() {
        let block = |label: &str| format!("-----BEGIN {label}-----\nMAMCAQE=\n-----END {label}-----\n");
        assert_eq!(from_pem(block("CMS").as_bytes()), Ok(vec![0x30, 3, 2, 1, 1]));
        assert_eq!(from_pem(block("PKCS7").as_bytes()), Ok(vec![0x30, 3, 2, 1, 1]));
        for text in
            [block("CERTIFICATE"), block("CMS") + &block("CMS"), "-----BEGIN CMS-----\n".to_owned(), String::new()]
        {
            assert_eq!(from_pem(text.as_bytes()), Err(Fault::SignatureMalformed), "{text}");
        }
    }
}
