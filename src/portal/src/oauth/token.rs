//! The token endpoint: a code or a refresh token against tokens.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jpki_oidc::error::Refusal;
use jpki_oidc::jwt::Audience;
use jpki_oidc::provider::{
    ACCESS_TOKEN, AccessClaims, Code, ID_TOKEN, IdClaims, TOKEN_LIFE, TokenRequest, check_exchange, check_narrowing,
    no_such_code,
};
use jpki_oidc::{ErrorWord, Scopes};
use serde::Serialize;

use super::answer::{OAuthError, read_form};
use super::bearer::Root;
use super::client_auth::authenticate;
use super::docs::{OAuthProblem, TokenForm};
use super::grant::CODE;
use super::{docs, offline, sign_on};
use crate::account::find_link;
use crate::api::Problem;
use crate::clients::Registered;
use crate::error::Result;
use crate::secrets::fresh_id;
use crate::{App, keys};

/// What a client gets (RFC 6749, 5.1).
#[derive(Serialize)]
struct Tokens {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    scope: Scopes,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

/// A code or a refresh token against tokens.
#[utoipa::path(
    post,
    path = super::paths::TOKEN,
    tag = "oauth",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Tokens.", body = docs::Tokens),
        (status = 400, description = "The request makes no sense, or can't be granted.", body = OAuthProblem),
        (status = 401, description = "The client didn't prove who it is.", body = OAuthProblem),
        (status = 429, description = "Too many calls; see Retry-After.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The portal can't answer at the moment; see Retry-After.", body = OAuthProblem),
    ),
    security(("client" = []), ())
)]
pub(super) async fn tokens(State(app): State<App>, request: Request) -> Result<Response, OAuthError> {
    let (headers, parameters) = read_form(request, &app).await?;
    let registered = authenticate(&app, &headers, &parameters).await?;
    let tokens = match TokenRequest::read(&parameters)? {
        TokenRequest::Code { code, redirect_uri, code_verifier } => {
            redeem(&app, &registered, &code, &redirect_uri, &code_verifier).await?
        }
        TokenRequest::Refresh { refresh_token, scopes } => refresh(&app, &registered, &refresh_token, scopes).await?,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(tokens)).into_response())
}

async fn redeem(
    app: &App,
    registered: &Registered,
    sealed: &str,
    redirect_uri: &str,
    verifier: &str,
) -> Result<Tokens, OAuthError> {
    let now = app.now();
    let code: Code = app.secrets().sealer(CODE).open(sealed, now).ok_or_else(no_such_code)?;
    check_exchange(&code, registered.client.id(), redirect_uri, verifier, now)?;
    let link = code.granted.link.as_deref();
    // Unlinked between the code and here.
    if let Some(link) = link
        && find_link(app, link).await?.is_none()
    {
        return Err(no_such_code().into());
    }
    let name = sign_on::Name::of(&code)?;
    if !sign_on::add(app.store(), &code).await? {
        // Somebody else has it, too: what it gave counts no more (RFC 6749, 4.1.2).
        tracing::warn!(client = registered.client.id(), "a code came a second time: what it gave is revoked");
        offline::end_of_sign_on(app.store(), &name.to_string(), registered.client.id()).await?;
        return Err(no_such_code().into());
    }
    let scopes = code.granted.scopes.and(&registered.client.metadata().scope);
    let access_token = access_token(app, registered, &code.granted.subject, &scopes, Root::SignOn(name)).await?;
    let id_token = IdClaims::of(&code, app.config().issuer(), &access_token, now);
    let id_token = keys::ring(app).await?.sign(ID_TOKEN, &id_token)?;
    let refresh_token = match link {
        Some(link) if scopes.has("offline_access") => Some(offline::begin(app, &code, link).await?),
        _ => None,
    };
    Ok(Tokens::new(access_token, scopes, Some(id_token), refresh_token))
}

async fn refresh(
    app: &App,
    registered: &Registered,
    refresh_token: &str,
    wanted: Option<Scopes>,
) -> Result<Tokens, OAuthError> {
    let refused = || Refusal::new(ErrorWord::InvalidGrant, "the refresh token is unknown, expired, used or revoked");
    let client = registered.client.id();
    // Before it is used up: what can't be granted anyway costs the client nothing.
    if let Some(standing) = offline::standing_of(app, refresh_token, client).await? {
        check_narrowing(&standing.scopes, wanted.clone())?;
    }
    let (grant, next) = offline::renew(app, refresh_token, client).await?.ok_or_else(refused)?;
    if find_link(app, &grant.link).await?.is_none() {
        offline::revoke(app, &next, client).await?;
        return Err(refused().into());
    }
    // The client may be allowed less than when the person agreed.
    let scopes = check_narrowing(&grant.scopes, wanted)?.and(&registered.client.metadata().scope);
    let access_token = access_token(app, registered, &grant.subject, &scopes, Root::Offline(grant.id)).await?;
    Ok(Tokens::new(access_token, scopes, None, Some(next)))
}

async fn access_token(
    app: &App,
    registered: &Registered,
    subject: &str,
    scopes: &Scopes,
    root: Root,
) -> Result<String> {
    let now = app.now().as_second();
    let claims = AccessClaims {
        iss: app.config().issuer().to_owned(),
        sub: subject.to_owned(),
        aud: Audience::One(app.config().issuer().to_owned()),
        exp: now + TOKEN_LIFE,
        iat: now,
        jti: fresh_id()?,
        client_id: registered.client.id().to_owned(),
        scope: scopes.clone(),
        grant: root.to_string(),
    };
    keys::ring(app).await?.sign(ACCESS_TOKEN, &claims)
}

impl Tokens {
    fn new(access_token: String, scope: Scopes, id_token: Option<String>, refresh_token: Option<String>) -> Self {
        Self { access_token, token_type: "Bearer", expires_in: TOKEN_LIFE, scope, id_token, refresh_token }
    }
}
