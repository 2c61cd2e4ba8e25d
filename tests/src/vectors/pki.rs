//! The roots and keys of one run, and the ways a leaf is issued from them.

use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use jpki_softcard::ca::{Attribute, Authority, CertificateSpec, CrlSpec, Family, Generation, OcspSpec, OcspStatus};
use jpki_softcard::ca::{Marked, TestCa, distinguished_name};
use jpki_softcard::rsa::sha2::{Digest as _, Sha256};
use jpki_softcard::rsa::{Pkcs1v15Sign, RsaPrivateKey};
use jpki_softcard::x509_cert::der::asn1::{ObjectIdentifier, OctetString};
use jpki_softcard::x509_cert::ext::Extension;
use jpki_softcard::x509_cert::ext::pkix::CertificatePolicies;
use jpki_softcard::x509_cert::ext::pkix::certpolicy::PolicyInformation;
use jpki_softcard::{Holder, KeyStore};

use super::draft::Draft;
use super::file::RootEntry;
use crate::Result;

pub(super) const AUTH_PRODUCTION: &str = "1.2.392.200149.8.5.1.3.30";
pub(super) const SIGN_PRODUCTION: &str = "1.2.392.200149.8.5.1.1.20";

/// What certificates of the vectors come from.
pub(super) struct Pki {
    ca: TestCa,
    production: [Authority; 2],
    /// The key on the invented card.
    pub(super) card: RsaPrivateKey,
}

impl Pki {
    /// 2026-04-01T12:00:00Z, when tokens are verified unless a vector says otherwise.
    pub(super) const NOW: Timestamp = Timestamp::constant(1_775_044_800, 0);

    pub(super) fn new() -> Result<Self> {
        let ca = TestCa::new(KeyStore::in_memory());
        let production = [
            production_root(&ca, Family::Auth, "JPKI for user authentication")?,
            production_root(&ca, Family::Sign, "JPKI for digital signature")?,
        ];
        let card = ca.keys().key("card")?;
        Ok(Self { ca, production, card })
    }

    /// A key of this run by name.
    pub(super) fn key(&self, name: &str) -> Result<RsaPrivateKey> {
        Ok(self.ca.keys().key(name)?)
    }

    /// A root by the name that vectors use.
    pub(super) fn root(&self, name: &str) -> Result<&Authority> {
        let (family, generation) = match name {
            "auth-1" => (Family::Auth, Generation::First),
            "auth-2" => (Family::Auth, Generation::Second),
            "auth-3" => (Family::Auth, Generation::Third),
            "sign-3" => (Family::Sign, Generation::Third),
            "production-auth" => return Ok(&self.production[0]),
            "production-sign" => return Ok(&self.production[1]),
            _ => return Err(format!("no root is called {name}").into()),
        };
        Ok(self.ca.authority(family, generation)?)
    }

    pub(super) fn root_entry(&self, name: &str) -> Result<RootEntry> {
        let kind = if name.contains("auth") { "auth" } else { "sign" };
        let environment = if name.starts_with("production") { "production" } else { "test" };
        let pem = self.root(name)?.certificate_pem();
        Ok(RootEntry { kind: kind.to_owned(), environment: environment.to_owned(), pem })
    }

    /// A certificate of the profile of the root's kind, for the key on the card, valid around [`Self::NOW`].
    pub(super) fn profile(&self, root: &str) -> Result<CertificateSpec> {
        let issuer = self.root(root)?;
        let holder = Holder::default();
        let key = self.card.to_public_key();
        let (mut spec, production) = if root.contains("auth") {
            (CertificateSpec::auth(&holder, issuer, &key)?, AUTH_PRODUCTION)
        } else {
            (CertificateSpec::sign(&holder, issuer, &key)?, SIGN_PRODUCTION)
        };
        if root.starts_with("production") {
            spec.policies = Some(Marked::critical(policies(&[production])?));
        }
        spec.not_before = at("2025-04-01T03:00:00Z")?.into();
        spec.not_after = at("2030-04-01T14:59:59Z")?.into();
        Ok(spec)
    }

    /// A good token of a card of the current test generation.
    pub(super) fn good(&self) -> Result<Draft> {
        self.altered("auth-3", |_| Ok(()))
    }

    /// A token whose certificate was altered before `root` issued it; all else is good.
    pub(super) fn altered(&self, root: &str, alter: impl FnOnce(&mut CertificateSpec) -> Result<()>) -> Result<Draft> {
        let mut spec = self.profile(root)?;
        alter(&mut spec)?;
        self.issued_by(self.root(root)?, &spec)
    }

    /// A token of a certificate from any issuer.
    pub(super) fn issued_by(&self, issuer: &Authority, spec: &CertificateSpec) -> Result<Draft> {
        let mut draft = Draft::new(issuer.issue(spec)?, spec.serial.clone());
        self.sign(&mut draft)?;
        Ok(draft)
    }

    /// A good token whose certificate's bytes are replaced by others made of it.
    pub(super) fn rebuilt(&self, rebuild: impl FnOnce(&[u8], &RsaPrivateKey) -> Result<Vec<u8>>) -> Result<Draft> {
        let mut draft = self.good()?;
        draft.certificate = rebuild(&draft.certificate, self.root("auth-3")?.key())?;
        Ok(draft)
    }

    /// Signs the draft's origin and challenge with the card's key.
    pub(super) fn sign(&self, draft: &mut Draft) -> Result<()> {
        draft.signature = pkcs1(&self.card, &draft.signed_value())?;
        Ok(())
    }

    /// A good token to be checked with a list of its own root that revokes `serials`, altered before it is signed.
    pub(super) fn listed(&self, revoke: bool, alter: impl FnOnce(&mut CrlSpec) -> Result<()>) -> Result<Draft> {
        let mut draft = self.good()?;
        let serials = if revoke { vec![draft.serial.as_slice()] } else { vec![&[0x55; 8][..]] };
        let mut list = fresh_list(&serials)?;
        alter(&mut list)?;
        draft.crls = Some(vec![self.root("auth-3")?.crl(&list)?]);
        Ok(draft)
    }

    /// A good token to be checked with an OCSP response signed by its own root, altered before it is signed.
    pub(super) fn answered(&self, alter: impl FnOnce(&mut OcspSpec) -> Result<()>) -> Result<Draft> {
        self.answered_by(None, alter)
    }

    /// The same, signed by a responder.
    pub(super) fn answered_by(
        &self,
        responder: Option<&Authority>,
        alter: impl FnOnce(&mut OcspSpec) -> Result<()>,
    ) -> Result<Draft> {
        let mut draft = self.good()?;
        let nonce = Sha256::digest(b"nonce").to_vec();
        let updated = Self::NOW - SignedDuration::from_mins(10);
        let next = Self::NOW + SignedDuration::from_mins(5);
        let mut spec = OcspSpec::new(&draft.serial, OcspStatus::Good, updated.into(), next.into());
        spec.nonce = Some(nonce.clone());
        alter(&mut spec)?;
        draft.ocsp = Some((nonce, Some(self.root("auth-3")?.ocsp_response(&spec, responder)?)));
        Ok(draft)
    }

    /// A responder that `root` authorised, unless its certificate is altered.
    pub(super) fn responder(
        &self,
        root: &str,
        alter: impl FnOnce(&mut CertificateSpec) -> Result<()>,
    ) -> Result<Authority> {
        let key = self.key("responder")?;
        let mut spec = CertificateSpec::ocsp_responder(self.root(root)?, &key.to_public_key())?;
        alter(&mut spec)?;
        Ok(self.root(root)?.subordinate(&spec, key)?)
    }
}

/// Looks like a root of production and is none: its key is forgotten with this run.
fn production_root(ca: &TestCa, family: Family, unit: &str) -> Result<Authority> {
    let key = ca.keys().key(if family == Family::Auth { "production-auth" } else { "production-sign" })?;
    let mut spec = CertificateSpec::ca(family, Generation::Third, &key.to_public_key())?;
    spec.subject = distinguished_name(&[
        (Attribute::Country, "JP"),
        (Attribute::Organization, "JPKI"),
        (Attribute::Unit, unit),
        (Attribute::Unit, "Japan Agency for Local Authority Information Systems"),
    ])?;
    Ok(Authority::self_signed(&spec, key)?)
}

/// A list of today that revokes these.
pub(super) fn fresh_list(serials: &[&[u8]]) -> Result<CrlSpec> {
    let (made, next) = (at("2026-04-01T00:00:00Z")?, at("2026-04-02T06:00:00Z")?);
    Ok(CrlSpec::new(serials.iter().copied(), made.into(), next.into()))
}

/// RSASSA-PKCS1-v1_5 with SHA-256.
pub(super) fn pkcs1(key: &RsaPrivateKey, message: &[u8]) -> Result<Vec<u8>> {
    Ok(key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message))?)
}

/// Certificate policies without qualifiers.
pub(super) fn policies(oids: &[&str]) -> Result<CertificatePolicies> {
    let policy = |oid: &&str| Ok(PolicyInformation { policy_identifier: oid.parse()?, policy_qualifiers: None });
    Ok(CertificatePolicies(oids.iter().map(policy).collect::<Result<_>>()?))
}

/// An extension of any contents.
pub(super) fn extension(oid: &str, critical: bool, value: &[u8]) -> Result<Extension> {
    Ok(Extension { extn_id: ObjectIdentifier::new(oid)?, critical, extn_value: OctetString::new(value)? })
}

/// A moment.
pub(super) fn at(text: &str) -> Result<Timestamp> {
    Ok(text.parse()?)
}

/// A moment as certificates take it.
pub(super) fn time(text: &str) -> Result<SystemTime> {
    Ok(at(text)?.into())
}
