//! The frame around every page, and the way from a template to an answer.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::{Browser, Failure, Lang, form};
use crate::{App, Environment};

/// What the frame of a page needs to know. An extractor; templates hold it as `frame`.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// The reader's language. Templates hold it as `l`, too.
    pub(crate) l: Lang,
    path: String,
    form_token: String,
    environment: Environment,
}

impl Frame {
    /// The hidden field of every form, as HTML.
    pub(crate) fn form_field(&self) -> String {
        // Base64url: nothing in it means anything to HTML.
        format!(r#"<input type="hidden" name="{}" value="{}">"#, form::FIELD, self.form_token)
    }

    /// Whether a band says that this is the environment for tests.
    pub(crate) fn is_test(&self) -> bool {
        self.environment == Environment::Test
    }

    /// The path of this page, or after a form of the form's page, to come back to after a change of language.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The same frame in the language that a service asked for.
    #[must_use]
    pub(crate) fn in_language(mut self, l: Lang) -> Self {
        self.l = l;
        self
    }
}

impl FromRequestParts<App> for Frame {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let browser = Browser::from_request_parts(parts, app).await?;
        let path = match parts.method {
            Method::GET | Method::HEAD => parts.uri.path_and_query().map_or("/", |path| path.as_str()),
            // Where forms go there may be nothing to read.
            _ => form_page(&parts.headers, app.config().origin().as_str()),
        };
        let path = path.to_owned();
        Ok(Self {
            l: Lang::of(parts),
            path,
            form_token: browser.form_token(app),
            environment: app.config().environment(),
        })
    }
}

/// The path of the portal's page from which a form came; the first page, if the browser doesn't say.
fn form_page<'a>(headers: &'a HeaderMap, origin: &str) -> &'a str {
    let referrer = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    referrer.and_then(|url| url.strip_prefix(origin)).filter(|path| path.starts_with('/')).unwrap_or("/")
}

/// Renders a page.
pub(crate) fn show(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page can't be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_form_comes_from_a_page_of_the_portal_or_from_the_first() {
        let from = |referrer: &'static str| {
            let headers = HeaderMap::from_iter([(header::REFERER, HeaderValue::from_static(referrer))]);
            form_page(&headers, "https://portal.example").to_owned()
        };
        assert_eq!(from("https://portal.example/apply?x=1"), "/apply?x=1");
        for other in ["https://portal.example", "https://portal.example.evil/x", "https://portal.example:8443/x", ""] {
            assert_eq!(from(other), "/", "{other}");
        }
        assert_eq!(form_page(&HeaderMap::new(), "https://portal.example"), "/");
    }
}
