//! Every address of the portal, area by area.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::any;

use crate::api::{Problem, openapi};
use crate::web::{self, Failure};
use crate::{App, apply, flow, home, hours, identity, logout, my, notices, oauth, observe, operator, staff, status};

/// The most bytes of a request's body. A form or a token is smaller than 10 000.
const MAX_BODY: usize = 64 * 1024;

/// The portal's pages and APIs.
pub fn router(app: App) -> Router {
    let pages = Router::new()
        .merge(home::routes())
        .merge(flow::routes())
        .merge(identity::routes())
        .merge(my::routes())
        .merge(oauth::pages())
        .merge(hours::pages())
        .merge(logout::routes())
        .merge(staff::routes())
        .merge(apply::routes())
        .merge(operator::routes())
        .fallback(|| async { Failure::NotFound })
        .method_not_allowed_fallback(|| async { Failure::NoSuchMethod })
        .layer(from_fn(web::guard))
        .layer(from_fn_with_state(app.clone(), observe::limit_browser))
        .layer(from_fn_with_state(app.clone(), web::know_browser));
    let apis: Router<App> = Router::new()
        .merge(openapi::routes())
        .merge(observe::routes())
        .merge(oauth::apis())
        .merge(status::routes())
        .merge(notices::routes())
        .merge(hours::apis())
        // Programs come here: they get no page.
        .route("/api/{*rest}", any(|| async { nothing_here() }))
        .route("/oauth/{*rest}", any(|| async { nothing_here() }))
        .method_not_allowed_fallback(|| async { no_such_method() });
    Router::new()
        .merge(apis)
        .merge(web::assets())
        .merge(pages)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn(web::no_sniffing))
        .layer(from_fn_with_state(app.clone(), observe::watch))
        .with_state(app)
}

fn nothing_here() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this address: see /openapi.json.")
}

fn no_such_method() -> Problem {
    let detail = "This address takes another method: see the header Allow, and /openapi.json.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}
