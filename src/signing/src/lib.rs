//! Signed documents: made with whatever holds the signature key (署名用秘密鍵), and read again.
//! The agent comes in through [`Draft`] and the drafts of each format; the verifier through the readers, which
//! say who signed what and never whether to trust them. No key, card, network or window ever lives here, and
//! no input, however broken, ends in a panic.
#![forbid(unsafe_code)]

// So that the signers of `testing` can be shared with the tests beside the crate.
#[cfg(test)]
extern crate self as jpki_signing;

#[cfg(feature = "documents")]
mod certificate;
#[cfg(feature = "documents")]
pub mod cms;
#[cfg(feature = "documents")]
mod digest;
mod draft;
mod error;
pub mod holder;
#[cfg(feature = "documents")]
pub mod pdf;
#[cfg(feature = "documents")]
mod raw;
mod signed;
#[cfg(all(test, feature = "documents"))]
mod testing;
#[cfg(feature = "documents")]
pub mod xml;

#[cfg(feature = "documents")]
pub use digest::sha256;
pub use draft::{Draft, Signer};
pub use error::Error;
#[cfg(feature = "documents")]
pub use raw::RawDraft;
pub use signed::{Coverage, DigestAlgorithm, DocumentSignature, Fault, Format, Remedy};
