//! Answers of the page: what every one of them forbids its browser.

use crate::server::http::Response;

/// Nothing but the page's own files; no frame, no base, no form to elsewhere (CSP Level 3).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What a page may not have, whatever it loads.
pub(super) fn guards() -> [(&'static str, String); 6] {
    [
        ("Content-Security-Policy", POLICY.into()),
        ("X-Frame-Options", "DENY".into()),
        // Not `no-referrer`: browsers would then send `Origin: null` with the page's own forms (Fetch, "append a request
        // Origin header"), and a form's origin could not be told. To other origins nothing is sent.
        ("Referrer-Policy", "same-origin".into()),
        ("Cross-Origin-Opener-Policy", "same-origin".into()),
        ("Cross-Origin-Resource-Policy", "same-origin".into()),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()".into()),
    ]
}

fn guarded(response: Response) -> Response {
    guards().into_iter().fold(response, |response, (name, value)| response.with(name, value))
}

/// A document of the page.
pub(super) fn page(status: u16, html: String) -> Response {
    guarded(Response::new(status, "text/html; charset=utf-8", html))
}

/// A file of the page.
pub(super) fn asset(kind: &str, text: &'static str) -> Response {
    guarded(Response::new(200, kind, text))
}

/// A file to keep.
pub(super) fn download(kind: &str, name: &str, text: String) -> Response {
    guarded(Response::new(200, kind, text)).with("Content-Disposition", format!("attachment; filename=\"{name}\""))
}

/// On to another address of the page, by GET.
pub(super) fn see_other(path: &'static str) -> Response {
    guarded(Response::status(303)).with("Location", path)
}

/// The same, with the session's cookie. It ends with the browser, and is sent to this page alone and from it alone, as far
/// as a cookie can be told so; `Secure` would keep it from a plain `http` page in some browsers.
pub(super) fn enter(path: &'static str, name: &str, value: &str) -> Response {
    see_other(path).with("Set-Cookie", format!("{name}={value}; Path=/status; HttpOnly; SameSite=Strict"))
}
