//! The choice of a language.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::App;
use crate::web::{Failure, Form, Lang, is_own_path, language_cookie};

#[derive(Deserialize)]
pub(super) struct Choice {
    lang: String,
    back: String,
}

/// Keeps the choice for a year and shows the same page again.
pub(super) async fn choose(State(app): State<App>, Form(choice): Form<Choice>) -> Result<Response, Failure> {
    let lang = Lang::among([choice.lang.as_str()]).ok_or(Failure::UnreadableForm)?;
    let back = if is_own_path(&choice.back) { choice.back.as_str() } else { "/" };
    let mut response = Redirect::to(back).into_response();
    response.headers_mut().append(header::SET_COOKIE, language_cookie(lang, app.config().is_secure()));
    Ok(response)
}
