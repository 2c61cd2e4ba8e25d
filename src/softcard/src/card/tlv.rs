//! BER-TLV as the transparent files of the card are written.

/// A data object with a two-byte tag.
pub(super) fn object(tag: u16, value: &[u8]) -> Vec<u8> {
    [&tag.to_be_bytes(), length(value.len()).as_slice(), value].concat()
}

/// A length in the fewest bytes.
pub(super) fn length(length: usize) -> Vec<u8> {
    match length {
        0..=0x7F => vec![length as u8],
        0x80..=0xFF => vec![0x81, length as u8],
        _ => vec![0x82, (length >> 8) as u8, length as u8],
    }
}
