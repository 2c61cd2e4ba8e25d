//! What each page's answer carries.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// The page connects to the portal and to the agent, and to nothing else; no inline script or style runs.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self' http://127.0.0.1:* ws://127.0.0.1:*; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The same for a page whose form ends at a service: browsers hold redirects after a form to `form-action`, too, and where
/// the service sends its user next is the service's affair.
const LEAVING_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self' http://127.0.0.1:* ws://127.0.0.1:*; base-uri 'none'; frame-ancestors 'none'";

/// Marks an answer whose form ends at a service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeptFormAction;

/// What is no page isn't taken for one, either.
pub(crate) async fn no_sniffing(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Adds the headers that no page may lack. `Cache-Control` stays where a handler set its own.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    guarded(next.run(request).await)
}

/// An answer with those headers.
pub(crate) fn guarded(mut response: Response) -> Response {
    let leaves = response.extensions().get::<KeptFormAction>().is_some();
    let headers = response.headers_mut();
    let policy = if leaves { LEAVING_POLICY } else { POLICY };
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    // Not `no-referrer`: browsers then send `Origin: null` with the portal's own forms (Fetch, "append a request Origin header").
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    // What one person saw isn't shown to the next by the Back button.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
