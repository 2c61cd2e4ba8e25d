//! A card's keys and certificates, and what an agent makes with them.

use axum::Router;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jpki_demo::site::{SiteConfig, router};
use jpki_protocol::token::{ALGORITHM, AuthToken, FORMAT, signed_value_of};
use jpki_protocol::{Attributes, Challenge, Origin, OriginPolicy};
use jpki_signing::cms::CmsDraft;
use jpki_signing::{Draft as _, Signer as Who};
use jpki_softcard::ca::{CertificateSpec, Family, Generation, TestCa};
use jpki_softcard::rsa::RsaPrivateKey;
use jpki_softcard::rsa::pkcs1v15::SigningKey;
use jpki_softcard::rsa::sha2::{Digest as _, Sha256};
use jpki_softcard::rsa::signature::hazmat::PrehashSigner as _;
use jpki_softcard::rsa::signature::{SignatureEncoding as _, Signer as _};
use jpki_softcard::{Holder, KeyStore};
use jpki_trust::{Environment, TrustStore};
use serde_json::{Value, json};

pub(crate) const SITE: &str = "https://shop.example";

/// One of a card's keys with its certificate.
pub(crate) struct Key {
    key: RsaPrivateKey,
    certificate: Vec<u8>,
}

/// A card's keys and certificates.
pub(crate) struct Card {
    pub(crate) auth: Key,
    pub(crate) sign: Key,
}

impl Card {
    pub(crate) fn new(ca: &TestCa) -> Self {
        let (auth, sign) = (ca.keys().key("card-auth").unwrap(), ca.keys().key("card-sign").unwrap());
        let issuer = |family| ca.authority(family, Generation::CURRENT).unwrap();
        let of_auth = CertificateSpec::auth(&Holder::default(), issuer(Family::Auth), &auth.to_public_key()).unwrap();
        let of_sign = CertificateSpec::sign(&Holder::default(), issuer(Family::Sign), &sign.to_public_key()).unwrap();
        Self {
            auth: Key { key: auth, certificate: issuer(Family::Auth).issue(&of_auth).unwrap() },
            sign: Key { key: sign, certificate: issuer(Family::Sign).issue(&of_sign).unwrap() },
        }
    }

    /// As `authenticate` gives it.
    pub(crate) fn token(&self, origin: &str, challenge: &str) -> String {
        serde_json::to_string(&self.auth.token(origin, challenge)).unwrap()
    }

    /// As `readAttributes` gives them.
    pub(crate) fn attributes(&self, origin: &str, challenge: &str, attributes: &Attributes) -> Value {
        let bound = attributes.bound_challenge(&Challenge::parse(challenge).unwrap());
        let record = json!({ "signature": "valid", "issuer": "unknown" });
        let token = self.auth.token(origin, &bound);
        json!({ "attributes": attributes, "source": "card", "token": token, "record": record })
    }
}

impl Key {
    fn token(&self, origin: &str, challenge: &str) -> AuthToken {
        let signature = SigningKey::<Sha256>::new(self.key.clone()).sign(&signed_value_of(origin, challenge));
        AuthToken {
            unverified_certificate: BASE64_STANDARD.encode(&self.certificate),
            algorithm: ALGORITHM.into(),
            signature: BASE64_STANDARD.encode(signature.to_vec()),
            format: FORMAT.into(),
            app_version: "https://example.com/app/1".into(),
        }
    }

    /// A detached CMS signature over `content`, as `sign` gives it.
    pub(crate) fn cms(&self, content: &[u8]) -> String {
        let who = Who { certificate: self.certificate.clone(), time: Timestamp::now() };
        let mut draft = CmsDraft::new(Sha256::digest(content).into());
        let digest = draft.digest(&who).unwrap();
        let signature = SigningKey::<Sha256>::new(self.key.clone()).sign_prehash(&digest).unwrap();
        let mut cms = Vec::new();
        draft.finish(&signature.to_vec(), &mut cms).unwrap();
        BASE64_STANDARD.encode(cms)
    }
}

/// The site, and a card of an authority that it pins.
pub(crate) fn site_and_card() -> (Router, Card) {
    let ca = TestCa::shared().unwrap();
    let mut roots = TrustStore::new();
    for family in [Family::Auth, Family::Sign] {
        let root = ca.authority(family, Generation::CURRENT).unwrap().certificate_pem();
        roots.add_pem(&root, Environment::Test).unwrap();
    }
    let origin = Origin::parse(SITE, OriginPolicy::Secure).unwrap();
    (router(SiteConfig { origin, roots, agent_port: Some(45001) }), Card::new(&ca))
}

/// An authority that the site doesn't pin.
pub(crate) fn other_ca() -> TestCa {
    TestCa::new(KeyStore::in_memory())
}
