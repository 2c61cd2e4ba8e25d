//! The choice of a language.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::App;
use crate::web::{Failure, Form, Lang, language_cookie};

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

/// A path of this portal, and nothing that a browser takes for another host.
fn is_own_path(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && HeaderValue::from_str(path).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_this_portal_is_gone_back_to() {
        assert!(is_own_path("/flow/abc/consent?x=1"));
        for other in ["", "//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\r\nb"] {
            assert!(!is_own_path(other), "{other:?}");
        }
    }
}
