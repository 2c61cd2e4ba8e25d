//! XML signatures: XAdES level B-B (ETSI EN 319 132-1) over XML Signature 1.1, inside an XML document or beside any
//! file. Drafts come in at [`XmlDraft`], the verifier at [`signatures`]; parsing is two libraries' work, and only what
//! is hashed, the canonical form, is written here. Nothing here ever fetches what a signature refers to, reads a DTD,
//! or skips what it doesn't know.
//!
//! A document is signed as a whole, comments and every namespace declaration included, and what a reader finds
//! unsigned it refuses. Left to change without a trace is what means nothing: in a document what XML and its canonical
//! form pass over (which quotes an attribute has, white space inside of tags and around the root, the order of
//! attributes, `<a/>` for `<a></a>`, CDATA and references for plain characters, line ends, the XML declaration, a
//! byte order mark, a namespace declaration that repeats one in force), and in the signature line breaks in base64,
//! declarations of unused namespaces, an `Id` nothing refers to, and certificates beside the signer's.
//!
//! Three decisions, with their reasons:
//! - The document's reference goes through Canonical XML 1.1, not the exclusive one, because that leaves declarations
//!   out which only a value uses, as in `xsi:type="n:t"`: whoever changes them changes what was signed. A document
//!   signed through the exclusive one is read where both forms are the same. Parts of the signature are canonicalised
//!   exclusively, so that they mean the same wherever the signature is put.
//! - A document has one signature inside. `enveloped-signature`, which every program knows, takes out the signature it
//!   is in and no other, so that a second one would break the first; filters that take all out are known to few
//!   programs. Several people sign apart from the document, each in a file of their own.
//! - A signature without XAdES properties, or with unsigned ones, is refused: the first doesn't say which certificate
//!   made it, of the second only the issuer of a time stamp could say whether they were changed.

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
