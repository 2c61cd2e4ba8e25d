//! The record of the basic four attributes (基本4情報) and the two signatures that vouch for it.
//!
//! [`super::TextVerified`] comes in with the bytes of three files: the attributes (EF 0002), the
//! digests with their signature (EF 0003), and the card verifiable certificate of the key that made
//! it (EF 0004). What never leaves is the record itself, since one of its digests is that of the My
//! Number, which can be guessed from it; here too that digest is covered by the signature and never
//! looked at.

use std::fmt;

use myna_card::ca::CaKey;
use ring::digest::{SHA256, digest};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use zeroize::Zeroize as _;

use crate::tlv::take;

/// EF 0002: `DF21` a table of places, `DF22` name, `DF23` address, `DF24` date of birth, `DF25` gender.
pub(super) const TAG_ATTRIBUTES: u16 = 0xFF20;
/// EF 0003: `DF31` the digest of the My Number's file, `DF32` that of the attributes, `DF33` the signature.
pub(super) const TAG_DIGESTS: u16 = 0xFF30;
/// EF 0004: `5F4E` both key identifiers and the key, `5F37` the signature.
pub(super) const TAG_CERTIFICATE: u16 = 0x7F21;

/// Bytes of a key identifier (鍵ID).
const KEY_ID: usize = 16;
/// What stands before the modulus of a certified key: exponent 65537, and the modulus' own header.
const KEY_HEAD: [u8; 9] = [0x90, 0x03, 0x01, 0x00, 0x01, 0x91, 0x82, 0x01, 0x00];
const EXPONENT: [u8; 3] = [0x01, 0x00, 0x01];

/// Name, address, date of birth and gender (基本4情報) as the card's issuer signed them. Wiped when
/// it goes; `Debug` shows none of the values.
#[derive(PartialEq, Eq)]
pub struct BasicFour {
    /// 氏名: family and given name, parted by an ideographic space (U+3000) where there are two.
    pub name: String,
    /// 住所, in one line.
    pub address: String,
    /// 生年月日: eight digits, `YYYYMMDD` of the Gregorian calendar, as stored. Month or day can be
    /// `00` where it isn't known, so this is not always a day of the calendar.
    pub birthdate: String,
    /// 性別: one digit by ISO/IEC 5218: `0` not known, `1` male, `2` female, `9` not applicable.
    pub gender: char,
    /// Who vouches for it.
    pub issuer: RecordIssuer,
}

impl Drop for BasicFour {
    fn drop(&mut self) {
        self.name.zeroize();
        self.address.zeroize();
        self.birthdate.zeroize();
        self.gender.zeroize();
    }
}

impl fmt::Debug for BasicFour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BasicFour").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Whose key stands above the one that signed a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordIssuer {
    /// J-LIS (地方公共団体情報システム機構): the key whose identifier begins with `5000033`.
    Jlis,
    /// J-LIS's test environment: `6000033`.
    JlisTest,
    /// Somebody who published no key. The record is whole, and nobody says more.
    Unknown,
}

/// Checks the record and takes the attributes out of it. `authorities` are the published keys.
pub(super) fn check(
    attributes: &[u8],
    digests: &[u8],
    certificate: &[u8],
    authorities: &[CaKey],
) -> Result<BasicFour, &'static str> {
    let key = certified_key(certificate).ok_or("the certificate of its issuer is no certificate")?;
    let issuer = issuer(&key, authorities)?;
    let record = signed_record(digests).ok_or("the signed digests are not such")?;
    if !verified(key.modulus, record.signed, record.signature) {
        return Err("the signature over its digests doesn't fit");
    }
    let (values, covered) = values(attributes).ok_or("the attributes are not such")?;
    if digest(&SHA256, covered).as_ref() != record.attributes_digest {
        return Err("the attributes are not those that were signed");
    }
    parse(values, issuer).ok_or("an attribute has another form than it should")
}

struct CertifiedKey<'a> {
    authority_id: &'a [u8],
    modulus: &'a [u8],
    signed: &'a [u8],
    signature: &'a [u8],
}

fn certified_key(file: &[u8]) -> Option<CertifiedKey<'_>> {
    let mut contents = take(&mut &file[..], TAG_CERTIFICATE)?;
    let signed = take(&mut contents, 0x5F4E)?;
    let signature = take(&mut contents, 0x5F37)?;
    let (authority_id, rest) = signed.split_at_checked(KEY_ID)?;
    let (_subject_id, key) = rest.split_at_checked(KEY_ID)?;
    let modulus = key.strip_prefix(&KEY_HEAD)?;
    (modulus.len() == 256).then_some(CertifiedKey { authority_id, modulus, signed, signature })
}

/// Who certified the key. Keys that J-LIS published for other applications certify nothing here.
fn issuer(key: &CertifiedKey<'_>, authorities: &[CaKey]) -> Result<RecordIssuer, &'static str> {
    let named = |authority: &&CaKey| authority.key_id.as_slice() == key.authority_id;
    let Some(authority) = authorities.iter().find(named) else { return Ok(RecordIssuer::Unknown) };
    let issuer = match authority.name() {
        "5000033" => RecordIssuer::Jlis,
        "6000033" => RecordIssuer::JlisTest,
        _ => return Ok(RecordIssuer::Unknown),
    };
    if verified(authority.modulus, key.signed, key.signature) {
        Ok(issuer)
    } else {
        Err("the certificate of its issuer was not made by who it says")
    }
}

fn verified(modulus: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = RsaPublicKeyComponents { n: modulus, e: &EXPONENT };
    key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
}

struct SignedRecord<'a> {
    attributes_digest: &'a [u8],
    signed: &'a [u8],
    signature: &'a [u8],
}

fn signed_record(file: &[u8]) -> Option<SignedRecord<'_>> {
    let objects = take(&mut &file[..], TAG_DIGESTS)?;
    let mut rest = objects;
    let _of_the_my_number = take(&mut rest, 0xDF31)?;
    let attributes_digest = take(&mut rest, 0xDF32)?;
    let signed = &objects[..objects.len() - rest.len()];
    let signature = take(&mut rest, 0xDF33)?;
    Some(SignedRecord { attributes_digest, signed, signature })
}

struct Values<'a> {
    name: &'a [u8],
    address: &'a [u8],
    birthdate: &'a [u8],
    gender: &'a [u8],
}

/// The values, and what their digest covers: all after the table of their places, which is of no use
/// to who reads them in order.
fn values(file: &[u8]) -> Option<(Values<'_>, &[u8])> {
    let mut rest = take(&mut &file[..], TAG_ATTRIBUTES)?;
    take(&mut rest, 0xDF21)?;
    let covered = rest;
    let name = take(&mut rest, 0xDF22)?;
    let address = take(&mut rest, 0xDF23)?;
    let birthdate = take(&mut rest, 0xDF24)?;
    let gender = take(&mut rest, 0xDF25)?;
    Some((Values { name, address, birthdate, gender }, covered))
}

fn parse(values: Values<'_>, issuer: RecordIssuer) -> Option<BasicFour> {
    let text = |bytes| str::from_utf8(bytes).ok().filter(|text| !text.contains(char::is_control));
    let (name, address, birthdate) = (text(values.name)?, text(values.address)?, text(values.birthdate)?);
    let &[gender @ (b'0' | b'1' | b'2' | b'9')] = values.gender else { return None };
    if birthdate.len() != 8 || !birthdate.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (name, address, birthdate) = (name.to_owned(), address.to_owned(), birthdate.to_owned());
    Some(BasicFour { name, address, birthdate, gender: char::from(gender), issuer })
}

#[cfg(test)]
pub(super) mod tests;
