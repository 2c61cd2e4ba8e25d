//! The operator's console: what waits, decisions with their reasons, access rights, notices, enquiries, service hours, the audit trail.
//! Operator's staff come in with accounts that the command line makes; their sessions are their own, and no other site's page can use them.
//! What can't be undone asks for the password again. Nothing is decided here that `lifecycle` doesn't allow.

mod account;
mod application;
mod audit;
mod command;
mod enquiries;
mod filing;
mod hours;
mod queue;
mod sign_in;

use axum::Router;
use axum::routing::{get, post};

use crate::App;

pub(crate) use account::Operator;
pub(crate) use command::OperatorCommand;
pub use command::add_operator;

/// The pages of this area.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/operator", get(queue::show))
        .route("/operator/sign-in", get(sign_in::ask).post(sign_in::sign_in))
        .route("/operator/sign-out", post(sign_in::sign_out))
        .route("/operator/applications/{id}", get(application::show))
        .route("/operator/applications/{id}/deeds", post(application::act))
        .route("/operator/applications/{id}/access", post(application::set_access))
        .route("/operator/applications/{id}/checks", post(application::check))
        .route("/operator/applications/{id}/forms/{form}/{version}", get(filing::show))
        .route("/operator/enquiries/{id}", get(enquiries::show).post(enquiries::answer))
        .route("/operator/hours", get(hours::show).post(hours::add))
        .route("/operator/hours/cancel", post(hours::cancel))
        .route("/operator/audit", get(audit::show))
        .route("/operator/audit/export", get(audit::export))
}
