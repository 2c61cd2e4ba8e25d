//! UserInfo (OpenID Connect Core, 5.3): the portal knows nothing of a person that it could tell but their pseudonym.

use axum::Json;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::json;

use super::Bearer;
use super::docs::UserInfo;
use crate::api::Problem;

/// Who somebody is.
#[utoipa::path(
    get,
    path = super::paths::USERINFO,
    tag = "oauth",
    responses(
        (status = 200, description = "The person's pseudonym.", body = UserInfo),
        (status = 401, description = "No valid access token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "insufficient_scope", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many calls; see Retry-After.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "temporarily_unavailable", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
pub(super) async fn userinfo(bearer: Bearer) -> Result<impl IntoResponse, Problem> {
    bearer.require("openid")?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(json!({ "sub": bearer.subject }))))
}

/// Who somebody is, by POST (5.3.1).
#[utoipa::path(
    post,
    path = super::paths::USERINFO,
    tag = "oauth",
    responses(
        (status = 200, description = "The person's pseudonym.", body = UserInfo),
        (status = 401, description = "No valid access token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "insufficient_scope", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many calls; see Retry-After.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "temporarily_unavailable", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
pub(super) async fn by_post(bearer: Bearer) -> Result<impl IntoResponse, Problem> {
    userinfo(bearer).await
}
