//! Signed documents: made with whatever holds the signature key (署名用秘密鍵), and read again.
//! The agent comes in through [`Draft`] and the drafts of each format; the verifier through the readers, which
//! say who signed what and never whether to trust them. No key, card, network or window ever lives here, and
//! no input, however broken, ends in a panic.
#![forbid(unsafe_code)]

mod draft;
mod error;
pub mod holder;
mod signed;

pub use draft::{Draft, Signer};
pub use error::Error;
pub use signed::{Coverage, DigestAlgorithm, DocumentSignature, Fault, Format, Remedy};
