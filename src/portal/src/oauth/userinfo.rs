//! UserInfo (OpenID Connect Core, 5.3): the portal knows nothing of a person that it could tell but their pseudonym.

use axum::Json;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::json;

use super::Bearer;
use crate::api::Problem;

pub(super) async fn userinfo(bearer: Bearer) -> Result<impl IntoResponse, Problem> {
    bearer.require("openid")?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(json!({ "sub": bearer.subject }))))
}
