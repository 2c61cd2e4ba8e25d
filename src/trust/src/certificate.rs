//! One certificate and the rules for it: read strictly, looked at on its own, then under its root.
//! Tokens, and whoever verifies a document's signature, come in here with bytes they don't trust.
//! No signature but the issuer's is checked here, and revocation never is.

mod form;
mod standing;

use jiff::Timestamp;
use x509_parser::certificate::X509Certificate;
use x509_parser::der_parser::oid::Oid;
use x509_parser::extensions::{ParsedExtension, X509Extension};
use x509_parser::prelude::FromDer as _;
use x509_parser::time::ASN1Time;
use x509_parser::x509::AlgorithmIdentifier;

use crate::der::{self, DerError, Signed, tag};
use crate::key::RsaKey;
use crate::{Kind, Refusal, Root, TrustStore};

/// The largest certificate that is read, in bytes; those of My Number Cards have under 2000.
const MAX_BYTES: usize = 8192;

/// A certificate that can be read and whose form is right; nothing is said about who issued it.
#[derive(Debug)]
pub(crate) struct Leaf<'a> {
    pub(crate) x509: X509Certificate<'a>,
    pub(crate) signed: Signed<'a>,
    pub(crate) key: RsaKey,
}

impl<'a> Leaf<'a> {
    /// Reads a certificate and checks everything that can be checked without its issuer.
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, Refusal> {
        let (x509, signed) = parse(der)?;
        form::check(&x509, &signed)?;
        let key = RsaKey::from_info(x509.public_key())?;
        Ok(Self { x509, signed, key })
    }

    /// Finds the root that issued it and checks it as a certificate of `kind` at `now`.
    pub(crate) fn check_under<'s>(
        &self,
        store: &'s TrustStore,
        kind: Kind,
        now: Timestamp,
    ) -> Result<&'s Root, Refusal> {
        standing::check(self, store, kind, now)
    }
}

/// Reads exactly one DER certificate, and what of it is signed.
pub(crate) fn parse(der: &[u8]) -> Result<(X509Certificate<'_>, Signed<'_>), Refusal> {
    if der.len() > MAX_BYTES {
        return Err(Refusal::CertificateMalformed);
    }
    let signed = der::check_canonical(der).and_then(|()| Signed::read(der)).map_err(|error| match error {
        DerError::Malformed => Refusal::CertificateMalformed,
        DerError::NotCanonical => Refusal::CertificateNotCanonical,
    })?;
    match X509Certificate::from_der(der) {
        Ok(([], x509)) => Ok((x509, signed)),
        _ => Err(Refusal::CertificateMalformed),
    }
}

/// The extension with this identifier, if there is one.
pub(crate) fn extension<'c, 'a>(x509: &'c X509Certificate<'a>, oid: &Oid<'_>) -> Option<&'c X509Extension<'a>> {
    x509.extensions().iter().find(|extension| extension.oid == *oid)
}

/// The key identifier that the certificate gives its own key.
pub(crate) fn subject_key_identifier<'a>(x509: &X509Certificate<'a>) -> Option<&'a [u8]> {
    x509.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectKeyIdentifier(identifier) => Some(identifier.0),
        _ => None,
    })
}

/// The key identifier of the key that signed, as certificates and revocation lists name it.
pub(crate) fn authority_key_identifier<'a>(extensions: &[X509Extension<'a>]) -> Option<&'a [u8]> {
    extensions.iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(authority) => authority.key_identifier.as_ref().map(|id| id.0),
        _ => None,
    })
}

/// Whether the algorithm inside the signed part is sha256WithRSAEncryption too.
pub(crate) fn is_sha256_with_rsa(algorithm: &AlgorithmIdentifier<'_>) -> bool {
    let parameters = algorithm.parameters.as_ref();
    algorithm.algorithm == x509_parser::oid_registry::OID_PKCS1_SHA256WITHRSA
        && parameters.is_some_and(|any| any.tag().0 == u32::from(tag::NULL) && any.data.is_empty())
}

/// A time of a certificate as a moment.
pub(crate) fn moment(time: ASN1Time) -> Result<Timestamp, Refusal> {
    Timestamp::from_second(time.timestamp()).map_err(|_| Refusal::CertificateMalformed)
}
