//! Every request: its name, its limit, its line in the log, its place in the metrics.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;

use super::{limits, peer};
use crate::App;
use crate::secrets::fresh_id;

/// How long an answer may take, with the reading of the request's body: longer than any call that the portal makes meanwhile.
const LONGEST: Duration = Duration::from_secs(30);

/// The name of a request, which an answer carries and log lines have.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What stands for a route if there is none.
const NO_ROUTE: &str = "none";

/// Watches over a request.
pub(crate) async fn watch(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = name(&app, &request);
    let method = method(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or(NO_ROUTE, MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default(), method, route);
    let answered = async {
        let refused = peer::address(request.extensions(), request.headers(), app.config().trusted_proxies())
            .filter(|_| is_limited(&route))
            .and_then(|address| limits::check_address(&app, address, request.headers()));
        let response = match refused {
            Some(response) => response,
            None => match tokio::time::timeout(LONGEST, next.run(request)).await {
                Ok(response) => response,
                Err(_) => (StatusCode::REQUEST_TIMEOUT, [(header::CONNECTION, "close")]).into_response(),
            },
        };
        let seconds = started.elapsed().as_secs_f64();
        let status = response.status();
        app.observe().metrics.answered(method, &route, status, seconds);
        let milliseconds = (seconds * 1000.0 * 10.0).round() / 10.0;
        tracing::info!(status = status.as_u16(), milliseconds, "answered");
        response
    };
    let mut response = answered.instrument(span).await;
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// Probes come as often as they like; what pages load is cheap and cached.
fn is_limited(route: &str) -> bool {
    !(route.starts_with("/assets/") || matches!(route, "/health" | "/ready"))
}

/// The name that a trusted proxy gave the request, else a fresh one.
fn name(app: &App, request: &Request) -> HeaderValue {
    let given =
        request.headers().get(&REQUEST_ID).filter(|_| peer::is_from_proxy(request, app.config().trusted_proxies()));
    let fine = |id: &&HeaderValue| {
        (8..=64).contains(&id.len())
            && id.as_bytes().iter().all(|c| c.is_ascii_alphanumeric() || *c == b'-' || *c == b'_')
    };
    let fresh = || fresh_id().ok().and_then(|id| HeaderValue::from_str(&id).ok());
    given.filter(fine).cloned().or_else(fresh).unwrap_or(HeaderValue::from_static("unnamed"))
}

/// Methods are the caller's words; metrics hold only known ones.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
