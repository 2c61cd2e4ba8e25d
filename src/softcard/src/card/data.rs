//! Everything a card is: holder, keys, certificates, PINs and counters, as one document.

use std::{collections::BTreeMap, fmt, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::civil::Date;
use rsa::{
    RsaPrivateKey,
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _},
    rand_core::{OsRng, RngCore as _},
};
use serde::{Deserialize, Serialize};

use super::{CardOptions, files::PinId, text::SignedRecords};
use crate::{
    Error, Holder, KeyStore,
    ca::{CertificateSpec, Family, TestCa},
};

const FORMAT: &str = "jpki-softcard";
const VERSION: u32 = 1;

/// What kind of card, and how it is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// A card in a contact reader.
    #[default]
    Contact,
    /// A card on a contactless reader.
    Contactless,
    /// The secure element of an Android phone: another token label, the authentication certificate behind its PIN, only the
    /// JPKI application.
    Android,
}

impl Profile {
    /// The answer to reset; contactless ones are made up by the reader (PC/SC part 3).
    pub fn atr(self) -> &'static [u8] {
        match self {
            Self::Contact => &[0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0x14],
            Self::Contactless | Self::Android => {
                &[0x3B, 0x88, 0x80, 0x01, 0x00, 0x00, 0x41, 0xE0, 0xB3, 0x81, 0xA1, 0x00, 0x3B]
            }
        }
    }
}

/// A PIN, how often it may be tried, and how often still.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pin {
    pub(super) value: String,
    pub(super) limit: u8,
    pub(super) left: u8,
}

/// Private keys as PKCS #8 in base64.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredKeys {
    auth: String,
    sign: String,
    text: String,
    common: String,
}

/// The keys, ready for use.
#[derive(Clone)]
pub(super) struct Keys {
    pub(super) auth: RsaPrivateKey,
    pub(super) sign: RsaPrivateKey,
    pub(super) text: RsaPrivateKey,
    pub(super) common: RsaPrivateKey,
}

/// Certificates as DER.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Certificates {
    #[serde(with = "base64_der")]
    pub(super) auth: Vec<u8>,
    #[serde(with = "base64_der::optional")]
    pub(super) sign: Option<Vec<u8>>,
    #[serde(with = "base64_der")]
    pub(super) auth_ca: Vec<u8>,
    #[serde(with = "base64_der")]
    pub(super) sign_ca: Vec<u8>,
    /// All authorities of the test CA at the time of issue, as PEM: the trust anchors of this card.
    pub(super) authorities: Vec<String>,
}

/// A card at rest: what [`SoftCard`](crate::SoftCard) is made from and what a card's file holds.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardFile {
    format: String,
    version: u32,
    pub(super) profile: Profile,
    pub(super) holder: Holder,
    /// Thirteen digits: the manufacture number, 製造番号.
    pub(super) serial: String,
    pub(super) expiry: Date,
    pub(super) pins: BTreeMap<PinId, Pin>,
    pub(super) certificates: Certificates,
    pub(super) text: SignedRecords,
    /// Bytes of filler after the basic four.
    #[serde(default)]
    pub(super) attributes_filler: u16,
    keys: StoredKeys,
}

impl fmt::Debug for CardFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardFile").field("serial", &self.serial).field("profile", &self.profile).finish_non_exhaustive()
    }
}

impl CardFile {
    /// Issues a card with keys of its own; takes a few seconds.
    ///
    /// # Errors
    /// [`Error::Holder`] and [`Error::Pin`] for options no card can have; those of making keys and certificates.
    pub fn issue(ca: &TestCa, options: &CardOptions) -> Result<Self, Error> {
        Self::issue_with_keys(ca, options, &KeyStore::in_memory())
    }

    /// Issues a card for a test: in no time, because it shares the four keys named `card-…` of `keys` with all others.
    ///
    /// # Errors
    /// As [`CardFile::issue`].
    pub fn issue_with_keys(ca: &TestCa, options: &CardOptions, keys: &KeyStore) -> Result<Self, Error> {
        options.check()?;
        let holder = &options.holder;
        let (auth, sign) = (keys.key("card-auth")?, keys.key("card-sign")?);
        let auth_ca = ca.authority(Family::Auth, options.generation)?;
        let sign_ca = ca.authority(Family::Sign, options.generation)?;
        let mut auth_spec = CertificateSpec::auth(holder, auth_ca, &auth.to_public_key())?;
        let form = &options.attribute_form;
        let mut sign_spec = CertificateSpec::sign_in_form(holder, form, sign_ca, &sign.to_public_key())?;
        for (spec, last) in [(&mut auth_spec, options.auth_expires), (&mut sign_spec, options.sign_expires)] {
            last.map_or(Ok(()), |last| spec.end_on(last))?;
        }
        let has_sign_certificate = options.sign_certificate && !options.child;
        let text = keys.key("card-text")?;
        let expiry = holder.birthday_after(crate::ca::today_in_tokyo(), 10)?;
        Ok(Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            profile: options.profile,
            holder: holder.clone(),
            serial: format!("{:013}", OsRng.next_u64() % 10_000_000_000_000),
            expiry,
            pins: pins(options, expiry),
            certificates: Certificates {
                auth: auth_ca.issue(&auth_spec)?,
                sign: if has_sign_certificate { Some(sign_ca.issue(&sign_spec)?) } else { None },
                auth_ca: auth_ca.certificate().to_vec(),
                sign_ca: sign_ca.certificate().to_vec(),
                authorities: ca.all()?.into_iter().map(|authority| authority.certificate_pem()).collect(),
            },
            text: SignedRecords::issue(holder, &text.to_public_key(), ca.keys(), options.broken_record)?,
            attributes_filler: options.attributes_filler,
            keys: StoredKeys {
                auth: to_text(&auth)?,
                sign: to_text(&sign)?,
                text: to_text(&text)?,
                common: to_text(&keys.key("card-common")?)?,
            },
        })
    }

    /// The test CA's certificates as of the card's issue, PEM, all generations of both families.
    pub fn authorities_pem(&self) -> String {
        self.certificates.authorities.concat()
    }

    /// The 利用者証明用 certificate, DER.
    pub fn auth_certificate(&self) -> &[u8] {
        &self.certificates.auth
    }

    /// The 署名用 certificate, DER, of a card that has one.
    pub fn sign_certificate(&self) -> Option<&[u8]> {
        self.certificates.sign.as_deref()
    }

    /// The card's invented holder.
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// Which kind of card.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    pub(super) fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        Ok(json)
    }

    /// Reads a card's document, wholly or not at all.
    pub(super) fn from_json(path: &Path, json: &[u8]) -> Result<(Self, Keys), Error> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
        }
        let broken = |reason: String| Error::CardFile { path: path.to_owned(), reason };
        let head: Head = serde_json::from_slice(json).map_err(|e| broken(format!("it isn't a card's JSON ({e})")))?;
        if head.format != FORMAT {
            return Err(broken(format!("its format is {:?}", head.format)));
        }
        if head.version != VERSION {
            let theirs = head.version;
            return Err(broken(format!("it has version {theirs}, this program reads version {VERSION}")));
        }
        let card: Self = serde_json::from_slice(json).map_err(|e| broken(e.to_string()))?;
        let whole = |pin: &PinId| match card.pins.get(pin) {
            Some(pin) => pin.left <= pin.limit && pin.limit <= 15,
            // As on a child's card.
            None => *pin == PinId::Sign && card.certificates.sign.is_none(),
        };
        if !PinId::ALL.iter().all(whole) {
            return Err(broken("a PIN is missing or its counter is out of range".to_owned()));
        }
        if card.serial.len() != 13 || card.holder.check().is_err() {
            return Err(broken("the holder's data or the serial number is damaged".to_owned()));
        }
        let keys = card.keys().map_err(|e| broken(e.to_string()))?;
        Ok((card, keys))
    }

    pub(super) fn keys(&self) -> Result<Keys, Error> {
        Ok(Keys {
            auth: from_text(&self.keys.auth)?,
            sign: from_text(&self.keys.sign)?,
            text: from_text(&self.keys.text)?,
            common: from_text(&self.keys.common)?,
        })
    }

    /// The first twenty digits of the common AP's record: a serial number of fifteen with the manufacture number at
    /// its end, and the municipality.
    pub(super) fn serial_and_municipality(&self) -> String {
        format!("40{}{}", self.serial, self.holder.municipality)
    }

    pub(super) fn expiry_digits(&self) -> String {
        self.expiry.strftime("%Y%m%d").to_string()
    }
}

fn pins(options: &CardOptions, expiry: Date) -> BTreeMap<PinId, Pin> {
    let pin = |value: &str, limit| Pin { value: value.to_owned(), limit, left: limit };
    let mut pins = BTreeMap::from([
        (PinId::Auth, pin(&options.auth_pin, 3)),
        (PinId::Sign, pin(&options.sign_password, 5)),
        (PinId::Text, pin(&options.text_pin, 3)),
        (PinId::TextBlocked, Pin { value: String::new(), limit: 3, left: 0 }),
        (PinId::NumberA, pin(&options.holder.my_number, 10)),
        (PinId::NumberB, pin(&options.holder.number_b(expiry), 10)),
        // The person sees one 住民基本台帳用 PIN; cards are issued with the same digits here.
        (PinId::Common, pin(&options.text_pin, 3)),
    ]);
    if options.child {
        pins.remove(&PinId::Sign);
    }
    pins
}

fn to_text(key: &RsaPrivateKey) -> Result<String, Error> {
    Ok(BASE64_STANDARD.encode(key.to_pkcs8_der().map_err(|e| unreadable(&e))?.as_bytes()))
}

fn from_text(text: &str) -> Result<RsaPrivateKey, Error> {
    let der = BASE64_STANDARD.decode(text).map_err(|e| unreadable(&e))?;
    RsaPrivateKey::from_pkcs8_der(&der).map_err(|e| unreadable(&e))
}

fn unreadable(reason: &dyn fmt::Display) -> Error {
    Error::Key { place: "the card's file".to_owned(), reason: reason.to_string() }
}

/// Bytes as a base64 string.
pub(super) mod base64_der {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    use serde::{Deserialize, Deserializer, Serialize as _, Serializer, de::Error};

    pub(in super::super) fn serialize<S: Serializer>(der: &[u8], to: S) -> Result<S::Ok, S::Error> {
        BASE64_STANDARD.encode(der).serialize(to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        BASE64_STANDARD.decode(String::deserialize(from)?).map_err(D::Error::custom)
    }

    /// The same, or null.
    pub(super) mod optional {
        use super::*;

        pub(in super::super) fn serialize<S: Serializer>(der: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
            der.as_ref().map(|der| BASE64_STANDARD.encode(der)).serialize(to)
        }

        pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
            let text = Option::<String>::deserialize(from)?;
            text.map(|text| BASE64_STANDARD.decode(text).map_err(D::Error::custom)).transpose()
        }
    }
}
