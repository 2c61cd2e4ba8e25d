//! Simulated cards: each has a certificate of its own, many share a key. Only a load tool may do that: making a
//! key takes a hundred times longer than all it is used for here.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jpki_protocol::token::{ALGORITHM, AuthToken, FORMAT, signed_value_of};
use jpki_softcard::ca::{Authority, CertificateSpec, Family, Generation, TestCa};
use jpki_softcard::rsa::RsaPrivateKey;
use jpki_softcard::rsa::pkcs8::EncodePrivateKey as _;
use jpki_softcard::{Holder, KeyStore};
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::RSA_PKCS1_SHA256;

use crate::Result;

/// How many keys the cards share.
const KEYS: usize = 4;

/// Issues cards under a test CA of its own process.
pub(crate) struct Issuer {
    ca: TestCa,
    keys: Vec<RsaPrivateKey>,
    holder: Holder,
}

/// A card, as far as a portal sees it.
pub(crate) struct Card {
    certificate: String,
    key: KeyPair,
}

impl Issuer {
    /// A new one. Its keys are made once for this user.
    pub(crate) fn new() -> Result<Self> {
        let store = KeyStore::shared()?;
        let keys = (0..KEYS).map(|i| store.key(&format!("load-{i}"))).collect::<std::result::Result<_, _>>()?;
        Ok(Self { ca: TestCa::new(store), keys, holder: Holder::default() })
    }

    fn authority(&self) -> Result<&Authority> {
        Ok(self.ca.authority(Family::Auth, Generation::CURRENT)?)
    }

    /// The CA certificate that the portal has to trust.
    pub(crate) fn root_pem(&self) -> Result<String> {
        Ok(self.authority()?.certificate_pem())
    }

    /// A new card.
    pub(crate) fn card(&self, number: usize) -> Result<Card> {
        let key = &self.keys[number % KEYS];
        let authority = self.authority()?;
        let certificate = authority.issue(&CertificateSpec::auth(&self.holder, authority, &key.to_public_key())?)?;
        let pkcs8 = key.to_pkcs8_der()?;
        let key = KeyPair::from_pkcs8(pkcs8.as_bytes()).map_err(|error| format!("a key is refused: {error}"))?;
        Ok(Card { certificate: BASE64_STANDARD.encode(certificate), key })
    }
}

impl Card {
    /// What the agent would give the page.
    pub(crate) fn token(&self, origin: &str, challenge: &str) -> Result<AuthToken> {
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &signed_value_of(origin, challenge), &mut signature)
            .map_err(|_| "the system has no randomness")?;
        Ok(AuthToken {
            unverified_certificate: self.certificate.clone(),
            algorithm: ALGORITHM.to_owned(),
            signature: BASE64_STANDARD.encode(signature),
            format: FORMAT.to_owned(),
            app_version: "https://jpki-bridge.example/load".to_owned(),
        })
    }
}
