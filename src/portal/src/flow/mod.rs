//! The way of a person through the portal: consent, card, 「サービス連携」, and back to the service, in the guideline's five screens.
//! The authorization endpoint comes in with a request that passed its checks; the portal's own sign-in comes in by itself.
//! Which page follows is decided by [`state`] alone; nothing is written before 「次へ」, and how far somebody got travels sealed in a
//! cookie that only this way's own pages are sent.

// A renewed card has another serial number, so it is nobody's until an older card of the same person hands its account over, in one
// way: both cards are verified as always. An expired card can't do that, not even for a few days: revocation lists may drop a certificate
// once it has expired (RFC 5280, 3.3), so whether it was revoked can't be checked any more. Who has no older card registers anew.
mod carrier;
mod finish;
mod pages;
mod scopes;
mod service;
mod sign_in;
mod state;
mod steps;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use jpki_oidc::provider::{AuthorizationRequest, Next, View, decide};

pub(crate) use scopes::scope_words;

use crate::App;
use crate::account::{self, Account, AccountId, Link};
use crate::error::Result;
use crate::hours::{self, Service};
use crate::session::Session;
use crate::web::{Browser, Failure, Frame};
use carrier::{Flow, Purpose};
use state::{By, Ending, Stage};

/// The version of the texts that people agree to, on the pages of consent and of confirmation. It is recorded with each consent.
pub(crate) const CONSENT_VERSION: &str = "2026-11";

/// The pages of the way.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in", get(sign_in::sign_in))
        .route("/flow/{id}", get(steps::resume))
        .route("/flow/{id}/consent", get(steps::consent).post(steps::agree))
        .route("/flow/{id}/identity", get(steps::identity))
        .route("/flow/{id}/challenge", post(steps::challenge))
        .route("/flow/{id}/verify", get(steps::resume).post(steps::verify))
        .route("/flow/{id}/old-card", get(steps::resume).post(steps::old_card))
        .route("/flow/{id}/confirm", get(steps::confirm).post(steps::onward))
        .route("/flow/{id}/stop", get(steps::resume).post(steps::stop))
}

/// Begins the way for a service's request: answers at once if nothing has to be shown, else leads to the first page.
pub(crate) async fn begin(
    app: &App,
    request: AuthorizationRequest,
    session: Option<Session>,
    browser: &Browser,
    frame: Frame,
) -> Result<Response, Failure> {
    let next =
        next(app, &request, session.as_ref().map(|session| (&session.account, Since::Before(session.auth_time))))
            .await?;
    let signed_in = match next {
        Next::Grant | Next::GrantWithoutAccount if session.is_some() => {
            let purpose = Purpose::Service { request: Box::new(request), name: [String::new(), String::new()] };
            return finish::finish(app, &purpose, Ending::SignOn(By::Session), session, frame).await;
        }
        Next::Refuse(refusal) => return Ok(service::deny(app, &request, &refusal)),
        Next::Consent | Next::Register => true,
        Next::Login | Next::Grant | Next::GrantWithoutAccount => false,
    };
    // Who has a session has an account: logging in again registers nobody.
    if request.registers()
        && session.is_none()
        && let Err(closed) = hours::gate(app, Service::Registration).await
    {
        return Ok(closed.page(app, frame));
    }
    let Some(name) = service::names(app, &request).await? else { return Err(Failure::NotFound) };
    let purpose = Purpose::Service { request: Box::new(request), name };
    Flow::new(app, browser, purpose, Stage::Consent { signed_in })?.go(app)
}

/// What a service's request needs next of somebody who proved themselves at a moment.
async fn next(app: &App, request: &AuthorizationRequest, person: Option<(&AccountId, Since)>) -> Result<Next> {
    let view = match person {
        None => View::default(),
        Some((account, since)) => {
            let link = account::link_with(app, account, &request.client_id).await?;
            view(request, since, true, link)
        }
    };
    Ok(decide(request, &view, app.now()))
}

/// The same for the holder of a card, who may have no account.
async fn next_of_holder(app: &App, purpose: &Purpose, account: Option<&Account>, at: jiff::Timestamp) -> Result<Next> {
    match (purpose, account) {
        (Purpose::Own { .. }, Some(_)) => Ok(Next::Grant),
        (Purpose::Own { .. }, None) => Ok(Next::Register),
        (Purpose::Service { request, .. }, Some(account)) => {
            next(app, request, Some((&account.id, Since::Card(at)))).await
        }
        (Purpose::Service { request, .. }, None) => {
            Ok(decide(request, &view(request, Since::Card(at), false, None), app.now()))
        }
    }
}

/// When somebody proved themselves. Moments are whole seconds, so alone they don't tell what was before the request and what after.
#[derive(Debug, Clone, Copy)]
enum Since {
    /// Before the request: it has just come.
    Before(jiff::Timestamp),
    /// In the browser's session, whenever that began.
    Session(jiff::Timestamp),
    /// With a card, on the way of this request.
    Card(jiff::Timestamp),
}

fn view(request: &AuthorizationRequest, since: Since, registered: bool, link: Option<Link>) -> View {
    let (Since::Before(at) | Since::Session(at) | Since::Card(at)) = since;
    let session = jpki_oidc::provider::Session { since: at, for_this: matches!(since, Since::Card(_)), registered };
    let link = link.map(|link| jpki_oidc::provider::Link {
        subject: link.subject,
        scopes: link.scopes,
        for_this: !matches!(since, Since::Before(_)) && link.agreed >= request.received,
    });
    View { session: Some(session), link }
}
