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
    /// What was to be signed can't be put into the format.
    #[error("this certificate or signing time can't be put into a signature; use the card's own certificate")]
    Encoding,
    /// More than [`cms::MAX_MESSAGE`](crate::cms::MAX_MESSAGE).
    #[error("the signature file is larger than 64 MiB; ask for a signature apart from its document")]
    MessageTooLarge,
    /// More than [`cms::MAX_CONTENT_IN_MEMORY`](crate::cms::MAX_CONTENT_IN_MEMORY).
    #[error("a signature of this old form is read with documents of up to 64 MiB; ask for one with signed attributes")]
    ContentTooLarge,
    /// More than [`xml::MAX_DOCUMENT`](crate::xml::MAX_DOCUMENT).
    #[error("the XML document is larger than 32 MiB; sign it with the signature in a file of its own")]
    XmlTooLarge,
    /// More than 200 levels of elements.
    #[error("the XML document is nested deeper than 200 elements; sign it with the signature in a file of its own")]
    XmlTooDeep,
    /// More nodes, attributes or namespaces than a tree of sane size has.
    #[error(
        "the XML document has too many elements, attributes or namespaces; sign it with the signature in a file of its own"
    )]
    XmlTooComplex,
    /// UTF-16, Shift_JIS and the like, declared or found.
    #[error("the XML document is not in UTF-8; save it as UTF-8, with encoding=\"UTF-8\" in its first line or none")]
    XmlEncoding,
    /// XML 1.1 and later.
    #[error("the XML document is of another version than 1.0; save it as XML 1.0")]
    XmlVersion,
    /// A document type declaration, which could define entities and default attributes outside of what is signed.
    #[error("the XML document has a DTD (<!DOCTYPE …>), which can change what it says; save it without one")]
    XmlDtd,
    /// No element at all.
    #[error("the file holds no XML element; choose an XML document")]
    XmlNoRoot,
    /// Not well-formed; line and column count from 1.
    #[error("the XML document is not well-formed at line {line}, column {column}; export it again or repair it")]
    XmlMalformed {
        /// The line.
        line: u32,
        /// The column, in characters.
        column: u32,
    },
    /// Relative namespaces (Canonical XML 1.1, section 1.3) and such that are no URI (RFC 3986).
    #[error(
        "a namespace of the XML document is no absolute URI, which no signature can be made of; write it like urn:… or https://…"
    )]
    XmlNamespace,
    /// A second signature would change what the first one covers.
    #[error(
        "the XML document holds a signature already, which another one inside would break; sign it with the signature in a file of its own"
    )]
    XmlSigned,
    /// A signature apart from its document refers to it by name.
    #[error("the document has no name for the signature to refer to; give it a file name")]
    NameMissing,
    /// More than [`pdf::MAX_PDF`](crate::pdf::MAX_PDF).
    #[error("the PDF is larger than 1 GiB; reduce it, or sign it with the signature in a file of its own")]
    PdfTooLarge,
    /// No PDF header at the first byte.
    #[error("the file is not a PDF; choose a PDF, or sign it with the signature in a file of its own")]
    PdfNone,
    /// Truncated, without cross-references, or with such that lead nowhere.
    #[error("the PDF is damaged or cut off; open it in a PDF program, save or print it as a new PDF, and use that")]
    PdfBroken,
    /// Encrypted, with or without a password to open it.
    #[error("the PDF is encrypted; save it without password and restrictions, and use that")]
    PdfEncrypted,
    /// Certified with permission 1, or locked by an earlier signature.
    #[error("an earlier signature in the PDF forbids every change; sign it with the signature in a file of its own")]
    PdfLocked,
    /// A form whose pages exist only in a viewer.
    #[error("the PDF is a dynamic XFA form, which has no pages to sign; print it as a PDF, and sign that")]
    PdfXfa,
    /// Reason or location.
    #[error("a text of the signature is longer than 200 characters; shorten it")]
    TextTooLong,
    /// Between opening and finishing.
    #[error("the document was changed while it was being signed; start the signature again")]
    DocumentChanged,
    /// A signature is refused.
    #[error(transparent)]
    Refused(#[from] Fault),
    /// A certificate doesn't say who its holder is.
    #[error(transparent)]
    Holder(#[from] HolderError),
}

#[cfg(feature = "documents")]
impl From<der::Error> for Error {
    fn from(_: der::Error) -> Self {
        Self::Encoding
    }
}
