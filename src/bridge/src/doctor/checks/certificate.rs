//! The card's certificates, as far as they can be known without a PIN.

use jiff::Timestamp;
use jpki_protocol::Language;

use super::card::{blame_for_card, card_of};
use super::{clock, depends, words};
use crate::doctor::diagnosis::{Outcome, Verdict};
use crate::doctor::findings::{AuthCertificate, Findings};
use crate::moments::day_in_japan;

/// From how long before its end a certificate is worth a reminder: municipal offices renew from three months before (電子証明書の
/// 更新, J-LIS).
const REMINDER: jiff::SignedDuration = jiff::SignedDuration::from_hours(90 * 24);

/// The JPKI portal.
const JPKI: &str = "https://www.jpki.go.jp/";

pub(super) fn auth(findings: &Findings, language: Language) -> Outcome {
    let Some(card) = card_of(findings) else { return depends(language, blame_for_card(findings)) };
    match card.certificate {
        AuthCertificate::Valid { .. } if clock::is_wrong(findings) => depends(language, "clock"),
        AuthCertificate::Valid { until, .. } => validity(findings.now, until, language),
        AuthCertificate::Missing => Verdict::Fault
            .because(words!(
                language,
                "カードに利用者証明用電子証明書がありません。",
                "The card has no authentication certificate."
            ))
            .public_as("missing")
            .remedy(issue(language))
            .page(JPKI),
        AuthCertificate::Guarded => depends(language, "card"),
        AuthCertificate::Unreadable => Verdict::Fault
            .because(words!(
                language,
                "利用者証明用電子証明書を読み取れません。",
                "The authentication certificate could not be read."
            ))
            .public_as("unreadable")
            .remedy(words!(language, "カードを置き直してください。", "Put the card in again.")),
    }
}

fn issue(language: Language) -> String {
    words!(
        language,
        "市区町村の窓口で、電子証明書の発行を受けてください。",
        "A municipal office issues the certificate."
    )
}

fn validity(now: Timestamp, until: Timestamp, language: Language) -> Outcome {
    let day = day_in_japan(until, language);
    let renew = || {
        words!(
            language,
            "市区町村の窓口で、電子証明書を更新してください。",
            "A municipal office renews the certificate."
        )
    };
    let left = until.duration_since(now);
    if left.is_negative() {
        return Verdict::Fault
            .because(words!(
                language,
                "利用者証明用電子証明書の有効期限が切れています（{day}まで）。",
                "The authentication certificate has expired (it was valid until {day})."
            ))
            .public_as("expired")
            .remedy(renew())
            .page(JPKI);
    }
    if left <= REMINDER {
        let days = left.as_hours() / 24;
        return Verdict::Attention
            .because(words!(
                language,
                "利用者証明用電子証明書の有効期限が近づいています（{day}まで、あと{days}日）。",
                "The authentication certificate ends soon (valid until {day}, {days} days left)."
            ))
            .public_as("ends within 90 days")
            .remedy(renew())
            .page(JPKI);
    }
    Verdict::Ok
        .because(words!(
            language,
            "利用者証明用電子証明書は{day}まで有効です。",
            "The authentication certificate is valid until {day}."
        ))
        .public_as("valid")
}

pub(super) fn sign(findings: &Findings, language: Language) -> Outcome {
    let Some(card) = card_of(findings) else { return depends(language, blame_for_card(findings)) };
    match card.has_sign_certificate {
        Some(true) => Verdict::Ok
            .because(words!(
                language,
                "カードに署名用電子証明書があります。期限は、パスワードを入れるまで分かりません。",
                "The card has a signature certificate. It shows its expiry only after the password."
            ))
            .public_as("present"),
        Some(false) => Verdict::Attention
            .because(words!(
                language,
                "カードに署名用電子証明書がありません。ログインはできますが、署名はできません。",
                "The card has no signature certificate: it can sign in, but not sign documents."
            ))
            .public_as("missing")
            .remedy(issue(language))
            .page(JPKI),
        None => Verdict::Unknown
            .because(words!(
                language,
                "署名用電子証明書があるかどうか、カードは答えません。",
                "The card does not tell whether it has a signature certificate."
            ))
            .public_as("unknown"),
    }
}
