//! What the page's script calls: a challenge to sign, and what came of it to verify.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use jpki_protocol::{Attribute, AttributeSource};
use jpki_trust::{Asked, ChallengeStore as _, MemoryChallengeStore, Refusal};
use serde_json::json;

use super::Site;
use super::failure::Failure;
use super::session::{SessionId, Visit};

/// What the page of attributes asks for. The server says it too, so that no page can ask for less or more.
const ASKED: Asked<'_> = Asked { attributes: &[Attribute::Name, Attribute::Address], source: AttributeSource::Card };

/// A fresh challenge for this session, which begins here if there is none yet.
pub(super) async fn challenge(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Response, Failure> {
    let (session, challenge) = issue(&site.challenges, &headers)?;
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
    learned(&site, &session, |visit| visit.member = Some(verified))
}

/// Takes name and address that the card signed over together with this session's challenge.
pub(super) async fn attributes(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    result: String,
) -> Result<Response, Failure> {
    let session = SessionId::of(&headers).ok_or(Refusal::ChallengeUnknown)?;
    let verified = site.verifier.verify_attributes_in_session(&result, ASKED, &site.challenges, session.as_str())?;
    learned(&site, &session, |visit| visit.person = Some(verified))
}

/// Forgets the visitor and goes to a page.
pub(super) async fn logout(State(site): State<Arc<Site>>, headers: HeaderMap, page: &str) -> Redirect {
    if let Some(session) = SessionId::of(&headers) {
        site.visits.forget(&session);
    }
    Redirect::to(page)
}

/// Sets a challenge, in a session that begins here if there is none yet.
pub(super) fn issue(store: &MemoryChallengeStore, headers: &HeaderMap) -> Result<(SessionId, String), Failure> {
    let session = SessionId::of(headers).map_or_else(SessionId::fresh, Ok)?;
    let challenge = store.issue(session.as_str(), Timestamp::now())?;
    Ok((session, challenge.to_string()))
}

/// Keeps what was verified and tells the page that it may look again.
pub(super) fn learned(site: &Site, session: &SessionId, learn: impl FnOnce(&mut Visit)) -> Result<Response, Failure> {
    let session = site.visits.learn(session, learn)?;
    Ok((session.cookie(site.secure), StatusCode::NO_CONTENT).into_response())
}
