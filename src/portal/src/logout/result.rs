//! Logging out, and the page that tells how it went: one line a service.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::end_and_tell;
use super::request::without_session;
use crate::error::Result;
use crate::outbox::{self, Progress};
use crate::secrets::fresh_id;
use crate::session::Session;
use crate::web::{Browser, Failure, Frame, Lang, show};
use crate::{App, clients};

/// How it went with one service.
struct Line {
    service: String,
    progress: Progress,
}

#[derive(Template)]
#[template(path = "logout/done.html")]
struct Done {
    l: Lang,
    frame: Frame,
    lines: Vec<Line>,
    is_pending: bool,
}

/// Ends a session everywhere, tells its services but the one that `knows`, and goes back to the service or on to the result.
pub(super) async fn log_out(
    app: &App,
    browser: &Browser,
    session: &Session,
    knows: Option<&str>,
    way_back: Option<String>,
) -> Result<Response, Failure> {
    let id = fresh_id()?;
    end_and_tell(app, session, &topic(app, browser, &id), knows).await?;
    let to = way_back.unwrap_or_else(|| format!("/sign-out/{id}"));
    Ok(without_session(app, Redirect::to(&to).into_response()))
}

/// Where somebody goes who is signed in nowhere.
pub(super) fn nothing_to_do() -> Response {
    Redirect::to("/sign-out/done").into_response()
}

/// Results are shown in the browser in which the person logged out, and nowhere else.
fn topic(app: &App, browser: &Browser, id: &str) -> String {
    browser.mark(app, &format!("logout {id}"))
}

/// How it went. Services that couldn't be told yet are told in the background; the page says so, and can be looked at again.
pub(super) async fn page(
    State(app): State<App>,
    browser: Browser,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let mut lines = Vec::new();
    for (client_id, progress) in outbox::results(&app, &topic(&app, &browser, &id)).await? {
        // A service that is gone from the register is nobody to log out of.
        if let Some(client) = clients::find(&app, &client_id).await? {
            lines.push(Line { service: frame.l.t(&client.name_ja, &client.name_en).to_owned(), progress });
        }
    }
    let is_pending = lines.iter().any(|line| line.progress == Progress::Pending);
    Ok(show(StatusCode::OK, &Done { l: frame.l, frame, lines, is_pending }))
}
