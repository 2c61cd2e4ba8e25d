//! What a leaf's form must be, whoever issued it: one small step for each rule.

use std::collections::HashSet;

use x509_parser::certificate::X509Certificate;
use x509_parser::der_parser::oid::Oid;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::oid_registry::{
    OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER, OID_X509_EXT_BASIC_CONSTRAINTS, OID_X509_EXT_CERTIFICATE_POLICIES,
    OID_X509_EXT_CRL_DISTRIBUTION_POINTS, OID_X509_EXT_EXTENDED_KEY_USAGE, OID_X509_EXT_KEY_USAGE,
    OID_X509_EXT_SUBJECT_ALT_NAME, OID_X509_EXT_SUBJECT_KEY_IDENTIFIER,
};
use x509_parser::x509::X509Version;

use super::is_sha256_with_rsa;
use crate::der::Signed;
use crate::key::SHA256_WITH_RSA;
use crate::{Refusal, der};

type Step = fn(&X509Certificate<'_>) -> Result<(), Refusal>;

const STEPS: &[Step] = &[
    is_version_3,
    serial_is_sound,
    extensions_are_unique,
    extensions_that_decide_can_be_read,
    critical_extensions_are_known,
    attributes_are_unique,
    is_not_a_ca,
    is_not_self_signed,
];

/// Extensions whose contents decide something, so they must be readable.
const READ: [Oid<'_>; 8] = [
    OID_X509_EXT_KEY_USAGE,
    OID_X509_EXT_EXTENDED_KEY_USAGE,
    OID_X509_EXT_CERTIFICATE_POLICIES,
    OID_X509_EXT_BASIC_CONSTRAINTS,
    OID_X509_EXT_SUBJECT_ALT_NAME,
    OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER,
    OID_X509_EXT_SUBJECT_KEY_IDENTIFIER,
    OID_X509_EXT_CRL_DISTRIBUTION_POINTS,
];

pub(super) fn check(x509: &X509Certificate<'_>, signed: &Signed<'_>) -> Result<(), Refusal> {
    algorithm_is_the_same_twice(x509, signed)?;
    STEPS.iter().try_for_each(|step| step(x509))
}

fn ensure(holds: bool, refusal: Refusal) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(refusal) }
}

fn is_version_3(x509: &X509Certificate<'_>) -> Result<(), Refusal> {
    ensure(x509.version() == X509Version::V3, Refusal::CertificateVersion)
}

/// RFC 5280, section 4.1.2.2.
fn serial_is_sound(x509: &X509Certificate<'_>) -> Result<(), Refusal> {
    let serial = x509.raw_serial();
    let positive = serial.first().is_some_and(|first| first & 0x80 == 0) && serial != [0];
    ensure(positive && serial.len() <= 20, Refusal::CertificateSerial)
}

/// RFC 5280, section 4.1.1.2: only the inner one is covered by the signature.
fn algorithm_is_the_same_twice(x509: &X509Certificate<'_>, signed: &Signed<'_>) -> Result<(), Refusal> {
    let both = signed.algorithm == SHA256_WITH_RSA && is_sha256_with_rsa(&x509.tbs_certificate.signature);
    ensure(both, Refusal::CertificateAlgorithm)
}

fn extensions_are_unique(x509: &X509Certificate<'_>) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    ensure(x509.extensions().iter().all(|extension| seen.insert(&extension.oid)), Refusal::ExtensionDuplicate)
}

fn extensions_that_decide_can_be_read(x509: &X509Certificate<'_>) -> Result<(), Refusal> {
    let mut read = x509.extensions().iter().filter(|extension| READ.contains(&extension.oid));
    let all = read.all(|extension| {
        let names_are_sound = match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(san) => {
                !san.general_names.iter().any(|name| matches!(name, GeneralName::Invalid(..)))
            }
            _ => true,
        };
        names_are_sound
            && der::check_canonical(extension.value).is_ok()
            && extension.parsed_extension().error().is_none()
    });
    ensure(all, Refusal::ExtensionMalformed)
}

/// RFC 5280, section 4.2: whoever doesn't process a critical extension refuses the certificate.
fn critical_extensions_are_known(x509: &X509Certificate<'_>) -> Result<(), Refusal> {
    let known = x509.extensions().iter().all(|extension| !extension.critical || READ.contains(&extension.oid));
    ensure(known, Refusal::ExtensionUnknownCritical)
}

/// Two names in one certificate: two readers would take different ones.
fn attributes_are_unique(x509: &X509Certificate<'_>) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    for extension in x509.extensions() {
        let ParsedExtension::SubjectAlternativeName(san) = extension.parsed_extension() else { continue };
        for name in &san.general_names {
            if let GeneralName::OtherName(oid, _) = name {
                ensure(seen.insert(oid.clone()), Refusal::OtherNameDuplicate)?;
            }
        }
    }
    Ok(())
}

fn is_not_a_ca(x509: &X509Certificate<'_>) -> Result<(), Refusal> {
    let is_ca = x509.extensions().iter().any(|extension| match extension.parsed_extension() {
        ParsedExtension::BasicConstraints(constraints) => constraints.ca,
        ParsedExtension::KeyUsage(usage) => usage.key_cert_sign(),
        _ => false,
    });
    ensure(!is_ca, Refusal::CertificateIsCa)
}

fn is_not_self_signed(x509: &X509Certificate<'_>) -> Result<(), Refusal> {
    ensure(x509.issuer().as_raw() != x509.subject().as_raw(), Refusal::CertificateSelfSigned)
}
