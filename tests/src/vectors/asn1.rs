//! Takes DER apart and puts it together otherwise, also as no CA would.

use jpki_softcard::rsa::sha2::{Digest as _, Sha256};
use jpki_softcard::rsa::{Pkcs1v15Sign, RsaPrivateKey};

use crate::Result;

pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const BIT_STRING: u8 = 0x03;

/// One element.
pub(super) fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match contents.len() {
        short @ 0..0x80 => out.push(short as u8),
        long => {
            let octets = long.to_be_bytes();
            let significant: Vec<u8> = octets.into_iter().skip_while(|&octet| octet == 0).collect();
            out.push(0x80 | significant.len() as u8);
            out.extend(significant);
        }
    }
    out.extend_from_slice(contents);
    out
}

/// A SEQUENCE of elements.
pub(super) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(SEQUENCE, &parts.concat())
}

/// A positive INTEGER.
pub(super) fn integer(unsigned: &[u8]) -> Vec<u8> {
    let padded = [&[0][..], unsigned].concat();
    let padding = unsigned.first().is_some_and(|first| first & 0x80 != 0);
    element(INTEGER, if padding { &padded } else { unsigned })
}

/// Contents of an element.
pub(super) fn contents(der: &[u8]) -> Result<&[u8]> {
    let (start, end) = span(der)?;
    Ok(&der[start..end])
}

/// The elements inside an element.
pub(super) fn children(der: &[u8]) -> Result<Vec<Vec<u8>>> {
    let mut rest = contents(der)?;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let (_, end) = span(rest)?;
        let (part, following) = rest.split_at(end);
        parts.push(part.to_vec());
        rest = following;
    }
    Ok(parts)
}

/// Where the contents of the first element begin and end.
fn span(der: &[u8]) -> Result<(usize, usize)> {
    let first = *der.get(1).ok_or("an element is cut short")?;
    let count = if first < 0x80 { 0 } else { usize::from(first & 0x7F) };
    let octets = der.get(2..2 + count).ok_or("a length is cut short")?;
    let length =
        if count == 0 { first.into() } else { octets.iter().fold(0, |sum, &octet| sum << 8 | usize::from(octet)) };
    let start = 2 + count;
    if der.len() < start + length {
        return Err("an element is longer than what holds it".into());
    }
    Ok((start, start + length))
}

/// The fields of a certificate's signed part, by their place (RFC 5280, section 4.1).
pub(super) mod field {
    pub(in crate::vectors) const VERSION: usize = 0;
    pub(in crate::vectors) const SERIAL: usize = 1;
    pub(in crate::vectors) const EXTENSIONS: usize = 7;
}

/// A certificate with its signed fields altered, and signed again.
pub(super) fn reissue(der: &[u8], issuer: &RsaPrivateKey, edit: impl FnOnce(&mut Vec<Vec<u8>>)) -> Result<Vec<u8>> {
    let mut parts = children(der)?;
    let mut fields = children(&parts[0])?;
    edit(&mut fields);
    parts[0] = sequence(&fields);
    let signature = issuer.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(&parts[0]))?;
    parts[2] = element(BIT_STRING, &[&[0][..], &signature].concat());
    Ok(sequence(&parts))
}
