//! Making a signature: what is signed, and where it goes.

use std::io::{Read, Write};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::digest::{Context, SHA256, digest};

use super::c14n::{Form, Method};
use super::guard::Outline;
use super::source::Source;
use super::template::{self, Parts, Target};
use super::{names, tree};
use crate::certificate::SignerCertificate;
use crate::digest::as_sha256;
use crate::{Draft, Error, Signer};

/// What a file name keeps in a URI (RFC 3986, section 2.3): a name that looks like a path or a scheme stays a name.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Stands where a digest or the signature comes in once it is known.
const UNKNOWN: &str = "";

/// An XML signature on its way: XAdES, level B-B (ETSI EN 319 132-1, section 6).
#[derive(Debug)]
pub struct XmlDraft {
    place: Place,
    uri: String,
    transforms: &'static [&'static str],
    media_type: &'static str,
    content: [u8; 32],
    /// The signature element but for its value: what comes before it and what after.
    signature: Option<(String, String)>,
}

#[derive(Debug)]
enum Place {
    /// As the last child of this document's root.
    Inside { document: Vec<u8>, outline: Outline },
    /// In a file of its own.
    Apart,
}

impl XmlDraft {
    /// Signs an XML document and puts the signature into it, as the last child of its root. Every byte of the
    /// document stays as it is, but for the `/>` of a root without content, which becomes a start and an end tag.
    ///
    /// # Errors
    /// The `Xml…` variants of [`Error`]; [`Error::XmlSigned`] for a document that holds a signature already.
    pub fn enveloped(document: Vec<u8>) -> Result<Self, Error> {
        let source = Source::new(&document)?;
        let outline = source.outline;
        let tree = source.parse()?;
        if tree.descendants().any(|node| tree::is(node, names::DSIG, "Signature")) {
            return Err(Error::XmlSigned);
        }
        // Inclusive: a document is its own surroundings, and a declaration that only a value uses (`xsi:type`) is
        // signed as well. The identifier "" leaves comments out, so one with comments needs the other identifier,
        // which fewer programs know.
        let comments = tree.descendants().any(|node| node.is_comment());
        let (uri, transforms): (_, &'static [&'static str]) = if comments {
            (names::DOCUMENT_WITH_COMMENTS, &[names::ENVELOPED, names::C14N_11_COMMENTS])
        } else {
            (names::DOCUMENT, &[names::ENVELOPED, names::C14N_11])
        };
        let mut context = Context::new(&SHA256);
        let method = Method { form: Form::Inclusive11, comments };
        method.document(tree.root_element(), None, &mut |text| context.update(text.as_bytes()));
        Ok(Self {
            place: Place::Inside { document, outline },
            uri: uri.to_owned(),
            transforms,
            media_type: "text/xml",
            content: as_sha256(&context.finish()),
            signature: None,
        })
    }

    /// Signs a file of any kind and size, which is hashed now in constant memory; the signature becomes a file of its
    /// own that refers to it by `name`, without a folder.
    ///
    /// # Errors
    /// [`Error::NameMissing`] for an empty name; those of `content`.
    pub fn detached(name: &str, content: &mut dyn Read) -> Result<Self, Error> {
        if name.is_empty() {
            return Err(Error::NameMissing);
        }
        Ok(Self {
            place: Place::Apart,
            uri: utf8_percent_encode(name, KEPT).to_string(),
            transforms: &[],
            media_type: "application/octet-stream",
            content: crate::sha256(content)?,
            signature: None,
        })
    }

    /// A name that no other signature has: content, certificate and time make it.
    fn id(&self, signer: &Signer) -> String {
        let mut context = Context::new(&SHA256);
        context.update(&self.content);
        context.update(&signer.certificate);
        context.update(&signer.time.as_second().to_be_bytes());
        let digest = context.finish();
        let hexadecimal: String = digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("xades-{hexadecimal}")
    }
}

impl Draft for XmlDraft {
    fn digest(&mut self, signer: &Signer) -> Result<[u8; 32], Error> {
        SignerCertificate::parse(&signer.certificate)?;
        // `xsd:dateTime` could say fractions, but nobody means them.
        let time = Timestamp::from_second(signer.time.as_second()).unwrap_or(signer.time).to_string();
        let content = BASE64_STANDARD.encode(self.content);
        let target =
            Target { uri: &self.uri, transforms: self.transforms, media_type: self.media_type, digest: &content };
        let mut parts = Parts {
            id: &self.id(signer),
            target,
            time: &time,
            certificate: &BASE64_STANDARD.encode(&signer.certificate),
            certificate_digest: &BASE64_STANDARD.encode(digest(&SHA256, &signer.certificate)),
            properties_digest: UNKNOWN,
            signature: UNKNOWN,
        };
        let properties = element_digest(&template::signature(&parts), names::XADES, "SignedProperties")?;
        let properties = BASE64_STANDARD.encode(properties);
        parts.properties_digest = &properties;
        let text = template::signature(&parts);
        let signed = element_digest(&text, names::DSIG, "SignedInfo")?;
        let (before, after) = text.split_once("</ds:SignatureValue>").unwrap_or_default();
        self.signature = Some((before.to_owned(), format!("</ds:SignatureValue>{after}")));
        Ok(signed)
    }

    fn finish(&self, signature: &[u8], out: &mut dyn Write) -> Result<(), Error> {
        let (before, after) = self.signature.as_ref().ok_or(Error::NotStarted)?;
        let signature = format!("{before}{}{after}", BASE64_STANDARD.encode(signature));
        match &self.place {
            Place::Inside { document, outline } => insert(document, *outline, &signature, out)?,
            Place::Apart => write!(out, "<?xml version=\"1.0\"?>\n{signature}\n")?,
        }
        Ok(())
    }
}

/// SHA-256 of the exclusive canonical form of the first element of this name.
fn element_digest(text: &str, namespace: &str, name: &str) -> Result<[u8; 32], Error> {
    let source = Source::new(text.as_bytes())?;
    let tree = source.parse()?;
    let element = tree.descendants().find(|node| tree::is(*node, namespace, name)).ok_or(Error::NotStarted)?;
    let mut context = Context::new(&SHA256);
    Method::EXCLUSIVE.element(element, &mut |text| context.update(text.as_bytes()))?;
    Ok(as_sha256(&context.finish()))
}

fn insert(document: &[u8], outline: Outline, signature: &str, out: &mut dyn Write) -> Result<(), Error> {
    let (at, is_empty) = match outline {
        Outline::EndTag(at) => (at, false),
        Outline::Empty(at) => (at, true),
    };
    let (before, after) = document.split_at_checked(at).unwrap_or((document, &[]));
    out.write_all(before)?;
    if is_empty {
        out.write_all(b">")?;
    }
    out.write_all(signature.as_bytes())?;
    match (is_empty, after.strip_prefix(b"/>")) {
        (true, Some(rest)) => {
            out.write_all(b"</")?;
            out.write_all(root_name(before))?;
            out.write_all(b">")?;
            out.write_all(rest)?;
        }
        _ => out.write_all(after)?,
    }
    Ok(())
}

/// The name of the empty-element tag that `before` ends in; its attributes hold no `<`.
fn root_name(before: &[u8]) -> &[u8] {
    let tag = before.rsplit(|&byte| byte == b'<').next().unwrap_or_default();
    tag.split(u8::is_ascii_whitespace).next().unwrap_or_default()
}
