//! Everything that can be wrong with a document or a certificate that is to be signed or read.

use crate::{Fault, holder::HolderError};

/// Why a document can't be signed or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Reading or writing failed.
    #[error("the document can't be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// A draft was asked to finish before it gave its digest.
    #[error("this document has no digest yet; start the signature again")]
    NotStarted,
    /// A signature is refused.
    #[error(transparent)]
    Refused(#[from] Fault),
    /// A certificate doesn't say who its holder is.
    #[error(transparent)]
    Holder(#[from] HolderError),
}
