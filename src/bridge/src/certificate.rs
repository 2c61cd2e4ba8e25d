//! What the agent has to know of a card's certificate: when it ends, and whether a signature is its.
//!
//! Who issued it is never judged here: that is the verifier's part (protocol, section 5).

use jpki_protocol::ErrorCode;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// A certificate as it was read from a card.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CardCertificate {
    der: Vec<u8>,
    /// The RSAPublicKey structure (RFC 8017, appendix A.1.1).
    public_key: Vec<u8>,
}

impl CardCertificate {
    /// Reads a certificate.
    ///
    /// # Errors
    /// `card_error` for anything that is not one, `certificate_expired` after its end.
    pub(crate) fn parse(der: &[u8], now: jiff::Timestamp) -> Result<Self, ErrorCode> {
        let (rest, certificate) = X509Certificate::from_der(der).map_err(|_| ErrorCode::CardError)?;
        if !rest.is_empty() {
            return Err(ErrorCode::CardError);
        }
        if certificate.validity().not_after.timestamp() < now.as_second() {
            return Err(ErrorCode::CertificateExpired);
        }
        let public_key = certificate.public_key().subject_public_key.data.to_vec();
        Ok(Self { der: der.to_vec(), public_key })
    }

    /// The certificate's bytes.
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether a signature over `message` was made with this certificate's key, so that a card that
    /// was swapped at the wrong moment gives an error here and not a token that puzzles a server.
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public_key);
        key.verify(message, signature).is_ok()
    }
}

/// When a certificate ends, also one that has; none for anything that is not a certificate.
pub(crate) fn expires(der: &[u8]) -> Option<jiff::Timestamp> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    jiff::Timestamp::from_second(certificate.validity().not_after.timestamp()).ok()
}

#[cfg(test)]
impl CardCertificate {
    /// A value that stands for a certificate where nothing looks inside.
    pub(crate) fn for_tests() -> Self {
        Self { der: vec![0x30], public_key: Vec::new() }
    }
}
