//! What a PIN opened.
//!
//! [`crate::Session::verify`] comes out here, and nothing else does: a signature can't be asked for
//! without it. The key closes with the value, on every path.

use std::fmt;
use std::marker::PhantomData;

use myna_card::Command;

use crate::certificate::Certificate;
use crate::error::{Error, Step};
use crate::key::Key;
use crate::pin::NewPin;
use crate::selected::{Addressing, Selected};
use crate::status;

/// Bytes of a signature: the cards hold RSA-2048 keys.
pub const SIGNATURE_LEN: usize = 256;

/// DER of DigestInfo for SHA-256 up to the digest (RFC 8017, 9.2 note 1).
const DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// A SHA-256 digest to be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sha256Digest(pub [u8; 32]);

/// An RSASSA-PKCS1-v1_5 signature (RS256), big-endian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature(Vec<u8>);

impl Signature {
    /// The [`SIGNATURE_LEN`] bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The session with the PIN of `K` accepted. Dropping it deselects the application.
pub struct Verified<K> {
    selected: Selected,
    key: PhantomData<K>,
}

impl<K: Key> Verified<K> {
    pub(crate) fn new(selected: Selected) -> Self {
        Verified { selected, key: PhantomData }
    }

    /// Signs a digest with key `K`. May be called more than once: the card keeps its status.
    ///
    /// Commands: `80 2A 00 <80|short id> 33 <DigestInfo> 00` and nothing else; where the card refuses
    /// to have the key named so, `00 A4 02 0C 02 <EF>` once and `80 2A 00 80 33 <DigestInfo> 00`.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`], [`Error::Malformed`] for a signature of another length, and those of
    /// the connection.
    pub fn sign(&mut self, digest: &Sha256Digest) -> Result<Signature, Error> {
        let step = Step::Sign;
        let info = [DIGEST_INFO.as_slice(), &digest.0].concat();
        let compute = |reference| Command::with_data_le(0x80, 0x2A, 0x00, reference, info.as_slice(), 256);
        let mut by_short_id = None;
        if self.selected.addressing() != Addressing::Select {
            let command = compute(self.selected.short_id(K::KEY));
            let response = self.selected.link()?.call(step, &command)?;
            by_short_id = (!status::short_id_refused(response.status)).then_some(response);
        }
        let response = match by_short_id {
            Some(response) => response,
            None => {
                self.selected.make_current(step, K::KEY)?;
                self.selected.set_addressing(Addressing::Select);
                self.selected.link()?.call(step, &compute(0x80))?
            }
        };
        match (response.status.value(), response.data.len()) {
            (0x9000, SIGNATURE_LEN) => Ok(Signature(response.data)),
            (0x9000, _) => Err(Error::Malformed { step, what: "the signature has another length" }),
            (status, _) => Err(Error::Refused { step, status }),
        }
    }

    /// The certificate of key `K`; that of the signature key is readable here alone.
    ///
    /// Commands: `00 B0 <80|short id> 00 00`, then `00 B0 <offset> <length>` per 256 bytes.
    ///
    /// # Errors
    ///
    /// As [`crate::Session::auth_certificate`].
    pub fn certificate(&mut self) -> Result<Certificate, Error> {
        self.selected.read_certificate(K::CERTIFICATE)
    }

    /// Replaces the PIN that was verified. It is sent once, whatever the answer: after an error other
    /// than [`Error::Refused`] nobody knows which of the two PINs the card has now.
    ///
    /// Commands: `00 A4 02 0C 02 <EF>` and `00 24 01 80 <length> <PIN>`.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] where the card kept the old one, and those of the connection.
    pub fn change_pin(&mut self, new: NewPin<K>) -> Result<(), Error> {
        self.selected.change_pin(K::PIN, new)
    }

    /// Deselects the application and ends the session, as dropping does.
    ///
    /// Commands: `00 A4 04 0C 07 A0000001510000`; where that fails, the card loses its power.
    pub fn finish(self) {}
}

impl<K> fmt::Debug for Verified<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("selected", &self.selected).finish()
    }
}
