//! The portal's own sign-in: for My page, without any service.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::carrier::{Flow, Purpose};
use super::state::Stage;
use crate::App;
use crate::session::Session;
use crate::web::{Browser, Failure, is_own_path};

/// Where somebody goes who named no other page.
const HOME: &str = "/my";

#[derive(Deserialize)]
pub(super) struct Wish {
    back: Option<String>,
}

/// Begins the way to a page of the portal; who is signed in is there already.
pub(super) async fn sign_in(
    State(app): State<App>,
    session: Option<Session>,
    browser: Browser,
    wish: Result<Query<Wish>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(wish) = wish.map_err(|_| Failure::UnreadableForm)?;
    let back = wish.back.filter(|back| is_own_path(back)).unwrap_or_else(|| HOME.to_owned());
    if session.is_some() {
        return Ok(Redirect::to(&back).into_response());
    }
    Flow::new(&app, &browser, Purpose::Own { back }, Stage::Consent { signed_in: false })?.go(&app)
}
