//! The two keys of the JPKI application, as types.
//!
//! A [`crate::Verified<Auth>`] can't sign with the signature key: what a PIN opened is part of the
//! type. File identifiers come from `myna-card`, which measured them.

use myna_card::ap::jpki::ef;

use crate::pin::PinKind;

/// A private key of the JPKI application, with its PIN and certificate.
pub trait Key: PinKind {
    /// EF of the private key.
    const KEY: u16;
    /// EF of its PIN.
    const PIN: u16;
    /// EF of its certificate.
    const CERTIFICATE: u16;
    /// EF of the certificate of the authority that issued it.
    const CA_CERTIFICATE: u16;
}

/// The authentication key (利用者証明用秘密鍵): signing in. Three attempts.
#[derive(Debug)]
pub struct Auth;

impl Key for Auth {
    const KEY: u16 = ef::AUTH_KEY;
    const PIN: u16 = ef::AUTH_PIN;
    const CERTIFICATE: u16 = ef::AUTH_CERTIFICATE;
    const CA_CERTIFICATE: u16 = ef::AUTH_CA_CERTIFICATE;
}

/// The signature key (署名用秘密鍵): legally binding signatures. Five attempts.
#[derive(Debug)]
pub struct Sign;

impl Key for Sign {
    const KEY: u16 = ef::SIGN_KEY;
    const PIN: u16 = ef::SIGN_PIN;
    const CERTIFICATE: u16 = ef::SIGN_CERTIFICATE;
    const CA_CERTIFICATE: u16 = ef::SIGN_CA_CERTIFICATE;
}
