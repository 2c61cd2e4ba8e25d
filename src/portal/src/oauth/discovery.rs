//! What the portal says about itself, and its public keys.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::IntoResponse;
use jpki_oidc::{Scopes, provider};

use super::answer::OAuthError;
use super::{SCOPES, paths};
use crate::{App, Environment, keys};

/// Both change rarely, and a new key is published a day before it signs.
const KEPT: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "public, max-age=300")];

pub(super) async fn document(State(app): State<App>) -> impl IntoResponse {
    let config = app.config();
    let scopes: Scopes = SCOPES.into_iter().collect();
    let secrets = config.environment() == Environment::Test;
    (KEPT, Json(provider::discovery(config.issuer(), &paths::endpoints(config), &scopes, secrets)))
}

pub(super) async fn keys(State(app): State<App>) -> Result<impl IntoResponse, OAuthError> {
    let ring = keys::ring(&app).await?;
    Ok((KEPT, Json(ring.public().clone())))
}
