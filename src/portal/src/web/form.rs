//! Forms: read only if they come from a page of this portal in the same browser.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::header;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Browser, Failure};
use crate::App;

/// The name of the hidden field. In templates: `{{ frame.form_field()|safe }}`.
pub(super) const FIELD: &str = "form_token";

/// What a form holds.
pub(crate) struct Form<T>(pub(crate) T);

#[derive(Deserialize)]
struct Token {
    form_token: String,
}

impl<T: DeserializeOwned> FromRequest<App> for Form<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        // A browser says where a form comes from; one too old to say so has the token alone.
        let origin = parts.headers.get(header::ORIGIN);
        if origin.is_some_and(|origin| origin.as_bytes() != app.config().origin().as_str().as_bytes()) {
            return Err(Failure::ForeignForm);
        }
        let browser = Browser::from_request_parts(&mut parts, app).await?;
        let request = Request::from_parts(parts, body);
        let bytes = Bytes::from_request(request, app).await.map_err(|_| Failure::UnreadableForm)?;
        let token: Token = serde_urlencoded::from_bytes(&bytes).map_err(|_| Failure::ForeignForm)?;
        if !browser.made(app, &token.form_token) {
            return Err(Failure::ForeignForm);
        }
        serde_urlencoded::from_bytes(&bytes).map(Form).map_err(|_| Failure::UnreadableForm)
    }
}
