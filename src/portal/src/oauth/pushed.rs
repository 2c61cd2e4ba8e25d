//! Requests that clients push before they send a browser with the request's name (RFC 9126).

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use jpki_oidc::provider::{AuthorizationRequest, Channel, Situation, check};
use serde_json::json;

use super::answer::{OAuthError, read_form};
use super::client_auth::authenticate;
use super::docs::{OAuthProblem, PushForm, Pushed};
use crate::api::Problem;
use crate::error::{Error, Result};
use crate::secrets::fresh_token;
use crate::{App, keys};

/// How long a pushed request waits for its browser.
const WAITS: SignedDuration = SignedDuration::from_secs(90);
/// What a request's name begins with (RFC 9126, 2.2); then when it ends, and what nobody guesses.
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// Keeps a request that passed every check, and names it.
#[utoipa::path(
    post,
    path = super::paths::PUSHED,
    tag = "oauth",
    request_body(content = PushForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 201, description = "The request's name.", body = Pushed),
        (status = 400, description = "The request makes no sense, or can't be granted.", body = OAuthProblem),
        (status = 401, description = "The client didn't prove who it is.", body = OAuthProblem),
        (status = 429, description = "Too many calls; see Retry-After.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The portal can't answer at the moment; see Retry-After.", body = OAuthProblem),
    ),
    security(("client" = []), ())
)]
pub(super) async fn push(State(app): State<App>, request: Request) -> Result<Response, OAuthError> {
    let (headers, parameters) = read_form(request, &app).await?;
    let registered = authenticate(&app, &headers, &parameters).await?;
    let ring = keys::ring(&app).await?;
    let situation = Situation {
        issuer: app.config().issuer(),
        client: &registered.client,
        channel: Channel::Pushed,
        keys: ring.public(),
        now: app.now(),
    };
    let checked = check(&parameters, situation).map_err(|rejection| rejection.refusal().clone())?;
    let expires = app.now().saturating_add(WAITS).map_err(|_| Error::Damaged("the clock"))?;
    let token = fresh_token()?;
    let kept = serde_json::to_string(&checked).map_err(|_| Error::Damaged("a request"))?;
    app.store().keep_once(&row(&app, &token, registered.client.id()), &kept, expires).await?;
    let name = format!("{PREFIX}{}.{token}", expires.as_second());
    let body = json!({ "request_uri": name, "expires_in": WAITS.as_secs() });
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// Whether a text is a name given here, or made up like one.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// Takes a pushed request by its name: once, in time, for the client that pushed it.
pub(super) async fn take(app: &App, name: &str, client_id: &str) -> Result<Option<AuthorizationRequest>> {
    let parts = name.strip_prefix(PREFIX).and_then(|rest| rest.split_once('.'));
    let expires = parts.and_then(|(expires, _)| Timestamp::from_second(expires.parse().ok()?).ok());
    let (Some((_, token)), Some(expires)) = (parts, expires) else { return Ok(None) };
    let Some(kept) = app.store().take_once(&row(app, token, client_id), expires, app.now()).await? else {
        return Ok(None);
    };
    let request: AuthorizationRequest = serde_json::from_str(&kept).map_err(|_| Error::Damaged("a pushed request"))?;
    Ok(Some(request))
}

/// Another client finds nothing under the name, and uses nothing up.
fn row(app: &App, token: &str, client_id: &str) -> String {
    app.secrets().hash("pushed request", format!("{client_id} {token}").as_bytes())
}
