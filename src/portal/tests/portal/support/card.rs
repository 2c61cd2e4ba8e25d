//! A test card in software, without a reader: it signs what an agent would have it sign.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jpki_protocol::token::{ALGORITHM, AuthToken, FORMAT, signed_value_of};
use jpki_softcard::Holder;
use jpki_softcard::ca::{Authority, CertificateSpec, Family, Generation, TestCa};
use jpki_softcard::rsa::sha2::{Digest as _, Sha256};
use jpki_softcard::rsa::{Pkcs1v15Sign, RsaPrivateKey};

use super::TestPortal;

/// Somebody's card. Each has a serial number of its own, as every issued card has.
pub(crate) struct TestCard {
    key: RsaPrivateKey,
    certificate: Vec<u8>,
}

impl TestCard {
    /// A card that is in order.
    pub(crate) fn new() -> Self {
        Self::with(|_| ())
    }

    /// A card whose certificate says something else.
    pub(crate) fn with(alter: impl FnOnce(&mut CertificateSpec)) -> Self {
        let ca = TestCa::shared().unwrap();
        Self::issued(&ca, ca.authority(Family::Auth, Generation::CURRENT).unwrap(), alter)
    }

    /// A card that has expired.
    pub(crate) fn expired() -> Self {
        Self::with(|spec| spec.not_after = SystemTime::now() - Duration::from_secs(3600))
    }

    /// A card of somebody who gave a root of their own the name of the real one.
    pub(crate) fn foreign() -> Self {
        let ca = TestCa::shared().unwrap();
        let key = ca.keys().key("foreign-root").unwrap();
        let spec = CertificateSpec::ca(Family::Auth, Generation::CURRENT, &key.to_public_key()).unwrap();
        Self::issued(&ca, &Authority::self_signed(&spec, key).unwrap(), |_| ())
    }

    fn issued(ca: &TestCa, issuer: &Authority, alter: impl FnOnce(&mut CertificateSpec)) -> Self {
        let key = ca.keys().key("card-auth").unwrap();
        let mut spec = CertificateSpec::auth(&Holder::default(), issuer, &key.to_public_key()).unwrap();
        // A test's clock starts with the machine's.
        spec.not_before = SystemTime::now() - Duration::from_secs(24 * 3600);
        alter(&mut spec);
        Self { certificate: issuer.issue(&spec).unwrap(), key }
    }

    /// The root that believes these cards, PEM.
    pub(crate) fn root() -> String {
        TestCa::shared().unwrap().authority(Family::Auth, Generation::CURRENT).unwrap().certificate_pem()
    }

    /// The token for a challenge of the portal, as the page module gives it.
    pub(crate) fn token(&self, challenge: &str) -> String {
        self.token_at(TestPortal::ISSUER, challenge)
    }

    /// The token that another site would get.
    pub(crate) fn token_at(&self, origin: &str, challenge: &str) -> String {
        let digest = Sha256::digest(signed_value_of(origin, challenge));
        let signature = self.key.sign(Pkcs1v15Sign::new::<Sha256>(), &digest).unwrap();
        let token = AuthToken {
            unverified_certificate: BASE64_STANDARD.encode(&self.certificate),
            algorithm: ALGORITHM.to_owned(),
            signature: BASE64_STANDARD.encode(signature),
            format: FORMAT.to_owned(),
            app_version: "https://jpki-bridge.example/releases/v0.1.0".to_owned(),
        };
        serde_json::to_string(&token).unwrap()
    }
}
