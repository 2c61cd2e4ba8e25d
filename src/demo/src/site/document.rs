//! A document and its signature: an order that this site wrote and numbered, or a file of the visitor's own.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jpki_signing::cms;
use jpki_trust::document::{SignedBy, Verdict};
use jpki_trust::{ChallengeStore as _, Refusal, Revocation};
use serde::Deserialize;

use super::Site;
use super::failure::Failure;
use super::handlers::{issue, learned};
use super::session::SessionId;

/// What was signed, and who signed it.
#[derive(Clone)]
pub(super) struct SignedDocument {
    /// The order; none for a file of the visitor's own, which is theirs to keep.
    pub(super) order: Option<String>,
    /// The detached CMS signature, DER.
    pub(super) signature: Vec<u8>,
    /// Who signed it.
    pub(super) by: SignedBy,
    /// What is known about revocation of their certificate.
    pub(super) revocation: Revocation,
}

/// What the page sends when the card has signed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Upload {
    /// The CMS signature in padded base64.
    signature: String,
    /// The visitor's own file in padded base64; none where the order was signed.
    file: Option<String>,
}

#[derive(Template)]
#[template(path = "order.txt")]
struct Order<'a> {
    number: &'a str,
}

/// The order's text. Its number is what makes a signature over it one for this visit and for once.
pub(super) fn order(number: &str) -> askama::Result<String> {
    Order { number }.render()
}

/// Begins a signature: gives the order to sign, in a session that begins here if there is none yet.
pub(super) async fn begin(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Response, Failure> {
    let (session, number) = issue(&site.orders, &headers)?;
    Ok((session.cookie(site.secure), order(&number)?).into_response())
}

/// Takes the signature over this session's order, whose number is used up before the signature is read. A file of the
/// visitor's own needs an order too, which stands for the visit it is part of; the signature itself tells of none.
pub(super) async fn receive(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    message: String,
) -> Result<Response, Failure> {
    let session = SessionId::of(&headers).ok_or(Refusal::ChallengeUnknown)?;
    let number = site.orders.redeem(session.as_str(), Timestamp::now())?;
    let upload: Upload = serde_json::from_str(&message).map_err(|_| Failure::MALFORMED)?;
    let decode = |text: String| BASE64_STANDARD.decode(text).map_err(|_| Failure::MALFORMED);
    let signature = decode(upload.signature)?;
    let (order, content) = match upload.file {
        Some(file) => (None, decode(file)?),
        None => {
            let order = order(number.as_str())?;
            (Some(order.clone()), order.into_bytes())
        }
    };
    let (by, revocation) = verify(&site, &signature, &content)?;
    learned(&site, &session, |visit| visit.document = Some(SignedDocument { order, signature, by, revocation }))
}

/// Who signed the document, if the signature fits it and the certificate is in order.
fn verify(site: &Site, signature: &[u8], mut content: &[u8]) -> Result<(SignedBy, Revocation), Failure> {
    let signatures = cms::read(signature, Some(&mut content))?;
    let judged = site.documents.judge(&signatures).signatures;
    // The agent makes one signature a document; whoever sends several is not this page.
    let [judged] = <[_; 1]>::try_from(judged).map_err(|_| Failure::MALFORMED)?;
    match (judged.verdict, judged.signed_by) {
        (Verdict::Refused(refusal), _) => Err(refusal.into()),
        (Verdict::Accepted { .. }, None) => Err(Refusal::HolderMalformed.into()),
        (Verdict::Accepted { revocation }, Some(by)) => Ok((by, revocation)),
    }
}

/// The signature, to keep.
pub(super) async fn signature(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    download("application/pkcs7-signature", site.visits.of(&headers).document.map(|document| document.signature))
}

/// The order as it was signed, to keep.
pub(super) async fn signed_order(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    download("text/plain; charset=utf-8", site.visits.of(&headers).document.and_then(|document| document.order))
}

fn download(kind: &'static str, body: Option<impl IntoResponse>) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, "attachment")];
    body.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |body| (headers, body).into_response())
}
