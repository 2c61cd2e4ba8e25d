//! What the portal tells its operator, and what keeps one caller from taking it from all others: health, metrics, request logs, limits.
//! Every request comes through [`watch`]; who counts something comes in through [`Observe`]; probes and scrapers through [`routes`] and
//! [`inward`]. Nothing personal is logged or counted: no addresses, no queries, no names, only which route it was and how it ended.

mod gcra;
mod limits;
mod metrics;
mod options;
mod peer;
mod ready;
mod requests;

use std::sync::OnceLock;

use axum::Router;
use axum::routing::get;

pub use limits::{Limit, Limits};
pub use peer::Network;
pub(crate) use peer::address;

pub(crate) use limits::{Limiters, limit_browser, limit_client};
pub(crate) use metrics::Metrics;
pub(crate) use options::Options;
pub(crate) use requests::watch;

use crate::{App, Config, RevocationLists};

/// What one process counts. Another replica counts for itself.
pub(crate) struct Observe {
    pub(crate) metrics: Metrics,
    limiters: Limiters,
    lists: OnceLock<RevocationLists>,
}

impl Observe {
    pub(crate) fn new(config: &Config) -> Self {
        Self { metrics: Metrics::new(), limiters: Limiters::new(config.limits()), lists: OnceLock::new() }
    }

    /// Names the revocation lists that the portal needs to be ready.
    pub(crate) fn needs(&self, lists: RevocationLists) {
        let _ = self.lists.set(lists);
    }
}

/// What the OpenAPI document says of this area.
#[derive(utoipa::OpenApi)]
#[openapi(paths(ready::ready))]
pub(crate) struct Docs;

/// What anybody may ask: whether it lives, and whether it can serve.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/health", get(ready::health)).route("/ready", get(ready::ready))
}

/// What only the operator asks, on an address of its own: the metrics, too.
pub(crate) fn inward(app: App) -> Router {
    routes().route("/metrics", get(metrics::scrape)).with_state(app)
}
