//! The first page, and the choice of a language.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::App;
use crate::web::{self, Failure, Form, Frame, Lang, show};

/// The pages of this area.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/", get(home)).route("/language", post(choose_language))
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    l: Lang,
    frame: Frame,
}

async fn home(frame: Frame) -> Response {
    show(StatusCode::OK, &Home { l: frame.l, frame })
}

#[derive(Deserialize)]
struct Choice {
    lang: String,
    back: String,
}

/// Keeps the choice for a year and shows the same page again.
async fn choose_language(State(app): State<App>, Form(choice): Form<Choice>) -> Result<Response, Failure> {
    let lang = Lang::among([choice.lang.as_str()]).ok_or(Failure::UnreadableForm)?;
    // A path of this portal and nothing that a browser takes for another host.
    let is_own = choice.back.starts_with('/') && !choice.back.starts_with("//") && !choice.back.contains('\\');
    let back = if is_own && HeaderValue::from_str(&choice.back).is_ok() { choice.back.as_str() } else { "/" };
    let mut response = Redirect::to(back).into_response();
    response.headers_mut().append(header::SET_COOKIE, web::language_cookie(lang, app.config().is_secure()));
    Ok(response)
}
