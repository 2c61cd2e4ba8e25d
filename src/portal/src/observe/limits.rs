//! How often who may come: each address, each browser, each client.

use std::net::IpAddr;
use std::str::FromStr;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::gcra::Gcra;
use crate::App;
use crate::api::Problem;
use crate::error::Error;
use crate::web::{Browser, Failure, guarded};

/// So many requests a second for long, so many at once; or no limit. Written `50/1000` or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(Option<(u32, u32)>);

impl Limit {
    /// No limit.
    pub const OFF: Self = Self(None);

    /// So many a second for long, so many at once.
    pub const fn new(per_second: u32, at_once: u32) -> Self {
        Self(Some((per_second, at_once)))
    }
}

impl FromStr for Limit {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text == "off" {
            return Ok(Self::OFF);
        }
        let number = |text: &str| text.parse::<u32>().ok().filter(|number| (1..=1_000_000).contains(number));
        text.split_once('/').and_then(|(steady, burst)| Some(Self::new(number(steady)?, number(burst)?))).ok_or_else(
            || {
                Error::Config(format!(
                    "{text} is no limit: write requests a second and at once, such as 50/1000, or off"
                ))
            },
        )
    }
}

/// The limits of one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of one address (IPv6: one network of 64 bits). Many people may share one.
    pub address: Limit,
    /// Of one browser.
    pub browser: Limit,
    /// Of one API client.
    pub client: Limit,
}

impl Default for Limits {
    fn default() -> Self {
        Self { address: Limit::new(50, 1000), browser: Limit::new(5, 100), client: Limit::new(200, 2000) }
    }
}

/// The limits with what counts against them.
#[derive(Debug)]
pub(crate) struct Limiters {
    address: Option<Gcra>,
    browser: Option<Gcra>,
    client: Option<Gcra>,
}

impl Limiters {
    pub(super) fn new(limits: Limits) -> Self {
        let made = |limit: Limit| limit.0.map(|(per_second, burst)| Gcra::new(per_second, burst));
        Self { address: made(limits.address), browser: made(limits.browser), client: made(limits.client) }
    }
}

/// Counts a request of an address; an answer, if it was one too many.
pub(super) fn check_address(app: &App, address: IpAddr, headers: &HeaderMap) -> Option<Response> {
    // Whoever has one IPv6 address has 2⁶⁴ of them.
    let network = match address {
        IpAddr::V4(address) => u64::from(u32::from(address)),
        IpAddr::V6(address) => (u128::from(address) >> 64) as u64 | 1 << 63,
    };
    let refused = app.observe().limiters.address.as_ref()?.admit(network, app.now()).err()?;
    app.observe().metrics.limited("address");
    Some(too_many(headers, refused))
}

/// Limits each browser. Comes after [`know_browser`](crate::web::know_browser).
pub(crate) async fn limit_browser(State(app): State<App>, request: Request, next: Next) -> Response {
    let limiter = app.observe().limiters.browser.as_ref();
    if let Some((limiter, browser)) = limiter.zip(request.extensions().get::<Browser>())
        && let Err(seconds) = limiter.admit(browser.mark(&app, "limit").as_str(), app.now())
    {
        app.observe().metrics.limited("browser");
        return too_many(request.headers(), seconds);
    }
    next.run(request).await
}

/// Counts a call of a client that proved who it is.
///
/// # Errors
/// A problem with the status 429, if it was one too many.
pub(crate) fn limit_client(app: &App, client_id: &str) -> Result<(), Problem> {
    let Some(limiter) = &app.observe().limiters.client else { return Ok(()) };
    limiter.admit(client_id, app.now()).map_err(|seconds| {
        app.observe().metrics.limited("client");
        problem(seconds)
    })
}

/// A page for who reads pages, else a problem.
fn too_many(headers: &HeaderMap, seconds: u64) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("text/html") {
        guarded(Failure::TooMany { seconds }.into_response())
    } else {
        problem(seconds).into_response()
    }
}

fn problem(seconds: u64) -> Problem {
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many calls. Try again after Retry-After seconds.")
        .retry_after(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_strictly() {
        assert_eq!("50/1000".parse::<Limit>().unwrap(), Limit::new(50, 1000));
        assert_eq!("off".parse::<Limit>().unwrap(), Limit::OFF);
        for wrong in ["", "50", "0/1", "1/0", "-1/5", "1/2/3", "a/b", "1000001/1", "OFF"] {
            assert!(wrong.parse::<Limit>().is_err(), "{wrong}");
        }
    }
}
