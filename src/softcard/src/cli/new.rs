//! `jpki-softcard new`.

use std::{error::Error, path::PathBuf};

use clap::ValueEnum;
use jiff::civil::Date;
use jpki_softcard::{CardFile, CardOptions, Gender, Holder, Profile, ca::TestCa};

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
    /// Birth date (生年月日)
    #[arg(long, default_value = "1990-04-01", value_name = "YYYY-MM-DD")]
    birthdate: Date,
    /// Sex (性別): male, female or other
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
    /// A card without signature certificate, as children have
    #[arg(long)]
    no_sign_certificate: bool,
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
            sign_certificate: !self.no_sign_certificate,
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
