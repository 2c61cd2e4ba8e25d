//! `jpki-softcard new`.

use std::{error::Error, path::PathBuf};

use clap::ValueEnum;
use jiff::civil::Date;
use jpki_softcard::{
    Birthdate, CardFile, CardOptions, Gender, Holder, Profile,
    ca::{AttributeForm, TestCa},
};

/// Make a card: keys, certificates, PINs and counters in one new file.
///
/// The file is readable by you alone. An existing file is never touched. The test CA is made on first use and kept in
/// your cache folder, so that all your cards have the same one.
#[derive(Debug, clap::Args)]
pub(super) struct New {
    /// The card's file; must not exist
    file: PathBuf,
    /// Name (氏名)
    #[arg(long, default_value = "見本　花子")]
    name: String,
    /// Address (住所)
    #[arg(long, default_value = "東京都架空市見本町一丁目２番３号")]
    address: String,
    /// Birth date (生年月日); 00 for a month and day that aren't known
    #[arg(long, default_value = "1990-04-01", value_name = "YYYY-MM-DD")]
    birthdate: Birthdate,
    /// Sex (性別): male, female, unknown or other
    #[arg(long, default_value_t = Gender::Female)]
    gender: Gender,
    /// PIN of the authentication certificate: 4 digits
    #[arg(long, default_value = "1234")]
    auth_pin: String,
    /// PIN of the text application (券面事項入力補助用): 4 digits
    #[arg(long, default_value = "1234")]
    text_pin: String,
    /// Password of the signature certificate: 6 to 16 of A-Z and 0-9
    #[arg(long, default_value = "ABC123")]
    sign_password: String,
    /// Kind of card
    #[arg(long, value_enum, default_value_t = Kind::Contact)]
    profile: Kind,
    #[command(flatten)]
    unusual: Unusual,
}

/// Cards that a reader has to get along with too.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Unusual cards")]
struct Unusual {
    /// A child's card: no signature certificate, and no password for it
    #[arg(long)]
    child: bool,
    /// A card without signature certificate, but with its password
    #[arg(long)]
    no_sign_certificate: bool,
    /// Last day of the authentication certificate, also in the past [default: the fifth birthday from now]
    #[arg(long, value_name = "YYYY-MM-DD")]
    auth_expires: Option<Date>,
    /// Last day of the signature certificate, also in the past [default: the fifth birthday from now]
    #[arg(long, value_name = "YYYY-MM-DD")]
    sign_expires: Option<Date>,
    /// Substitute characters (代替文字) of the name in the signature certificate: a digit for each character, 0 for none
    /// [default: all 0]
    #[arg(long, value_name = "DIGITS")]
    name_substitutes: Option<String>,
    /// Substitute characters of the address in the signature certificate [default: all 0]
    #[arg(long, value_name = "DIGITS")]
    address_substitutes: Option<String>,
    /// Digit before the birth date in the signature certificate, also an unknown one [default: 1 Meiji to 5 Reiwa]
    #[arg(long, value_name = "DIGIT")]
    era: Option<char>,
    /// Bytes of filler (FF) after the basic four in the text application's file
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    attributes_filler: u16,
    /// An issuer's signature over the basic four that doesn't fit
    #[arg(long)]
    broken_record: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// A card in a contact reader
    Contact,
    /// A card on a contactless reader
    Contactless,
    /// The secure element of an Android phone
    Android,
}

impl New {
    pub(super) fn run(self) -> Result<(), Box<dyn Error>> {
        if self.file.exists() {
            return Err(jpki_softcard::Error::Exists(self.file).into());
        }
        let unusual = self.unusual;
        let options = CardOptions {
            holder: Holder {
                name: self.name,
                address: self.address,
                birthdate: self.birthdate,
                gender: self.gender,
                ..Holder::default()
            },
            profile: match self.profile {
                Kind::Contact => Profile::Contact,
                Kind::Contactless => Profile::Contactless,
                Kind::Android => Profile::Android,
            },
            auth_pin: self.auth_pin,
            text_pin: self.text_pin,
            sign_password: self.sign_password,
            sign_certificate: !unusual.no_sign_certificate,
            child: unusual.child,
            auth_expires: unusual.auth_expires,
            sign_expires: unusual.sign_expires,
            attribute_form: AttributeForm {
                name_substitutes: unusual.name_substitutes,
                address_substitutes: unusual.address_substitutes,
                era: unusual.era,
            },
            attributes_filler: unusual.attributes_filler,
            broken_record: unusual.broken_record,
            ..CardOptions::default()
        };
        eprintln!("making RSA keys, which takes a few seconds (more the first time: the test CA) ...");
        let card = CardFile::issue(&TestCa::shared()?, &options)?;
        card.save_new(&self.file)?;
        println!("{}: a card for {} (test CA)", self.file.display(), options.holder.name);
        println!("serve it in a virtual reader: jpki-softcard serve {}", self.file.display());
        Ok(())
    }
}
