//! Canonical XML 1.0 and 1.1 and Exclusive XML Canonicalization 1.0: the one form of a document, or of an element of
//! it, that is hashed. It writes what a parser made of the document and never reads text of its own.

mod namespaces;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod xmllint;

use std::borrow::Cow;

use roxmltree::{Attribute, Node, NodeId};

use self::namespaces::Rendered;
use super::names;
use crate::Fault;

/// The namespace of `xml:lang` and its like, which is bound without a declaration.
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Which namespaces and which attributes of its surroundings an element takes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// Canonical XML 1.0: all namespaces in scope, and of the ancestors' attributes those of XML itself.
    Inclusive10,
    /// Canonical XML 1.1: the same, without `xml:id` and with another rule for `xml:base`.
    Inclusive11,
    /// Only namespaces that are visibly used, and those of these prefixes (`InclusiveNamespaces`); `""` is the
    /// default namespace.
    Exclusive(Vec<String>),
}

/// A way to canonicalise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Method {
    pub(super) form: Form,
    pub(super) comments: bool,
}

impl Method {
    /// What a `Transform` or a `CanonicalizationMethod` without one uses (XML Signature 1.1, section 4.4.3.2).
    pub(super) const DEFAULT: Self = Self { form: Form::Inclusive10, comments: false };
    /// For parts of a signature: they mean the same wherever the signature is put.
    pub(super) const EXCLUSIVE: Self = Self { form: Form::Exclusive(Vec::new()), comments: false };

    /// The method of this identifier, without parameters.
    pub(super) fn from_identifier(identifier: &str) -> Option<Self> {
        let (form, comments) = match identifier {
            names::C14N_10 => (Form::Inclusive10, false),
            names::C14N_10_COMMENTS => (Form::Inclusive10, true),
            names::C14N_11 => (Form::Inclusive11, false),
            names::C14N_11_COMMENTS => (Form::Inclusive11, true),
            names::EXCLUSIVE => (Form::Exclusive(Vec::new()), false),
            names::EXCLUSIVE_COMMENTS => (Form::Exclusive(Vec::new()), true),
            _ => return None,
        };
        Some(Self { form, comments })
    }

    /// Hands the canonical form of everything in `node`'s document, without the element `without`, to `out`.
    pub(super) fn document(&self, node: Node<'_, '_>, without: Option<NodeId>, out: &mut dyn FnMut(&str)) {
        let mut writer = Writer { method: self, without, rendered: Rendered::default(), out };
        let mut before_root = true;
        for child in node.document().root().children() {
            if child.is_element() {
                before_root = false;
                writer.element(child, &[]);
            } else if child.is_pi() || (child.is_comment() && self.comments) {
                // Canonical XML 1.1, section 2.3: a line of its own, inside of the root's line breaks.
                if !before_root {
                    (writer.out)("\n");
                }
                writer.node(child);
                if before_root {
                    (writer.out)("\n");
                }
            }
        }
    }

    /// Hands the canonical form of `element` and what is in it to `out`.
    ///
    /// # Errors
    /// [`Fault::AlgorithmUnknown`] for Canonical XML 1.1 below an `xml:base`, which would have to be joined.
    pub(super) fn element(&self, element: Node<'_, '_>, out: &mut dyn FnMut(&str)) -> Result<(), Fault> {
        let inherited = self.inherited(element)?;
        Writer { method: self, without: None, rendered: Rendered::default(), out }.element(element, &inherited);
        Ok(())
    }

    /// The attributes of XML itself that `element` takes over from its ancestors (Canonical XML 1.0, section 2.4;
    /// 1.1, section 2.4).
    fn inherited<'a, 'input>(&self, element: Node<'a, 'input>) -> Result<Vec<Attribute<'a, 'input>>, Fault> {
        if matches!(self.form, Form::Exclusive(_)) {
            return Ok(Vec::new());
        }
        let mut inherited: Vec<Attribute<'a, 'input>> = Vec::new();
        for ancestor in element.ancestors().skip(1) {
            for attribute in ancestor.attributes().filter(|attribute| attribute.namespace() == Some(XML)) {
                if self.form == Form::Inclusive11 {
                    match attribute.name() {
                        "base" => return Err(Fault::AlgorithmUnknown),
                        "lang" | "space" => {}
                        _ => continue,
                    }
                }
                let nearer = element.attribute((XML, attribute.name())).is_some()
                    || inherited.iter().any(|other| other.name() == attribute.name());
                if !nearer {
                    inherited.push(attribute);
                }
            }
        }
        Ok(inherited)
    }
}

struct Writer<'m, 'a, 'o> {
    method: &'m Method,
    without: Option<NodeId>,
    rendered: Rendered<'a>,
    out: &'o mut dyn FnMut(&str),
}

impl<'a> Writer<'_, 'a, '_> {
    fn node(&mut self, node: Node<'a, '_>) {
        if node.is_element() {
            if self.without != Some(node.id()) {
                self.element(node, &[]);
            }
        } else if let Some(instruction) = node.pi() {
            self.write(&["<?", instruction.target]);
            if let Some(value) = instruction.value {
                self.write(&[" ", value]);
            }
            self.write(&["?>"]);
        } else if node.is_comment() {
            if self.method.comments {
                self.write(&["<!--", node.text().unwrap_or_default(), "-->"]);
            }
        } else {
            let text = escape(node.text().unwrap_or_default(), |character| match character {
                '&' => Some("&amp;"),
                '<' => Some("&lt;"),
                '>' => Some("&gt;"),
                '\r' => Some("&#xD;"),
                _ => None,
            });
            self.write(&[&text]);
        }
    }

    /// Recursion is as deep as the document, which the guard limits.
    fn element(&mut self, element: Node<'a, '_>, inherited: &[Attribute<'a, '_>]) {
        let name = name_at(element, element.range().start + 1);
        let outside = self.rendered.len();
        self.write(&["<", name]);
        for (prefix, uri) in self.rendered.enter(&self.method.form, element) {
            self.write(&[if prefix.is_empty() { " xmlns" } else { " xmlns:" }, prefix]);
            self.value(uri);
        }
        let mut attributes: Vec<_> = element.attributes().chain(inherited.iter().copied()).collect();
        attributes.sort_by_key(|attribute| (attribute.namespace().unwrap_or_default(), attribute.name()));
        for attribute in attributes {
            self.write(&[" ", name_at(element, attribute.range().start)]);
            self.value(attribute.value());
        }
        self.write(&[">"]);
        for child in element.children() {
            self.node(child);
        }
        self.write(&["</", name, ">"]);
        self.rendered.leave(outside);
    }

    fn value(&mut self, value: &str) {
        let value = escape(value, |character| match character {
            '&' => Some("&amp;"),
            '<' => Some("&lt;"),
            '"' => Some("&quot;"),
            '\t' => Some("&#x9;"),
            '\n' => Some("&#xA;"),
            '\r' => Some("&#xD;"),
            _ => None,
        });
        self.write(&["=\"", &value, "\""]);
    }

    fn write(&mut self, parts: &[&str]) {
        for part in parts {
            (self.out)(part);
        }
    }
}

/// The qualified name that stands at this place of the text: the tree keeps local names alone.
fn name_at<'a>(node: Node<'a, '_>, at: usize) -> &'a str {
    let text = node.document().input_text().get(at..).unwrap_or_default();
    text.find([' ', '\t', '\n', '=', '/', '>']).and_then(|end| text.get(..end)).unwrap_or(text)
}

/// The prefix of a qualified name; empty if it has none.
fn prefix_of(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

fn escape(text: &str, reference: impl Fn(char) -> Option<&'static str>) -> Cow<'_, str> {
    if !text.contains(|character| reference(character).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match reference(character) {
            Some(reference) => escaped.push_str(reference),
            None => escaped.push(character),
        }
    }
    Cow::Owned(escaped)
}
