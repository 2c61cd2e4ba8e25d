//! The page for a request that can't be answered at the service, because nobody knows whose it is.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jpki_oidc::ErrorWord;
use jpki_oidc::error::Refusal;

use crate::web::{Frame, Lang, show};

#[derive(Template)]
#[template(path = "oauth/refused.html")]
struct Refused<'a> {
    l: Lang,
    frame: Frame,
    refusal: &'a Refusal,
    is_stopped: bool,
}

/// Tells the person, and their service's developer, what is wrong.
pub(crate) fn refused(refusal: &Refusal, frame: Frame) -> Response {
    let is_stopped = refusal.word == ErrorWord::UnauthorizedClient;
    let status = if is_stopped { StatusCode::FORBIDDEN } else { StatusCode::BAD_REQUEST };
    show(status, &Refused { l: frame.l, frame, refusal, is_stopped })
}
