//! From bytes to a tree: encoding, line ends and parsing, within limits that were checked before.

use roxmltree::{Document, ParsingOptions};

use super::guard::{self, Outline};
use crate::Error;

/// The longest XML document that is read, in bytes: its tree takes up to eight times as much memory, and up to 20 times
/// where it is all tags.
pub const MAX_DOCUMENT: usize = 32 * 1024 * 1024;

/// The start of UTF-16 and UTF-32 documents: a byte order mark, or `<` with its zero bytes (XML 1.0, appendix F).
const OTHER_ENCODINGS: [&[u8]; 4] = [&[0xFF, 0xFE], &[0xFE, 0xFF], &[0, b'<'], &[b'<', 0]];

/// The byte order mark that UTF-8 documents may begin with.
const BYTE_ORDER_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

/// An XML document that is fit to be parsed.
#[derive(Debug)]
pub(super) struct Source {
    /// Without byte order mark, and with the line ends that XML 1.0, section 2.11, prescribes.
    text: String,
    /// Where a signature goes in, in bytes of the file.
    pub(super) outline: Outline,
}

impl Source {
    /// Checks encoding, limits and what the parser is known to let pass.
    ///
    /// # Errors
    /// The `Xml…` variants of [`Error`].
    pub(super) fn new(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_DOCUMENT {
            return Err(Error::XmlTooLarge);
        }
        if OTHER_ENCODINGS.iter().any(|start| bytes.starts_with(start)) {
            return Err(Error::XmlEncoding);
        }
        let body = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let text = std::str::from_utf8(body).map_err(|_| Error::XmlEncoding)?;
        let outline = guard::check(text)?.after(bytes.len() - body.len());
        Ok(Self { text: with_line_feeds(text), outline })
    }

    /// The tree.
    ///
    /// # Errors
    /// [`Error::XmlMalformed`].
    pub(super) fn parse(&self) -> Result<Document<'_>, Error> {
        // Everything else that costs memory was counted by the guard.
        let options = ParsingOptions { allow_dtd: false, nodes_limit: guard::MAX_MARKS, entity_resolver: None };
        let document = Document::parse_with_options(&self.text, options).map_err(|fault| match fault {
            roxmltree::Error::DtdDetected => Error::XmlDtd,
            roxmltree::Error::NoRootNode => Error::XmlNoRoot,
            roxmltree::Error::NodesLimitReached => Error::XmlTooComplex,
            other => Error::XmlMalformed { line: other.pos().row, column: other.pos().col },
        })?;
        check_instructions(&document)?;
        Ok(document)
    }
}

/// The parser takes any character after the target of a processing instruction, and a late or oddly spaced XML
/// declaration for one of them; XML 1.0, section 2.6, takes neither, nor Namespaces in XML, section 7, a colon.
fn check_instructions(document: &Document<'_>) -> Result<(), Error> {
    let source = document.input_text();
    for node in document.descendants() {
        let Some(instruction) = node.pi() else { continue };
        let after = source.get(node.range().start + 2 + instruction.target.len()..).unwrap_or_default();
        let ends = after.starts_with("?>") || after.starts_with([' ', '\t', '\n']);
        if !ends || instruction.target.contains(':') || instruction.target.eq_ignore_ascii_case("xml") {
            let position = document.text_pos_at(node.range().start);
            return Err(Error::XmlMalformed { line: position.row, column: position.col });
        }
    }
    Ok(())
}

/// Done here and not by the parser, which forgets a carriage return before a reference, in a comment and in a
/// processing instruction.
fn with_line_feeds(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(bytes: &[u8]) -> String {
        match Source::new(bytes).and_then(|source| source.parse().map(drop)) {
            Ok(()) => "none".to_owned(),
            Err(fault) => format!("{fault:?}"),
        }
    }

    #[test]
    fn what_is_no_document_is_refused_with_its_reason() {
        let utf16: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, expected) in [
            (&b"<a/>"[..], "none"),
            (b"\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<a/>", "none"),
            (b"", "XmlNoRoot"),
            (b"<!-- nothing -->", "XmlNoRoot"),
            (b"plain text", "XmlNoRoot"),
            (&utf16, "XmlEncoding"),
            (b"\xFF\xFE<\0a\0/\0>\0", "XmlEncoding"),
            (b"<?xml version='1.0' encoding='Shift_JIS'?><a/>", "XmlEncoding"),
            (b"<a>\x83\x65</a>", "XmlEncoding"),
            (b"<?xml version='1.1'?><a/>", "XmlVersion"),
            (b"<!DOCTYPE a><a/>", "XmlDtd"),
            (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "XmlDtd"),
            (b"<a xmlns='a'/>", "XmlNamespace"),
            (b"<a xmlns:b='../b'/>", "XmlNamespace"),
            (b"<a xmlns='urn:a b'/>", "XmlNamespace"),
            (b"<a xmlns='1:a'/>", "XmlNamespace"),
            (b"<a xmlns='urn:a' xmlns:b='https://a/&amp;b#c'><b xmlns=''/></a>", "none"),
            (b"<a><b></a>", "XmlMalformed { line: 1, column: 7 }"),
        ] {
            assert_eq!(fault(bytes), expected, "{}", String::from_utf8_lossy(bytes));
        }
        assert_eq!(fault(&vec![b' '; MAX_DOCUMENT + 1]), "XmlTooLarge");
    }

    #[test]
    fn what_the_parser_lets_pass_is_not_well_formed() {
        for text in [
            "<a xmlns='u:1' xmlns='u:2'/>",
            "<a b:xmlns='u:1' xmlns:b='u:2'/>",
            "<a :xmlns='u:1'/>",
            "<a :b='c'/>",
            "<:a/>",
            "<a xmlns:b=''/>",
            "<a xmlns:xmlns='u:1'/>",
            "<a>&#xD800;</a>",
            "<a>&#x110000;</a>",
            "<a b='&#xDFFF;'/>",
            "<a><?b+c?></a>",
            "<a><?b:c?></a>",
            "<a/><?xml version='1.0'?>",
            "<?xml\tversion='1.0'?><a/>",
            "<?xml version='1.0' standalone='maybe'?><a/>",
            "<?xml version='1.0' encodinh='UTF-8'?><a/>",
            "<?xml version='1.0' version='1.0'?><a/>",
            "<?XML version='1.0'?><a/>",
            "<a>&unknown;</a>",
            "<a/><b/>",
            "<a/>text",
            "<a>]]></a>",
            "<a b='<'/>",
            "<a b='1' b='2'/>",
            "<a b='1'c='2'/>",
            "<a><!-- -- --></a>",
            "<a>\u{1}</a>",
            "<b:a/>",
        ] {
            assert!(fault(text.as_bytes()).starts_with("XmlMalformed"), "{text}: {}", fault(text.as_bytes()));
        }
    }

    #[test]
    fn line_ends_become_line_feeds_but_for_those_that_are_written_as_references() {
        let source = Source::new(b"<a>\r\n\r&#13;&#10;\r&amp;</a>").unwrap();
        assert_eq!(source.parse().unwrap().root_element().text(), Some("\n\n\r\n\n&"));
    }
}
