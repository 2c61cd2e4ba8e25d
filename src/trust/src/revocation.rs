//! Whether a certificate that is in order was withdrawn: one trait, three ways to answer it.
//! The verifier comes in after everything else holds, so nobody can make a server ask about certificates
//! that its roots never issued. An answer that can't be had is a refusal of its own, never a yes.

mod crl;
mod ocsp;
mod scope;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

pub use crl::CrlFiles;
pub use ocsp::{NonceSource, OCSP_REQUEST_MEDIA_TYPE, Ocsp, OcspRules, OcspTransport, SystemNonce, TransportError};

use crate::{Refusal, Root};

/// How far the clocks of two machines may differ.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// What is known about revocation of an accepted certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Revocation {
    /// Nobody was asked: the certificate may have been revoked at any time since it was issued.
    NotChecked,
    /// It was not revoked.
    Checked {
        /// Who said so.
        by: RevocationSource,
        /// The moment the statement was made for (`thisUpdate`).
        as_of: Timestamp,
    },
}

/// Who stated that a certificate was not revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RevocationSource {
    /// A certificate revocation list.
    Crl,
    /// An OCSP responder.
    Ocsp,
}

/// The certificate in question, as a [`RevocationChecker`] sees it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    root: &'a Root,
    serial: &'a [u8],
    distribution_points: Option<&'a [u8]>,
}

impl<'a> Subject<'a> {
    pub(crate) fn new(root: &'a Root, serial: &'a [u8], distribution_points: Option<&'a [u8]>) -> Self {
        Self { root, serial, distribution_points }
    }

    /// The root that issued it.
    pub fn root(&self) -> &'a Root {
        self.root
    }

    /// Its serial number (発行番号), the contents of the DER INTEGER.
    pub fn serial(&self) -> &'a [u8] {
        self.serial
    }
}

/// Says whether a certificate was revoked.
///
/// Calls may block on the network: a server that serves many at once runs verification on a thread where it may.
pub trait RevocationChecker: Send + Sync {
    /// Checks one certificate at a moment.
    ///
    /// # Errors
    /// [`Refusal::Revoked`], [`Refusal::RevocationUnknown`], or one for which [`Refusal::is_temporary`] is true.
    fn check(&self, subject: &Subject<'_>, now: Timestamp) -> Result<Revocation, Refusal>;
}

impl<T: RevocationChecker + ?Sized> RevocationChecker for Box<T> {
    fn check(&self, subject: &Subject<'_>, now: Timestamp) -> Result<Revocation, Refusal> {
        (**self).check(subject, now)
    }
}

/// Asks nobody, and the result says so.
#[derive(Debug, Clone, Copy, Default)]
pub struct NotChecked;

impl RevocationChecker for NotChecked {
    fn check(&self, _: &Subject<'_>, _: Timestamp) -> Result<Revocation, Refusal> {
        Ok(Revocation::NotChecked)
    }
}
