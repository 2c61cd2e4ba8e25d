//! The lines of a page for a person, each with its label.

use jpki_protocol::{AttributeSource, Attributes, Gender};
use jpki_trust::{
    Assurance, CertificateFacts, Environment, Kind, Revocation, RevocationSource, VerifiedAttributes, VerifiedToken,
};

/// One line: a label and what it is about.
pub(crate) type Line = (&'static str, String);

/// What can be shown to a person.
pub(crate) trait Page {
    /// The lines from top to bottom.
    fn lines(&self) -> Vec<Line>;
}

impl Page for VerifiedToken {
    fn lines(&self) -> Vec<Line> {
        let mut lines = vec![("origin", self.origin.to_string()), ("as of", self.verified_at.to_string())];
        lines.extend(certificate(&self.certificate));
        lines.push(("revocation", revocation(self.revocation)));
        lines.push(("made by", escaped(&self.app_version)));
        lines
    }
}

impl Page for VerifiedAttributes {
    fn lines(&self) -> Vec<Line> {
        let mut lines = holder(&self.attributes);
        let source = match self.source {
            AttributeSource::Card => "the card's record (券面入力補助)",
            AttributeSource::SignatureCertificate => "the signature certificate (署名用電子証明書)",
        };
        lines.push(("read from", source.to_owned()));
        let assurance = match self.assurance {
            Assurance::Certified => "certified by J-LIS, in the certificate below",
            Assurance::HolderAsserted => {
                "ASSERTED BY THE HOLDER: the card signed them as they are, and no certificate says them"
            }
        };
        lines.push(("assurance", assurance.to_owned()));
        lines.extend(self.token.lines());
        lines
    }
}

/// The attributes of a person. They hold no control or invisible character, or they had been refused.
pub(crate) fn holder(attributes: &Attributes) -> Vec<Line> {
    let gender = attributes.gender.map(|gender| match gender {
        Gender::Male => "male (男性)",
        Gender::Female => "female (女性)",
        Gender::Unknown => "unknown",
        Gender::NotApplicable => "not applicable",
    });
    let lines = [
        ("name", attributes.name.clone()),
        ("", substitutes(&attributes.name_substitutes)),
        ("address", attributes.address.clone()),
        ("", substitutes(&attributes.address_substitutes)),
        ("birth date", attributes.birthdate.clone()),
        ("gender", gender.map(str::to_owned)),
    ];
    lines.into_iter().filter_map(|(label, value)| Some((label, value?))).collect()
}

/// People count from 1.
fn substitutes(places: &[u16]) -> Option<String> {
    let places: Vec<_> = places.iter().map(|place| (u32::from(*place) + 1).to_string()).collect();
    (!places.is_empty()).then(|| {
        format!("(a substitute is written for a character that certificates can't carry, at: {})", places.join(", "))
    })
}

/// What an accepted certificate says of itself.
pub(crate) fn certificate(certificate: &CertificateFacts) -> Vec<Line> {
    let kind = match certificate.kind {
        Kind::Auth => "user authentication (利用者証明用)",
        Kind::Sign => "digital signature (署名用)",
    };
    let environment = match certificate.environment {
        Environment::Production => "production",
        Environment::Test => "test: this card proves nothing about any person",
    };
    vec![
        ("kind", kind.to_owned()),
        ("environment", environment.to_owned()),
        ("subject", escaped(&certificate.subject_common_name)),
        ("serial", certificate.serial.clone()),
        ("issuer", escaped(&certificate.issuer)),
        ("issuer's key", certificate.generation.key_identifier.clone()),
        ("valid", format!("{} to {}", certificate.not_before, certificate.not_after)),
        ("policy", certificate.policy.to_owned()),
    ]
}

/// What is known about revocation, and that nothing is if it is so.
pub(crate) fn revocation(revocation: Revocation) -> String {
    match revocation {
        Revocation::NotChecked => {
            "NOT CHECKED: the certificate may have been revoked; give --crl to find out".to_owned()
        }
        Revocation::Checked { by: RevocationSource::Crl, as_of } => {
            format!("not revoked by the revocation list of {as_of}")
        }
        Revocation::Checked { by: RevocationSource::Ocsp, as_of } => format!("not revoked by OCSP as of {as_of}"),
    }
}

/// Names are signed by the issuer, but a terminal shouldn't obey even a CA.
fn escaped(text: &str) -> String {
    text.escape_debug().to_string()
}
