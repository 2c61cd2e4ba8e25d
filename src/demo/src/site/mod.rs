//! An example site where people sign in, hand over name and address, and sign a document with a My Number Card: a
//! page with a button for each, and a server that verifies.
//! Developers of sites come in to copy it, the demo to show it, browser tests to use it.
//! It keeps everything in memory, and never accepts anything by any other way than `jpki-trust`'s verifier.

mod document;
mod failure;
mod handlers;
mod page;
mod session;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{get, post};
use axum::serve::Listener;
use jpki_protocol::{Language, Origin};
use jpki_trust::document::DocumentVerifier;
use jpki_trust::{MemoryChallengeStore, NotChecked, TrustStore, Verifier};

use page::Page;
use session::Visits;

/// The most a page sends, in bytes: a token is smaller than 10 000.
const MAX_BODY: usize = 16 * 1024;

/// The most it sends with a signed file of at most 512 KiB, which is a third longer in base64.
const MAX_SIGNED_BODY: usize = 720 * 1024;

/// What each answer carries.
///
/// The page connects to its own server and to the agent, and to nothing else; no inline script or style runs.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         connect-src 'self' http://127.0.0.1:* ws://127.0.0.1:*; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    // What one person saw isn't shown to the next by the Back button.
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// How the site is reached and whom it believes.
#[derive(Debug)]
pub struct SiteConfig {
    /// The origin as browsers see it: what cards sign for this site.
    pub origin: Origin,
    /// The roots whose certificates are accepted.
    pub roots: TrustStore,
    /// Where the page looks for the agent, if it was started with `--port`; else at its usual ports.
    pub agent_port: Option<u16>,
}

/// What the handlers share.
struct Site {
    verifier: Verifier,
    documents: DocumentVerifier,
    challenges: MemoryChallengeStore,
    /// The numbers of orders that wait for their signature: single-use, as challenges are.
    orders: MemoryChallengeStore,
    visits: Visits,
    /// Whether cookies travel over TLS only. A developer's `http://localhost` has none.
    secure: bool,
    agent_port: Option<u16>,
}

/// Serves the site until the task is dropped.
///
/// # Errors
/// Those of the listener.
pub async fn serve<L>(listener: L, config: SiteConfig) -> std::io::Result<()>
where
    L: Listener,
    L::Addr: std::fmt::Debug,
{
    axum::serve(listener, router(config)).await
}

/// The site's pages and the calls of its script.
pub fn router(config: SiteConfig) -> Router {
    let site = Arc::new(Site {
        secure: config.origin.as_str().starts_with("https:"),
        // A site in production names a revocation list or an OCSP responder here.
        documents: DocumentVerifier::new(config.roots.clone(), NotChecked),
        verifier: Verifier::new(config.origin, config.roots, NotChecked),
        challenges: MemoryChallengeStore::new(),
        orders: MemoryChallengeStore::new(),
        visits: Visits::default(),
        agent_port: config.agent_port,
    });
    let asset = |kind, text| get(move || async move { ([(header::CONTENT_TYPE, kind)], text) });
    let mut router = Router::new();
    for page in Page::ALL {
        for language in [Language::Ja, Language::En] {
            let show = get(move |site, headers| page::show(site, headers, page, language));
            router = router.route(page.path(language), show);
        }
    }
    router
        .route("/challenge", post(handlers::challenge))
        .route("/login", post(handlers::login))
        .route("/attributes", post(handlers::attributes))
        .route("/order", post(document::begin))
        .route("/document", post(document::receive).layer(DefaultBodyLimit::max(MAX_SIGNED_BODY)))
        .route("/signature.p7s", get(document::signature))
        .route("/order.txt", get(document::signed_order))
        .route("/logout", post(|site, headers| handlers::logout(site, headers, "/")))
        .route("/en/logout", post(|site, headers| handlers::logout(site, headers, "/en")))
        .route("/site.js", asset("text/javascript; charset=utf-8", include_str!("../../assets/site.js")))
        .route("/site.css", asset("text/css; charset=utf-8", include_str!("../../assets/site.css")))
        .route("/icon.svg", asset("image/svg+xml", include_str!("../../assets/icon.svg")))
        .route("/jpki-bridge.js", asset("text/javascript; charset=utf-8", include_str!("../../../web/jpki-bridge.js")))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(map_response(with_headers))
        .with_state(site)
}

async fn with_headers(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
