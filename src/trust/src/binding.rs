//! Which account a certificate belongs to, kept without keeping the certificate.
//!
//! J-LIS's terms bar service providers from storing certificates. What tells a card again is the issuer's name with
//! the serial number (発行番号); stored as a keyed hash, a stolen table tells nothing without the key.
//! A renewed or reissued card has another serial number: the account has to be linked anew.

use std::fmt;

use ring::hmac::{HMAC_SHA256, Key, sign};

use crate::VerifiedToken;

/// Keeps account hashes of this version apart from every other use of the same key.
const LABEL: &[u8] = b"jpki account binding v1\0";

/// The server's secret for account hashes: 32 random bytes, kept apart from the database, never changed.
#[derive(Debug, Clone)]
pub struct BindingKey(Key);

impl BindingKey {
    /// Takes the secret.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(Key::new(HMAC_SHA256, secret))
    }

    /// The account that an accepted certificate belongs to.
    pub fn account(&self, token: &VerifiedToken) -> AccountId {
        self.account_of(token.issuer_der(), token.serial_bytes())
    }

    /// Both parts are unambiguous side by side: a DER name says where it ends.
    fn account_of(&self, issuer: &[u8], serial: &[u8]) -> AccountId {
        let message = [LABEL, issuer, serial].concat();
        let mut id = [0; 32];
        id.copy_from_slice(sign(&self.0, &message).as_ref());
        AccountId(id)
    }
}

/// HMAC-SHA-256 of issuer and serial number; printed as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId([u8; 32]);

impl AccountId {
    /// The bytes, to be stored and looked up.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_depends_on_key_issuer_and_serial() {
        let key = BindingKey::new(&[1; 32]);
        let id = key.account_of(b"issuer", b"serial");
        assert_eq!(id, key.account_of(b"issuer", b"serial"));
        assert_ne!(id, key.account_of(b"issuer", b"other"));
        assert_ne!(id, key.account_of(b"another", b"serial"));
        assert_ne!(id, BindingKey::new(&[2; 32]).account_of(b"issuer", b"serial"));
        // printf 'jpki account binding v1\0issuerserial' | openssl mac -digest SHA256 -macopt hexkey:0101… HMAC
        assert_eq!(id.to_string(), "ccb17404899468923a3cd2f397b87a59f8409d6ff3cd1714e8924b5b99cec37b");
    }
}
