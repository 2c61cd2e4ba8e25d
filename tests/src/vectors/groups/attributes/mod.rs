//! What `readAttributes` gives a page, from either source.

mod accepted;
mod certified;
mod claimed;
mod form;

use jpki_softcard::ca::CertificateSpec;
use jpki_softcard::x509_cert::der::asn1::Utf8StringRef;
use jpki_softcard::x509_cert::der::{Any, Decode as _};
use jpki_softcard::x509_cert::ext::pkix::name::GeneralName;

use super::super::Table;
use crate::Result;

pub(super) fn table() -> Table {
    let mut cases = accepted::cases();
    cases.extend(claimed::cases());
    cases.extend(certified::cases());
    cases.extend(form::cases());
    Table { name: "attributes", description: "Name, address, birth date and gender, and who vouches for them", cases }
}

/// The certificate states another value for the attribute 1.2.392.200149.8.5.5.`number`: any DER.
fn state(spec: &mut CertificateSpec, number: u8, value: &[u8]) -> Result<()> {
    let names = spec.subject_alt_name.as_mut().ok_or("a signature certificate has a subjectAltName")?;
    let wanted = format!("1.2.392.200149.8.5.5.{number}");
    let mut others = names.value.0.iter_mut().filter_map(|name| match name {
        GeneralName::OtherName(other) => Some(other),
        _ => None,
    });
    let other = others.find(|other| other.type_id.to_string() == wanted).ok_or("there is no such attribute")?;
    other.value = Any::from_der(value)?;
    Ok(())
}

/// The same with a text.
fn say(spec: &mut CertificateSpec, number: u8, text: &str) -> Result<()> {
    use jpki_softcard::x509_cert::der::Encode as _;
    state(spec, number, &Utf8StringRef::new(text)?.to_der()?)
}

const NAME: u8 = 1;
const NAME_SUBSTITUTES: u8 = 2;
const GENDER: u8 = 3;
const BIRTHDATE: u8 = 4;
const ADDRESS_SUBSTITUTES: u8 = 6;
