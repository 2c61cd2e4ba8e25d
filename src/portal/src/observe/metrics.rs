//! What is counted, in the text format of OpenMetrics.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::{App, outbox};

/// Seconds. A page is answered in a few milliseconds; what takes longer than ten seconds has failed.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct By {
    by: &'static str,
}

/// What one process counted since it started.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    answers: Family<Answer, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    logins: Family<Outcome, Counter>,
    authorizations: Family<Outcome, Counter>,
    verifications: Family<Outcome, Counter>,
    limited: Family<By, Counter>,
    outbox: Gauge,
    connections: Gauge,
    idle_connections: Gauge,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("jpki_portal");
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program", version);
        let seconds: Family<_, _, fn() -> Histogram> = Family::new_with_constructor(|| Histogram::new(BUCKETS));
        let metrics = Self {
            answers: Family::default(),
            seconds,
            logins: Family::default(),
            authorizations: Family::default(),
            verifications: Family::default(),
            limited: Family::default(),
            outbox: Gauge::default(),
            connections: Gauge::default(),
            idle_connections: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register("requests", "Requests answered", metrics.answers.clone());
        registry.register(
            "request_duration_seconds",
            "Time from a request's head to its answer's",
            metrics.seconds.clone(),
        );
        registry.register("logins", "Ways through the portal's screens that ended, by outcome", metrics.logins.clone());
        registry.register(
            "authorizations",
            "Answers to services' authorization requests, by outcome",
            metrics.authorizations.clone(),
        );
        registry.register("verifications", "Card verifications, by outcome", metrics.verifications.clone());
        registry.register(
            "limited",
            "Requests refused because there were too many, by what they were counted by",
            metrics.limited.clone(),
        );
        registry.register("outbox_waiting", "Messages to services that wait to be delivered", metrics.outbox.clone());
        registry.register("database_connections", "Connections to the database", metrics.connections.clone());
        registry.register(
            "database_connections_idle",
            "Connections to the database that nobody uses",
            metrics.idle_connections.clone(),
        );
        Self { registry, ..metrics }
    }

    /// Counts an answer.
    pub(super) fn answered(&self, method: &'static str, route: &str, status: StatusCode, seconds: f64) {
        let labels = Answer { method, route: route.to_owned(), status: status.as_u16() };
        self.answers.get_or_create(&labels).inc();
        self.seconds.get_or_create(&Route { route: route.to_owned() }).observe(seconds);
    }

    /// Counts a way through the screens that ended: a few fixed words.
    pub(crate) fn login(&self, outcome: &'static str) {
        self.logins.get_or_create(&Outcome { outcome }).inc();
    }

    /// Counts an answer to a service's request: `granted`, or the word of the error.
    pub(crate) fn authorization(&self, outcome: &'static str) {
        self.authorizations.get_or_create(&Outcome { outcome }).inc();
    }

    /// Counts a verification of what a card signed: `verified`, or the stable word of the refusal.
    pub(crate) fn verification(&self, outcome: &'static str) {
        self.verifications.get_or_create(&Outcome { outcome }).inc();
    }

    /// Counts a request that was one too many.
    pub(super) fn limited(&self, by: &'static str) {
        self.limited.get_or_create(&By { by }).inc();
    }
}

/// Everything, as a scraper wants it.
pub(super) async fn scrape(State(app): State<App>) -> Response {
    let metrics = &app.observe().metrics;
    let pool = app.store().pool();
    metrics.connections.set(i64::from(pool.size()));
    metrics.idle_connections.set(i64::try_from(pool.num_idle()).unwrap_or(i64::MAX));
    // While the database doesn't answer, what it said last stands.
    if let Ok(waiting) = outbox::waiting(&app).await {
        metrics.outbox.set(waiting);
    }
    let mut text = String::new();
    if encode(&mut text, &metrics.registry).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
}
