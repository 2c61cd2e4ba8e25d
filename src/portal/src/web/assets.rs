//! What pages load: style, script, icon, the page's module.

use axum::Router;
use axum::http::{HeaderName, header};
use axum::routing::get;

use crate::App;

const MODULE: &str = include_str!("../../../web/jpki-bridge.js");
const STYLE: &str = include_str!("../../assets/portal.css");

/// The routes of all assets.
pub(crate) fn routes() -> Router<App> {
    let asset = |kind: &'static str, text: &'static str| {
        let headers: [(HeaderName, &str); 2] =
            [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=300")];
        get(move || async move { (headers, text) })
    };
    Router::new()
        .route("/assets/portal.css", asset("text/css; charset=utf-8", STYLE))
        .route("/assets/jpki-bridge.js", asset("text/javascript; charset=utf-8", MODULE))
}
