//! What browsers and the portal call.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use jpki_oidc::Scopes;
use jpki_oidc::relying_party::{CallbackError, TokenError};
use url::form_urlencoded;

use super::portal::Trouble;
use super::protocol::Known;
use super::visits::{Member, cookie, name_of};
use super::{SCOPES, Service, page};

/// Where the portal comes back to.
pub(super) const CALLBACK: &str = "/callback";

/// Why a visitor sees another page than they wanted.
pub(super) enum Failure {
    /// The portal said no, by this word.
    Refused(String),
    /// What came back isn't an answer to this visitor.
    NotAnswered,
    /// The portal can't be asked, or isn't believed.
    Trouble(Trouble),
}

impl From<Trouble> for Failure {
    fn from(error: Trouble) -> Self {
        Self::Trouble(error)
    }
}

impl From<&'static str> for Failure {
    fn from(error: &'static str) -> Self {
        Self::Trouble(error.into())
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        Self::Trouble(error.into())
    }
}

impl From<CallbackError> for Failure {
    fn from(error: CallbackError) -> Self {
        match error {
            CallbackError::Refused { error, .. } => Self::Refused(error),
            _ => Self::NotAnswered,
        }
    }
}

type Shared = State<Arc<Service>>;

/// Calls to the portal wait for it, on a thread that may wait.
async fn call<T: Send + 'static>(
    service: &Arc<Service>,
    work: impl FnOnce(&Service) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let service = Arc::clone(service);
    tokio::task::spawn_blocking(move || work(&service)).await.map_err(|error| Failure::Trouble(error.into()))?
}

pub(super) async fn home(State(service): Shared, headers: HeaderMap) -> Response {
    page::home(&headers, service.visits.member(&headers))
}

/// 「マイナポータルの利用者登録」: to the portal, which registers who isn't registered.
pub(super) async fn register(service: Shared, headers: HeaderMap) -> Response {
    begin(service, headers, SCOPES.to_owned()).await
}

/// To the portal, which says so if somebody isn't registered.
pub(super) async fn sign_in(service: Shared, headers: HeaderMap) -> Response {
    begin(service, headers, SCOPES.replace(" registration", "")).await
}

async fn begin(State(service): Shared, headers: HeaderMap, scope: String) -> Response {
    let language = page::language(&headers).tag();
    let begun = call(&service, move |service| {
        let known = service.portal.known()?;
        let scopes = Scopes::parse(&scope).map_err(|_| "the service asks for no scopes")?;
        let (login, mut request) = service.party.begin(&known.provider, &scopes, language)?;
        request.extend(service.party.proof(&known.provider, Timestamp::now())?);
        let request_uri = service.portal.push(&known.provider, &request)?;
        let visit = service.visits.sent(login)?;
        Ok((cookie(&visit, service.secure), service.party.authorization_url(&known.provider, &request_uri)))
    });
    match begun.await {
        Ok((cookie, url)) => (AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(&url)).into_response(),
        Err(failure) => page::failure(&headers, &failure),
    }
}

/// The portal sent the visitor back: with a code, which is redeemed at once, or with an error.
pub(super) async fn callback(State(service): Shared, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let visit = name_of(&headers).unwrap_or_default();
    let let_in = call(&service, move |service| {
        let login = service.visits.take_login(&visit).ok_or(Failure::NotAnswered)?;
        let known = service.portal.known()?;
        let mut redemption = service.party.redemption(&known, &login, &query.unwrap_or_default())?;
        redemption.extend(service.party.proof(&known.provider, Timestamp::now())?);
        let tokens = service.portal.redeem(&known.provider, &redemption)?;
        let person = service.party.believe(&known, &login, tokens, Timestamp::now())?;
        let told = service.portal.ask(&person.access_token)?;
        let visit = service.visits.let_in(&visit, Member { person, told })?;
        Ok(cookie(&visit, service.secure))
    });
    match let_in.await {
        Ok(cookie) => (AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to("/")).into_response(),
        Err(failure) => page::failure(&headers, &failure),
    }
}

pub(super) async fn notice(State(service): Shared, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let Some(member) = service.visits.member(&headers) else { return Redirect::to("/").into_response() };
    // Only what the portal named is asked for.
    if !member.told.notices.iter().any(|notice| notice.id == id) {
        return Redirect::to("/").into_response();
    }
    match call(&service, move |service| Ok(service.portal.notice(&member.person.access_token, &id)?)).await {
        Ok(notice) => page::notice(&headers, notice),
        Err(failure) => page::failure(&headers, &failure),
    }
}

/// Signs out here, and then at the portal.
pub(super) async fn logout(State(service): Shared, headers: HeaderMap) -> Response {
    let Some(member) = service.visits.forget(&headers) else { return Redirect::to("/").into_response() };
    let url = call(&service, move |service| {
        Ok(service.party.sign_out_url(&service.portal.known()?.provider, &member.person))
    });
    match url.await {
        Ok(url) => Redirect::to(&url).into_response(),
        Err(failure) => page::failure(&headers, &failure),
    }
}

/// The portal says that a session is over.
pub(super) async fn backchannel_logout(State(service): Shared, body: String) -> Response {
    let over = call(&service, move |service| {
        let mut tokens = form_urlencoded::parse(body.as_bytes()).filter(|(name, _)| name == "logout_token");
        let (Some((_, token)), None) = (tokens.next(), tokens.next()) else { return Err(Failure::NotAnswered) };
        let judge = |known: &Known| service.party.believe_logout(known, &token, Timestamp::now());
        let known = service.portal.known()?;
        let over = match judge(&known) {
            // The portal may have a new key.
            Err(TokenError::Jwt(_)) => judge(&*service.portal.discover()?)?,
            other => other?,
        };
        if let Some(sid) = over {
            service.visits.forget_session(&sid);
        }
        Ok(())
    });
    match over.await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}
