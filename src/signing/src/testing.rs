//! Signers for the tests, of this crate and beside it: keys and certificates of the software card's test CA.
#![allow(dead_code, clippy::unwrap_used)]

use std::sync::OnceLock;

use jpki_signing::{Draft, Signer};
use jpki_softcard::Holder;
use jpki_softcard::ca::{CertificateSpec, Family, Generation, TestCa};
use jpki_softcard::rsa::pkcs8::{EncodePrivateKey as _, LineEnding};
use jpki_softcard::rsa::{Pkcs1v15Sign, RsaPrivateKey, sha2::Sha256};

struct Identity {
    key: RsaPrivateKey,
    certificate: Vec<u8>,
}

fn identity(name: &'static str, cell: &'static OnceLock<Identity>) -> &'static Identity {
    cell.get_or_init(|| {
        let ca = TestCa::shared().unwrap();
        let key = ca.keys().key(name).unwrap();
        let issuer = ca.authority(Family::Sign, Generation::CURRENT).unwrap();
        let spec = CertificateSpec::sign(&Holder::default(), issuer, &key.to_public_key()).unwrap();
        Identity { certificate: issuer.issue(&spec).unwrap(), key }
    })
}

fn first() -> &'static Identity {
    static CELL: OnceLock<Identity> = OnceLock::new();
    identity("signing-first", &CELL)
}

fn second() -> &'static Identity {
    static CELL: OnceLock<Identity> = OnceLock::new();
    identity("signing-second", &CELL)
}

fn as_signer(identity: &Identity) -> Signer {
    Signer { certificate: identity.certificate.clone(), time: "2026-11-21T09:30:15Z".parse().unwrap() }
}

fn with(identity: &Identity, digest: &[u8]) -> Vec<u8> {
    identity.key.sign(Pkcs1v15Sign::new::<Sha256>(), digest).unwrap()
}

/// The one who signs in nearly every test.
pub(crate) fn signer() -> Signer {
    as_signer(first())
}

/// Somebody else, of the same CA.
pub(crate) fn other_signer() -> Signer {
    as_signer(second())
}

/// What the card does with a SHA-256 digest, with the key of [`signer`].
pub(crate) fn sign(digest: impl AsRef<[u8]>) -> Vec<u8> {
    with(first(), digest.as_ref())
}

/// The whole way of a draft, signed by [`signer`].
pub(crate) fn signed(draft: &mut dyn Draft) -> Vec<u8> {
    run(draft, first())
}

/// The whole way of a draft, signed by [`other_signer`].
pub(crate) fn signed_by_other(draft: &mut dyn Draft) -> Vec<u8> {
    run(draft, second())
}

/// The CA above both, PEM.
pub(crate) fn authority_pem() -> String {
    let ca = TestCa::shared().unwrap();
    ca.authority(Family::Sign, Generation::CURRENT).unwrap().certificate_pem()
}

/// The key of [`signer`], PEM (PKCS #8).
pub(crate) fn key_pem() -> String {
    first().key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
}

fn run(draft: &mut dyn Draft, identity: &Identity) -> Vec<u8> {
    let digest = draft.digest(&as_signer(identity)).unwrap();
    let mut out = Vec::new();
    draft.finish(&with(identity, &digest), &mut out).unwrap();
    out
}
