//! Who holds the card: a challenge for one attempt, the judgement of what the card signed, and what a person reads when it fails.
//! The flow comes in with its own name and its browser; it gets a card, or a [`Trouble`] that says what to do.
//! No PIN and no certificate is kept here, and nobody is let in while revocation can't be checked.

mod challenge;
mod help;
mod marks;
mod revocation;
mod trouble;

use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Router, http::header};

pub(crate) use challenge::{closed, issue};
pub(crate) use help::{HELP, Help};
pub(crate) use marks::Marks;
pub use revocation::RevocationLists;
pub(crate) use trouble::Trouble;

use crate::App;
use crate::account::Card;
use crate::error::Result;
use crate::web::Browser;

/// The page's script.
pub(crate) fn routes() -> Router<App> {
    let headers =
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=300")];
    let script = include_str!("../../assets/identity.js");
    Router::new().route("/assets/identity.js", get(move || async move { (headers, script) }))
}

/// Judges a token for the open challenge of a flow. The challenge is used up before the token is read, whatever comes of it.
pub(crate) async fn verify(
    app: &App,
    headers: &HeaderMap,
    flow: &str,
    browser: &Browser,
    token: &str,
) -> Result<Result<Card, Trouble>> {
    let Some(challenge) = challenge::redeem(app, headers, flow, browser).await? else {
        return Ok(Err(Trouble::Again));
    };
    // Two RSA verifications and a look at lists in memory take some 60 µs: not worth another thread.
    let metrics = &app.observe().metrics;
    Ok(match app.verifier().verify(token, &challenge) {
        Ok(verified) => {
            metrics.verification("verified");
            Ok(Card::of(app.secrets(), &verified))
        }
        Err(refusal) => {
            metrics.verification(refusal.reason());
            tracing::info!(reason = refusal.reason(), "a card was refused");
            Err(Trouble::of(refusal))
        }
    })
}
