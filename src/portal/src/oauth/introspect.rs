//! What a token is worth (RFC 7662), for the service that it was given to: a service's own APIs ask here about tokens that its
//! programs send them. Of anybody else's token it learns no more than of one that never was.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::answer::{OAuthError, read_form};
use super::client_auth::authenticate;
use super::docs::{OAuthProblem, TokenToJudge, Worth};
use super::{bearer, offline};
use crate::App;
use crate::api::Problem;
use crate::error::Result;

/// Tells a client what one of its tokens is worth now. Which kind it is shows in the token, so the hint isn't needed.
#[utoipa::path(
    post,
    path = super::paths::INTROSPECT,
    tag = "oauth",
    request_body(content = TokenToJudge, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "What it is worth.", body = Worth),
        (status = 400, description = "The request makes no sense.", body = OAuthProblem),
        (status = 401, description = "The client didn't prove who it is.", body = OAuthProblem),
        (status = 429, description = "Too many calls; see Retry-After.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The portal can't answer at the moment; see Retry-After.", body = OAuthProblem),
    ),
    security(("client" = []), ())
)]
pub(super) async fn introspect(State(app): State<App>, request: Request) -> Result<Response, OAuthError> {
    let (headers, parameters) = read_form(request, &app).await?;
    let registered = authenticate(&app, &headers, &parameters).await?;
    let token = parameters.require("token")?;
    parameters.get("token_type_hint")?;
    let client = registered.client.id();
    let answer = match access_token(&app, token, client).await? {
        Some(answer) => Some(answer),
        None => refresh_token(&app, token, client).await?,
    };
    let answer = answer.unwrap_or_else(|| json!({ "active": false }));
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

async fn access_token(app: &App, token: &str, client: &str) -> Result<Option<Value>> {
    let standing = bearer::standing_of(app, token).await?.filter(|standing| standing.claims.client_id == client);
    Ok(standing.map(|standing| {
        json!({
            "active": true,
            "token_type": "Bearer",
            "client_id": client,
            "scope": standing.scopes,
            "sub": standing.claims.sub,
            "iss": standing.claims.iss,
            "aud": standing.claims.aud,
            "iat": standing.claims.iat,
            "exp": standing.claims.exp,
            "jti": standing.claims.jti,
        })
    }))
}

async fn refresh_token(app: &App, token: &str, client: &str) -> Result<Option<Value>> {
    let grant = offline::standing_of(app, token, client).await?;
    Ok(grant.map(|grant| {
        json!({
            "active": true,
            "token_type": "refresh_token",
            "client_id": client,
            "scope": grant.scopes,
            "sub": grant.subject,
            "iss": app.config().issuer(),
            "exp": grant.expires.as_second(),
        })
    }))
}
