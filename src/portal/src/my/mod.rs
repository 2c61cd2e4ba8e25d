//! My page: what the portal knows of a person who signed in, what they agreed to with whom, and how they undo it.
//! Only the person comes in, by a session; every answer is theirs alone.
//! No page shows a card's number or a service's name for the person, and none is kept by a cache.

mod close;
mod history;
mod line;
mod links;
mod notices;
mod overview;
mod sessions;
mod settings;
mod view;

use axum::Router;
use axum::routing::{get, post};

use crate::App;

/// The pages of this area.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/my", get(overview::show))
        .route("/my/notices", get(notices::list))
        .route("/my/notices/{id}", get(notices::one))
        .route("/my/links", get(links::list))
        .route("/my/links/{id}/withdraw", get(links::confirm).post(links::withdraw))
        .route("/my/settings", get(settings::show).post(settings::switch))
        .route("/my/sessions", get(sessions::list))
        .route("/my/sessions/end", post(sessions::end))
        .route("/my/sessions/end-others", post(sessions::end_others))
        .route("/my/history", get(history::show))
        .route("/my/history.json", get(history::json))
        .route("/my/history.csv", get(history::csv))
        .route("/my/close", get(close::confirm).post(close::close))
}
