//! Which form of signature a file gets, and the draft of it.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use clap::ValueEnum;
use jpki_signing::cms::CmsDraft;
use jpki_signing::pdf::{PdfDraft, PdfOptions};
use jpki_signing::xml::XmlDraft;
use jpki_signing::{Draft, Error, sha256};

/// As far as a file is read to see what it is. A PDF's header may stand behind other bytes (ISO 32000-1, annex H,
/// note 13).
const HEAD: u64 = 1024;

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A signature file (.p7s) for any file: detached CAdES
    Cms,
    /// The signature inside the PDF: PAdES
    Pades,
    /// The signature inside the XML, or an XML file about any file: XAdES
    Xades,
}

/// What a file gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Cms,
    Pades,
    XadesEnveloped,
    XadesDetached,
}

impl Form {
    /// As asked for, else by what the file is.
    pub(super) fn of(file: &Path, asked: Option<Format>, detached: bool) -> Result<Self, Error> {
        let mut head = Vec::new();
        File::open(file)?.take(HEAD).read_to_end(&mut head)?;
        let is_pdf = head.windows(5).any(|bytes| bytes == b"%PDF-");
        let is_xml = is_xml(file, &head);
        Ok(match asked {
            Some(Format::Cms) => Self::Cms,
            Some(Format::Pades) => Self::Pades,
            Some(Format::Xades) if is_xml && !detached => Self::XadesEnveloped,
            Some(Format::Xades) => Self::XadesDetached,
            None if is_pdf => Self::Pades,
            None if is_xml && detached => Self::XadesDetached,
            None if is_xml => Self::XadesEnveloped,
            None => Self::Cms,
        })
    }

    /// The draft of the signature, and the file's SHA-256 for the person to see.
    pub(super) fn draft(self, file: &Path) -> Result<(Box<dyn Draft>, [u8; 32]), Error> {
        let open = || File::open(file).map(BufReader::new);
        let digest = sha256(&mut open()?)?;
        let name = || file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
        let draft: Box<dyn Draft> = match self {
            Self::Cms => Box::new(CmsDraft::new(digest)),
            Self::Pades => Box::new(PdfDraft::open(file, &PdfOptions::default())?),
            Self::XadesEnveloped => Box::new(XmlDraft::enveloped(std::fs::read(file)?)?),
            Self::XadesDetached => Box::new(XmlDraft::detached(&name(), &mut open()?)?),
        };
        Ok((draft, digest))
    }
}

/// An XML declaration says so itself; without one, which XML doesn't ask for, the name has to.
fn is_xml(file: &Path, head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let named = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml"));
    text.starts_with(b"<?xml") || (named && text.trim_ascii_start().starts_with(b"<"))
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gets_the_form_that_suits_it_unless_another_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        for (name, content, asked, detached, form) in [
            ("a.pdf", "%PDF-1.7\n", None, false, Form::Pades),
            ("a.bin", "\0\0%PDF-1.7\n", None, false, Form::Pades),
            ("a.pdf", "%PDF-1.7\n", Some(Format::Cms), false, Form::Cms),
            ("a.xml", "  <a/>", None, false, Form::XadesEnveloped),
            ("a.XML", "\u{feff}<?xml version='1.0'?><a/>", None, false, Form::XadesEnveloped),
            ("a", "<?xml version='1.0'?><a/>", None, false, Form::XadesEnveloped),
            ("a.xml", "<a/>", None, true, Form::XadesDetached),
            ("a.html", "<html>", None, false, Form::Cms),
            ("a.html", "<html>", Some(Format::Xades), false, Form::XadesDetached),
            ("a.txt", "", None, false, Form::Cms),
            ("a.txt", "", Some(Format::Pades), false, Form::Pades),
        ] {
            let file = folder.path().join(name);
            std::fs::write(&file, content).unwrap();
            assert_eq!(Form::of(&file, asked, detached).unwrap(), form, "{name} {content:?} {asked:?}");
        }
        assert!(matches!(Form::of(&folder.path().join("none"), None, false), Err(Error::Io(_))));
    }
}
