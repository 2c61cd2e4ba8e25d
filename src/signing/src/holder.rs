//! What a signature certificate (署名用電子証明書) says of its holder: 基本4情報, vouched for by J-LIS.
//! The agent comes in to show the person what a signature gives away, the verifier to learn who signed.
//! Whether the certificate is to be believed is never said here: whoever asks has verified it, or says it hasn't.

mod era;
mod field;

use jpki_protocol::attributes::birthdate;
use jpki_protocol::{Attributes, Gender};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use crate::Error;

pub use field::Field;
use field::Fields;

/// The longest name, in Unicode characters.
pub const NAME_LENGTH: usize = 300;

/// The longest address, in Unicode characters.
pub const ADDRESS_LENGTH: usize = 600;

/// The largest certificate that is read, in bytes; those of My Number Cards have under 2000.
const MAX_BYTES: usize = 8192;

/// Why a certificate doesn't say who its holder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HolderError {
    /// Not exactly one X.509 certificate with a readable subjectAltName, or one of more than 8192 bytes.
    #[error("the certificate can't be read; take the certificate as the card gives it")]
    Unreadable,
    /// It has none of the attributes: an authentication certificate, or not one of JPKI.
    #[error("the certificate says nothing of its holder; take the signature certificate (署名用電子証明書)")]
    NothingSaid,
    /// It has some of the attributes and not this one.
    #[error("the certificate lacks its holder's {0}; have it reissued at the municipal office")]
    Missing(Field),
    /// It has this attribute more than once: two readers would take different ones.
    #[error("the certificate states its holder's {0} twice; do not accept it")]
    Twice(Field),
    /// The attribute is not a UTF8String of the form and length it must have.
    #[error("the holder's {0} in the certificate is not of the prescribed form; do not accept it")]
    Malformed(Field),
    /// Era digit and date of the birth date contradict each other.
    #[error("the birth date in the certificate doesn't lie in the era it names; do not accept it")]
    EraContradicts,
    /// Substitute characters are marked, but not one digit stands for each character, so nobody knows which they are.
    #[error("the {0} in the certificate don't fit the text they mark; have it reissued at the municipal office")]
    SubstitutesMisfit(Field),
}

/// Reads the four attributes of a signature certificate, DER.
///
/// Source: otherNames 1.2.392.200149.8.5.5.1 to .6 of its subjectAltName, each a UTF8String and there once.
///
/// - The name has 1 to [`NAME_LENGTH`] characters and the address 1 to [`ADDRESS_LENGTH`]; neither has control or
///   invisible ones.
/// - The birth date is a digit for the era and eight of the Gregorian calendar, `EYYYYMMDD`. Eras 1 to 5 (明治, 大正,
///   昭和, 平成, 令和) must agree with the date. Any other digit is no reason to refuse a good date: foreign residents
///   are registered by the Western calendar, and the date is complete without its era.
/// - Substitute characters (代替文字) are marked by a list of digits, one for each Unicode character of the text, of
///   which all but 0 mark one. A list of another length is an error only if it marks something: without a mark it
///   says the same at any length, while a misplaced mark would say something false of a name.
///
/// # Errors
/// [`Error::Holder`] with the [`HolderError`].
pub fn read(certificate_der: &[u8]) -> Result<Attributes, Error> {
    Ok(read_certificate(certificate_der)?)
}

fn read_certificate(der: &[u8]) -> Result<Attributes, HolderError> {
    if der.len() > MAX_BYTES {
        return Err(HolderError::Unreadable);
    }
    let Ok(([], x509)) = X509Certificate::from_der(der) else { return Err(HolderError::Unreadable) };
    // An error here also means that there are two of them.
    let names = x509.subject_alternative_name().map_err(|_| HolderError::Unreadable)?;
    attributes(&Fields::read(names.map_or(&[][..], |names| &names.value.general_names))?)
}

fn attributes(fields: &Fields<'_>) -> Result<Attributes, HolderError> {
    let name = fields.line::<NAME_LENGTH>(Field::Name)?;
    let address = fields.line::<ADDRESS_LENGTH>(Field::Address)?;
    Ok(Attributes {
        name_substitutes: substitutes(fields, Field::NameSubstitutes, name)?,
        address_substitutes: substitutes(fields, Field::AddressSubstitutes, address)?,
        name: Some(name.to_owned()),
        address: Some(address.to_owned()),
        birthdate: Some(birth(fields.text(Field::Birthdate)?)?),
        gender: Some(gender(fields.text(Field::Gender)?)?),
    })
}

fn gender(text: &str) -> Result<Gender, HolderError> {
    let mut digits = text.chars();
    let (Some(digit), None) = (digits.next(), digits.next()) else {
        return Err(HolderError::Malformed(Field::Gender));
    };
    Gender::from_digit(digit).ok_or(HolderError::Malformed(Field::Gender))
}

/// `EYYYYMMDD` as `YYYY-MM-DD`.
fn birth(text: &str) -> Result<String, HolderError> {
    const MALFORMED: HolderError = HolderError::Malformed(Field::Birthdate);
    let (digit, date) = text.split_at_checked(1).ok_or(MALFORMED)?;
    let day = birthdate(date).ok_or(MALFORMED)?;
    match digit.as_bytes() {
        [digit @ b'0'..=b'9'] if era::agrees(*digit, date) => Ok(day),
        [b'0'..=b'9'] => Err(HolderError::EraContradicts),
        _ => Err(MALFORMED),
    }
}

/// Which characters of `text` are substitutes, counted from 0.
fn substitutes(fields: &Fields<'_>, list: Field, text: &str) -> Result<Vec<u16>, HolderError> {
    let digits = fields.text(list)?.as_bytes();
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(HolderError::Malformed(list));
    }
    let marks: Vec<u16> = (0..).zip(digits).filter(|(_, digit)| **digit != b'0').map(|(place, _)| place).collect();
    if marks.is_empty() || digits.len() == text.chars().count() {
        return Ok(marks);
    }
    Err(HolderError::SubstitutesMisfit(list))
}

#[cfg(test)]
mod tests;
