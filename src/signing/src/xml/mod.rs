//! XML signatures: XAdES level B-B (ETSI EN 319 132-1) over XML Signature 1.1, inside an XML document or beside any
//! file. Drafts come in at [`XmlDraft`], the verifier at [`signatures`]; parsing is two libraries' work, and only what
//! is hashed, the canonical form, is written here. Nothing here ever fetches what a signature refers to, reads a DTD,
//! or skips what it doesn't know.
//!
//! A document is signed as a whole, comments and every namespace declaration included. What may still be changed
//! without a trace is what XML says has no meaning: which quotes an attribute has, white space inside of tags and
//! around the root, the order of attributes, `<a/>` for `<a></a>`, CDATA and references for plain characters, line
//! ends, an XML declaration or byte order mark, and declarations that repeat one in force.

mod c14n;
mod draft;
mod guard;
mod names;
mod properties;
mod read;
mod signed_info;
mod source;
mod template;
#[cfg(test)]
mod tests;
mod tree;

pub use draft::XmlDraft;
pub use read::signatures;
pub use source::MAX_DOCUMENT;
