//! Where the person is signed in: each sign-in can be ended from any other.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::view::{Section, minute};
use crate::session::{self, Session};
use crate::web::{Failure, Form, Frame, Lang, show};
use crate::{App, logout};

/// A sign-in as it is shown.
struct SessionLine {
    id: String,
    began: String,
    ends: String,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "my/sessions.html")]
struct List {
    l: Lang,
    frame: Frame,
    section: Section,
    sessions: Vec<SessionLine>,
    is_ended: bool,
}

pub(super) async fn list(
    State(app): State<App>,
    this: Session,
    RawQuery(query): RawQuery,
    frame: Frame,
) -> Result<Response, Failure> {
    let l = frame.l;
    let line = |session: Session| SessionLine {
        is_this: session.id == this.id,
        began: minute(l, session.auth_time),
        ends: minute(l, session.expires),
        id: session.id,
    };
    let sessions = session::of_account(&app, &this.account).await?.into_iter().map(line).collect();
    let is_ended = query.as_deref() == Some("ended");
    Ok(show(StatusCode::OK, &List { l, frame, section: Section::Sessions, sessions, is_ended }))
}

#[derive(Deserialize)]
pub(super) struct Which {
    id: String,
}

/// Ends one of the others. This one ends by signing out.
pub(super) async fn end(State(app): State<App>, this: Session, Form(which): Form<Which>) -> Result<Response, Failure> {
    end_those(&app, &this, |session| session.id == which.id).await
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn end_others(
    State(app): State<App>,
    this: Session,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Failure> {
    end_those(&app, &this, |_| true).await
}

async fn end_those(app: &App, this: &Session, which: impl Fn(&Session) -> bool) -> Result<Response, Failure> {
    for session in session::of_account(app, &this.account).await? {
        if session.id != this.id && which(&session) {
            logout::end(app, &session).await?;
        }
    }
    Ok(Redirect::to("/my/sessions?ended").into_response())
}
