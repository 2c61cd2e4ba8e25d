//! The token's signature: what it covers, by whom, and how it is encoded.

use jpki_softcard::rsa::sha2::{Digest as _, Sha256, Sha512};
use jpki_softcard::rsa::traits::PublicKeyParts as _;
use jpki_softcard::rsa::{BigUint, Pkcs1v15Sign, Pss};

use super::super::draft::Draft;
use super::super::pki::{Pki, pkcs1};
use super::super::{Case, Table};
use crate::Result;

/// A good token, signed for something else than what its verifier expects.
fn signed_for(pki: &Pki, spoil: impl FnOnce(&mut Draft)) -> Result<Draft> {
    let mut draft = pki.good()?;
    let expected = draft.clone();
    spoil(&mut draft);
    pki.sign(&mut draft)?;
    Ok(Draft { signature: draft.signature, ..expected })
}

/// A good token with another signature.
fn signed_with(pki: &Pki, sign: impl FnOnce(&Draft) -> Result<Vec<u8>>) -> Result<Draft> {
    let mut draft = pki.good()?;
    draft.signature = sign(&draft)?;
    Ok(draft)
}

fn refused(id: &'static str, description: &'static str, make: fn(&Pki) -> Result<Draft>) -> Case {
    Case { id, description, expected: "signature_invalid", make }
}

pub(super) fn table() -> Table {
    let mut cases = covers();
    cases.extend(encodings());
    Table { name: "signature", description: "What the token's signature covers and how it is made", cases }
}

fn covers() -> Vec<Case> {
    vec![
        refused("signature-other-origin", "Made for another site: a relayed challenge", |pki| {
            signed_for(pki, |draft| draft.origin = "https://evil.example".to_owned())
        }),
        refused("signature-other-port", "Made for another port of the same host", |pki| {
            signed_for(pki, |draft| draft.origin = "https://rp.example:8443".to_owned())
        }),
        refused("signature-origin-with-slash", "The origin was signed with a slash at its end", |pki| {
            signed_for(pki, |draft| draft.origin.push('/'))
        }),
        refused("signature-other-challenge", "Made for another challenge: a replay", |pki| {
            signed_for(pki, |draft| draft.challenge = Some("A".repeat(44)))
        }),
        refused("signature-decoded-challenge", "Covers the challenge's bytes instead of its base64 text", |pki| {
            signed_with(pki, |draft| {
                let origin = Sha256::digest(draft.origin.as_bytes());
                pkcs1(&pki.card, &[origin, Sha256::digest(b"a nonce of these test vectors 01")].concat())
            })
        }),
        refused("signature-swapped", "Covers challenge and origin in the wrong order", |pki| {
            signed_with(pki, |draft| {
                let value = draft.signed_value();
                pkcs1(&pki.card, &[&value[32..], &value[..32]].concat())
            })
        }),
        refused("signature-texts", "Covers origin and challenge as texts instead of their hashes", |pki| {
            signed_with(pki, |draft| {
                let texts = [draft.origin.as_str(), draft.challenge.as_deref().unwrap_or_default()].concat();
                pkcs1(&pki.card, texts.as_bytes())
            })
        }),
        refused("signature-other-key", "Made with another key", |pki| {
            signed_with(pki, |draft| pkcs1(&pki.key("other-card")?, &draft.signed_value()))
        }),
        refused("signature-other-certificate", "The certificate of another card was put in", |pki| {
            let other = pki.key("other-card")?.to_public_key();
            let issuer = pki.root("auth-3")?;
            let public_key = jpki_softcard::ca::CertificateSpec::ocsp_responder(issuer, &other)?.public_key;
            pki.altered("auth-3", |spec| Ok(spec.public_key = public_key))
        }),
    ]
}

fn encodings() -> Vec<Case> {
    vec![
        refused("signature-empty", "An empty signature", |pki| signed_with(pki, |_| Ok(Vec::new()))),
        refused("signature-one-bit", "One bit is flipped", |pki| {
            signed_with(pki, |draft| {
                Ok(draft.signature.iter().enumerate().map(|(i, b)| b ^ u8::from(i == 100)).collect())
            })
        }),
        refused("signature-longer", "A zero byte stands before the signature", |pki| {
            signed_with(pki, |draft| Ok([&[0][..], &draft.signature].concat()))
        }),
        refused("signature-plus-modulus", "The signature plus the modulus: the same number modulo n", |pki| {
            signed_with(pki, |draft| Ok((BigUint::from_bytes_be(&draft.signature) + pki.card.n()).to_bytes_be()))
        }),
        refused("signature-zero", "The number zero", |pki| signed_with(pki, |_| Ok(vec![0; 256]))),
        refused("signature-one", "The number one", |pki| signed_with(pki, |_| Ok([&[0; 255][..], &[1]].concat()))),
        refused("signature-sha512", "RS512 under the name of RS256", |pki| {
            signed_with(pki, |draft| {
                Ok(pki.card.sign(Pkcs1v15Sign::new::<Sha512>(), &Sha512::digest(draft.signed_value()))?)
            })
        }),
        refused("signature-pss", "RSASSA-PSS under the name of RS256", |pki| {
            signed_with(pki, |draft| {
                let mut random = jpki_softcard::rsa::rand_core::OsRng;
                Ok(pki.card.sign_with_rng(&mut random, Pss::new::<Sha256>(), &Sha256::digest(draft.signed_value()))?)
            })
        }),
        refused("signature-bare-digest", "The digest is padded without saying which digest it is", |pki| {
            signed_with(pki, |draft| {
                Ok(pki.card.sign(Pkcs1v15Sign::new_unprefixed(), &Sha256::digest(draft.signed_value()))?)
            })
        }),
        refused("signature-no-null", "The DigestInfo lacks the NULL parameters", |pki| {
            signed_with(pki, |draft| {
                // DigestInfo { sha256 without parameters, digest } (RFC 8017, section 9.2, note 2).
                const PREFIX: [u8; 17] = *b"\x30\x2f\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x04\x20";
                let info = [&PREFIX[..], &Sha256::digest(draft.signed_value())].concat();
                Ok(pki.card.sign(Pkcs1v15Sign::new_unprefixed(), &info)?)
            })
        }),
    ]
}
