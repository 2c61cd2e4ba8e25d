//! The page that asks, and the portal's own logout.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::{back, result};
use crate::App;
use crate::clients::Registered;
use crate::error::Result;
use crate::session::Session;
use crate::web::{Browser, Failure, Form, Frame, KeptFormAction, Lang, show};

#[derive(Template)]
#[template(path = "logout/ask.html")]
struct Ask {
    l: Lang,
    frame: Frame,
    /// The service that asks, in the reader's language.
    service: Option<String>,
    /// The sealed way back to it.
    back: Option<String>,
}

/// Asks whether to log out, because a service wishes it.
pub(super) fn asking(frame: Frame, client: Option<&Registered>, back: Option<String>) -> Response {
    let service = client.map(|client| frame.l.t(&client.name_ja, &client.name_en).to_owned());
    let mut response = show(StatusCode::OK, &Ask { l: frame.l, frame, service, back });
    response.extensions_mut().insert(KeptFormAction);
    response
}

/// Asks whether to log out: where the portal's own pages have no form.
pub(super) async fn ask(session: Option<Session>, frame: Frame) -> Response {
    if session.is_none() {
        return result::nothing_to_do();
    }
    show(StatusCode::OK, &Ask { l: frame.l, frame, service: None, back: None })
}

#[derive(Deserialize)]
pub(super) struct Answered {
    way_back: Option<String>,
}

/// Logs out.
pub(super) async fn sign_out(
    State(app): State<App>,
    session: Option<Session>,
    browser: Browser,
    Form(answered): Form<Answered>,
) -> Result<Response, Failure> {
    let way_back = answered.way_back.and_then(|sealed| back::open(&app, &browser, &sealed));
    match session {
        Some(session) => result::log_out(&app, &browser, &session, None, way_back).await,
        None => Ok(way_back.map_or_else(result::nothing_to_do, |to| Redirect::to(&to).into_response())),
    }
}
