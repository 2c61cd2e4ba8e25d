//! The holder's attributes in a 署名用 certificate's subjectAltName: what they are and how they are written. The profile
//! comes in with a holder; a test may ask for another form than the usual one.

use x509_cert::{
    der::{
        Any,
        asn1::{ObjectIdentifier, Utf8StringRef},
    },
    ext::pkix::name::{GeneralName, GeneralNames, OtherName},
};

use crate::{Error, Holder};

/// How a 署名用 certificate writes its holder's attributes. The default is what most certificates have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributeForm {
    /// Substitute characters (代替文字) of the name: one digit for each of its characters, other than `0` where it
    /// stands for one that the character set lacks. All `0` by default. Any number of digits is put in as it is.
    pub name_substitutes: Option<String>,
    /// The same of the address.
    pub address_substitutes: Option<String>,
    /// The digit before the birth date, whatever it means. By default that of the era: 1 Meiji, 2 Taisho, 3 Showa,
    /// 4 Heisei, 5 Reiwa.
    pub era: Option<char>,
}

impl AttributeForm {
    /// Refuses what can't be written.
    ///
    /// # Errors
    /// [`Error::Holder`] naming the field.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let digits = |text: &Option<String>| {
            text.as_ref().is_none_or(|text| text.len() <= 300 && text.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let refused = |field, reason| Err(Error::Holder { field, reason });
        if !digits(&self.name_substitutes) || !digits(&self.address_substitutes) {
            return refused("substitute characters", "they are told by at most 300 digits");
        }
        if self.era.is_some_and(|era| !era.is_ascii_digit()) {
            return refused("era", "it is one digit");
        }
        Ok(())
    }
}

/// The attributes `1.2.392.200149.8.5.5.N` in the order real certificates store them.
pub(super) fn attributes(holder: &Holder, form: &AttributeForm) -> Result<GeneralNames, Error> {
    let substitutes = |form: &Option<String>, text: &str| match form {
        Some(digits) => digits.clone(),
        None => "0".repeat(text.chars().count()),
    };
    let era = form.era.unwrap_or_else(|| holder.era_digit());
    let values = [
        (1, holder.name.clone()),
        (4, format!("{era}{}", holder.birthdate.digits())),
        (3, holder.gender.digit().to_string()),
        (5, holder.address.clone()),
        (2, substitutes(&form.name_substitutes, &holder.name)),
        (6, substitutes(&form.address_substitutes, &holder.address)),
    ];
    let other_name = |(number, text): (u8, String)| {
        let value = Any::from(Utf8StringRef::new(&text)?);
        let name = format!("1.2.392.200149.8.5.5.{number}");
        let type_id = ObjectIdentifier::new(&name).map_err(x509_cert::der::Error::from)?;
        Ok(GeneralName::OtherName(OtherName { type_id, value }))
    };
    values.into_iter().map(other_name).collect()
}
