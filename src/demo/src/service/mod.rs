//! An example service that registers its users in the portal (利用者登録): a thin relying party with one button, which shows
//! what the portal tells it of a person and signs them out again.
//! Developers of services come in to copy it, the demo to show it, browser tests to use it.
//! It keeps everything in memory, believes nothing but what the portal signed, and learns no more of a person than a number.

mod handlers;
mod page;
mod portal;
mod protocol;
mod visits;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{get, post};
use axum::serve::Listener;
use jpki_oidc::jwt::SigningKey;
use jpki_oidc::{JwkSet, Metadata, Scopes};
use jpki_protocol::Origin;

use portal::Portal;
use protocol::RelyingParty;
use visits::Visits;

/// What the service asks of the portal: registration where it is missing, the states, the notices.
pub const SCOPES: &str = "openid registration notices.read user_status.registration user_status.health_insurance \
     user_status.eshishobako user_status.mypost user_status.furusato_etax";

/// The most that a browser or the portal sends, in bytes: a logout token is smaller than 4 000.
const MAX_BODY: usize = 16 * 1024;

/// What each answer carries. Forms end at the portal, so where they may go isn't restricted: browsers hold redirects after
/// a form to `form-action`, too.
const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    // What one person saw isn't shown to the next by the Back button.
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
];

/// How the service is reached, and what it needs to know of the portal.
#[derive(Debug)]
pub struct ServiceConfig {
    /// The origin as browsers and the portal see it.
    pub origin: Origin,
    /// The portal's issuer. This example calls it without TLS: it must be on this machine.
    pub portal: String,
    /// The name under which the portal knows the service.
    pub client_id: String,
    /// The key by which the service proves who it is (`private_key_jwt`), PKCS #8.
    pub key: Vec<u8>,
}

/// What the handlers share.
struct Service {
    party: RelyingParty,
    portal: Portal,
    visits: Visits,
    /// Whether cookies travel over TLS only. A developer's `http://localhost` has none.
    secure: bool,
}

/// What is to be registered at the portal for a service of this origin with this key.
///
/// # Errors
/// If the key can't be read.
pub fn metadata(origin: &Origin, key: &[u8]) -> Result<Metadata, Box<dyn std::error::Error + Send + Sync>> {
    let address = |path: &str| format!("{}{path}", origin.as_str());
    Ok(Metadata {
        redirect_uris: vec![address(handlers::CALLBACK)],
        post_logout_redirect_uris: vec![address("/")],
        jwks: Some(JwkSet { keys: vec![SigningKey::from_pkcs8(key)?.public().clone()] }),
        backchannel_logout_uri: Some(address("/backchannel-logout")),
        backchannel_logout_session_required: true,
        scope: Scopes::parse(SCOPES)?,
        ..Metadata::default()
    })
}

/// Serves the service until the task is dropped.
///
/// # Errors
/// Those of the listener; a key that can't be read.
pub async fn serve<L>(listener: L, config: ServiceConfig) -> Result<(), Box<dyn std::error::Error + Send + Sync>>
where
    L: Listener,
    L::Addr: std::fmt::Debug,
{
    Ok(axum::serve(listener, router(config)?).await?)
}

/// The service's pages, and where the portal comes back to.
///
/// # Errors
/// If the key can't be read.
pub fn router(config: ServiceConfig) -> Result<Router, Box<dyn std::error::Error + Send + Sync>> {
    let redirect_uri = format!("{}{}", config.origin.as_str(), handlers::CALLBACK);
    let key = SigningKey::from_pkcs8(&config.key)?;
    let service = Arc::new(Service {
        secure: config.origin.as_str().starts_with("https:"),
        party: RelyingParty::new(config.client_id, key, redirect_uri, format!("{}/", config.origin.as_str())),
        portal: Portal::new(config.portal),
        visits: Visits::default(),
    });
    let asset = |kind, text| get(move || async move { ([(header::CONTENT_TYPE, kind)], text) });
    Ok(Router::new()
        .route("/", get(handlers::home))
        .route("/register", post(handlers::register))
        .route("/sign-in", post(handlers::sign_in))
        .route(handlers::CALLBACK, get(handlers::callback))
        .route("/notices/{id}", get(handlers::notice))
        .route("/logout", post(handlers::logout))
        .route("/backchannel-logout", post(handlers::backchannel_logout))
        .route("/site.css", asset("text/css; charset=utf-8", include_str!("../../assets/site.css")))
        .route("/icon.svg", asset("image/svg+xml", include_str!("../../assets/icon.svg")))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(map_response(with_headers))
        .with_state(service))
}

async fn with_headers(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
