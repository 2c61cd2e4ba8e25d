//! A card's key and certificate in process, for tests in which no reader matters.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jpki_protocol::token::{ALGORITHM, AuthToken, FORMAT, signed_value_of};
use jpki_softcard::Holder;
use jpki_softcard::ca::{CertificateSpec, Family, Generation, TestCa};
use jpki_softcard::rsa::RsaPrivateKey;
use jpki_softcard::rsa::pkcs1v15::SigningKey;
use jpki_softcard::rsa::sha2::Sha256;
use jpki_softcard::rsa::signature::{SignatureEncoding as _, Signer as _};

use crate::Result;

/// The key for user authentication, its certificate, and the authority's.
#[derive(Debug)]
pub struct Card {
    key: RsaPrivateKey,
    certificate: Vec<u8>,
    authority: String,
}

impl Card {
    /// A test person's card.
    ///
    /// # Errors
    /// If keys can't be made.
    pub fn new() -> Result<Self> {
        let ca = TestCa::shared()?;
        let authority = ca.authority(Family::Auth, Generation::CURRENT)?;
        let key = ca.keys().key("card-auth")?;
        let certificate =
            authority.issue(&CertificateSpec::auth(&Holder::default(), authority, &key.to_public_key())?)?;
        Ok(Self { key, certificate, authority: authority.certificate_pem() })
    }

    /// The authority that a portal must believe, in PEM.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The token that an agent makes with the card for an origin and its challenge.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn token(&self, origin: &str, challenge: &str) -> Result<String> {
        let signature = SigningKey::<Sha256>::new(self.key.clone()).sign(&signed_value_of(origin, challenge));
        Ok(serde_json::to_string(&AuthToken {
            unverified_certificate: BASE64_STANDARD.encode(&self.certificate),
            algorithm: ALGORITHM.into(),
            signature: BASE64_STANDARD.encode(signature.to_vec()),
            format: FORMAT.into(),
            app_version: "https://example.com/app/1".into(),
        })?)
    }
}
