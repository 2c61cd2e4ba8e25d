//! The authorization endpoint: a browser brings a service's request.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use jpki_oidc::error::Refusal;
use jpki_oidc::provider::{AuthorizationRequest, Channel, Rejection, Situation, check, denied};
use jpki_oidc::{ErrorWord, Parameters};

use super::{paths, pushed, refused};
use crate::clients::{self, Standing};
use crate::session::Session;
use crate::web::{Browser, Failure, Frame};
use crate::{App, flow, keys};

/// The most bytes of a request that is posted: it becomes an address.
const LONGEST: usize = 16 * 1024;

pub(super) async fn by_get(
    State(app): State<App>,
    browser: Browser,
    session: Option<Session>,
    frame: Frame,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    match read(&app, &parameters).await? {
        Ok(request) => flow::begin(&app, request, session, &browser, frame).await,
        Err(Rejection::Untrusted(refusal)) => Ok(refused(&refusal, frame)),
        Err(Rejection::Answer { redirect_uri, state, refusal }) => {
            let issuer = app.config().issuer();
            Ok(Redirect::to(&denied(&redirect_uri, state.as_deref(), &refusal, issuer)).into_response())
        }
    }
}

/// A form from a service's page. No browser sends this portal's cookies with it, so it comes again as an address.
pub(super) async fn by_post(frame: Frame, body: Bytes) -> Response {
    let text = std::str::from_utf8(&body).ok().filter(|text| text.len() <= LONGEST);
    let Some(text) = text else { return refused(&Refusal::invalid("the request is too long, or no form"), frame) };
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(url::form_urlencoded::parse(text.as_bytes()));
    Redirect::to(&format!("{}?{}", paths::AUTHORIZE, query.finish())).into_response()
}

async fn read(app: &App, parameters: &Parameters) -> Result<Result<AuthorizationRequest, Rejection>, Failure> {
    let id = match parameters.require("client_id") {
        Ok(id) => id,
        Err(refusal) => return Ok(Err(Rejection::Untrusted(refusal))),
    };
    let untrusted = |word, text: &str| Ok(Err(Rejection::Untrusted(Refusal::new(word, text))));
    let registered = match clients::find(app, id).await? {
        None => return untrusted(ErrorWord::InvalidRequest, "client_id is not registered"),
        Some(registered) if registered.standing == Standing::Active => registered,
        Some(_) => return untrusted(ErrorWord::UnauthorizedClient, "this service does not use the portal at present"),
    };
    if let Ok(Some(name)) = parameters.get("request_uri")
        && pushed::is_name(name)
    {
        // What else stands in the address doesn't count (RFC 9126, 4; RFC 9101, 5).
        return match pushed::take(app, name, id).await? {
            // The client may have been given other addresses or scopes since.
            Some(request)
                if registered.client.has_redirect_uri(&request.redirect_uri)
                    && request.scopes.are_within(&registered.client.metadata().scope)
                    && (!request.registers() || registered.client.metadata().scope.has("registration")) =>
            {
                Ok(Ok(request))
            }
            _ => untrusted(ErrorWord::InvalidRequestUri, "request_uri is unknown, expired or used: start again"),
        };
    }
    let ring = keys::ring(app).await?;
    let situation = Situation {
        issuer: app.config().issuer(),
        client: &registered.client,
        channel: Channel::Browser,
        keys: ring.public(),
        now: app.now(),
    };
    Ok(check(parameters, situation))
}
