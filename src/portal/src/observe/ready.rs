//! Whether the process lives, and whether it can serve.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::guidelines::{FOLLOWED, Guideline};
use crate::{App, keys};

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the portal can serve, and what it is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Ready {
    /// Whether everything that it needs is there.
    ready: bool,
    /// One for each thing that it needs.
    checks: Vec<Check>,
    /// `production` or `test`.
    environment: &'static str,
    /// How revocation of certificates is checked: `crl`, or `off` in tests.
    revocation: &'static str,
    /// The program's version.
    version: &'static str,
    /// The guidelines that it follows.
    guidelines: [Guideline; 2],
}

/// One thing that the portal needs.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Check {
    name: &'static str,
    passed: bool,
}

/// Lives: the process answers.
pub(super) async fn health() -> Response {
    ([(header::CACHE_CONTROL, "no-store")], "ok\n").into_response()
}

/// Can serve: the database answers, there are keys to sign with, no revocation list is missing or too old. For load balancers,
/// which send requests elsewhere meanwhile.
#[utoipa::path(
    get,
    path = "/ready",
    tag = "operation",
    responses(
        (status = 200, description = "It can serve", body = Ready),
        (status = 503, description = "It can't at the moment", body = Ready),
    )
)]
pub(super) async fn ready(State(app): State<App>) -> Response {
    let asked = sqlx::query("SELECT 1").execute(app.store().pool());
    let database = matches!(tokio::time::timeout(PATIENCE, asked).await, Ok(Ok(_)));
    let mut checks = vec![Check { name: "database", passed: database }];
    // Without a database there are no keys that sign, and nobody waits for them a second time.
    let keys = database && keys::ring(&app).await.is_ok();
    checks.push(Check { name: "keys", passed: keys });
    if let Some(lists) = app.observe().lists.get() {
        checks.push(Check { name: "revocation_lists", passed: lists.are_fresh(app.now()) });
    }
    let ready = checks.iter().all(|check| check.passed);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let answer = Ready {
        ready,
        checks,
        environment: app.config().environment().word(),
        revocation: if app.config().checks_revocation() { "crl" } else { "off" },
        version: env!("CARGO_PKG_VERSION"),
        guidelines: FOLLOWED,
    };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}
