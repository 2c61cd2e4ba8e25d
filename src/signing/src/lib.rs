//! Signed documents: made with whatever holds the signature key (署名用秘密鍵), and read again.
//! The agent comes in through [`Draft`] and the drafts of each format; the verifier through the readers, which
//! say who signed what and never whether to trust them. No key, card, network or window ever lives here, and
//! no input, however broken, ends in a panic.
#![forbid(unsafe_code)]

// So that the signers of `testing` can be shared with the tests beside the crate.
#[cfg(test)]
extern crate self as jpki_signing;

mod certificate;
pub mod cms;
mod digest;
mod draft;
mod error;
pub mod holder;
mod raw;
mod signed;
#[cfg(test)]
mod testing;
pub mod xml;

pub use digest::sha256;
pub use draft::{Draft, Signer};
pub use error::Error;
pub use raw::RawDraft;
pub use signed::{Coverage, DigestAlgorithm, DocumentSignature, Fault, Format, Remedy};
