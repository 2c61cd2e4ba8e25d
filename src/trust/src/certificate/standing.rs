//! A leaf under its root, at a moment: one small step for each rule.

use jiff::Timestamp;
use x509_parser::extensions::ParsedExtension;
use x509_parser::oid_registry::{
    OID_X509_EXT_CERTIFICATE_POLICIES, OID_X509_EXT_EXTENDED_KEY_USAGE, OID_X509_EXT_KEY_USAGE,
};

use super::{Leaf, authority_key_identifier, extension, moment};
use crate::profile::Profile;
use crate::{Environment, Kind, Refusal, Root, TrustStore};

struct Case<'c> {
    leaf: &'c Leaf<'c>,
    root: &'c Root,
    profile: &'static Profile,
    now: Timestamp,
}

type Step = fn(&Case<'_>) -> Result<(), Refusal>;

/// The issuer's signature comes before whatever the certificate says of itself.
const STEPS: &[Step] = &[
    root_is_of_the_kind,
    root_is_valid,
    issuer_signed_it,
    is_within_its_validity,
    key_usage_is_that_of_the_kind,
    extended_key_usage_is_that_of_the_kind,
    policy_is_that_of_the_kind_and_root,
];

pub(super) fn check<'s>(
    leaf: &Leaf<'_>,
    store: &'s TrustStore,
    kind: Kind,
    now: Timestamp,
) -> Result<&'s Root, Refusal> {
    let root = issuer(leaf, store)?;
    let case = Case { leaf, root, profile: Profile::of(kind, root.environment()), now };
    STEPS.iter().try_for_each(|step| step(&case))?;
    Ok(root)
}

/// All generations of a root share one name, so the name finds the family and the key identifier finds the root.
fn issuer<'s>(leaf: &Leaf<'_>, store: &'s TrustStore) -> Result<&'s Root, Refusal> {
    let mut family = store.named(leaf.x509.issuer().as_raw()).peekable();
    if family.peek().is_none() {
        return Err(Refusal::IssuerUnknown);
    }
    let key = authority_key_identifier(leaf.x509.extensions()).ok_or(Refusal::IssuerKeyMissing)?;
    family.find(|root| root.key_identifier() == key).ok_or(Refusal::IssuerKeyUnknown)
}

fn ensure(holds: bool, refusal: Refusal) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(refusal) }
}

fn root_is_of_the_kind(case: &Case<'_>) -> Result<(), Refusal> {
    ensure(case.root.kind() == case.profile.kind, Refusal::WrongKind)
}

fn root_is_valid(case: &Case<'_>) -> Result<(), Refusal> {
    let validity = case.root.not_before()..=case.root.not_after();
    ensure(validity.contains(&case.now), Refusal::IssuerNotValid)
}

fn issuer_signed_it(case: &Case<'_>) -> Result<(), Refusal> {
    ensure(case.root.key().signed(&case.leaf.signed), Refusal::CertificateSignature)
}

/// Both ends belong to the validity (RFC 5280, section 4.1.2.5).
fn is_within_its_validity(case: &Case<'_>) -> Result<(), Refusal> {
    let validity = case.leaf.x509.validity();
    ensure(case.now >= moment(validity.not_before)?, Refusal::CertificateNotYetValid)?;
    ensure(case.now <= moment(validity.not_after)?, Refusal::CertificateExpired)
}

fn key_usage_is_that_of_the_kind(case: &Case<'_>) -> Result<(), Refusal> {
    let exact = extension(&case.leaf.x509, &OID_X509_EXT_KEY_USAGE).is_some_and(|found| {
        let ParsedExtension::KeyUsage(usage) = found.parsed_extension() else { return false };
        found.critical && usage.flags == case.profile.key_usage
    });
    ensure(exact, Refusal::KeyUsage)
}

fn extended_key_usage_is_that_of_the_kind(case: &Case<'_>) -> Result<(), Refusal> {
    let found = extension(&case.leaf.x509, &OID_X509_EXT_EXTENDED_KEY_USAGE).map(|found| found.parsed_extension());
    let right = match found {
        Some(ParsedExtension::ExtendedKeyUsage(usage)) => case.profile.client_auth && usage.client_auth,
        _ => found.is_none() && !case.profile.client_auth,
    };
    ensure(right, Refusal::ExtendedKeyUsage)
}

fn policy_is_that_of_the_kind_and_root(case: &Case<'_>) -> Result<(), Refusal> {
    let found = extension(&case.leaf.x509, &OID_X509_EXT_CERTIFICATE_POLICIES).ok_or(Refusal::Policy)?;
    let ParsedExtension::CertificatePolicies(policies) = found.parsed_extension() else {
        return Err(Refusal::Policy);
    };
    let policies: Vec<String> = policies.iter().map(|policy| policy.policy_id.to_id_string()).collect();
    let production = case.root.environment() == Environment::Production;
    let is_test = policies.iter().any(|policy| Profile::is_test_policy(policy));
    ensure(!(production && is_test), Refusal::TestCertificate)?;
    ensure(found.critical && policies == [case.profile.policy], Refusal::Policy)
}
