//! Signatures inside PDF files: made as PAdES-B-B (ETSI EN 319 142-1), read from whoever made them.
//! The agent comes in through [`PdfDraft`], the verifier through [`signatures`]. Files are parsed by `lopdf` and
//! `hayro-syntax` alone, and what stands in a file is never rewritten: a signature only ever adds to its end.

mod date;
mod document;
mod draft;
mod exact;
mod lock;
mod original;
mod range;
mod read;
mod revision;
mod update;

pub use document::MAX_PDF;
pub use draft::{PdfDraft, PdfOptions};
pub use read::{signatures, signatures_in};

#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod tests;
