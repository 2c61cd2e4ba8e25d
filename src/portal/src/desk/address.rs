//! The network address that somebody types passwords from.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::App;
use crate::observe;

/// Where a request comes from, as a text to count by.
#[derive(Debug, Clone)]
pub(crate) struct Address(pub(crate) String);

impl FromRequestParts<App> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let address = observe::address(&parts.extensions, &parts.headers, app.config().trusted_proxies());
        Ok(Self(address.map_or_else(|| "no connection".to_owned(), subscriber)))
    }
}

/// Whoever has one IPv6 address has its whole /64.
fn subscriber(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => address.segments()[..4].iter().map(|part| format!("{part:x}:")).collect(),
    }
}
