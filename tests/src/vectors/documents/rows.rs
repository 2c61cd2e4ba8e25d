//! The rows.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jpki_softcard::ca::CertificateSpec;

use super::super::Pki;
use super::super::pki::{at, fresh_list, time};
use super::{DocumentCase, DocumentDraft, plain_pdf};
use crate::Result;

type Make = fn(&Pki) -> Result<DocumentDraft>;

fn case(id: &'static str, expected: &'static str, description: &'static str, make: Make) -> DocumentCase {
    DocumentCase { id, description, expected, make }
}

pub(super) fn all() -> Vec<DocumentCase> {
    let mut cases = accepted();
    cases.extend(broken());
    cases.extend(signers());
    cases.extend(times());
    cases.extend(pdfs());
    cases
}

/// Signed by 見本　花子, whose certificate is altered before it is issued.
fn signed(pki: &Pki, alter: impl FnOnce(&mut CertificateSpec) -> Result<()>) -> Result<DocumentDraft> {
    pki.person("sign-3", alter)?.cms()
}

fn good(pki: &Pki) -> Result<DocumentDraft> {
    signed(pki, |_| Ok(()))
}

/// A good document to be checked with a list that revokes it, or another certificate.
fn listed(pki: &Pki, revoke: bool) -> Result<DocumentDraft> {
    let person = pki.person("sign-3", |_| Ok(()))?;
    let serial = if revoke { person.serial.as_slice() } else { &[0x55; 8] };
    let list = pki.root("sign-3")?.crl(&fresh_list(&[serial])?)?;
    Ok(DocumentDraft { crls: Some(vec![list]), ..person.cms()? })
}

/// Signed at a time that the signer makes up.
fn claimed(pki: &Pki, claims: &str) -> Result<DocumentDraft> {
    let mut person = pki.person("sign-3", |_| Ok(()))?;
    person.claims = at(claims)?;
    person.cms()
}

fn accepted() -> Vec<DocumentCase> {
    vec![
        case("document-cms", "ok", "A CMS signature with the document beside it", good),
        case("document-cms-pem", "ok", "The same in PEM", |pki| {
            let draft = good(pki)?;
            let text = BASE64_STANDARD.encode(&draft.file);
            let lines: String = text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line) + "\n").collect();
            let file = format!("-----BEGIN CMS-----\n{lines}-----END CMS-----\n").into_bytes();
            Ok(DocumentDraft { file, ..draft })
        }),
        case("document-xml", "ok", "An XML document with the signature in it", |pki| {
            pki.person("sign-3", |_| Ok(()))?.xml("<promise>I do.</promise>\n")
        }),
        case("document-xml-apart", "ok", "An XML signature with the document beside it", |pki| {
            pki.person("sign-3", |_| Ok(()))?.xml_apart()
        }),
        case("document-production", "ok", "A certificate of a root named like production", |pki| {
            let draft = pki.person("production-sign", |_| Ok(()))?.cms()?;
            Ok(DocumentDraft { roots: vec!["production-sign"], ..draft })
        }),
        case("document-listed", "ok", "The certificate is not on the list of its root", |pki| listed(pki, false)),
    ]
}

fn broken() -> Vec<DocumentCase> {
    const WRONG: &str = "digest_wrong";
    vec![
        case("document-changed", WRONG, "The document beside a CMS signature has another full stop", |pki| {
            Ok(DocumentDraft { content: Some(b"I promise!".to_vec()), ..good(pki)? })
        }),
        case("document-longer", WRONG, "A byte follows the document", |pki| {
            Ok(DocumentDraft { content: Some(b"I promise.\n".to_vec()), ..good(pki)? })
        }),
        case("document-xml-changed", WRONG, "A character of the XML document was changed", |pki| {
            let draft = pki.person("sign-3", |_| Ok(()))?.xml("<promise>I do.</promise>\n")?;
            let file = String::from_utf8(draft.file)?.replacen("I do.", "I do!", 1).into_bytes();
            Ok(DocumentDraft { file, ..draft })
        }),
        case("document-signature-flipped", "signature_wrong", "The last bit of the CMS signature is flipped", |pki| {
            let mut draft = good(pki)?;
            draft.file.iter_mut().next_back().into_iter().for_each(|last| *last ^= 1);
            Ok(draft)
        }),
        case("document-signature-longer", "signature_malformed", "A byte follows the CMS signature", |pki| {
            let mut draft = good(pki)?;
            draft.file.push(0);
            Ok(draft)
        }),
        case("document-content-missing", "content_missing", "The document is not there", |pki| {
            Ok(DocumentDraft { content: None, ..good(pki)? })
        }),
        case("document-content-twice", "content_twice", "An XML document with another one beside it", |pki| {
            let draft = pki.person("sign-3", |_| Ok(()))?.xml("<promise/>")?;
            Ok(DocumentDraft { content: Some(b"<promise/>".to_vec()), ..draft })
        }),
        case("document-xml-unsigned", "unsigned", "An XML document without a signature", |_| {
            Ok(DocumentDraft::of(b"<promise>I do.</promise>".to_vec()))
        }),
        case("document-text", "unsigned", "A text, which has no signature", |_| {
            Ok(DocumentDraft::of(b"I promise.".to_vec()))
        }),
        case("document-empty", "unsigned", "Nothing at all", |_| Ok(DocumentDraft::of(Vec::new()))),
    ]
}

fn signers() -> Vec<DocumentCase> {
    vec![
        case("document-authentication", "wrong_kind", "Signed with the authentication certificate", |pki| {
            pki.person("auth-3", |_| Ok(()))?.cms()
        }),
        case("document-root-not-pinned", "issuer_unknown", "No root of signature certificates is pinned", |pki| {
            Ok(DocumentDraft { roots: vec!["auth-3"], ..good(pki)? })
        }),
        case("document-test-card", "issuer_unknown", "A test card where production's roots are pinned", |pki| {
            Ok(DocumentDraft { roots: vec!["production-sign", "production-auth"], ..good(pki)? })
        }),
        case("document-usage", "key_usage", "A certificate without key usage", |pki| {
            signed(pki, |spec| {
                spec.key_usage = None;
                Ok(())
            })
        }),
        case("document-holder-unnamed", "holder_malformed", "A certificate without its holder's attributes", |pki| {
            signed(pki, |spec| {
                spec.subject_alt_name = None;
                Ok(())
            })
        }),
        case("document-revoked", "revoked", "The certificate was revoked", |pki| listed(pki, true)),
    ]
}

fn times() -> Vec<DocumentCase> {
    const CLAIM: &str = "signing_time";
    vec![
        case("document-expired", "certificate_expired", "The certificate expired a second ago", |pki| {
            signed(pki, |spec| {
                spec.not_after = time("2026-04-01T11:59:59Z")?;
                Ok(())
            })
        }),
        case(
            "document-expired-since",
            "certificate_expired",
            "The certificate was valid when the signer claims to have signed, for which there is the signer's word alone",
            |pki| Ok(DocumentDraft { time: at("2030-04-02T00:00:00Z")?, ..good(pki)? }),
        ),
        case(
            "document-not-yet-valid",
            "certificate_not_yet_valid",
            "The certificate is valid from the next second",
            |pki| {
                signed(pki, |spec| {
                    spec.not_before = time("2026-04-01T12:00:01Z")?;
                    Ok(())
                })
            },
        ),
        case("document-claims-first-second", "ok", "Said to be signed in the certificate's first second", |pki| {
            claimed(pki, "2025-04-01T03:00:00Z")
        }),
        case("document-claims-before", CLAIM, "Said to be signed a second before the certificate was valid", |pki| {
            claimed(pki, "2025-04-01T02:59:59Z")
        }),
        case(
            "document-claims-after",
            CLAIM,
            "Said to be signed a second after the certificate will have expired",
            |pki| claimed(pki, "2030-04-01T15:00:00Z"),
        ),
    ]
}

/// A PDF signed by two, one after the other, with certificates of these roots.
fn signed_twice(pki: &Pki, first: &str, second: &str) -> Result<DocumentDraft> {
    let once = pki.person(first, |_| Ok(()))?.pdf(&plain_pdf())?;
    pki.person(second, |_| Ok(()))?.pdf(&once.file)
}

fn pdfs() -> Vec<DocumentCase> {
    vec![
        case("document-pdf", "ok", "A PDF with one signature", |pki| {
            pki.person("sign-3", |_| Ok(()))?.pdf(&plain_pdf())
        }),
        case("document-pdf-twice", "ok", "A PDF with two signatures, of which the second covers the first", |pki| {
            signed_twice(pki, "sign-3", "sign-3")
        }),
        case("document-pdf-second-bad", "wrong_kind", "The second of two is of an authentication certificate", |pki| {
            signed_twice(pki, "sign-3", "auth-3")
        }),
        case("document-pdf-first-bad", "wrong_kind", "The first of two is of an authentication certificate", |pki| {
            signed_twice(pki, "auth-3", "sign-3")
        }),
        case("document-pdf-changed", "digest_wrong", "The page of a signed PDF was made wider", |pki| {
            let draft = pki.person("sign-3", |_| Ok(()))?.pdf(&plain_pdf())?;
            let width = draft.file.windows(3).position(|bytes| bytes == b"595").ok_or("the page has a width")?;
            let file = [&draft.file[..width], b"695", &draft.file[width + 3..]].concat();
            Ok(DocumentDraft { file, ..draft })
        }),
        case("document-pdf-longer", "changed_after_signing", "Bytes follow the signed PDF", |pki| {
            let mut draft = pki.person("sign-3", |_| Ok(()))?.pdf(&plain_pdf())?;
            draft.file.extend_from_slice(b"% a comment\n");
            Ok(draft)
        }),
        case("document-pdf-unsigned", "unsigned", "A PDF without a signature", |_| Ok(DocumentDraft::of(plain_pdf()))),
        case("document-pdf-content", "content_twice", "A signed PDF with another document beside it", |pki| {
            let draft = pki.person("sign-3", |_| Ok(()))?.pdf(&plain_pdf())?;
            Ok(DocumentDraft { content: Some(plain_pdf()), ..draft })
        }),
    ]
}
