//! Reading a signature: its shape, its key's signature, what it refers to, and that it refers to everything.

use std::io::Read;

use ring::digest::Context;
use roxmltree::{Document, Node};

use super::c14n::{Form, Method};
use super::properties::Properties;
use super::signed_info::{Reference, SignedInfo, Transform};
use super::source::Source;
use super::{names, tree};
use crate::certificate::SignerCertificate;
use crate::digest::for_each_chunk;
use crate::{Coverage, DocumentSignature, Error, Fault, Format};

/// The most certificates a signature may carry: a chain of the card's is two long.
const MAX_CERTIFICATES: usize = 16;

/// Reads the signature of an XML document, or a signature file together with the file it signs as `content`, which may
/// have any size. Everything is checked but whether the certificate is to be trusted.
///
/// A document has exactly one signature: another one inside would be changed by the first, or change it.
///
/// # Errors
/// The `Xml…` variants of [`Error`], [`Error::Refused`] with the first fault found, and [`Error::Io`] of `content`.
pub fn signatures(document: &[u8], content: Option<&mut dyn Read>) -> Result<Vec<DocumentSignature>, Error> {
    let source = Source::new(document)?;
    let document = source.parse()?;
    let signature = Signature::of(the_signature(&document)?)?;
    let apart = signature.element == document.root_element();
    match (apart, &content) {
        (true, None) => return Err(Fault::ContentMissing.into()),
        (false, Some(_)) => return Err(Fault::ContentTwice.into()),
        _ => {}
    }
    let info = SignedInfo::of(signature.info)?;
    let element = signature.properties.ok_or(Fault::PropertiesMissing)?;
    check_ids(&document, signature.element, element, &info.properties)?;
    let properties = Properties::of(element)?;
    let certificate = signer(&signature.certificates, &properties)?;

    let mut signed = Vec::new();
    info.canonicalisation.element(signature.info, &mut |text| signed.extend_from_slice(text.as_bytes()))?;
    SignerCertificate::parse(certificate)?.verify(info.algorithm, &signed, &signature.value)?;

    let wanted = [&info.properties, &info.document];
    let digests = [
        properties_digest(element, &info.properties)?,
        match content {
            Some(content) => content_digest(&document, content, &info.document)?,
            None => document_digest(signature.element, &info.document)?,
        },
    ];
    if wanted.iter().zip(&digests).any(|(reference, digest)| reference.digest != *digest) {
        return Err(Fault::DigestWrong.into());
    }
    Ok(vec![DocumentSignature {
        format: Format::Xades,
        certificate: certificate.clone(),
        others: signature.certificates.iter().filter(|other| *other != certificate).cloned().collect(),
        time: properties.time,
        covers: Coverage::Whole,
        digest: info.document.algorithm,
        names_certificate: true,
    }])
}

/// The one signature, where it may stand.
fn the_signature<'a, 'input>(document: &'a Document<'input>) -> Result<Node<'a, 'input>, Fault> {
    let mut found = document.descendants().filter(|node| tree::is(*node, names::DSIG, "Signature"));
    let signature = found.next().ok_or(Fault::Unsigned)?;
    if found.next().is_some() {
        return Err(Fault::TooManySignatures);
    }
    let root = document.root_element();
    if signature != root && signature.parent() != Some(root) {
        return Err(Fault::SignaturePlace);
    }
    Ok(signature)
}

/// `ds:Signature`, taken apart (XML Signature 1.1, section 4.2).
struct Signature<'a, 'input> {
    element: Node<'a, 'input>,
    info: Node<'a, 'input>,
    value: Vec<u8>,
    certificates: Vec<Vec<u8>>,
    /// `xades:SignedProperties`.
    properties: Option<Node<'a, 'input>>,
}

impl<'a, 'input> Signature<'a, 'input> {
    fn of(element: Node<'a, 'input>) -> Result<Self, Fault> {
        // Canonicalisation would leave comments out and split the text around them.
        if element.descendants().any(|node| node.is_comment() || node.is_pi()) {
            return Err(Fault::NotCovered);
        }
        let mut fields = tree::Fields::of(element, &["Id"])?;
        let info = fields.expect(names::DSIG, "SignedInfo")?;
        let value = tree::bytes(fields.expect(names::DSIG, "SignatureValue")?, &["Id"])?;
        let certificates = match fields.optional(names::DSIG, "KeyInfo") {
            Some(key) => certificates(key)?,
            None => Vec::new(),
        };
        let properties = match fields.optional(names::DSIG, "Object") {
            Some(object) => signed_properties(object, element)?,
            None => None,
        };
        // A second object is signed by nothing that is read here.
        fields.finish().map_err(|_| Fault::NotCovered)?;
        Ok(Self { element, info, value, certificates, properties })
    }
}

/// Certificates and nothing else: `ds:KeyInfo` isn't signed, but a certificate is by its name in the properties.
fn certificates(key: Node<'_, '_>) -> Result<Vec<Vec<u8>>, Fault> {
    let mut certificates = Vec::new();
    for data in tree::Fields::of(key, &["Id"])? {
        if !tree::is(data, names::DSIG, "X509Data") {
            return Err(Fault::NotCovered);
        }
        for element in tree::Fields::of(data, &[])? {
            if !tree::is(element, names::DSIG, "X509Certificate") {
                return Err(Fault::NotCovered);
            }
            certificates.push(tree::bytes(element, &[])?);
            if certificates.len() > MAX_CERTIFICATES {
                return Err(Fault::TooManySignatures);
            }
        }
    }
    Ok(certificates)
}

/// The signed properties in the signature's object, if they are this signature's and the only ones.
fn signed_properties<'a, 'input>(
    object: Node<'a, 'input>,
    signature: Node<'_, '_>,
) -> Result<Option<Node<'a, 'input>>, Fault> {
    let mut fields = tree::Fields::of(object, &["Id"])?;
    let Some(qualifying) = fields.optional(names::XADES, "QualifyingProperties") else { return Ok(None) };
    fields.finish().map_err(|_| Fault::NotCovered)?;
    let mut fields = tree::Fields::of(qualifying, &["Id", "Target"])?;
    let properties = fields.expect(names::XADES, "SignedProperties")?;
    fields.finish().map_err(|_| Fault::NotCovered)?;
    let id = tree::attribute(signature, "Id")?;
    if qualifying.attribute("Target").and_then(|target| target.strip_prefix('#')) != Some(id) {
        return Err(Fault::SignatureMalformed);
    }
    Ok(Some(properties))
}

/// Where the reference by Id is followed, it leads nowhere else than by structure: each of the two Ids is there once,
/// whatever the attribute's name is in other programs' eyes.
fn check_ids(
    document: &Document<'_>,
    signature: Node<'_, '_>,
    properties: Node<'_, '_>,
    reference: &Reference<'_>,
) -> Result<(), Fault> {
    let id = tree::attribute(properties, "Id")?;
    if reference.uri.strip_prefix('#') != Some(id) {
        return Err(Fault::ReferenceUnknown);
    }
    for id in [id, tree::attribute(signature, "Id")?] {
        let all = document.descendants().flat_map(|node| node.attributes());
        let same = all.filter(|attribute| attribute.name().eq_ignore_ascii_case("id") && attribute.value() == id);
        if same.count() != 1 {
            return Err(Fault::IdTwice);
        }
    }
    Ok(())
}

/// The certificate that the signature names as its own.
fn signer<'a>(certificates: &'a [Vec<u8>], properties: &Properties) -> Result<&'a Vec<u8>, Fault> {
    if certificates.is_empty() {
        return Err(Fault::SignerMissing);
    }
    let (algorithm, digest) = &properties.certificate;
    let is_named = |certificate: &&Vec<u8>| ring::digest::digest(algorithm.hash(), certificate).as_ref() == digest;
    certificates.iter().find(is_named).ok_or(Fault::SigningCertificateWrong)
}

fn properties_digest(element: Node<'_, '_>, reference: &Reference<'_>) -> Result<Vec<u8>, Fault> {
    let method = match reference.transforms.as_slice() {
        [] => &Method::DEFAULT,
        [Transform::Canonical(method)] => method,
        _ => return Err(Fault::ReferenceUnknown),
    };
    let mut context = Context::new(reference.algorithm.hash());
    method.element(element, &mut |text| context.update(text.as_bytes()))?;
    Ok(context.finish().as_ref().to_vec())
}

/// The digest of the document without its signature, if that is all of it.
fn document_digest(signature: Node<'_, '_>, reference: &Reference<'_>) -> Result<Vec<u8>, Fault> {
    let method = match reference.transforms.as_slice() {
        [Transform::Enveloped] => &Method::DEFAULT,
        [Transform::Enveloped, Transform::Canonical(method)] => method,
        _ => return Err(Fault::ReferenceUnknown),
    };
    // XML Signature 1.1, section 4.4.3.3: the identifier "" leaves comments out before any transform.
    let comments = match reference.uri {
        names::DOCUMENT => false,
        names::DOCUMENT_WITH_COMMENTS => method.comments,
        _ => return Err(Fault::ReferenceUnknown),
    };
    if !comments && signature.document().descendants().any(|node| node.is_comment()) {
        return Err(Fault::NotCovered);
    }
    let digest = |form: Form| {
        let mut context = Context::new(reference.algorithm.hash());
        let out = &mut |text: &str| context.update(text.as_bytes());
        Method { form, comments }.document(signature, Some(signature.id()), out);
        context.finish().as_ref().to_vec()
    };
    let found = digest(method.form.clone());
    // Exclusive canonicalisation says nothing of a namespace that only values use, nor where one is declared.
    if matches!(method.form, Form::Exclusive(_)) && found != digest(Form::Inclusive11) {
        return Err(Fault::NotCovered);
    }
    Ok(found)
}

/// The digest of a file beside the signature. Its name in the reference is the signer's and isn't compared: files are
/// renamed, and the caller says which one is meant.
fn content_digest(
    document: &Document<'_>,
    content: &mut dyn Read,
    reference: &Reference<'_>,
) -> Result<Vec<u8>, Error> {
    if reference.uri.is_empty() || reference.uri.starts_with('#') || !reference.transforms.is_empty() {
        return Err(Fault::ReferenceUnknown.into());
    }
    if document.root().children().any(|node| node != document.root_element()) {
        return Err(Fault::NotCovered.into());
    }
    let mut context = Context::new(reference.algorithm.hash());
    for_each_chunk(content, |chunk| {
        context.update(chunk);
        Ok(())
    })?;
    Ok(context.finish().as_ref().to_vec())
}
