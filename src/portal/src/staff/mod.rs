//! Staff of companies that apply: signing up with a mail address and a password, signing in and out, a forgotten password.
//! Anybody comes in to sign up; the application form site comes in with the extractor `Staff`.
//! No page here tells whether an address has an account, and no account is made before its mail was answered.

mod forgotten;
mod person;
mod rows;
mod sign_in;
mod sign_up;

use axum::Router;
use axum::routing::{get, post};

use crate::App;

pub(crate) use person::{Staff, Visitor};

/// The pages of this area.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/apply/sign-up", get(sign_up::ask).post(sign_up::send))
        .route("/apply/confirm/{token}", get(sign_up::confirm).post(sign_up::confirmed))
        .route("/apply/sign-in", get(sign_in::ask).post(sign_in::sign_in))
        .route("/apply/sign-out", post(sign_in::sign_out))
        .route("/apply/sign-out-everywhere", post(sign_in::sign_out_everywhere))
        .route("/apply/forgotten", get(forgotten::ask).post(forgotten::send))
        .route("/apply/reset/{token}", get(forgotten::choose).post(forgotten::chosen))
}
