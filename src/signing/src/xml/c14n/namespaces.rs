//! Which namespace declarations an element of the canonical form gets.

use roxmltree::Node;

use super::{Form, XML, name_at, prefix_of};

/// The declarations that are in force at a place of the canonical form, innermost last; `""` is the prefix of the
/// default namespace.
#[derive(Debug, Default)]
pub(super) struct Rendered<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Rendered<'a> {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets what was entered since there were `length` of them.
    pub(super) fn leave(&mut self, length: usize) {
        self.0.truncate(length);
    }

    /// The declarations that `element` needs beyond those in force, in the order of Canonical XML 1.1, section 2.2:
    /// the default namespace, then by prefix. They are in force from now on.
    pub(super) fn enter(&mut self, form: &Form, element: Node<'a, '_>) -> Vec<(&'a str, &'a str)> {
        let mut needed = match form {
            Form::Inclusive10 | Form::Inclusive11 => self.in_scope(element),
            Form::Exclusive(prefixes) => self.visibly_used(element, prefixes),
        };
        needed.retain(|(prefix, uri)| self.uri(prefix) != *uri);
        needed.sort_unstable();
        needed.dedup();
        self.0.extend_from_slice(&needed);
        needed
    }

    fn in_scope(&self, element: Node<'a, '_>) -> Vec<(&'a str, &'a str)> {
        // Most elements declare nothing, and then share their parent's list entry by entry.
        let same = element.parent_element().is_some_and(|parent| {
            let mut pairs = parent.namespaces().zip(element.namespaces());
            parent.namespaces().len() == element.namespaces().len() && pairs.all(|(a, b)| std::ptr::eq(a, b))
        });
        if same && !self.0.is_empty() {
            return Vec::new();
        }
        element.namespaces().map(|namespace| (namespace.name().unwrap_or_default(), namespace.uri())).collect()
    }

    /// Exclusive XML Canonicalization 1.0, sections 1.1 and 3.
    fn visibly_used(&self, element: Node<'a, '_>, prefixes: &[String]) -> Vec<(&'a str, &'a str)> {
        let own = prefix_of(name_at(element, element.range().start + 1));
        let attributes = element.attributes().filter(|attribute| !matches!(attribute.namespace(), None | Some(XML)));
        let attributes = attributes.map(|attribute| prefix_of(name_at(element, attribute.range().start)));
        let mut used: Vec<_> = attributes.chain([own]).map(|prefix| (prefix, uri_of(element, prefix))).collect();
        if !prefixes.is_empty() {
            let listed = element.namespaces().map(|namespace| (namespace.name().unwrap_or_default(), namespace.uri()));
            used.extend(listed.filter(|(prefix, _)| prefixes.iter().any(|listed| listed == prefix)));
        }
        used
    }

    /// The namespace in force for a prefix; an undeclared one is empty, as the default namespace is where none is.
    fn uri(&self, prefix: &str) -> &'a str {
        self.0.iter().rev().find(|(known, _)| *known == prefix).map_or("", |(_, uri)| uri)
    }
}

fn uri_of<'a>(element: Node<'a, '_>, prefix: &str) -> &'a str {
    element.lookup_namespace_uri(Some(prefix).filter(|prefix| !prefix.is_empty())).unwrap_or_default()
}
