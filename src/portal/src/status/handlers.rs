//! `GET /api/v1/user-status`.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};

use super::document::{UserStatus, Visible};
use crate::api::{Parameters, Problem};
use crate::hours::{self, Service};
use crate::oauth::Bearer;
use crate::{App, status};

/// What is documented here.
#[derive(utoipa::OpenApi)]
#[openapi(paths(user_status))]
pub(crate) struct Docs;

/// The APIs of this area.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/api/v1/user-status", get(user_status))
}

/// 利用者状態: the states of the person for whom the access token was issued, before the next API is called.
///
/// Told are the states that the token's scopes permit, one scope each, and none else. Of somebody who proved who they are and
/// isn't registered only that is told.
#[utoipa::path(
    get,
    path = "/api/v1/user-status",
    tag = "user status",
    params(("states" = Option<String>, Query, description = "Only these states, by their words, comma-separated: \
        registration, health_insurance, eshishobako, mypost, furusato_etax. Without it every permitted one.")),
    responses(
        (status = 200, description = "The states.", body = UserStatus),
        (status = 400, description = "invalid_request, unknown_state", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "insufficient_scope, user_not_registered", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "rate_limited", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "outside_service_hours, temporarily_unavailable", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
pub(crate) async fn user_status(
    State(app): State<App>,
    bearer: Bearer,
    RawQuery(query): RawQuery,
) -> Result<impl IntoResponse, Problem> {
    hours::gate(&app, Service::UserStatus).await?;
    let parameters = Parameters::of(query.as_deref(), ["states"])?;
    let visible = Visible::of(parameters.get("states"), |scope| bearer.has(scope))?;
    let settings = match &bearer.account {
        Some(account) => Some(status::of(app.store(), account).await?),
        None => None,
    };
    let headers: [(HeaderName, HeaderValue); 1] = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((headers, Json(visible.answer(settings.as_ref())?)))
}
