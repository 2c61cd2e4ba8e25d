//! Command APDUs (ISO 7816-4 §5.1), short and extended, of any content.

use super::status::StatusWord;

/// A command taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Command<'a> {
    pub(crate) cla: u8,
    pub(crate) ins: u8,
    pub(crate) p1: u8,
    pub(crate) p2: u8,
    /// Empty in the cases 1 and 2.
    pub(crate) data: &'a [u8],
    /// The longest answer expected; 256 or 65536 for a zero. `None` in the cases 1 and 3.
    pub(crate) le: Option<usize>,
    /// The lengths came in extended form.
    pub(crate) extended: bool,
}

impl<'a> Command<'a> {
    /// Takes a command apart.
    ///
    /// # Errors
    /// 6700 when the lengths don't add up.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, StatusWord> {
        let [cla, ins, p1, p2, rest @ ..] = bytes else {
            return Err(StatusWord::WRONG_LENGTH);
        };
        let (data, le, extended) = body(rest).ok_or(StatusWord::WRONG_LENGTH)?;
        Ok(Self { cla: *cla, ins: *ins, p1: *p1, p2: *p2, data, le, extended })
    }

    /// Case 1: a header alone.
    pub(super) fn is_bare(&self) -> bool {
        self.data.is_empty() && self.le.is_none()
    }
}

type Body<'a> = (&'a [u8], Option<usize>, bool);

fn body(rest: &[u8]) -> Option<Body<'_>> {
    match rest {
        [] => Some((&[], None, false)),
        [le] => Some((&[], Some(short_le(*le)), false)),
        [0, high, low] => Some((&[], Some(long_le(*high, *low)), true)),
        [0, high, low, tail @ ..] => {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            let (data, le) = tail.split_at_checked(length)?;
            match (length, le) {
                (0, _) => None,
                (_, []) => Some((data, None, true)),
                (_, [high, low]) => Some((data, Some(long_le(*high, *low)), true)),
                _ => None,
            }
        }
        [0, _] => None,
        [length, tail @ ..] => {
            let (data, le) = tail.split_at_checked(usize::from(*length))?;
            match le {
                [] => Some((data, None, false)),
                [le] => Some((data, Some(short_le(*le)), false)),
                _ => None,
            }
        }
    }
}

fn short_le(le: u8) -> usize {
    if le == 0 { 256 } else { usize::from(le) }
}

fn long_le(high: u8, low: u8) -> usize {
    match u16::from_be_bytes([high, low]) {
        0 => 65536,
        le => usize::from(le),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seven_cases_of_lengths_are_told_apart() {
        type Row = (&'static [u8], &'static [u8], Option<usize>, bool);
        let rows: [Row; 7] = [
            (&[], &[], None, false),
            (&[0], &[], Some(256), false),
            (&[2, 7, 8], &[7, 8], None, false),
            (&[2, 7, 8, 4], &[7, 8], Some(4), false),
            (&[0, 0, 0], &[], Some(65536), true),
            (&[0, 0, 2, 7, 8], &[7, 8], None, true),
            (&[0, 0, 2, 7, 8, 1, 0], &[7, 8], Some(256), true),
        ];
        for (tail, data, le, extended) in rows {
            let bytes = [&[0x00, 0xB0, 0x01, 0x02], tail].concat();
            let expected = Command { cla: 0, ins: 0xB0, p1: 1, p2: 2, data, le, extended };
            assert_eq!(Command::parse(&bytes), Ok(expected), "{bytes:02X?}");
        }
    }

    #[test]
    fn lengths_that_do_not_add_up_are_6700() {
        let rows: [&[u8]; 7] =
            [&[0, 0], &[3, 1], &[1, 1, 1, 1], &[0, 0, 3, 1], &[0, 0, 0, 1], &[0, 0, 1, 1, 1], &[0, 0, 1, 1, 1, 1, 1]];
        for tail in rows {
            let bytes = [&[0, 0, 0, 0], tail].concat();
            assert_eq!(Command::parse(&bytes), Err(StatusWord::WRONG_LENGTH), "{bytes:02X?}");
        }
        assert!(Command::parse(&[0, 0xA4, 4]).is_err());
    }
}
