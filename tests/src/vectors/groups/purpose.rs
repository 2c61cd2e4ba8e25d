//! What the certificate is for: usage and policy.

use jpki_softcard::ca::{CertificateSpec, Marked, POLICY_AUTH_TEST, POLICY_SIGN_TEST};
use jpki_softcard::x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage, KeyUsages};

use super::super::draft::Draft;
use super::super::pki::{AUTH_PRODUCTION, Pki, SIGN_PRODUCTION, policies};
use super::super::{Case, Table};
use crate::Result;

fn usage(pki: &Pki, usage: Option<Marked<KeyUsage>>) -> Result<Draft> {
    pki.altered("auth-3", |spec| Ok(spec.key_usage = usage))
}

fn extended(spec: &mut CertificateSpec, oids: &[&str]) -> Result<()> {
    let oids = oids.iter().map(|oid| Ok(oid.parse()?)).collect::<Result<_>>()?;
    spec.extended_key_usage = Some(Marked::plain(ExtendedKeyUsage(oids)));
    Ok(())
}

/// A token of a certificate of the root's kind that has these policies.
fn policy(pki: &Pki, root: &'static str, oids: &[&str]) -> Result<Draft> {
    let mut draft = pki.altered(root, |spec| Ok(spec.policies = Some(Marked::critical(policies(oids)?))))?;
    draft.roots = vec![root];
    draft.kind = if root.contains("auth") { "auth" } else { "sign" };
    Ok(draft)
}

fn signature_usage(pki: &Pki, usage: KeyUsage) -> Result<Draft> {
    let mut draft = pki.altered("sign-3", |spec| Ok(spec.key_usage = Some(Marked::critical(usage))))?;
    (draft.kind, draft.roots) = ("sign", vec!["sign-3"]);
    Ok(draft)
}

pub(super) fn table() -> Table {
    let mut cases = usages();
    cases.extend(policy_cases());
    Table { name: "purpose", description: "Key usage, extended key usage and certificate policies", cases }
}

fn usages() -> Vec<Case> {
    vec![
        Case { id: "usage-missing", description: "No key usage", expected: "key_usage", make: |pki| usage(pki, None) },
        Case {
            id: "usage-not-critical",
            description: "The right key usage, not marked critical",
            expected: "key_usage",
            make: |pki| usage(pki, Some(Marked::plain(KeyUsage(KeyUsages::DigitalSignature.into())))),
        },
        Case {
            id: "usage-of-signature",
            description: "An authentication certificate with the key usage of a signature certificate",
            expected: "key_usage",
            make: |pki| {
                let both = KeyUsage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation);
                usage(pki, Some(Marked::critical(both)))
            },
        },
        Case {
            id: "usage-encryption",
            description: "A key for encryption only",
            expected: "key_usage",
            make: |pki| usage(pki, Some(Marked::critical(KeyUsage(KeyUsages::KeyEncipherment.into())))),
        },
        Case {
            id: "usage-of-authentication",
            description: "A signature certificate with the key usage of an authentication certificate",
            expected: "key_usage",
            make: |pki| signature_usage(pki, KeyUsage(KeyUsages::DigitalSignature.into())),
        },
        Case {
            id: "extended-usage-missing",
            description: "An authentication certificate without extended key usage",
            expected: "extended_key_usage",
            make: |pki| pki.altered("auth-3", |spec| Ok(spec.extended_key_usage = None)),
        },
        Case {
            id: "extended-usage-server",
            description: "A certificate for servers",
            expected: "extended_key_usage",
            make: |pki| pki.altered("auth-3", |spec| extended(spec, &["1.3.6.1.5.5.7.3.1"])),
        },
        Case {
            id: "extended-usage-any",
            description: "A certificate for anything",
            expected: "extended_key_usage",
            make: |pki| pki.altered("auth-3", |spec| extended(spec, &["2.5.29.37.0"])),
        },
        Case {
            id: "extended-usage-of-authentication",
            description: "A signature certificate with the extended key usage of an authentication certificate",
            expected: "extended_key_usage",
            make: |pki| {
                let mut draft = pki.altered("sign-3", |spec| extended(spec, &["1.3.6.1.5.5.7.3.2"]))?;
                (draft.kind, draft.roots) = ("sign", vec!["sign-3"]);
                Ok(draft)
            },
        },
    ]
}

fn policy_cases() -> Vec<Case> {
    vec![
        Case {
            id: "policy-missing",
            description: "No certificate policies",
            expected: "policy",
            make: |pki| pki.altered("auth-3", |spec| Ok(spec.policies = None)),
        },
        Case {
            id: "policy-not-critical",
            description: "The right policy, not marked critical",
            expected: "policy",
            make: |pki| {
                pki.altered("auth-3", |spec| Ok(spec.policies = Some(Marked::plain(policies(&[POLICY_AUTH_TEST])?))))
            },
        },
        Case {
            id: "policy-other",
            description: "A policy of somebody else",
            expected: "policy",
            make: |pki| policy(pki, "auth-3", &["1.2.3.4"]),
        },
        Case {
            id: "policy-any",
            description: "anyPolicy",
            expected: "policy",
            make: |pki| policy(pki, "auth-3", &["2.5.29.32.0"]),
        },
        Case {
            id: "policy-and-another",
            description: "The right policy and a second one",
            expected: "policy",
            make: |pki| policy(pki, "auth-3", &[POLICY_AUTH_TEST, "1.2.3.4"]),
        },
        Case {
            id: "policy-of-the-other-kind",
            description: "The policy of signature certificates under the root of authentication",
            expected: "policy",
            make: |pki| policy(pki, "auth-3", &[POLICY_SIGN_TEST]),
        },
        Case {
            id: "policy-production-under-test",
            description: "Production's policy under a test root",
            expected: "policy",
            make: |pki| policy(pki, "auth-3", &[AUTH_PRODUCTION]),
        },
        Case {
            id: "policy-signature-production-under-test",
            description: "Production's signature policy under a test root",
            expected: "policy",
            make: |pki| policy(pki, "sign-3", &[SIGN_PRODUCTION]),
        },
        Case {
            id: "policy-test-under-production",
            description: "A test policy under a production root",
            expected: "test_certificate",
            make: |pki| policy(pki, "production-auth", &[POLICY_AUTH_TEST]),
        },
        Case {
            id: "policy-test-beside-production",
            description: "A production root's certificate with both policies",
            expected: "test_certificate",
            make: |pki| policy(pki, "production-auth", &[AUTH_PRODUCTION, POLICY_AUTH_TEST]),
        },
        Case {
            id: "policy-signature-test-under-production",
            description: "A signature certificate with the test policy under a production root",
            expected: "test_certificate",
            make: |pki| policy(pki, "production-sign", &[POLICY_SIGN_TEST]),
        },
    ]
}
