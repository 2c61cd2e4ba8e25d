//! The token's outer form.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE};

use super::super::draft::Draft;
use super::super::pki::Pki;
use super::super::{Case, Table};
use crate::Result;

/// A good token, replaced by what `text` makes of its JSON.
fn told(pki: &Pki, text: impl FnOnce(String) -> String) -> Result<Draft> {
    let mut draft = pki.good()?;
    draft.token = Some(text(draft.token_json()));
    Ok(draft)
}

/// A good token with other base64 texts for certificate and signature.
fn spelled(
    pki: &Pki,
    certificate: impl FnOnce(&[u8]) -> String,
    signature: impl FnOnce(&[u8]) -> String,
) -> Result<Draft> {
    let mut draft = pki.good()?;
    draft.token = Some(draft.token_of(&certificate(&draft.certificate), &signature(&draft.signature)));
    Ok(draft)
}

fn standard(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

fn with_format(pki: &Pki, format: &str) -> Result<Draft> {
    let mut draft = pki.good()?;
    draft.format = format.to_owned();
    Ok(draft)
}

fn with_algorithm(pki: &Pki, algorithm: &str) -> Result<Draft> {
    let mut draft = pki.good()?;
    draft.algorithm = algorithm.to_owned();
    Ok(draft)
}

pub(super) fn table() -> Table {
    let mut cases = json();
    cases.extend(names());
    cases.extend(base64_texts());
    Table { name: "token", description: "The token's JSON, format, algorithm and base64", cases }
}

fn json() -> Vec<Case> {
    vec![
        Case {
            id: "token-too-large",
            description: "More than 10000 characters, though only white space is too much",
            expected: "token_too_large",
            make: |pki| told(pki, |token| format!("{token}{}", " ".repeat(10_000))),
        },
        Case {
            id: "token-empty",
            description: "Nothing at all",
            expected: "token_malformed",
            make: |pki| told(pki, |_| String::new()),
        },
        Case {
            id: "token-null",
            description: "JSON null",
            expected: "token_malformed",
            make: |pki| told(pki, |_| "null".to_owned()),
        },
        Case {
            id: "token-in-array",
            description: "The token inside an array",
            expected: "token_malformed",
            make: |pki| told(pki, |token| format!("[{token}]")),
        },
        Case {
            id: "token-in-string",
            description: "The token as a JSON string: encoded twice",
            expected: "token_malformed",
            make: |pki| told(pki, |token| serde_json::Value::String(token).to_string()),
        },
        Case {
            id: "token-followed",
            description: "Two tokens one after the other",
            expected: "token_malformed",
            make: |pki| told(pki, |token| format!("{token}{token}")),
        },
        Case {
            id: "token-cut",
            description: "The last character is missing",
            expected: "token_malformed",
            make: |pki| told(pki, |token| token[..token.len() - 1].to_owned()),
        },
        Case {
            id: "token-without-signature",
            description: "The member `signature` is missing",
            expected: "token_malformed",
            make: |pki| told(pki, |token| token.replace("\"signature\"", "\"sig\"")),
        },
        Case {
            id: "token-without-certificate",
            description: "The member `unverifiedCertificate` is missing",
            expected: "token_malformed",
            make: |pki| told(pki, |token| token.replace("unverifiedCertificate", "certificate")),
        },
        Case {
            id: "token-member-twice",
            description: "The member `algorithm` stands there twice, so parsers disagree",
            expected: "token_malformed",
            make: |pki| told(pki, |token| token.replacen('{', r#"{"algorithm":"none","#, 1)),
        },
        Case {
            id: "token-member-of-other-type",
            description: "The format is a number",
            expected: "token_malformed",
            make: |pki| told(pki, |token| token.replace("\"web-eid:1.0\"", "1")),
        },
        Case {
            id: "token-deep",
            description: "A thousand brackets",
            expected: "token_malformed",
            make: |pki| told(pki, |_| "[".repeat(1000)),
        },
    ]
}

fn names() -> Vec<Case> {
    vec![
        Case {
            id: "format-2",
            description: "Format web-eid:2.0",
            expected: "format_unsupported",
            make: |pki| with_format(pki, "web-eid:2.0"),
        },
        Case {
            id: "format-10",
            description: "Format web-eid:10.0, which begins like version 1",
            expected: "format_unsupported",
            make: |pki| with_format(pki, "web-eid:10.0"),
        },
        Case {
            id: "format-empty",
            description: "An empty format",
            expected: "format_unsupported",
            make: |pki| with_format(pki, ""),
        },
        Case {
            id: "algorithm-none",
            description: "Algorithm `none`",
            expected: "algorithm_unsupported",
            make: |pki| with_algorithm(pki, "none"),
        },
        Case {
            id: "algorithm-es256",
            description: "Algorithm ES256, which Web eID knows and My Number Cards don't",
            expected: "algorithm_unsupported",
            make: |pki| with_algorithm(pki, "ES256"),
        },
        Case {
            id: "algorithm-ps256",
            description: "Algorithm PS256",
            expected: "algorithm_unsupported",
            make: |pki| with_algorithm(pki, "PS256"),
        },
        Case {
            id: "algorithm-lower-case",
            description: "Algorithm rs256: names are compared exactly",
            expected: "algorithm_unsupported",
            make: |pki| with_algorithm(pki, "rs256"),
        },
    ]
}

fn base64_texts() -> Vec<Case> {
    vec![
        Case {
            id: "base64-url-alphabet",
            description: "The signature in the URL-safe alphabet",
            expected: "base64_invalid",
            make: |pki| {
                // Signatures are random: this one is replaced by bytes that need the two characters that differ.
                spelled(pki, standard, |_| BASE64_URL_SAFE.encode([0xFB; 256]))
            },
        },
        Case {
            id: "base64-unpadded",
            description: "The signature without its padding",
            expected: "base64_invalid",
            make: |pki| spelled(pki, standard, |bytes| BASE64_STANDARD_NO_PAD.encode(bytes)),
        },
        Case {
            id: "base64-line-breaks",
            description: "The certificate in lines of 64 characters",
            expected: "base64_invalid",
            make: |pki| {
                let lines = |bytes: &[u8]| {
                    let text = standard(bytes);
                    text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n")
                };
                spelled(pki, lines, standard)
            },
        },
        Case {
            id: "base64-trailing-bits",
            description: "The signature's last character has bits that decode to nothing",
            expected: "base64_invalid",
            make: |pki| {
                // 256 bytes end in one character with two significant bits, then two of padding.
                let smuggle = |bytes: &[u8]| {
                    let text = standard(bytes);
                    let (head, tail) = text.split_at(text.len() - 3);
                    let last = tail.chars().next().unwrap_or('A');
                    format!("{head}{}==", char::from(last as u8 + 1))
                };
                spelled(pki, standard, smuggle)
            },
        },
        Case {
            id: "base64-pem",
            description: "The certificate as PEM",
            expected: "base64_invalid",
            make: |pki| {
                let pem =
                    |bytes: &[u8]| format!("-----BEGIN CERTIFICATE-----{}-----END CERTIFICATE-----", standard(bytes));
                spelled(pki, pem, standard)
            },
        },
    ]
}
