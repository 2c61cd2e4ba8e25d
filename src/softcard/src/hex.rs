//! Hexadecimal for traces and the command line.

use std::fmt::Write as _;

/// Upper-case hexadecimal without separators.
pub(crate) fn upper(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02X}");
        text
    })
}
