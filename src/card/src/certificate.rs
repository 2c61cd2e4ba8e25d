//! A certificate as the card stores it: DER, with its length in its own header.
//!
//! The session reads it in pieces and comes here to learn how many bytes it has. Who issued it and
//! whether it is valid is the verifier's part; here it is opaque beyond the outer header.

use std::fmt;

use zeroize::Zeroizing;

use crate::file::{Extent, OBJECT_LIMIT};

/// The longest certificate that is read, in bytes. Those on cards have about 1.3 to 1.9 kB.
pub const CERTIFICATE_LIMIT: usize = OBJECT_LIMIT;

/// One X.509 certificate, DER. Wiped when it goes: that of the signature key holds name and address.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate(Zeroizing<Vec<u8>>);

impl Certificate {
    pub(crate) fn new(der: Zeroizing<Vec<u8>>) -> Self {
        Certificate(der)
    }

    /// The DER bytes.
    pub fn der(&self) -> &[u8] {
        &self.0
    }

    /// The DER bytes, owned and wiped by nobody else.
    pub fn into_der(mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

/// Shows the length alone.
impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({} bytes)", self.0.len())
    }
}

/// Reads the outer SEQUENCE header (X.690 8.1): short form, `81` or `82`.
pub(crate) fn extent(first: &[u8]) -> Extent {
    let total = match *first {
        [] | [0xFF | 0x00, ..] => return Extent::Empty,
        [0x30, 0x82, high, low, ..] => 4 + usize::from(u16::from_be_bytes([high, low])),
        [0x30, 0x81, length, ..] => 3 + usize::from(length),
        [0x30, length @ 0x00..=0x7F, ..] => 2 + usize::from(length),
        _ => return Extent::Invalid("no DER certificate"),
    };
    if total > CERTIFICATE_LIMIT { Extent::Invalid("longer than a certificate may be") } else { Extent::Length(total) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_comes_from_the_der_header() {
        for (first, expected) in [
            (&[0x30, 0x82, 0x06, 0x3C, 0x30][..], Extent::Length(1600)),
            (&[0x30, 0x82, 0x1F, 0xFC], Extent::Length(8192)),
            (&[0x30, 0x81, 0xC8], Extent::Length(203)),
            (&[0x30, 0x7F], Extent::Length(129)),
            (&[], Extent::Empty),
            (&[0xFF, 0xFF, 0xFF, 0xFF], Extent::Empty),
            (&[0x00; 4], Extent::Empty),
            (&[0x30, 0x82, 0x1F, 0xFD], Extent::Invalid("longer than a certificate may be")),
            (&[0x30, 0x83, 0x01, 0x00, 0x00], Extent::Invalid("no DER certificate")),
            (&[0x30, 0x80], Extent::Invalid("no DER certificate")),
            (&[0x30], Extent::Invalid("no DER certificate")),
            (&[0x31, 0x82, 0x06, 0x3C], Extent::Invalid("no DER certificate")),
        ] {
            assert_eq!(extent(first), expected, "{first:02X?}");
        }
    }
}
