//! The portal as OpenID Provider: discovery, requests, codes, tokens, and who a token stands for.
//! Browsers come in at the authorization endpoint, clients at the others, APIs for [`Bearer`]; the flow comes back with [`grant`] or [`deny`].
//! What is allowed is decided in `jpki-oidc`; nothing here lets a client in that is not in good standing at that moment.

mod answer;
mod authorize;
mod bearer;
mod client_auth;
mod discovery;
mod docs;
mod grant;
mod introspect;
mod offline;
pub(crate) mod paths;
mod pushed;
mod refused;
mod revoke;
mod sign_on;
mod token;
mod userinfo;

use axum::Router;
use axum::routing::{get, post};
use jiff::Timestamp;

use crate::error::Result;
use crate::web::Failure;
use crate::{App, Store};

pub(crate) use bearer::{Bearer, insufficient_scope};
pub(crate) use docs::Docs;
pub(crate) use grant::{deny, grant};
pub(crate) use offline::forget_link;
pub(crate) use refused::refused;
pub(crate) use sign_on::{forget_session, of_session};

/// Every scope that there is.
pub(crate) const SCOPES: [&str; 9] = [
    "openid",
    "registration",
    "offline_access",
    "notices.read",
    "user_status.registration",
    "user_status.health_insurance",
    "user_status.eshishobako",
    "user_status.mypost",
    "user_status.furusato_etax",
];

/// What a browser sees.
pub(crate) fn pages() -> Router<App> {
    Router::new().route(paths::AUTHORIZE, get(authorize::by_get).post(authorize::by_post).head(no_look))
}

/// A look (HEAD) must change nothing (RFC 9110, 9.2.1), and at some addresses a visit does.
pub(crate) async fn no_look() -> Failure {
    Failure::NoSuchMethod
}

/// What clients call.
pub(crate) fn apis() -> Router<App> {
    Router::new()
        .route(paths::DISCOVERY, get(discovery::document))
        .route(paths::JWKS, get(discovery::keys))
        .route(paths::PUSHED, post(pushed::push))
        .route(paths::TOKEN, post(token::tokens))
        .route(paths::INTROSPECT, post(introspect::introspect))
        .route(paths::REVOKE, post(revoke::revoke))
        .route(paths::USERINFO, get(userinfo::userinfo).post(userinfo::by_post))
}

/// Drops what is over.
pub(crate) async fn sweep(store: &Store, now: Timestamp) -> Result<()> {
    sign_on::sweep(store, now).await?;
    offline::sweep(store, now).await
}
