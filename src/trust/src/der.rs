//! A reader of DER (X.690, section 10 and 11) that takes one encoding for each value and no other.
//!
//! `x509-parser` reads some BER too. A certificate with two encodings has two fingerprints and, where
//! parsers differ, two meanings; so what this module does not accept never reaches that parser.

/// Why bytes are not DER.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DerError {
    /// They end too early, go on too long, or have another tag than expected.
    Malformed,
    /// They are BER: the same value has a shorter or more regular encoding.
    NotCanonical,
}

pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const ENUMERATED: u8 = 0x0A;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;
    pub(crate) const CONSTRUCTED: u8 = 0x20;

    /// `[number]`, constructed.
    pub(crate) const fn context(number: u8) -> u8 {
        0xA0 | number
    }

    /// `[number]`, primitive.
    pub(crate) const fn context_primitive(number: u8) -> u8 {
        0x80 | number
    }
}

/// One element: its tag, its contents and all its bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) contents: &'a [u8],
    pub(crate) whole: &'a [u8],
}

/// Reads elements one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next element, whatever it is.
    pub(crate) fn next(&mut self) -> Result<Element<'a>, DerError> {
        let (&tag, rest) = self.0.split_first().ok_or(DerError::Malformed)?;
        if tag & 0x1F == 0x1F {
            // No structure read here has tag numbers above 30.
            return Err(DerError::Malformed);
        }
        let (length, rest) = read_length(rest)?;
        let contents = rest.get(..length).ok_or(DerError::Malformed)?;
        let end = self.0.len() - rest.len() + length;
        let (whole, rest) = self.0.split_at(end);
        self.0 = rest;
        Ok(Element { tag, contents, whole })
    }

    /// The next element, which must have this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Result<Element<'a>, DerError> {
        let element = self.next()?;
        if element.tag == tag { Ok(element) } else { Err(DerError::Malformed) }
    }

    /// The next element if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, DerError> {
        if self.0.first() == Some(&tag) { self.next().map(Some) } else { Ok(None) }
    }

    /// Into the next element, which must be constructed with this tag.
    pub(crate) fn enter(&mut self, tag: u8) -> Result<Reader<'a>, DerError> {
        self.expect(tag).map(|element| Reader::new(element.contents))
    }

    /// Nothing may follow.
    pub(crate) fn finish(&self) -> Result<(), DerError> {
        if self.is_empty() { Ok(()) } else { Err(DerError::Malformed) }
    }
}

/// X.690, section 10.1: the definite form, in the fewest octets.
fn read_length(bytes: &[u8]) -> Result<(usize, &[u8]), DerError> {
    let (&first, rest) = bytes.split_first().ok_or(DerError::Malformed)?;
    let count = match first {
        0..=0x7F => return Ok((usize::from(first), rest)),
        0x80 => return Err(DerError::NotCanonical),
        // 2^32 bytes are more than any caller lets in.
        0x81..=0x84 => usize::from(first & 0x7F),
        _ => return Err(DerError::Malformed),
    };
    if rest.len() < count {
        return Err(DerError::Malformed);
    }
    let (octets, rest) = rest.split_at(count);
    let length = octets.iter().fold(0, |length, &octet| length << 8 | usize::from(octet));
    if length < 0x80 || octets[0] == 0 {
        return Err(DerError::NotCanonical);
    }
    Ok((length, rest))
}

/// Deeper than any certificate; bounds the recursion.
const MAX_DEPTH: u8 = 24;

/// Checks that `bytes` are exactly one element and canonical down to the last leaf.
pub(crate) fn check_canonical(bytes: &[u8]) -> Result<(), DerError> {
    let mut reader = Reader::new(bytes);
    let element = reader.next()?;
    reader.finish()?;
    check_element(element, MAX_DEPTH)
}

fn check_element(element: Element<'_>, depth: u8) -> Result<(), DerError> {
    let is_universal = element.tag & 0xC0 == 0;
    if element.tag & tag::CONSTRUCTED == 0 {
        return if is_universal { check_primitive(element) } else { Ok(()) };
    }
    if is_universal && element.tag != tag::SEQUENCE && element.tag != tag::SET {
        // Strings in pieces (X.690, section 10.2).
        return Err(DerError::NotCanonical);
    }
    let depth = depth.checked_sub(1).ok_or(DerError::Malformed)?;
    let mut reader = Reader::new(element.contents);
    let mut previous: &[u8] = &[];
    while !reader.is_empty() {
        let inner = reader.next()?;
        check_element(inner, depth)?;
        if element.tag == tag::SET && inner.whole < previous {
            // X.690, section 11.6.
            return Err(DerError::NotCanonical);
        }
        previous = inner.whole;
    }
    Ok(())
}

fn check_primitive(element: Element<'_>) -> Result<(), DerError> {
    let contents = element.contents;
    let canonical = match (element.tag, contents) {
        (tag::BOOLEAN, [value]) => matches!(value, 0 | 0xFF),
        (tag::INTEGER | tag::ENUMERATED, [first, second, ..]) => {
            !matches!((first, second & 0x80), (0, 0) | (0xFF, 0x80))
        }
        (tag::INTEGER | tag::ENUMERATED, [_]) => true,
        (tag::BIT_STRING, [0]) | (tag::NULL, []) => true,
        (tag::BIT_STRING, [unused @ 0..=7, .., last]) => last & !(0xFF << unused) == 0,
        (tag::OID, [.., last]) => last & 0x80 == 0 && no_padded_arc(contents),
        (tag::UTC_TIME, [digits @ .., b'Z']) => digits.len() == 12 && digits.iter().all(u8::is_ascii_digit),
        (tag::GENERALIZED_TIME, [digits @ .., b'Z']) => digits.len() == 14 && digits.iter().all(u8::is_ascii_digit),
        (tag::UTC_TIME | tag::GENERALIZED_TIME, _) => false,
        (tag::BOOLEAN | tag::INTEGER | tag::ENUMERATED | tag::BIT_STRING | tag::NULL | tag::OID, _) => {
            return Err(DerError::Malformed);
        }
        // SEQUENCE and SET are never primitive.
        (0x10 | 0x11, _) => return Err(DerError::Malformed),
        _ => true,
    };
    if canonical { Ok(()) } else { Err(DerError::NotCanonical) }
}

/// X.690, section 8.19.2: an arc doesn't begin with an empty group of seven bits.
fn no_padded_arc(contents: &[u8]) -> bool {
    let mut at_start = true;
    contents.iter().all(|&octet| {
        let padded = at_start && octet == 0x80;
        at_start = octet & 0x80 == 0;
        !padded
    })
}

/// The parts of what an issuer signed, certificate or revocation list (RFC 5280, sections 4.1.1 and 5.1.1): the signed
/// bytes, the algorithm's bytes and the signature's octets.
///
/// `x509-parser` doesn't look at the class of the outermost tag, and leaves unused bits to the caller. Nobody signs
/// either, so letting them vary would give one certificate several fingerprints.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed<'a> {
    pub(crate) body: &'a [u8],
    pub(crate) algorithm: &'a [u8],
    pub(crate) signature: &'a [u8],
}

impl<'a> Signed<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, DerError> {
        let mut whole = Reader::new(bytes);
        let mut parts = whole.enter(tag::SEQUENCE)?;
        whole.finish()?;
        let body = parts.expect(tag::SEQUENCE)?.whole;
        let algorithm = parts.expect(tag::SEQUENCE)?.whole;
        let Some((0, signature)) = parts.expect(tag::BIT_STRING)?.contents.split_first() else {
            return Err(DerError::Malformed);
        };
        parts.finish()?;
        Ok(Self { body, algorithm, signature })
    }
}

/// One element around the concatenation of `parts`.
pub(crate) fn write(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = vec![tag];
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let octets = length.to_be_bytes();
        let significant = &octets[octets.iter().take_while(|&&octet| octet == 0).count()..];
        out.push(0x80 | significant.len() as u8);
        out.extend_from_slice(significant);
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_one_accepted_encoding() {
        use DerError::{Malformed, NotCanonical};
        for (bytes, verdict) in [
            (&[0x05, 0x00][..], Ok(())),
            (&[0x05, 0x81, 0x00], Err(NotCanonical)),
            (&[0x05, 0x01, 0x00], Err(Malformed)),
            (&[0x05], Err(Malformed)),
            (&[], Err(Malformed)),
            (&[0x05, 0x00, 0x00], Err(Malformed)),
            (&[0x30, 0x80, 0x05, 0x00, 0x00, 0x00], Err(NotCanonical)),
            (&[0x30, 0x82, 0x00, 0x81], Err(NotCanonical)),
            (&[0x30, 0x85, 0x00, 0x00, 0x00, 0x00, 0x00], Err(Malformed)),
            (&[0x01, 0x01, 0xFF], Ok(())),
            (&[0x01, 0x01, 0x01], Err(NotCanonical)),
            (&[0x01, 0x00], Err(Malformed)),
            (&[0x02, 0x01, 0x00], Ok(())),
            (&[0x02, 0x02, 0x00, 0x80], Ok(())),
            (&[0x02, 0x02, 0x00, 0x7F], Err(NotCanonical)),
            (&[0x02, 0x02, 0xFF, 0x80], Err(NotCanonical)),
            (&[0x02, 0x00], Err(Malformed)),
            (&[0x03, 0x02, 0x07, 0x80], Ok(())),
            (&[0x03, 0x02, 0x07, 0xC0], Err(NotCanonical)),
            (&[0x03, 0x02, 0x08, 0x80], Err(Malformed)),
            (&[0x03, 0x01, 0x00], Ok(())),
            (&[0x03, 0x01, 0x01], Err(Malformed)),
            (&[0x06, 0x03, 0x55, 0x1D, 0x0F], Ok(())),
            (&[0x06, 0x03, 0x55, 0x80, 0x0F], Err(NotCanonical)),
            (&[0x06, 0x02, 0x55, 0x8F], Err(NotCanonical)),
            (&[0x24, 0x03, 0x04, 0x01, 0x41], Err(NotCanonical)),
            (&[0x31, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02], Ok(())),
            (&[0x31, 0x06, 0x02, 0x01, 0x02, 0x02, 0x01, 0x01], Err(NotCanonical)),
            (b"\x17\x0d231116000000Z", Ok(())),
            (b"\x17\x0b2311160000Z", Err(NotCanonical)),
            (b"\x17\x11231116000000+0900", Err(NotCanonical)),
            (b"\x18\x1120231116000000.5Z", Err(NotCanonical)),
            (&[0x10, 0x00], Err(Malformed)),
            (&[0x1F, 0x01, 0x00], Err(Malformed)),
            (&[0x80, 0x01, 0x41], Ok(())),
        ] {
            assert_eq!(check_canonical(bytes), verdict, "{bytes:02x?}");
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = (0..200).fold(vec![], |inner, _| write(tag::SEQUENCE, &[&inner]));
        assert_eq!(check_canonical(&nested), Err(DerError::Malformed));
    }

    #[test]
    fn what_is_written_is_canonical() {
        for length in [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x10000] {
            let written = write(tag::OCTET_STRING, &[&vec![0x41; length]]);
            assert_eq!(check_canonical(&written), Ok(()), "{length}");
            assert_eq!(Reader::new(&written).next().unwrap().contents.len(), length);
        }
    }
}
