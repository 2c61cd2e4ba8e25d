//! Giving a token back (RFC 7009). What it rests on ends with it, so the other tokens of the same sign-on or grant end, too.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jpki_oidc::ErrorWord;
use jpki_oidc::error::Refusal;
use jpki_oidc::provider::AccessClaims;

use super::answer::{OAuthError, read_form};
use super::client_auth::authenticate;
use super::docs::{OAuthProblem, TokenToJudge};
use super::{bearer, offline};
use crate::api::Problem;
use crate::{App, keys};

/// Revokes one of the client's tokens. One that is over or never was counts as revoked (2.2).
#[utoipa::path(
    post,
    path = super::paths::REVOKE,
    tag = "oauth",
    request_body(content = TokenToJudge, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "It is worth nothing now, or never was."),
        (status = 400, description = "The request makes no sense.", body = OAuthProblem),
        (status = 401, description = "The client didn't prove who it is.", body = OAuthProblem),
        (status = 429, description = "Too many calls; see Retry-After.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The portal can't answer at the moment; see Retry-After.", body = OAuthProblem),
    ),
    security(("client" = []), ())
)]
pub(super) async fn revoke(State(app): State<App>, request: Request) -> Result<Response, OAuthError> {
    let (headers, parameters) = read_form(request, &app).await?;
    let registered = authenticate(&app, &headers, &parameters).await?;
    let token = parameters.require("token")?;
    parameters.get("token_type_hint")?;
    let client = registered.client.id();
    let ring = keys::ring(&app).await?;
    match AccessClaims::read(token, ring.public(), app.config().issuer(), app.now()) {
        Some(claims) if claims.client_id == client => bearer::revoke(&app, &claims).await?,
        Some(_) => {
            let text = "the token was given to another client";
            return Err(Refusal::new(ErrorWord::UnauthorizedClient, text).into());
        }
        None => {
            offline::revoke(&app, token, client).await?;
        }
    }
    Ok((StatusCode::OK, [(header::CACHE_CONTROL, "no-store")]).into_response())
}
