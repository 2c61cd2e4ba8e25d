//! The history on the screen, and to take along.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::line::{self, About, Line};
use super::view::{Section, minute, service_name};
use crate::session::Session;
use crate::status;
use crate::web::{Failure, Frame, Lang, show as page};
use crate::{App, account, flow};

/// A line as it is shown.
struct Row {
    at: String,
    what: &'static str,
    service: Option<String>,
    about: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "my/history.html")]
struct History {
    l: Lang,
    frame: Frame,
    section: Section,
    rows: Vec<Row>,
}

async fn lines(app: &App, session: &Session) -> Result<Vec<Line>, Failure> {
    let events = account::events(app, &session.account).await?;
    let changes = status::changes(app.store(), &session.account).await?;
    Ok(line::merged(events, changes))
}

pub(super) async fn show(State(app): State<App>, session: Session, frame: Frame) -> Result<Response, Failure> {
    let l = frame.l;
    let mut rows = Vec::new();
    for line in lines(&app, &session).await? {
        let service = match &line.service {
            Some(client) => Some(service_name(&app, l, client).await?),
            None => None,
        };
        let about = about(l, &line.about);
        rows.push(Row { at: minute(l, line.at), what: line::text(l, line.what), service, about });
    }
    Ok(page(StatusCode::OK, &History { l, frame, section: Section::History, rows }))
}

/// Scopes or a setting, for people.
fn about(l: Lang, about: &About) -> Vec<&'static str> {
    match about {
        About::Nothing => Vec::new(),
        About::Scopes(scopes) => flow::scope_words(scopes, l),
        About::Setting(setting) => {
            let (ja, en) = setting.names();
            vec![l.t(ja, en)]
        }
    }
}

pub(super) async fn json(State(app): State<App>, session: Session) -> Result<Response, Failure> {
    let lines = lines(&app, &session).await?;
    Ok(download("application/json", "history.json", json!({ "version": "1", "history": lines }).to_string()))
}

pub(super) async fn csv(State(app): State<App>, session: Session) -> Result<Response, Failure> {
    let lines = lines(&app, &session).await?;
    Ok(download("text/csv; charset=utf-8", "history.csv", line::csv(&lines)))
}

fn download(kind: &'static str, name: &str, text: String) -> Response {
    let headers: [(HeaderName, String); 2] = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, text).into_response()
}
