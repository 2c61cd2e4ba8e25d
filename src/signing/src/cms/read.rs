//! Reading a CMS signature together with its document.

use std::io::Read;

use super::Message;
use crate::{Coverage, DocumentSignature, Error, Format};

/// The longest message that is read, in bytes: the document may be in it.
pub const MAX_MESSAGE: usize = 64 * 1024 * 1024;

/// The longest document, in bytes, under a signature without signed attributes; with them there is no limit. Such a
/// signature is right over the document, and `ring` wants it in one piece.
pub const MAX_CONTENT_IN_MEMORY: usize = 64 * 1024 * 1024;

/// Reads a CMS signature (DER) and verifies all its signers; `content` is the document, unless it is in the message.
///
/// Unsigned attributes, such as time stamps, and revocation data are left aside: nothing here relies on them.
///
/// # Errors
/// [`Error::Refused`] if any signer's signature is not in order, [`Error::MessageTooLarge`] and
/// [`Error::ContentTooLarge`] beyond the limits above, [`Error::Io`] from `content`.
pub fn read(der: &[u8], content: Option<&mut dyn Read>) -> Result<Vec<DocumentSignature>, Error> {
    if der.len() > MAX_MESSAGE {
        return Err(Error::MessageTooLarge);
    }
    let signers = Message::parse(der)?.verify(content)?;
    Ok(signers.into_iter().map(|signer| signer.into_signature(Format::Cades, Coverage::Whole)).collect())
}
