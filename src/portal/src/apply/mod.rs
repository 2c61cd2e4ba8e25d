//! API利用申請フォーム: where a company's staff apply, file forms, see where they stand, and ask.
//! Staff come in signed in; everybody else sees what the site is for.
//! Another organisation's applications don't exist here.

mod application;
mod enquiries;
mod fault;
mod filing;
mod form;
mod home;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::App;

pub(crate) use enquiries::{Reply, conversation};
pub(crate) use fault::why;
pub(crate) use filing::Line;
pub(crate) use home::waits_for;

/// The most bytes of a form: 20 000 characters of Japanese, each written as nine in a form, and some.
const MAX_BODY: usize = 256 * 1024;

/// The pages of this area.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/apply", get(home::home))
        .route("/apply/applications", post(home::open))
        .route("/apply/applications/{id}", get(application::show))
        .route("/apply/applications/{id}/deeds", post(application::act))
        .route("/apply/applications/{id}/forms/{form}", get(form::ask).post(form::file))
        .route("/apply/applications/{id}/forms/{form}/{version}", get(filing::page))
        .route("/apply/applications/{id}/forms/{form}/{version}/text", get(filing::text))
        .route("/apply/applications/{id}/forms/{form}/{version}/json", get(filing::json))
        .route("/apply/enquiries", get(enquiries::ask).post(enquiries::write))
        .route("/apply/enquiries/{id}", get(enquiries::show).post(enquiries::answer))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}
