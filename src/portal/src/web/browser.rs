//! Which browser a request comes from: a random cookie, which forms are bound to. It says nothing about who sits there.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Failure;
use crate::App;
use crate::secrets::fresh_token;

/// The cookie's name. Over TLS a sibling host can't set it (RFC 6265bis, 4.1.3.2).
const COOKIE: (&str, &str) = ("browser", "__Host-browser");
/// Its length, in characters.
const LENGTH: usize = 43;

/// A browser, told again by its cookie.
#[derive(Debug, Clone)]
pub(crate) struct Browser(String);

impl Browser {
    /// What a form on a page for this browser carries.
    pub(crate) fn form_token(&self, app: &App) -> String {
        app.secrets().hash("form", self.0.as_bytes())
    }

    /// Whether a form token is this browser's.
    pub(super) fn made(&self, app: &App, form_token: &str) -> bool {
        app.secrets().is_hash("form", self.0.as_bytes(), form_token)
    }

    /// Binds something else to this browser: equal for the same browser and label.
    pub(crate) fn mark(&self, app: &App, label: &str) -> String {
        app.secrets().hash(label, self.0.as_bytes())
    }
}

impl FromRequestParts<App> for Browser {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or(Failure::Internal)
    }
}

/// Gives each browser its cookie.
pub(crate) async fn know_browser(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let secure = app.config().is_secure();
    let name = if secure { COOKIE.1 } else { COOKIE.0 };
    let known = cookie(request.headers(), name).filter(|value| value.len() == LENGTH).map(str::to_owned);
    let (value, is_new) = match known {
        Some(value) => (value, false),
        None => match fresh_token() {
            Ok(value) => (value, true),
            Err(error) => return Failure::from(error).into_response(),
        },
    };
    let cookie = is_new.then(|| set_cookie(name, &value, "/", None, secure));
    request.extensions_mut().insert(Browser(value));
    let mut response = next.run(request).await;
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The value of a cookie of a request; of two with one name the first, which is the one with the longer path (RFC 6265, 5.4).
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// A cookie out of reach of scripts, not sent with what other sites post. `seconds` of 0 removes it; none lasts as long as the browser's session.
pub(crate) fn set_cookie(name: &str, value: &str, path: &str, seconds: Option<u32>, secure: bool) -> HeaderValue {
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax{age}{secure}");
    // Names, paths and values are made here, of characters that a header may hold.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}
