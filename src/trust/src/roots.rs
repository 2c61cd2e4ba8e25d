//! The pinned roots: the only certificates that are believed because they are there.

use std::sync::Arc;

use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;
use x509_parser::pem::Pem;

use crate::certificate::{is_sha256_with_rsa, moment, parse, subject_key_identifier};
use crate::key::RsaKey;
use crate::{Environment, Kind};

const AUTH_UNIT: &str = "JPKI for user authentication";
const SIGN_UNIT: &str = "JPKI for digital signature";
const PRODUCTION: &str = "JPKI";
const TEST: &str = "JPKI-TEST";

/// Why a certificate can't be a pinned root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RootError {
    /// No PEM block labelled `CERTIFICATE`, or a damaged one.
    #[error("this is no PEM text with certificates; give the root as -----BEGIN CERTIFICATE-----")]
    NotPem,
    /// Not a readable certificate with a usable RSA key.
    #[error("this is no readable X.509 certificate with an RSA key; take the file from its publisher again")]
    Unreadable,
    /// Not a self-signed CA certificate.
    #[error(
        "this is no self-signed CA certificate with a key identifier, so it can't be a root; give the root, not a leaf"
    )]
    NotARoot,
    /// Its name is not that of a JPKI root.
    #[error(
        "the root's name is neither of user authentication nor of digital signature \
         under O=JPKI or O=JPKI-TEST; only JPKI roots can be pinned"
    )]
    NotJpki,
    /// A test root offered as a production root, or the reverse.
    #[error("the root's O attribute says another environment than the one it was added for; add it for that one")]
    WrongEnvironment,
}

/// One self-signed root certificate of JPKI, read and found fit.
#[derive(Debug, Clone)]
pub struct Root {
    kind: Kind,
    environment: Environment,
    name: Vec<u8>,
    key_identifier: Vec<u8>,
    key: RsaKey,
    not_before: Timestamp,
    not_after: Timestamp,
    fingerprint: [u8; 32],
}

impl Root {
    /// Reads a root. Kind and environment are those its name tells: `OU` says user authentication or digital
    /// signature, `O` says `JPKI` or `JPKI-TEST`. Its validity is judged when it is used, not here.
    ///
    /// # Errors
    /// [`RootError`] for whatever is not a JPKI root.
    pub fn from_der(der: &[u8]) -> Result<Self, RootError> {
        let (x509, signed) = parse(der).map_err(|_| RootError::Unreadable)?;
        let key = RsaKey::from_info(x509.public_key()).map_err(|_| RootError::Unreadable)?;
        let time = |time| moment(time).map_err(|_| RootError::Unreadable);
        let key_identifier = subject_key_identifier(&x509).ok_or(RootError::NotARoot)?;
        if !is_self_signed_ca(&x509) || !key.signed(&signed) {
            return Err(RootError::NotARoot);
        }
        let (kind, environment) = recognise(&x509).ok_or(RootError::NotJpki)?;
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(digest(&SHA256, der).as_ref());
        Ok(Self {
            kind,
            environment,
            name: x509.subject().as_raw().to_vec(),
            key_identifier: key_identifier.to_vec(),
            key,
            not_before: time(x509.validity().not_before)?,
            not_after: time(x509.validity().not_after)?,
            fingerprint,
        })
    }

    /// Reads every certificate of a PEM text; text between the blocks is ignored.
    ///
    /// # Errors
    /// [`RootError`] for the first one that is not a JPKI root, or if there is none.
    pub fn from_pem(pem: &str) -> Result<Vec<Self>, RootError> {
        let blocks = Pem::iter_from_buffer(pem.as_bytes()).collect::<Result<Vec<_>, _>>();
        let blocks = blocks.map_err(|_| RootError::NotPem)?;
        if blocks.is_empty() || blocks.iter().any(|block| block.label != "CERTIFICATE") {
            return Err(RootError::NotPem);
        }
        blocks.iter().map(|block| Self::from_der(&block.contents)).collect()
    }

    /// Which kind of certificate it issues.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether it certifies people or test cards.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// The subject key identifier, which tells the generations of one name apart.
    pub fn key_identifier(&self) -> &[u8] {
        &self.key_identifier
    }

    /// First moment of its validity.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// Last moment of its validity.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// SHA-256 of its DER.
    pub fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }

    /// The DER of its subject.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    pub(crate) fn key(&self) -> &RsaKey {
        &self.key
    }
}

/// All of it but the signature.
fn is_self_signed_ca(x509: &X509Certificate<'_>) -> bool {
    let has = |wanted: fn(&ParsedExtension<'_>) -> bool| {
        x509.extensions().iter().any(|extension| extension.critical && wanted(extension.parsed_extension()))
    };
    x509.issuer().as_raw() == x509.subject().as_raw()
        && has(|extension| matches!(extension, ParsedExtension::BasicConstraints(constraints) if constraints.ca))
        && has(|extension| matches!(extension, ParsedExtension::KeyUsage(usage) if usage.key_cert_sign()))
        && is_sha256_with_rsa(&x509.tbs_certificate.signature)
}

fn recognise(x509: &X509Certificate<'_>) -> Option<(Kind, Environment)> {
    let mut organizations = x509.subject().iter_organization().map(|name| name.as_str().ok());
    let environment = match (organizations.next()??, organizations.next()) {
        (PRODUCTION, None) => Environment::Production,
        (TEST, None) => Environment::Test,
        _ => return None,
    };
    let units: Vec<_> = x509.subject().iter_organizational_unit().filter_map(|name| name.as_str().ok()).collect();
    match (units.contains(&AUTH_UNIT), units.contains(&SIGN_UNIT)) {
        (true, false) => Some((Kind::Auth, environment)),
        (false, true) => Some((Kind::Sign, environment)),
        _ => None,
    }
}

/// The roots a verifier believes. Empty at first: nothing is trusted that was not named.
#[derive(Debug, Clone, Default)]
pub struct TrustStore {
    roots: Vec<Arc<Root>>,
}

impl TrustStore {
    /// A store that trusts nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Pins every root of a PEM text for an environment. Give all generations: cards outlive them.
    ///
    /// # Errors
    /// [`RootError`]; then nothing was added. A test root is pinned by [`Environment::Test`] alone, so that no
    /// test card gets in where somebody merely mixed up files.
    pub fn add_pem(&mut self, pem: &str, environment: Environment) -> Result<(), RootError> {
        let roots = Root::from_pem(pem)?;
        if roots.iter().any(|root| root.environment() != environment) {
            return Err(RootError::WrongEnvironment);
        }
        roots.into_iter().for_each(|root| self.add(root));
        Ok(())
    }

    /// Pins a root as what it is.
    pub fn add(&mut self, root: Root) {
        if !self.roots.iter().any(|known| known.fingerprint == root.fingerprint) {
            self.roots.push(Arc::new(root));
        }
    }

    /// The pinned roots.
    pub fn roots(&self) -> impl Iterator<Item = &Root> {
        self.roots.iter().map(AsRef::as_ref)
    }

    /// Every generation with this name, compared byte by byte.
    pub(crate) fn named(&self, name: &[u8]) -> impl Iterator<Item = &Root> {
        self.roots().filter(move |root| root.name == name)
    }
}
