//! Closing the account (登録の削除): said plainly before, done at once.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

use super::view::Section;
use crate::session::{self, Session, SessionCookie};
use crate::web::{Failure, Form, Frame, Lang, show};
use crate::{App, account, logout};

#[derive(Template)]
#[template(path = "my/close.html")]
struct Confirm {
    l: Lang,
    frame: Frame,
    section: Section,
    links: usize,
    /// Whether the box wasn't ticked.
    is_unconfirmed: bool,
}

#[derive(Template)]
#[template(path = "my/closed.html")]
struct Closed {
    l: Lang,
    frame: Frame,
    reference: String,
}

pub(super) async fn confirm(State(app): State<App>, session: Session, frame: Frame) -> Result<Response, Failure> {
    ask(&app, &session, frame, false).await
}

async fn ask(app: &App, session: &Session, frame: Frame, is_unconfirmed: bool) -> Result<Response, Failure> {
    let links = account::links(app, &session.account).await?.len();
    let status = if is_unconfirmed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(show(status, &Confirm { l: frame.l, frame, section: Section::Overview, links, is_unconfirmed }))
}

#[derive(Deserialize)]
pub(super) struct Confirmation {
    understood: Option<String>,
}

pub(super) async fn close(
    State(app): State<App>,
    session: Session,
    frame: Frame,
    Form(confirmation): Form<Confirmation>,
) -> Result<Response, Failure> {
    if confirmation.understood.as_deref() != Some("yes") {
        return ask(&app, &session, frame, true).await;
    }
    // Closing ends them anyway; this way the services are told.
    for open in session::of_account(&app, &session.account).await? {
        logout::end(&app, &open).await?;
    }
    account::close(&app, &session.account).await?;
    let reference = session.account.as_str().to_owned();
    let mut response = show(StatusCode::OK, &Closed { l: frame.l, frame, reference });
    response.headers_mut().append(header::SET_COOKIE, SessionCookie::removal(&app));
    Ok(response)
}
