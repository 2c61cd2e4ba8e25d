//! Distinguished names as JPKI writes them.

use x509_cert::{
    attr::AttributeTypeAndValue,
    der::{
        Any,
        asn1::{ObjectIdentifier, PrintableString, SetOfVec, Utf8StringRef},
    },
    name::{Name, RdnSequence, RelativeDistinguishedName},
};

use super::Family;
use crate::Error;

/// The attributes JPKI's names are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// C, a PrintableString.
    Country,
    /// O
    Organization,
    /// OU
    Unit,
    /// L
    Locality,
    /// CN
    CommonName,
}

impl Attribute {
    const fn oid(self) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(match self {
            Self::Country => "2.5.4.6",
            Self::Organization => "2.5.4.10",
            Self::Unit => "2.5.4.11",
            Self::Locality => "2.5.4.7",
            Self::CommonName => "2.5.4.3",
        })
    }
}

/// A name of one attribute per RDN in the order given; C is a PrintableString, the rest UTF8Strings.
///
/// # Errors
/// [`Error::Encoding`] for a country that isn't printable ASCII.
pub fn distinguished_name(parts: &[(Attribute, &str)]) -> Result<Name, Error> {
    let rdn = |(attribute, text): &(Attribute, &str)| {
        let value = match attribute {
            Attribute::Country => Any::from(&PrintableString::new(text)?),
            _ => Any::from(Utf8StringRef::new(text)?),
        };
        let attribute = AttributeTypeAndValue { oid: attribute.oid(), value };
        Ok(RelativeDistinguishedName(SetOfVec::try_from(vec![attribute])?))
    };
    Ok(RdnSequence(parts.iter().map(rdn).collect::<Result<_, Error>>()?))
}

const JLIS: &str = "Japan Agency for Local Authority Information Systems";

fn family_unit(family: Family) -> &'static str {
    match family {
        Family::Auth => "JPKI for user authentication",
        Family::Sign => "JPKI for digital signature",
    }
}

/// The family's one name: production's with `O=JPKI-TEST`.
pub(super) fn authority(family: Family) -> Result<Name, Error> {
    use Attribute as A;
    distinguished_name(&[
        (A::Country, "JP"),
        (A::Organization, "JPKI-TEST"),
        (A::Unit, family_unit(family)),
        (A::Unit, JLIS),
    ])
}

/// The family's name in Japanese, an alternative name of issuer and subject.
pub(super) fn authority_japanese(family: Family) -> Result<Name, Error> {
    use Attribute as A;
    let unit = match family {
        Family::Auth => "公的個人認証サービス利用者証明用",
        Family::Sign => "公的個人認証サービス署名用",
    };
    distinguished_name(&[
        (A::Country, "JP"),
        (A::Organization, "公的個人認証サービス（試験用）"),
        (A::Unit, unit),
        (A::Unit, "地方公共団体情報システム機構"),
    ])
}

/// Where the list with a municipality's certificates would be, were the directory public.
pub(super) fn distribution_point(family: Family, place: Option<(&str, &str)>) -> Result<Name, Error> {
    use Attribute as A;
    let mut parts = vec![(A::Country, "JP"), (A::Organization, "JPKI-TEST"), (A::Unit, family_unit(family))];
    parts.push((A::Unit, "CRL Distribution Points"));
    let city;
    match place {
        Some((prefecture, municipality)) => {
            city = format!("{municipality} CRLDP");
            parts.extend([(A::Unit, prefecture), (A::CommonName, city.as_str())]);
        }
        None => parts.push((A::CommonName, "JPKI-TEST ARL")),
    }
    distinguished_name(&parts)
}
