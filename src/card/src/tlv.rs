//! BER-TLV as the files of the text application are written (ISO/IEC 7816-4, 5.2.2).
//!
//! Whoever reads such a file comes in with its bytes and takes one object after the other, each by
//! the tag that belongs there. Tags have two bytes and lengths at most two, which is all these files
//! use; nothing is copied, and nothing outside the given bytes is ever meant.

/// How long the object at the start of `bytes` says it is: its header and its value, if it has `tag`.
pub(crate) fn header(bytes: &[u8], tag: u16) -> Option<(usize, usize)> {
    match *bytes.strip_prefix(&tag.to_be_bytes())? {
        [length @ 0x00..=0x7F, ..] => Some((3, usize::from(length))),
        [0x81, length, ..] => Some((4, usize::from(length))),
        [0x82, high, low, ..] => Some((5, usize::from(u16::from_be_bytes([high, low])))),
        _ => None,
    }
}

/// Takes the object with `tag` off the start of `rest` and gives its value.
pub(crate) fn take<'a>(rest: &mut &'a [u8], tag: u16) -> Option<&'a [u8]> {
    let (header, length) = header(rest, tag)?;
    let (object, after) = rest.split_at_checked(header + length)?;
    *rest = after;
    object.get(header..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_come_off_one_by_one_in_each_form_of_length() {
        let long = [&[0xDF, 0x23, 0x81, 0x80][..], &[7; 128]].concat();
        let longer = [&[0xDF, 0x24, 0x82, 0x01, 0x00][..], &[8; 256]].concat();
        let bytes = [&[0xDF, 0x22, 0x01, 0x41][..], &long, &longer, &[0xDF, 0x25, 0x00, 0xFF]].concat();
        let mut rest = bytes.as_slice();
        assert_eq!(take(&mut rest, 0xDF22), Some(&[0x41][..]));
        assert_eq!(take(&mut rest, 0xDF23), Some(&[7; 128][..]));
        assert_eq!(take(&mut rest, 0xDF24), Some(&[8; 256][..]));
        assert_eq!(take(&mut rest, 0xDF25), Some(&[][..]));
        assert_eq!(rest, [0xFF]);
    }

    #[test]
    fn what_is_another_object_or_cut_short_is_left_where_it_is() {
        for bytes in [
            &[][..],
            &[0xDF],
            &[0xDF, 0x22],
            &[0xDF, 0x23, 0x00],
            &[0xDF, 0x22, 0x02, 0x41],
            &[0xDF, 0x22, 0x80, 0x41],
            &[0xDF, 0x22, 0x81],
            &[0xDF, 0x22, 0x82, 0x01],
            &[0xDF, 0x22, 0x82, 0xFF, 0xFF, 0x00],
            &[0xDF, 0x22, 0x83, 0x00, 0x00, 0x01, 0x41],
            &[0xDF, 0x22, 0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        ] {
            let mut rest = bytes;
            assert_eq!(take(&mut rest, 0xDF22), None, "{bytes:02X?}");
            assert_eq!(rest, bytes);
        }
    }
}
