//! What every format of signature has in common while it is made.

use std::fmt::Debug;
use std::io::Write;

use jiff::Timestamp;

use crate::Error;

/// Who signs, and when they say they do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The signature certificate, DER.
    pub certificate: Vec<u8>,
    /// The signing time the signer claims; no one else vouches for it.
    pub time: Timestamp,
}

/// A document on its way to be signed: first it says which digest the key signs, then it takes the signature in.
pub trait Draft: Debug + Send {
    /// Fixes what this signer signs and gives its SHA-256. Called once, with the card waiting: whatever takes long
    /// was done before.
    ///
    /// # Errors
    /// [`Error`] for a certificate that can't be read.
    fn digest(&mut self, signer: &Signer) -> Result<[u8; 32], Error>;

    /// Writes the finished file. `signature` is RSASSA-PKCS1-v1_5 with SHA-256 over the digest given before.
    ///
    /// # Errors
    /// [`Error`] where the source can't be read again or the output not be written; what was written by then is
    /// the caller's to remove.
    fn finish(&self, signature: &[u8], out: &mut dyn Write) -> Result<(), Error>;
}
