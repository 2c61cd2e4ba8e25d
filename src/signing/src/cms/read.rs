//! Reading a CMS signature together with its document.

use std::borrow::Cow;
use std::io::Read;

use x509_parser::pem::parse_x509_pem;

use super::Message;
use crate::{Coverage, DocumentSignature, Error, Fault, Format};

/// The longest message that is read, in bytes: the document may be in it.
pub const MAX_MESSAGE: usize = 64 * 1024 * 1024;

/// The longest document, in bytes, under a signature without signed attributes; with them there is no limit. Such a
/// signature is right over the document, and `ring` wants it in one piece.
pub const MAX_CONTENT_IN_MEMORY: usize = 64 * 1024 * 1024;

/// Reads a CMS signature, DER or PEM, and verifies all its signers; `content` is the document, unless it is in the message.
///
/// Unsigned attributes, such as time stamps, and revocation data are left aside: nothing here relies on them.
///
/// # Errors
/// [`Error::Refused`] if any signer's signature is not in order, [`Error::MessageTooLarge`] and
/// [`Error::ContentTooLarge`] beyond the limits above, [`Error::Io`] from `content`.
pub fn read(message: &[u8], content: Option<&mut dyn Read>) -> Result<Vec<DocumentSignature>, Error> {
    if message.len() > MAX_MESSAGE {
        return Err(Error::MessageTooLarge);
    }
    let signers = Message::parse(&binary(message)?)?.verify(content)?;
    Ok(signers.into_iter().map(|signer| signer.into_signature(Format::Cades, Coverage::Whole)).collect())
}

/// RFC 7468, section 8 and 9: one block of either label, and nothing after it.
fn binary(message: &[u8]) -> Result<Cow<'_, [u8]>, Fault> {
    if !message.starts_with(b"-----BEGIN ") {
        return Ok(Cow::Borrowed(message));
    }
    let (rest, pem) = parse_x509_pem(message).map_err(|_| Fault::SignatureMalformed)?;
    let is_cms = matches!(pem.label.as_str(), "CMS" | "PKCS7");
    if is_cms && rest.trim_ascii().is_empty() { Ok(Cow::Owned(pem.contents)) } else { Err(Fault::SignatureMalformed) }
}
