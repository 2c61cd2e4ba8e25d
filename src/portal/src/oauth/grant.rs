//! How a request ends: with a code, or with the reason why there is none.

use axum::response::{IntoResponse as _, Redirect, Response};
use jpki_oidc::error::Refusal;
use jpki_oidc::provider::{AuthorizationRequest, Code, Granted, denied, granted};

use crate::App;
use crate::error::Result;
use crate::secrets::fresh_id;

/// Under what codes are sealed.
pub(super) const CODE: &str = "code";

/// Answers a request with a code. The code is sealed: nothing is written until it is redeemed.
pub(crate) async fn grant(app: &App, request: &AuthorizationRequest, given: Granted) -> Result<Response> {
    let code = Code::answering(request, given, fresh_id()?, app.now());
    let sealed = app.secrets().sealer(CODE).seal(&code, code.expires)?;
    app.observe().metrics.authorization("granted");
    Ok(Redirect::to(&granted(request, &sealed, app.config().issuer())).into_response())
}

/// Answers a request with the reason why there is no code.
pub(crate) fn deny(app: &App, request: &AuthorizationRequest, refusal: &Refusal) -> Response {
    app.observe().metrics.authorization(refusal.word.word());
    let address = denied(&request.redirect_uri, request.state.as_deref(), refusal, app.config().issuer());
    Redirect::to(&address).into_response()
}
