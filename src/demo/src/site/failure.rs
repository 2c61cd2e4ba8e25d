//! How a call of the page's script fails: a word for its developer, and what to do for the person.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jpki_protocol::Language;
use jpki_trust::{NoRandomness, Refusal};
use serde_json::json;

/// Why a call failed.
pub(super) enum Failure {
    /// What the page sent was refused.
    Refused { reason: &'static str, ja: &'static str, en: &'static str },
    /// The server can't work.
    Broken(String),
}

impl Failure {
    /// The page sent something else than its script sends.
    pub(super) const MALFORMED: Self = Self::Refused {
        reason: "message_malformed",
        ja: "ページを読み込み直してから、もう一度お試しください。",
        en: "Reload the page and try again.",
    };
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Refused { reason, ja, en } => {
                let body = json!({ "reason": reason, "remedy": { "ja": ja, "en": en } });
                (StatusCode::FORBIDDEN, Json(body)).into_response()
            }
            Self::Broken(error) => (StatusCode::INTERNAL_SERVER_ERROR, error).into_response(),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let remedy = refusal.remedy();
        Self::Refused { reason: refusal.reason(), ja: remedy.text(Language::Ja), en: remedy.text(Language::En) }
    }
}

impl From<jpki_signing::Error> for Failure {
    fn from(error: jpki_signing::Error) -> Self {
        let jpki_signing::Error::Refused(fault) = error else { return Self::MALFORMED };
        let remedy = fault.remedy();
        Self::Refused { reason: fault.word(), ja: remedy.japanese(), en: remedy.english() }
    }
}

impl From<NoRandomness> for Failure {
    fn from(error: NoRandomness) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        Self::Broken(error.to_string())
    }
}
