//! Reading the fixed shape of a signature out of a tree: what stands where it isn't expected is never skipped.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use roxmltree::{Children, Node};

use super::names;
use crate::{DigestAlgorithm, Fault};

/// Whether `node` is the element of this name.
pub(super) fn is(node: Node<'_, '_>, namespace: &str, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name && node.tag_name().namespace() == Some(namespace)
}

/// The child elements of an element that holds nothing else but white space, taken one after the other.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a, 'input>(Children<'a, 'input>);

impl<'a, 'input> Fields<'a, 'input> {
    /// # Errors
    /// [`Fault::SignatureMalformed`] where there is text, a comment or a processing instruction between the elements,
    /// or an attribute other than `attributes` on the element itself.
    pub(super) fn of(element: Node<'a, 'input>, attributes: &[&str]) -> Result<Self, Fault> {
        check_attributes(element, attributes)?;
        let is_blank = |node: Node<'_, '_>| node.is_text() && node.text().is_some_and(is_white_space);
        if element.children().all(|node| node.is_element() || is_blank(node)) {
            Ok(Self(element.children()))
        } else {
            Err(Fault::SignatureMalformed)
        }
    }

    /// The next element, which must be this one.
    pub(super) fn expect(&mut self, namespace: &str, name: &str) -> Result<Node<'a, 'input>, Fault> {
        self.next().filter(|node| is(*node, namespace, name)).ok_or(Fault::SignatureMalformed)
    }

    /// The next element if it is this one.
    pub(super) fn optional(&mut self, namespace: &str, name: &str) -> Option<Node<'a, 'input>> {
        let mut ahead = self.clone();
        let found = ahead.next().filter(|node| is(*node, namespace, name));
        if found.is_some() {
            *self = ahead;
        }
        found
    }

    /// Nothing may follow.
    ///
    /// # Errors
    /// [`Fault::SignatureMalformed`] where something does.
    pub(super) fn finish(mut self) -> Result<(), Fault> {
        self.next().map_or(Ok(()), |_| Err(Fault::SignatureMalformed))
    }
}

impl<'a, 'input> Iterator for Fields<'a, 'input> {
    type Item = Node<'a, 'input>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.find(Node::is_element)
    }
}

fn is_white_space(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
}

fn check_attributes(element: Node<'_, '_>, known: &[&str]) -> Result<(), Fault> {
    let mut attributes = element.attributes();
    let all = attributes.all(|attribute| attribute.namespace().is_none() && known.contains(&attribute.name()));
    if all { Ok(()) } else { Err(Fault::SignatureMalformed) }
}

/// An attribute that must be there.
pub(super) fn attribute<'a>(element: Node<'a, '_>, name: &str) -> Result<&'a str, Fault> {
    element.attribute(name).ok_or(Fault::SignatureMalformed)
}

/// The text of an element that holds nothing else.
pub(super) fn text<'a>(element: Node<'a, '_>, attributes: &[&str]) -> Result<&'a str, Fault> {
    check_attributes(element, attributes)?;
    let mut children = element.children();
    match (children.next(), children.next()) {
        (Some(child), None) if child.is_text() => Ok(child.text().unwrap_or_default()),
        _ => Err(Fault::SignatureMalformed),
    }
}

/// The bytes of an element that holds base64 and nothing else (XML Schema part 2, section 3.2.16).
pub(super) fn bytes(element: Node<'_, '_>, attributes: &[&str]) -> Result<Vec<u8>, Fault> {
    let mut text = text(element, attributes)?.to_owned();
    text.retain(|character| !matches!(character, ' ' | '\t' | '\n' | '\r'));
    BASE64_STANDARD.decode(text).map_err(|_| Fault::SignatureMalformed)
}

/// An algorithm that takes no parameters.
pub(super) fn algorithm<'a>(element: Node<'a, '_>) -> Result<&'a str, Fault> {
    Fields::of(element, &["Algorithm"])?.finish()?;
    attribute(element, "Algorithm")
}

/// The next two fields, `DigestMethod` and `DigestValue`.
pub(super) fn digest(fields: &mut Fields<'_, '_>) -> Result<(DigestAlgorithm, Vec<u8>), Fault> {
    let method = match algorithm(fields.expect(names::DSIG, "DigestMethod")?)? {
        names::SHA256 => DigestAlgorithm::Sha256,
        names::SHA384 => DigestAlgorithm::Sha384,
        names::SHA512 => DigestAlgorithm::Sha512,
        names::SHA1 => return Err(Fault::DigestWeak),
        _ => return Err(Fault::AlgorithmUnknown),
    };
    Ok((method, bytes(fields.expect(names::DSIG, "DigestValue")?, &[])?))
}
