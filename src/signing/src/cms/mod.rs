//! CMS signatures (RFC 5652) as CAdES asks for them (ETSI EN 319 122-1): made from a digest, read with their document.
//! The agent comes in through [`CmsDraft`], the verifier through [`read`]; PDF signatures are made and read here too
//! but for the PDF around them. Bytes from outside are parsed by `der` and `x509-parser` alone.

mod attributes;
mod make;
mod oid;
mod read;
mod syntax;
mod verify;

pub use make::CmsDraft;
pub use read::{MAX_CONTENT_IN_MEMORY, MAX_MESSAGE, read};

pub(crate) use verify::Message;

#[cfg(test)]
mod tests;
