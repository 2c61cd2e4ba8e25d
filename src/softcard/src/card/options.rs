//! What a new card is to be: the usual one, or one of the unusual ones that a reader has to get along with. Whoever
//! issues a card comes in; what no card can be is refused before anything is made.

use jiff::civil::Date;

use super::Profile;
use crate::{
    Error, Holder,
    ca::{AttributeForm, Generation},
};

/// What a new card is to be. [`CardOptions::default`] are the defaults of the command line.
#[derive(Clone, Debug)]
pub struct CardOptions {
    /// Whose card.
    pub holder: Holder,
    /// Which kind.
    pub profile: Profile,
    /// Four digits.
    pub auth_pin: String,
    /// Four digits.
    pub text_pin: String,
    /// Six to sixteen of A–Z and 0–9.
    pub sign_password: String,
    /// False for a card without a 署名用 certificate and its key, but with the password.
    pub sign_certificate: bool,
    /// A card as children have: neither 署名用 certificate nor password.
    pub child: bool,
    /// Which authorities issue its certificates.
    pub generation: Generation,
    /// The last day of the 利用者証明用 certificate in Japan, also in the past. Otherwise the holder's fifth birthday
    /// from now.
    pub auth_expires: Option<Date>,
    /// The same of the 署名用 certificate.
    pub sign_expires: Option<Date>,
    /// How the 署名用 certificate writes the holder's attributes.
    pub attribute_form: AttributeForm,
    /// How many bytes `FF` follow the basic four (基本4情報) in their file, as in one with room to spare.
    pub attributes_filler: u16,
    /// The issuer's signature over the digests of My Number and basic four doesn't fit.
    pub broken_record: bool,
}

impl Default for CardOptions {
    fn default() -> Self {
        Self {
            holder: Holder::default(),
            profile: Profile::default(),
            auth_pin: "1234".to_owned(),
            text_pin: "1234".to_owned(),
            sign_password: "ABC123".to_owned(),
            sign_certificate: true,
            child: false,
            generation: Generation::CURRENT,
            auth_expires: None,
            sign_expires: None,
            attribute_form: AttributeForm::default(),
            attributes_filler: 0,
            broken_record: false,
        }
    }
}

impl CardOptions {
    pub(super) fn check(&self) -> Result<(), Error> {
        self.holder.check()?;
        self.attribute_form.check()?;
        for (which, pin) in [("authentication PIN", &self.auth_pin), ("text PIN", &self.text_pin)] {
            if pin.len() != 4 || !pin.bytes().all(|b| b.is_ascii_digit()) {
                return Err(Error::Pin { which, rule: "it must be four digits" });
            }
        }
        let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        if !(6..=16).contains(&self.sign_password.len()) || !self.sign_password.bytes().all(allowed) {
            return Err(Error::Pin { which: "signature password", rule: "it must be 6 to 16 of A-Z and 0-9" });
        }
        Ok(())
    }
}
