//! Records that were issued here, by keys of the test CA, and everything that can be wrong with them.

use jpki_softcard::KeyStore;
use jpki_softcard::rsa::RsaPrivateKey;
use jpki_softcard::rsa::pkcs1v15::Pkcs1v15Sign;
use jpki_softcard::rsa::sha2::{Digest as _, Sha256};
use jpki_softcard::rsa::traits::PublicKeyParts as _;

use super::*;

const NAME: &str = "見本　花子";
const ADDRESS: &str = "東京都架空市見本町一丁目２番３号";
const JLIS: &[u8; KEY_ID] = b"5000033\x08\x05001\x00\x00\x00\x00";
const JLIS_TEST: &[u8; KEY_ID] = b"6000033\x08\x05001\x00\x00\x00\x00";

fn key(name: &str) -> RsaPrivateKey {
    KeyStore::shared().unwrap().key(name).unwrap()
}

fn sign(key: &RsaPrivateKey, message: &[u8]) -> Vec<u8> {
    key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message)).unwrap()
}

fn object(tag: u16, value: &[u8]) -> Vec<u8> {
    let length = match value.len() {
        short @ 0..=0x7F => vec![short as u8],
        long @ 0x80..=0xFF => vec![0x81, long as u8],
        longer => vec![0x82, (longer >> 8) as u8, longer as u8],
    };
    [&tag.to_be_bytes(), length.as_slice(), value].concat()
}

/// The three files of a record.
#[derive(Clone)]
pub(in crate::text) struct Issued {
    pub(in crate::text) attributes: Vec<u8>,
    pub(in crate::text) digests: Vec<u8>,
    pub(in crate::text) certificate: Vec<u8>,
}

impl Issued {
    /// A record of name, address, date of birth and gender, its key certified under `authority`.
    fn new(values: [&[u8]; 4], authority: &[u8; KEY_ID]) -> Self {
        let objects: Vec<_> = (0xDF22..).zip(values).map(|(tag, value)| object(tag, value)).collect();
        let (objects, issuer) = (objects.concat(), key("text-issuer"));
        let digests = [object(0xDF31, &[0x11; 32]), object(0xDF32, &Sha256::digest(&objects))].concat();
        let modulus = issuer.n().to_bytes_be();
        let body = [authority.as_slice(), b"6000034\x08\x05001\x00\x00\x00\x00", &KEY_HEAD, &modulus].concat();
        let signature = sign(&key("text-authority"), &body);
        Issued {
            attributes: object(TAG_ATTRIBUTES, &[object(0xDF21, &[0; 8]), objects].concat()),
            digests: object(TAG_DIGESTS, &[digests.clone(), object(0xDF33, &sign(&issuer, &digests))].concat()),
            certificate: object(TAG_CERTIFICATE, &[object(0x5F4E, &body), object(0x5F37, &signature)].concat()),
        }
    }

    /// The record of the invented person.
    pub(in crate::text) fn usual() -> Self {
        Self::new([NAME.as_bytes(), ADDRESS.as_bytes(), b"19900401", b"2"], JLIS_TEST)
    }

    /// One whose address needs more than a piece.
    pub(in crate::text) fn long(address: &str) -> Self {
        Self::new([NAME.as_bytes(), address.as_bytes(), b"19900401", b"2"], b"9000033\x08\x05001\x00\x00\x00\x00")
    }

    /// As if the test CA's keys were those that J-LIS published.
    fn check(&self) -> Result<BasicFour, &'static str> {
        let modulus: &'static [u8] = Box::leak(key("text-authority").n().to_bytes_be().into_boxed_slice());
        let published = |key_id| CaKey { key_id, modulus, exponent: &[1, 0, 1] };
        let authorities = [JLIS, JLIS_TEST, b"5000023\x08\x05001\x00\x00\x00\x00"].map(published);
        check(&self.attributes, &self.digests, &self.certificate, &authorities)
    }
}

#[test]
fn a_record_tells_its_values_and_who_vouches_for_them() {
    let values = [NAME.as_bytes(), ADDRESS.as_bytes(), b"19900401", b"2"];
    for (authority, issuer) in [
        (JLIS, RecordIssuer::Jlis),
        (JLIS_TEST, RecordIssuer::JlisTest),
        (b"9000033\x08\x05001\x00\x00\x00\x00", RecordIssuer::Unknown),
        (b"5000033\x08\x05000\x00\x00\x00\x00", RecordIssuer::Unknown),
        // Published for another application.
        (b"5000023\x08\x05001\x00\x00\x00\x00", RecordIssuer::Unknown),
    ] {
        let four = Issued::new(values, authority).check().unwrap();
        assert_eq!((four.name.as_str(), four.address.as_str()), (NAME, ADDRESS));
        assert_eq!((four.birthdate.as_str(), four.gender, four.issuer), ("19900401", '2', issuer));
    }
}

#[test]
fn a_certificate_that_only_says_it_comes_from_j_lis_is_refused() {
    let issued = Issued::usual();
    let refused = check(&issued.attributes, &issued.digests, &issued.certificate, myna_card::ca::KNOWN);
    assert_eq!(refused.err(), Some("the certificate of its issuer was not made by who it says"));
}

#[test]
fn the_keys_that_are_looked_for_are_published() {
    for name in ["5000033", "6000033"] {
        assert!(myna_card::ca::KNOWN.iter().any(|key| key.name() == name), "{name}");
    }
}

#[test]
fn a_byte_changed_anywhere_is_refused_or_costs_the_issuers_name() {
    let usual = Issued::usual();
    let file = |issued: &mut Issued, number| match number {
        0 => std::mem::take(&mut issued.attributes),
        1 => std::mem::take(&mut issued.digests),
        _ => std::mem::take(&mut issued.certificate),
    };
    for number in 0..3 {
        for at in 0..file(&mut usual.clone(), number).len() {
            let mut issued = usual.clone();
            let mut bytes = file(&mut issued, number);
            bytes[at] ^= 0x01;
            match number {
                0 => issued.attributes = bytes,
                1 => issued.digests = bytes,
                _ => issued.certificate = bytes,
            }
            let outcome = issued.check().map(|four| four.issuer);
            match (number, at) {
                // The table of places: not used, and not signed.
                (0, 6..14) => assert_eq!(outcome, Ok(RecordIssuer::JlisTest), "byte {at}"),
                // Another authority's name: one that nobody published, or whose key didn't sign this.
                (2, 10..26) => assert_ne!(outcome, Ok(RecordIssuer::JlisTest), "byte {at}"),
                _ => assert!(outcome.is_err(), "byte {at} of file {number}: {outcome:?}"),
            }
        }
    }
}

#[test]
fn files_that_end_early_or_hold_something_else_are_refused() {
    let usual = Issued::usual();
    for length in 0..usual.attributes.len() {
        let attributes = usual.attributes[..length].to_vec();
        assert!(Issued { attributes, ..usual.clone() }.check().is_err(), "{length}");
    }
    for length in 0..usual.digests.len() {
        let digests = usual.digests[..length].to_vec();
        assert!(Issued { digests, ..usual.clone() }.check().is_err(), "{length}");
    }
    for length in 0..usual.certificate.len() {
        let certificate = usual.certificate[..length].to_vec();
        assert!(Issued { certificate, ..usual.clone() }.check().is_err(), "{length}");
    }
    let Issued { attributes, digests, certificate } = usual;
    assert!(Issued { attributes: digests.clone(), digests: attributes, certificate }.check().is_err());
}

#[test]
fn only_values_of_the_right_form_come_out() {
    let long = "あ".repeat(600);
    let check = |values: [&[u8]; 4]| Issued::new(values, JLIS_TEST).check();
    let (name, address, birthdate, gender) = (NAME.as_bytes(), ADDRESS.as_bytes(), b"19900401", b"2");
    for values in [
        [name, long.as_bytes(), birthdate, gender],
        [name, b"", birthdate, gender],
        [name, address, b"19500000", gender],
        [name, address, b"00000000", gender],
        [name, address, birthdate, b"0"],
        [name, address, birthdate, b"9"],
    ] {
        let four = check(values).unwrap();
        assert_eq!([four.name.as_bytes(), four.address.as_bytes(), four.birthdate.as_bytes()], values[..3]);
        assert_eq!([four.gender as u8], values[3]);
    }
    for values in [
        [&[0xFF, 0xFE][..], address, birthdate, gender],
        [b"A\nB", address, birthdate, gender],
        [name, b"A\x00B", birthdate, gender],
        [name, address, b"1990401", gender],
        [name, address, b"199004011", gender],
        [name, address, b"1990-4-1", gender],
        [name, address, "１９９０".as_bytes(), gender],
        [name, address, birthdate, b""],
        [name, address, birthdate, b"3"],
        [name, address, birthdate, b"22"],
    ] {
        assert_eq!(check(values).err(), Some("an attribute has another form than it should"), "{values:02X?}");
    }
}

#[test]
fn no_value_is_printed() {
    let shown = format!("{:?}", Issued::usual().check().unwrap());
    assert_eq!(shown, "BasicFour { issuer: JlisTest, .. }");
}
