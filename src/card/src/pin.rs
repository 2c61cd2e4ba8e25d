//! PINs, parsed once where they come in.
//!
//! A [`Pin`] exists only in the format its key asks for, so a typing slip costs no attempt, and a
//! [`NewPin`] only as an office would take it. Its bytes live in one heap buffer that never grows
//! and is wiped when it goes; it can't be copied, printed or asked for.

use std::fmt;
use std::marker::PhantomData;

use zeroize::Zeroizing;

/// The longest PIN a VERIFY can carry, in bytes (JICSAP 6.4.9 (3)).
pub(crate) const PIN_MAX: usize = 16;

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::key::Auth {}
    impl Sealed for crate::key::Sign {}
    impl Sealed for super::Text {}
}

/// Which PIN of the card: what it may consist of.
pub trait PinKind: sealed::Sealed {
    /// Fewest characters.
    const MIN: usize;
    /// Most characters.
    const MAX: usize;
    /// Whether letters are part of it (upper case on the card) besides digits.
    const LETTERS: bool;
}

/// 利用者証明用電子証明書の暗証番号: four digits.
impl PinKind for crate::key::Auth {
    const MIN: usize = 4;
    const MAX: usize = 4;
    const LETTERS: bool = false;
}

/// 署名用電子証明書のパスワード: 6 to 16 letters and digits.
///
/// The offices ask for at least one of each; length and alphabet alone are checked here, since a
/// card may hold an older one.
impl PinKind for crate::key::Sign {
    const MIN: usize = 6;
    const MAX: usize = PIN_MAX;
    const LETTERS: bool = true;
}

/// The PIN of the text application (券面事項入力補助用暗証番号): four digits.
#[derive(Debug)]
pub struct Text;

impl PinKind for Text {
    const MIN: usize = 4;
    const MAX: usize = 4;
    const LETTERS: bool = false;
}

/// A PIN of kind `K` in the form the card compares.
pub struct Pin<K> {
    bytes: Zeroizing<Vec<u8>>,
    kind: PhantomData<K>,
}

impl<K: PinKind> Pin<K> {
    /// Parses what a person typed.
    ///
    /// Full-width digits and letters, as a Japanese input method gives them, become their ASCII
    /// counterparts (the part of NFKC that a keyboard can produce); where letters are allowed,
    /// lower case becomes upper case. The caller wipes `text`.
    ///
    /// # Errors
    ///
    /// [`PinFormatError`], which never repeats what was typed.
    pub fn parse(text: &str) -> Result<Self, PinFormatError> {
        // Reserved in full: a buffer that grows leaves its old copy behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(PIN_MAX));
        for typed in text.chars() {
            let byte = match half_width(typed) {
                digit @ '0'..='9' => digit,
                letter @ ('A'..='Z' | 'a'..='z') if K::LETTERS => letter.to_ascii_uppercase(),
                _ if K::LETTERS => return Err(PinFormatError::LettersAndDigits),
                _ => return Err(PinFormatError::Digits),
            };
            if bytes.len() == K::MAX {
                return Err(PinFormatError::Length { min: K::MIN, max: K::MAX });
            }
            bytes.push(byte as u8);
        }
        if bytes.len() < K::MIN {
            return Err(PinFormatError::Length { min: K::MIN, max: K::MAX });
        }
        Ok(Pin { bytes, kind: PhantomData })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A PIN of kind `K` that a person chose anew: what the offices ask of it besides its format.
pub struct NewPin<K>(Pin<K>);

impl<K: PinKind> NewPin<K> {
    /// Parses what a person typed, as [`Pin::parse`] does. A password also needs at least one letter
    /// and one digit. The caller wipes `text`.
    ///
    /// # Errors
    ///
    /// [`PinFormatError`], which never repeats what was typed.
    pub fn parse(text: &str) -> Result<Self, PinFormatError> {
        let pin = Pin::parse(text)?;
        let has = |kind: fn(&u8) -> bool| pin.as_bytes().iter().any(kind);
        if K::LETTERS && !(has(u8::is_ascii_alphabetic) && has(u8::is_ascii_digit)) {
            return Err(PinFormatError::OneOfEach);
        }
        Ok(NewPin(pin))
    }

    /// Whether `again` is the same PIN, for a person who types it twice.
    pub fn is_repeated_by(&self, again: &Self) -> bool {
        self.0.as_bytes() == again.0.as_bytes()
    }

    pub(crate) fn into_pin(self) -> Pin<K> {
        self.0
    }
}

impl<K> fmt::Debug for NewPin<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPin(redacted)")
    }
}

/// U+FF10–FF19, U+FF21–FF3A and U+FF41–FF5A have their ASCII counterparts as compatibility
/// decompositions (Unicode, Halfwidth and Fullwidth Forms), all at one distance.
fn half_width(typed: char) -> char {
    match typed {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(typed as u32 - 0xFEE0).unwrap_or(typed),
        other => other,
    }
}

impl<K> fmt::Debug for Pin<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(redacted)")
    }
}

/// Why what was typed can't be a PIN. The card has not been asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinFormatError {
    /// Something other than digits.
    #[error("the PIN consists of digits only; type digits")]
    Digits,
    /// Something other than letters and digits.
    #[error("the password consists of the letters A to Z and digits only; type those")]
    LettersAndDigits,
    /// Too short or too long.
    #[error("the PIN has the wrong length; it has {min} to {max} characters")]
    Length {
        /// Fewest characters.
        min: usize,
        /// Most characters.
        max: usize,
    },
    /// A new password of letters alone or digits alone.
    #[error("a new password needs at least one letter and one digit; choose another")]
    OneOfEach,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{Auth, Sign};

    #[test]
    fn full_width_digits_are_the_same_pin() {
        assert_eq!(Pin::<Auth>::parse("１２３４").unwrap().as_bytes(), b"1234");
        assert_eq!(Pin::<Text>::parse("1２3４").unwrap().as_bytes(), b"1234");
        assert_eq!(Pin::<Sign>::parse("ａｂｃＺ０９").unwrap().as_bytes(), b"ABCZ09");
    }

    #[test]
    fn a_password_is_upper_case_on_the_card() {
        assert_eq!(Pin::<Sign>::parse("abc123XYZ").unwrap().as_bytes(), b"ABC123XYZ");
    }

    #[test]
    fn what_is_no_pin_never_becomes_one() {
        let length = PinFormatError::Length { min: 4, max: 4 };
        for (text, error) in [
            ("", length),
            ("123", length),
            ("12345", length),
            ("12 4", PinFormatError::Digits),
            ("12a4", PinFormatError::Digits),
            ("①②③④", PinFormatError::Digits),
            ("١٢٣٤", PinFormatError::Digits),
            ("1234\n", PinFormatError::Digits),
            ("-123", PinFormatError::Digits),
        ] {
            assert_eq!(Pin::<Auth>::parse(text).err(), Some(error), "{text:?}");
        }
        let length = PinFormatError::Length { min: 6, max: 16 };
        for (text, error) in [
            ("ABC12", length),
            ("ABCDEFGH123456789", length),
            ("ABC-123", PinFormatError::LettersAndDigits),
            ("ABC 123", PinFormatError::LettersAndDigits),
            ("ÄBC123", PinFormatError::LettersAndDigits),
        ] {
            assert_eq!(Pin::<Sign>::parse(text).err(), Some(error), "{text:?}");
        }
    }

    #[test]
    fn a_new_password_has_a_letter_and_a_digit() {
        for (text, error) in [
            ("ABCDEF", PinFormatError::OneOfEach),
            ("123456", PinFormatError::OneOfEach),
            ("１２３４５６", PinFormatError::OneOfEach),
            ("A1", PinFormatError::Length { min: 6, max: 16 }),
            ("ABC-123", PinFormatError::LettersAndDigits),
        ] {
            assert_eq!(NewPin::<Sign>::parse(text).err(), Some(error), "{text:?}");
        }
        assert_eq!(NewPin::<Sign>::parse("abcde1").unwrap().into_pin().as_bytes(), b"ABCDE1");
        assert_eq!(NewPin::<Auth>::parse("9876").unwrap().into_pin().as_bytes(), b"9876");
        assert_eq!(NewPin::<Text>::parse("98765").err(), Some(PinFormatError::Length { min: 4, max: 4 }));
    }

    #[test]
    fn a_pin_typed_twice_is_the_same_however_it_is_written() {
        let new = |text| NewPin::<Sign>::parse(text).unwrap();
        assert!(new("abc123").is_repeated_by(&new("ＡＢＣ１２３")));
        assert!(!new("abc123").is_repeated_by(&new("abc124")));
    }

    #[test]
    fn a_pin_is_not_printed() {
        assert_eq!(format!("{:?}", Pin::<Auth>::parse("1234").unwrap()), "Pin(redacted)");
        assert_eq!(format!("{:?}", NewPin::<Auth>::parse("1234").unwrap()), "NewPin(redacted)");
    }

    #[test]
    fn the_buffer_of_a_pin_never_grows() {
        assert_eq!(Pin::<Auth>::parse("1234").unwrap().bytes.capacity(), PIN_MAX);
        assert_eq!(Pin::<Sign>::parse("ABCDEFGH12345678").unwrap().bytes.capacity(), PIN_MAX);
    }
}
