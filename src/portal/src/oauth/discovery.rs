//! What the portal says about itself, and its public keys.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::IntoResponse;
use jpki_oidc::{Scopes, provider};

use super::answer::OAuthError;
use super::docs::{Discovery, KeySet, OAuthProblem};
use super::{SCOPES, paths};
use crate::api::Problem;
use crate::{App, Environment, keys};

/// Both change rarely, and a new key is published a day before it signs.
const KEPT: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "public, max-age=300")];

/// What the portal says about itself (OpenID Connect Discovery 1.0).
#[utoipa::path(
    get,
    path = paths::DISCOVERY,
    tag = "oauth",
    responses(
        (status = 200, description = "The document.", body = Discovery),
        (status = 429, description = "Too many calls; see Retry-After.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn document(State(app): State<App>) -> impl IntoResponse {
    let config = app.config();
    let scopes: Scopes = SCOPES.into_iter().collect();
    let secrets = config.environment() == Environment::Test;
    (KEPT, Json(provider::discovery(config.issuer(), &paths::endpoints(config), &scopes, secrets)))
}

/// The public keys.
#[utoipa::path(
    get,
    path = paths::JWKS,
    tag = "oauth",
    responses(
        (status = 200, description = "The keys.", body = KeySet),
        (status = 429, description = "Too many calls; see Retry-After.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The portal can't answer at the moment; see Retry-After.", body = OAuthProblem),
    )
)]
pub(super) async fn keys(State(app): State<App>) -> Result<impl IntoResponse, OAuthError> {
    let ring = keys::ring(&app).await?;
    Ok((KEPT, Json(ring.public().clone())))
}
