//! What the page's script calls: a challenge to sign, and the token to verify.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use jpki_protocol::Language;
use jpki_trust::{ChallengeStore as _, NoRandomness, Refusal};
use serde_json::json;

use super::Site;
use super::session::SessionId;

/// Why a call failed.
pub(super) enum Failure {
    /// The token was refused.
    Refused(Refusal),
    /// The server can't work.
    Broken(NoRandomness),
}

/// A fresh challenge for this session, which begins here if there is none yet.
pub(super) async fn challenge(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Response, Failure> {
    let session = SessionId::of(&headers).map_or_else(SessionId::fresh, Ok)?;
    let challenge = site.challenges.issue(session.as_str(), Timestamp::now())?;
    Ok((session.cookie(site.secure), Json(json!({ "challenge": challenge }))).into_response())
}

/// Signs in with the token for this session's challenge, which is used up before the token is read.
pub(super) async fn login(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    token: String,
) -> Result<Response, Failure> {
    let session = SessionId::of(&headers).ok_or(Refusal::ChallengeUnknown)?;
    let verified = site.verifier.verify_in_session(&token, &site.challenges, session.as_str())?;
    // A new name for the session: whoever knew the old one gains nothing by this sign-in.
    let session = SessionId::fresh()?;
    let cookie = session.cookie(site.secure);
    site.signed_in.insert(session, verified);
    Ok((cookie, StatusCode::NO_CONTENT).into_response())
}

/// Signs out and goes back to a page.
pub(super) async fn logout(State(site): State<Arc<Site>>, headers: HeaderMap, page: &str) -> Redirect {
    if let Some(session) = SessionId::of(&headers) {
        site.signed_in.remove(&session);
    }
    Redirect::to(page)
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refusal) => {
                let remedy = refusal.remedy();
                let body = json!({
                    "reason": refusal.reason(),
                    "remedy": { "ja": remedy.text(Language::Ja), "en": remedy.text(Language::En) },
                });
                (StatusCode::FORBIDDEN, Json(body)).into_response()
            }
            Self::Broken(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<NoRandomness> for Failure {
    fn from(error: NoRandomness) -> Self {
        Self::Broken(error)
    }
}
