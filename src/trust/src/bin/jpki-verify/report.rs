//! What is printed: a page for a person, or one JSON document for a script.

use jpki_protocol::Language;
use jpki_trust::{Environment, Kind, Refusal, Revocation, RevocationSource, VerifiedToken};
use serde::Serialize;

/// The JSON document of an accepted token.
#[derive(Serialize)]
pub(crate) struct Accepted<'a> {
    verified: bool,
    #[serde(flatten)]
    token: &'a VerifiedToken,
}

impl<'a> Accepted<'a> {
    pub(crate) fn of(token: &'a VerifiedToken) -> Self {
        Self { verified: true, token }
    }
}

/// The JSON document of a refused token.
#[derive(Serialize)]
pub(crate) struct Refused {
    verified: bool,
    reason: &'static str,
    message: String,
    remedy: &'static str,
    temporary: bool,
}

impl Refused {
    pub(crate) fn of(refusal: Refusal) -> Self {
        Self {
            verified: false,
            reason: refusal.reason(),
            message: refusal.to_string(),
            remedy: refusal.remedy().text(Language::En),
            temporary: refusal.is_temporary(),
        }
    }
}

/// Prints one document on standard output.
pub(crate) fn json(document: &impl Serialize) {
    // These types have no map with other keys than strings, so this can't fail.
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    println!("{text}");
}

/// Prints a refusal on standard error.
pub(crate) fn refused(refusal: Refusal) {
    eprintln!("refused ({}): {refusal}.", refusal.reason());
    eprintln!("{}", refusal.remedy().text(Language::En));
}

/// Prints an accepted token for a person.
pub(crate) fn text(token: &VerifiedToken) {
    let certificate = &token.certificate;
    let kind = match certificate.kind {
        Kind::Auth => "user authentication (利用者証明用)",
        Kind::Sign => "digital signature (署名用)",
    };
    let environment = match certificate.environment {
        Environment::Production => "production",
        Environment::Test => "test: this card proves nothing about any person",
    };
    let revocation = match token.revocation {
        Revocation::NotChecked => {
            "NOT CHECKED: the certificate may have been revoked; give --crl to find out".to_owned()
        }
        Revocation::Checked { by: RevocationSource::Crl, as_of } => {
            format!("not revoked by the revocation list of {as_of}")
        }
        Revocation::Checked { by: RevocationSource::Ocsp, as_of } => format!("not revoked by OCSP as of {as_of}"),
    };
    println!("verified");
    for (label, value) in [
        ("origin", token.origin.as_str()),
        ("as of", &token.verified_at.to_string()),
        ("kind", kind),
        ("environment", environment),
        ("revocation", &revocation),
        // Names are signed by the issuer, but a terminal shouldn't obey even a CA.
        ("subject", &certificate.subject_common_name.escape_debug().to_string()),
        ("serial", &certificate.serial),
        ("issuer", &certificate.issuer.escape_debug().to_string()),
        ("issuer's key", &certificate.generation.key_identifier),
        ("valid", &format!("{} to {}", certificate.not_before, certificate.not_after)),
        ("policy", certificate.policy),
        ("made by", &token.app_version.escape_debug().to_string()),
    ] {
        println!("  {label:<13} {value}");
    }
}
