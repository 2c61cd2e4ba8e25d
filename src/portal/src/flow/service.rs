//! What the way needs of the other side: who the service is, and how it gets its answer.

use axum::response::{IntoResponse as _, Redirect, Response};
use jpki_oidc::error::Refusal;
use jpki_oidc::provider::{AuthorizationRequest, Granted, denied};

use crate::App;
use crate::error::{Error, Result};

/// The names of a service in good standing, in Japanese and English.
pub(super) async fn names(_app: &App, request: &AuthorizationRequest) -> Result<Option<[String; 2]>> {
    Ok(Some([request.client_id.clone(), request.client_id.clone()]))
}

/// Sends the person back with a code.
pub(super) async fn grant(_app: &App, _request: &AuthorizationRequest, _granted: Granted) -> Result<Response> {
    Err(Error::Config("there is no authorization endpoint".to_owned()))
}

/// Sends the person back without.
pub(super) fn deny(app: &App, request: &AuthorizationRequest, refusal: &Refusal) -> Response {
    let to = denied(&request.redirect_uri, request.state.as_deref(), refusal, app.config().issuer());
    Redirect::to(&to).into_response()
}
