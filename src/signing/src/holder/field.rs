//! The six attributes as they stand in the certificate: each a text, each there once.

use std::fmt;

use jpki_protocol::text::Line;
use x509_parser::asn1_rs::{Any, Class, FromDer as _, Tag, oid};
use x509_parser::extensions::GeneralName;

use super::HolderError;

/// An attribute of the certificate's subjectAltName.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// 氏名, 1.2.392.200149.8.5.5.1
    Name,
    /// Which characters of the name are substitutes (代替文字), .2
    NameSubstitutes,
    /// 性別, .3
    Gender,
    /// 生年月日, .4
    Birthdate,
    /// 住所, .5
    Address,
    /// Which characters of the address are substitutes, .6
    AddressSubstitutes,
}

impl Field {
    const ALL: [Self; 6] =
        [Self::Name, Self::NameSubstitutes, Self::Gender, Self::Birthdate, Self::Address, Self::AddressSubstitutes];
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "name",
            Self::NameSubstitutes => "marks of substitute characters in the name",
            Self::Gender => "gender",
            Self::Birthdate => "birth date",
            Self::Address => "address",
            Self::AddressSubstitutes => "marks of substitute characters in the address",
        })
    }
}

/// The attributes of one certificate, in the order of [`Field::ALL`].
#[derive(Debug)]
pub(super) struct Fields<'a>([&'a [u8]; 6]);

impl<'a> Fields<'a> {
    pub(super) fn read(names: &[GeneralName<'a>]) -> Result<Self, HolderError> {
        let arc = oid!(1.2.392.200149.8.5.5);
        let mut found = [None; 6];
        for name in names {
            let (oid, value) = match name {
                GeneralName::OtherName(oid, value) => (oid, *value),
                GeneralName::Invalid(..) => return Err(HolderError::Unreadable),
                _ => continue,
            };
            let Some(number) = oid.as_bytes().strip_prefix(arc.as_bytes()) else { continue };
            let numbered = |(place, _): &(usize, Field)| number == [*place as u8 + 1];
            let Some((place, field)) = (0..).zip(Field::ALL).find(numbered) else { continue };
            if found[place].replace(value).is_some() {
                return Err(HolderError::Twice(field));
            }
        }
        if found.iter().all(Option::is_none) {
            return Err(HolderError::NothingSaid);
        }
        let mut values = [&[][..]; 6];
        for ((value, found), field) in values.iter_mut().zip(found).zip(Field::ALL) {
            *value = found.ok_or(HolderError::Missing(field))?;
        }
        Ok(Self(values))
    }

    /// The attribute's text: `[0] EXPLICIT UTF8String` (RFC 5280, section 4.2.1.6) and nothing after it.
    pub(super) fn text(&self, field: Field) -> Result<&'a str, HolderError> {
        let malformed = HolderError::Malformed(field);
        let inside = |bytes, class, tag, constructed| match Any::from_der(bytes) {
            Ok(([], any)) if any.header.class() == class && any.header.tag() == tag => {
                if any.header.constructed() == constructed { Ok(any.data) } else { Err(malformed) }
            }
            _ => Err(malformed),
        };
        let explicit = inside(self.0[field as usize], Class::ContextSpecific, Tag(0), true)?;
        let text = inside(explicit, Class::Universal, Tag::Utf8String, false)?;
        std::str::from_utf8(text).map_err(|_| malformed)
    }

    /// The attribute's text, which a person reads: up to `MAX` characters and none that disguises another.
    pub(super) fn line<const MAX: usize>(&self, field: Field) -> Result<&'a str, HolderError> {
        let text = self.text(field)?;
        Line::<MAX>::parse(text).map(|_| text).map_err(|_| HolderError::Malformed(field))
    }
}
