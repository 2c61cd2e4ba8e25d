//! `GET /api/v1/notices` and `GET /api/v1/notices/{id}`.

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;

use super::{Notice, Page, Summary, list, one};
use crate::App;
use crate::account::AccountId;
use crate::api::{Problem, entity};
use crate::hours::{self, Service};
use crate::oauth::Bearer;

/// The scope that permits reading.
const SCOPE: &str = "notices.read";

/// What is documented here.
#[derive(utoipa::OpenApi)]
#[openapi(paths(notices, notice))]
pub(crate) struct Docs;

/// The APIs of this area.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/api/v1/notices", get(notices)).route("/api/v1/notices/{id}", get(notice))
}

/// A page of notices.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Notices {
    /// The version of this document's form. Clients ignore what they don't know.
    #[schema(example = "1")]
    version: &'static str,
    /// The newest first.
    notices: Vec<Summary>,
    /// For `cursor`, to go on with older ones; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// お知らせ情報: the person's notices without their texts, the newest first. Only for a registered person.
#[utoipa::path(
    get,
    path = "/api/v1/notices",
    tag = "notices",
    params(
        ("since" = Option<String>, Query, description = "Only those received then or later (RFC 3339)."),
        ("limit" = Option<u32>, Query, description = "At most so many, 1 to 100; 100 if absent."),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of an earlier answer."),
    ),
    responses(
        (status = 200, description = "A page of notices.", body = Notices, headers(("ETag" = String, description = "For `If-None-Match`."))),
        (status = 304, description = "Nothing changed since the answer with this `ETag`."),
        (status = 400, description = "invalid_request", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "insufficient_scope, user_not_registered", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "rate_limited", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "outside_service_hours, temporarily_unavailable", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
pub(crate) async fn notices(
    State(app): State<App>,
    bearer: Bearer,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let account = reader(&app, &bearer).await?;
    let page = Page::of(query.as_deref())?;
    let (notices, next) = list(app.store(), app.config().environment(), account, &page, app.now()).await?;
    entity(&headers, &Notices { version: "1", notices, next: next.map(|place| place.cursor()) })
}

/// One notice with its text. Reading it here doesn't count as opened: that is the person's to do.
#[utoipa::path(
    get,
    path = "/api/v1/notices/{id}",
    tag = "notices",
    params(
        ("id" = String, Path, description = "The notice's `id`."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of an earlier answer."),
    ),
    responses(
        (status = 200, description = "The notice.", body = Notice, headers(("ETag" = String, description = "For `If-None-Match`."))),
        (status = 304, description = "Nothing changed since the answer with this `ETag`."),
        (status = 400, description = "invalid_request", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "insufficient_scope, user_not_registered", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "notice_not_found: none of this person's, or no longer kept.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "rate_limited", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "outside_service_hours, temporarily_unavailable", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
pub(crate) async fn notice(
    State(app): State<App>,
    bearer: Bearer,
    id: Result<Path<String>, axum::extract::rejection::PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let account = reader(&app, &bearer).await?;
    let Path(id) = id.map_err(|_| Problem::invalid_request("The notice's name isn't readable."))?;
    // No name that was given out has another character; a database refuses some.
    let is_name = id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let found = match is_name {
        true => one(app.store(), app.config().environment(), account, &id, app.now()).await?,
        false => None,
    };
    let notice = found.ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "notice_not_found",
            "This person has no such notice, or it is no longer kept.",
        )
    })?;
    entity(&headers, &notice)
}

/// Whose notices are read: checks hours, permission and registration.
async fn reader<'a>(app: &App, bearer: &'a Bearer) -> Result<&'a AccountId, Problem> {
    hours::gate(app, Service::Notices).await?;
    bearer.require(SCOPE)?;
    bearer.account.as_ref().ok_or_else(Problem::user_not_registered)
}
