//! A first pass over a document, before its tree is built: limits on what a tree costs, and what the tree's parser
//! is known to let pass. A second library does it, so that a document is only read where two parsers agree.

use std::collections::HashSet;

use quick_xml::events::{BytesDecl, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::Error;

/// How deep elements may be nested. Libxml2, behind most other verifiers, stops at 256.
pub(super) const MAX_DEPTH: usize = 200;
/// How many `<`, how many `=` and how many nodes a document may have; the parser reserves memory for each of them.
pub(super) const MAX_MARKS: u32 = 2_000_000;
/// How many attributes and namespace declarations one element may have.
pub(super) const MAX_ATTRIBUTES: usize = 512;
/// How many namespace declarations may be in scope.
const MAX_IN_SCOPE: u64 = 512;
/// How many comparisons of names the parser and the canonicaliser may be made to do.
const MAX_WORK: u64 = 1 << 28;

/// Where in a document a signature goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outline {
    /// The root's end tag begins at this byte.
    EndTag(usize),
    /// The root is an empty-element tag; its `/>` begins at this byte.
    Empty(usize),
}

impl Outline {
    /// The same place in a file where `bytes` come before the text.
    pub(super) fn after(self, bytes: usize) -> Self {
        match self {
            Self::EndTag(at) => Self::EndTag(at + bytes),
            Self::Empty(at) => Self::Empty(at + bytes),
        }
    }
}

/// Reads `text` once.
///
/// # Errors
/// The `Xml…` variants of [`Error`].
pub(super) fn check(text: &str) -> Result<Outline, Error> {
    for mark in [b'<', b'='] {
        if text.bytes().filter(|&byte| byte == mark).count() > MAX_MARKS as usize {
            return Err(Error::XmlTooComplex);
        }
    }
    let mut pass = Pass { text, at: 0, declared: Vec::new(), in_scope: 0, work: 0, outline: None };
    let mut reader = Reader::from_str(text);
    loop {
        pass.at = position(reader.buffer_position());
        let event = reader.read_event().map_err(|_| malformed(text, position(reader.error_position())))?;
        match event {
            Event::Start(tag) => pass.start(&tag)?,
            Event::Empty(tag) => {
                pass.start(&tag)?;
                pass.end(Outline::Empty(position(reader.buffer_position()).saturating_sub(2)));
            }
            Event::End(_) => pass.end(Outline::EndTag(pass.at)),
            Event::Decl(declaration) => pass.declaration(&declaration)?,
            Event::DocType(_) => return Err(Error::XmlDtd),
            Event::GeneralRef(reference) => {
                reference.resolve_char_ref().map_err(|_| pass.malformed())?;
            }
            Event::Eof => break,
            Event::Text(_) | Event::CData(_) | Event::Comment(_) | Event::PI(_) => {}
        }
    }
    if pass.declared.is_empty() { pass.outline.ok_or(Error::XmlNoRoot) } else { Err(malformed(text, text.len())) }
}

struct Pass<'a> {
    text: &'a str,
    /// Where the event at hand begins.
    at: usize,
    /// For each open element how many namespaces it declares.
    declared: Vec<u64>,
    /// Their sum.
    in_scope: u64,
    work: u64,
    outline: Option<Outline>,
}

impl Pass<'_> {
    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), Error> {
        if self.declared.len() >= MAX_DEPTH {
            return Err(Error::XmlTooDeep);
        }
        let (attributes, declared) = self.attributes(tag)?;
        self.declared.push(declared);
        self.in_scope += declared;
        let copied = if declared > 0 { self.in_scope * self.in_scope } else { 0 };
        self.work += (attributes + 1) * (self.in_scope + 1) + attributes * attributes + copied;
        if self.in_scope > MAX_IN_SCOPE || self.work > MAX_WORK {
            return Err(Error::XmlTooComplex);
        }
        Ok(())
    }

    /// Counts attributes and, of these, namespace declarations.
    fn attributes(&self, tag: &BytesStart<'_>) -> Result<(u64, u64), Error> {
        let mut names = HashSet::new();
        let mut declared = 0;
        let starts_with_colon = |name: &[u8]| name.first() == Some(&b':');
        // The loop looks for a name that comes twice in linear time; the library's own check doesn't.
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| self.malformed())?;
            let name = attribute.key.into_inner();
            if names.len() >= MAX_ATTRIBUTES {
                return Err(Error::XmlTooComplex);
            }
            // Namespaces in XML, sections 3, 4 and 5: no name begins with a colon, `xmlns` is no attribute's local
            // name and no prefix to declare, and a prefix can't be undeclared.
            if !names.insert(name) || starts_with_colon(name) || name.ends_with(b":xmlns") {
                return Err(self.malformed());
            }
            // The parser reads a reference to a surrogate as U+FFFD; here it is an error.
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| self.malformed())?;
            if name == b"xmlns" || name.starts_with(b"xmlns:") {
                declared += 1;
                match value.as_ref() {
                    "" if name == b"xmlns" => {}
                    "" => return Err(self.malformed()),
                    uri if !is_absolute(uri) => return Err(Error::XmlNamespace),
                    _ => {}
                }
            }
        }
        if starts_with_colon(tag.name().into_inner()) {
            return Err(self.malformed());
        }
        Ok((names.len() as u64, declared))
    }

    fn end(&mut self, place: Outline) {
        self.in_scope -= self.declared.pop().unwrap_or_default();
        if self.declared.is_empty() {
            self.outline.get_or_insert(place);
        }
    }

    /// XML 1.0, sections 2.8, 2.9 and 4.3.3.
    fn declaration(&self, declaration: &BytesDecl<'_>) -> Result<(), Error> {
        let mut fields = vec![("version", false), ("encoding", true), ("standalone", true)].into_iter();
        let content = BytesStart::from_content(String::from_utf8_lossy(declaration), 3);
        for attribute in content.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| self.malformed())?;
            let known = fields.by_ref().find(|(name, optional)| name.as_bytes() == attribute.key.as_ref() || !optional);
            let value = attribute.value.as_ref();
            match known {
                Some((name, _)) if name.as_bytes() != attribute.key.as_ref() => return Err(self.malformed()),
                Some(("version", _)) if value != b"1.0" => return Err(Error::XmlVersion),
                Some(("encoding", _)) if !value.eq_ignore_ascii_case(b"utf-8") => return Err(Error::XmlEncoding),
                Some(("standalone", _)) if value != b"yes" && value != b"no" => return Err(self.malformed()),
                Some(_) => {}
                None => return Err(self.malformed()),
            }
        }
        Ok(())
    }

    fn malformed(&self) -> Error {
        malformed(self.text, self.at)
    }
}

/// Whether a namespace has a scheme, only characters of RFC 3986, section 2, and one fragment at most. Addresses of
/// IPv6, which alone need brackets, name no namespace.
fn is_absolute(uri: &str) -> bool {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=%".contains(&byte);
    let is_escape = |after: &str| after.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    let (before, fragment) = uri.split_once('#').unwrap_or((uri, ""));
    before.split_once(':').is_some_and(|(scheme, _)| is_scheme(scheme))
        && before.bytes().chain(fragment.bytes()).all(is_allowed)
        && uri.split('%').skip(1).all(is_escape)
}

fn position(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

fn malformed(text: &str, at: usize) -> Error {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
    let column =
        before.iter().rev().take_while(|&&byte| byte != b'\n').filter(|&&byte| byte & 0xC0 != 0x80).count() + 1;
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Error::XmlMalformed { line: number(line), column: number(column) }
}
