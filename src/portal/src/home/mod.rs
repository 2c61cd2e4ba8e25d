//! What anybody may read: the first page, what this portal is, for developers, frequent questions, what a person needs.
//! People and would-be API users come in without signing in.
//! Nothing here depends on who reads, but for the language.

mod language;
mod pages;

use axum::Router;
use axum::routing::{get, post};

use crate::App;

/// The pages of this area.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(pages::home))
        .route("/about", get(pages::about))
        .route("/developers", get(pages::developers))
        .route("/faq", get(pages::questions))
        .route("/environment", get(pages::environment))
        .route("/language", post(language::choose))
}
