//! What is asked: one certificate, named by hashes (RFC 6960, section 4.1).

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::Subject;
use crate::der::{tag, write};

/// SHA-1 with its NULL. Every responder knows it, and it only names an issuer that is pinned anyway.
const SHA1: [u8; 11] = [0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00];

/// id-pkix-ocsp-nonce, 1.3.6.1.5.5.7.48.1.2
pub(super) const NONCE: [u8; 9] = [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02];

/// A `CertID`: hash of the issuer's name, hash of its key, serial number.
pub(super) struct CertId(Vec<u8>);

impl CertId {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let hash = |bytes: &[u8]| write(tag::OCTET_STRING, &[digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref()]);
        let name = hash(subject.root().name());
        let key = hash(subject.root().key().as_der());
        let serial = write(tag::INTEGER, &[subject.serial()]);
        Self(write(tag::SEQUENCE, &[&SHA1, &name, &key, &serial]))
    }

    pub(super) fn as_der(&self) -> &[u8] {
        &self.0
    }

    /// The DER of an unsigned request for this one certificate with a nonce (RFC 9654).
    pub(super) fn request(&self, nonce: &[u8; 32]) -> Vec<u8> {
        let requests = write(tag::SEQUENCE, &[&write(tag::SEQUENCE, &[&self.0])]);
        let value = write(tag::OCTET_STRING, &[&write(tag::OCTET_STRING, &[nonce])]);
        let extension = write(tag::SEQUENCE, &[&write(tag::OID, &[&NONCE]), &value]);
        let extensions = write(tag::context(2), &[&write(tag::SEQUENCE, &[&extension])]);
        write(tag::SEQUENCE, &[&write(tag::SEQUENCE, &[&requests, &extensions])])
    }
}
