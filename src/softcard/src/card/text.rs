//! The text AP's data (券面入力補助AP): what the holder's records say and what vouches for them.

use rsa::{
    RsaPrivateKey, RsaPublicKey,
    pkcs1v15::Pkcs1v15Sign,
    sha2::{Digest as _, Sha256},
    traits::PublicKeyParts as _,
};
use serde::{Deserialize, Serialize};

use super::{CardFile, data::base64_der, tlv};
use crate::{Error, Holder, KeyStore};

/// Key identifiers of the test environment's authority and of the key it certifies.
const AUTHORITY_ID: &[u8; 16] = b"6000033\x08\x05000\x00\x00\x00\x00";
const ISSUER_ID: &[u8; 16] = b"6000034\x08\x05000\x00\x00\x00\x00";

/// The records that are signed when a card is issued.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignedRecords {
    /// EF 0003: hashes of the My Number and of the basic four, signed by the issuer. A My Number can be guessed from its
    /// hash, so this is as confidential as the number.
    #[serde(with = "base64_der")]
    pub(super) digests: Vec<u8>,
    /// EF 0004: the issuer's certificate, card verifiable (7F21).
    #[serde(with = "base64_der")]
    pub(super) issuer: Vec<u8>,
    /// EF 0007: the public half of the application's key, signed by the issuer.
    #[serde(with = "base64_der")]
    pub(super) key: Vec<u8>,
}

impl SignedRecords {
    /// Issues the records; `keys` has the issuer's keys, the same for all cards of a test CA.
    /// `broken` spoils the signature over the digests.
    pub(super) fn issue(
        holder: &Holder,
        card_key: &RsaPublicKey,
        keys: &KeyStore,
        broken: bool,
    ) -> Result<Self, Error> {
        let authority = keys.key("text-authority")?;
        let issuer = keys.key("text-issuer")?;
        let (_, basic_values) = basic_four_parts(holder);
        let hashes = [
            tlv::object(0xDF31, &Sha256::digest(my_number(holder))),
            tlv::object(0xDF32, &Sha256::digest(basic_values)),
        ];
        let mut digests = signed(hashes.concat(), 0xDF33, &issuer)?;
        if let Some(last) = digests.last_mut().filter(|_| broken) {
            *last ^= 0x01;
        }
        let body = [AUTHORITY_ID, ISSUER_ID, public_key(&issuer.to_public_key()).as_slice()].concat();
        let certificate = [tlv::object(0x5F4E, &body), tlv::object(0x5F37, &sign(&authority, &body)?)];
        Ok(Self {
            digests: tlv::object(0xFF30, &digests),
            issuer: tlv::object(0x7F21, &certificate.concat()),
            key: tlv::object(0xFF50, &signed(tlv::object(0xDF51, &public_key(card_key)), 0xDF52, &issuer)?),
        })
    }
}

/// The objects followed by a signature over all their bytes.
fn signed(objects: Vec<u8>, signature_tag: u16, key: &RsaPrivateKey) -> Result<Vec<u8>, Error> {
    let signature = tlv::object(signature_tag, &sign(key, &objects)?);
    Ok([objects, signature].concat())
}

fn sign(key: &RsaPrivateKey, message: &[u8]) -> Result<Vec<u8>, Error> {
    Ok(key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message))?)
}

/// Exponent (90) and modulus (91): 265 bytes for a key of this card.
fn public_key(key: &RsaPublicKey) -> Vec<u8> {
    let modulus = key.n().to_bytes_be();
    [&[0x90, 0x03, 0x01, 0x00, 0x01, 0x91], tlv::length(modulus.len()).as_slice(), &modulus].concat()
}

/// EF 0001: the My Number and two bytes of filler, which the digest counts in.
pub(super) fn my_number(holder: &Holder) -> Vec<u8> {
    [tlv::object(0xFF10, holder.my_number.as_bytes()).as_slice(), &[0xFF, 0xFF]].concat()
}

/// EF 0002: 基本4情報 and the filler after it.
pub(super) fn basic_four_file(card: &CardFile) -> Vec<u8> {
    let mut file = basic_four(&card.holder);
    file.resize(file.len() + usize::from(card.attributes_filler), 0xFF);
    file
}

fn basic_four(holder: &Holder) -> Vec<u8> {
    let (table, values) = basic_four_parts(holder);
    tlv::object(0xFF20, &[table, values].concat())
}

/// A table of the values' places counted from the file's start; name, address, birth date, sex.
fn basic_four_parts(holder: &Holder) -> (Vec<u8>, Vec<u8>) {
    const TABLE: usize = 3 + 4 * 2;
    let gender = holder.gender.digit().to_string();
    let birth = holder.birthdate.digits();
    let values = [(0xDF22, holder.name.as_str()), (0xDF23, &holder.address), (0xDF24, &birth), (0xDF25, &gender)]
        .map(|(tag, value)| tlv::object(tag, value.as_bytes()));
    let length = TABLE + values.iter().map(Vec::len).sum::<usize>();
    let mut place = 2 + tlv::length(length).len() + TABLE;
    let mut places = Vec::new();
    for value in &values {
        places.extend_from_slice(&(place as u16).to_be_bytes());
        place += value.len();
    }
    (tlv::object(0xDF21, &places), values.concat())
}

/// EF 0005: version 1.3, extended lengths supported, the issuer's key identifier, an opaque block.
pub(super) fn basic_information() -> Vec<u8> {
    let mut block = [0xFF; 128];
    block[..32].fill(0x00);
    let objects = [(0xDF41, &[0x01, 0x03, 0x0E, 0x01][..]), (0xDF42, ISSUER_ID), (0xDF43, &block)];
    tlv::object(0xFF40, &objects.map(|(tag, value)| tlv::object(tag, value)).concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gender;

    #[test]
    fn the_basic_four_of_the_published_test_card_come_out_to_the_byte() {
        let holder = Holder {
            name: "黒桐　幹也".to_owned(),
            address: "東京都清瀬市観布子南１２－７－２０２".to_owned(),
            birthdate: jiff::civil::date(1980, 2, 17).into(),
            gender: Gender::Male,
            ..Holder::default()
        };
        let expected = "FF2065DF2108000E002000590064DF220FE9BB92E6A190E38080E5B9B9E4B99F\
                        DF2336E69DB1E4BAACE983BDE6B885E780ACE5B882E8A6B3E5B883E5AD90E58D97EFBC91EFBC92EFBC8D\
                        EFBC97EFBC8DEFBC92EFBC90EFBC92DF24083139383030323137DF250131";
        assert_eq!(crate::hex::upper(&basic_four(&holder)), expected);
    }

    #[test]
    fn long_values_move_the_table_by_their_length_bytes() {
        let holder = Holder { address: "あ".repeat(100), ..Holder::default() };
        let file = basic_four(&holder);
        assert_eq!(&file[..4], [0xFF, 0x20, 0x82, 0x01]);
        for (index, tag) in [0x22, 0x23, 0x24, 0x25].into_iter().enumerate() {
            let at = 5 + 3 + index * 2;
            let place = usize::from(u16::from_be_bytes([file[at], file[at + 1]]));
            assert_eq!(&file[place..place + 2], [0xDF, tag]);
        }
    }

    #[test]
    fn the_signed_records_have_the_real_ones_sizes_and_verify_up_to_the_authority() {
        let keys = KeyStore::shared().unwrap();
        let card_key = keys.key("card-text").unwrap().to_public_key();
        let holder = Holder::default();
        let records = SignedRecords::issue(&holder, &card_key, &keys, false).unwrap();
        assert_eq!((records.digests.len(), records.issuer.len(), records.key.len()), (336, 568, 536));
        let verify = |key: &str, message: &[u8], signature: &[u8]| {
            let key = keys.key(key).unwrap().to_public_key();
            key.verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message), signature).unwrap();
        };
        // Each signature is the last 256 bytes and covers what lies between the outer header and its own.
        verify("text-issuer", &records.digests[5..75], &records.digests[80..]);
        verify("text-issuer", &records.key[5..275], &records.key[280..]);
        verify("text-authority", &records.issuer[10..307], &records.issuer[312..]);
        assert_eq!(records.digests[8..40], *Sha256::digest(my_number(&holder)));
        assert_eq!(records.digests[43..75], *Sha256::digest(&basic_four(&holder)[2 + 1 + 11..]));
    }
}
