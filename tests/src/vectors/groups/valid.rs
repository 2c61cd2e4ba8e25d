//! Tokens that must be accepted: what a strict verifier might refuse by mistake.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jpki_softcard::ca::CertificateSpec;

use super::super::pki::{at, time};
use super::super::{Case, Table};

pub(super) fn table() -> Table {
    let cases = vec![
        Case {
            id: "valid-auth",
            description: "An authentication token of a test card; all test generations are pinned",
            expected: "ok",
            make: |pki| pki.good(),
        },
        Case {
            id: "valid-production-root",
            description: "The same under a root named like production, with production's policy",
            expected: "ok",
            make: |pki| {
                let mut draft = pki.altered("production-auth", |_| Ok(()))?;
                draft.roots = vec!["production-auth"];
                Ok(draft)
            },
        },
        Case {
            id: "valid-all-roots",
            description: "Roots of both kinds and both environments are pinned; the right one is found",
            expected: "ok",
            make: |pki| {
                let mut draft = pki.good()?;
                draft.roots = vec!["production-sign", "production-auth", "sign-3", "auth-1", "auth-2", "auth-3"];
                Ok(draft)
            },
        },
        Case {
            id: "valid-generation-2",
            description: "The second generation issued it: same issuer name, another key",
            expected: "ok",
            make: |pki| pki.altered("auth-2", |_| Ok(())),
        },
        Case {
            id: "valid-generation-1",
            description: "The first generation issued it, while that root was valid",
            expected: "ok",
            make: |pki| {
                let mut draft = pki.altered("auth-1", |spec| {
                    spec.not_before = time("2020-04-01T03:00:00Z")?;
                    Ok(spec.not_after = time("2025-04-01T14:59:59Z")?)
                })?;
                draft.time = at("2024-06-01T00:00:00Z")?;
                draft.challenge_set = draft.time;
                Ok(draft)
            },
        },
        Case {
            id: "valid-signature-certificate",
            description: "A token of the signature certificate where that kind is asked for",
            expected: "ok",
            make: |pki| {
                let mut draft = pki.altered("sign-3", |_| Ok(()))?;
                (draft.kind, draft.roots) = ("sign", vec!["sign-3"]);
                Ok(draft)
            },
        },
        Case {
            id: "valid-signature-certificate-production",
            description: "The same under a root named like production",
            expected: "ok",
            make: |pki| {
                let mut draft = pki.altered("production-sign", |_| Ok(()))?;
                (draft.kind, draft.roots) = ("sign", vec!["production-sign"]);
                Ok(draft)
            },
        },
        Case {
            id: "valid-first-second",
            description: "Verified in the first second of the certificate's validity",
            expected: "ok",
            make: |pki| pki.altered("auth-3", |spec| Ok(spec.not_before = time("2026-04-01T12:00:00Z")?)),
        },
        Case {
            id: "valid-last-second",
            description: "Verified in the last second of the certificate's validity",
            expected: "ok",
            make: |pki| pki.altered("auth-3", |spec| Ok(spec.not_after = time("2026-04-01T12:00:00Z")?)),
        },
        Case {
            id: "valid-challenge-last-second",
            description: "The challenge was set exactly five minutes ago",
            expected: "ok",
            make: |pki| {
                let mut draft = pki.good()?;
                draft.challenge_set = at("2026-04-01T11:55:00Z")?;
                Ok(draft)
            },
        },
        Case {
            id: "valid-key-3072",
            description: "A key of 3072 bits",
            expected: "ok",
            make: |pki| {
                let key = jpki_softcard::rsa::RsaPrivateKey::new(&mut jpki_softcard::rsa::rand_core::OsRng, 3072)?;
                let other = CertificateSpec::ocsp_responder(pki.root("auth-3")?, &key.to_public_key())?;
                let mut draft = pki.altered("auth-3", |spec| Ok(spec.public_key = other.public_key))?;
                draft.signature = super::super::pki::pkcs1(&key, &draft.signed_value())?;
                Ok(draft)
            },
        },
        Case {
            id: "valid-serial-20-bytes",
            description: "A serial number of 20 bytes",
            expected: "ok",
            make: |pki| pki.altered("auth-3", |spec| Ok(spec.serial = vec![0x7A; 20])),
        },
        Case {
            id: "valid-format-without-minor",
            description: "Format web-eid:1, which published validators take too",
            expected: "ok",
            make: |pki| {
                let mut draft = pki.good()?;
                draft.format = "web-eid:1".to_owned();
                Ok(draft)
            },
        },
        Case {
            id: "valid-format-minor",
            description: "Format web-eid:1.1 with members that version 1.0 doesn't have",
            expected: "ok",
            make: |pki| {
                let mut draft = pki.good()?;
                draft.format = "web-eid:1.1".to_owned();
                let token = draft.token_json();
                draft.token = Some(token.replacen('{', r#"{"supportedSignatureAlgorithms":[],"#, 1));
                Ok(draft)
            },
        },
        Case {
            id: "valid-white-space",
            description: "White space around the members of the token",
            expected: "ok",
            make: |pki| {
                let mut draft = pki.good()?;
                draft.token = Some(format!("\r\n {} \n", draft.token_json().replace(",\"", " ,\n\t\"")));
                Ok(draft)
            },
        },
        Case {
            id: "valid-longest-challenge",
            description: "A challenge of 128 characters",
            expected: "ok",
            make: |pki| {
                let mut draft = pki.good()?;
                draft.challenge = Some(BASE64_STANDARD.encode([0xFB; 96]));
                pki.sign(&mut draft)?;
                Ok(draft)
            },
        },
        Case {
            id: "valid-origin-port",
            description: "An origin with a port",
            expected: "ok",
            make: |pki| {
                let mut draft = pki.good()?;
                draft.origin = "https://rp.example:8443".to_owned();
                pki.sign(&mut draft)?;
                Ok(draft)
            },
        },
        Case {
            id: "valid-origin-punycode",
            description: "An origin with an internationalised host",
            expected: "ok",
            make: |pki| {
                let mut draft = pki.good()?;
                draft.origin = "https://xn--wgv71a.example".to_owned();
                pki.sign(&mut draft)?;
                Ok(draft)
            },
        },
    ];
    Table { name: "valid", description: "Tokens that are accepted", cases }
}
