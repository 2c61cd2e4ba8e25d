//! A filed version: shown with what changed, or taken away as a file.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::application::own;
use crate::App;
use crate::applications::{self, Application, ApplicationId, Filing};
use crate::lifecycle::{Form as Sheet, FormId, difference};
use crate::staff::Staff;
use crate::web::{Failure, Frame, Lang, show};

/// A field with its value, and what it was if it changed.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) before: Option<String>,
}

impl Line {
    /// The lines of a version, compared with an earlier one.
    pub(crate) fn of(form: &Sheet, now: &Filing, before: Option<&Filing>, l: &Lang) -> Vec<Self> {
        let changed = before.map(|before| difference(form, &before.content, &now.content)).unwrap_or_default();
        let line = |field: &crate::lifecycle::Field| Self {
            label: field.label.of(l).to_owned(),
            value: now.content.get(&field.name).to_owned(),
            before: changed.iter().find(|one| one.field == field.name).map(|one| one.before.clone()),
        };
        form.fields.iter().map(line).collect()
    }
}

#[derive(Template)]
#[template(path = "apply/filing.html")]
struct Page {
    l: Lang,
    frame: Frame,
    application: Application,
    name: String,
    filing: Filing,
    /// The version compared with.
    compared: Option<i64>,
    lines: Vec<Line>,
}

impl Page {
    fn count(&self) -> usize {
        self.lines.iter().filter(|line| line.before.is_some()).count()
    }
}

/// An application, a form, and the number of a version.
pub(super) type Place = Result<Path<(ApplicationId, FormId, i64)>, axum::extract::rejection::PathRejection>;

async fn find(app: &App, staff: &Staff, place: Place) -> Result<(Application, Sheet, Filing), Failure> {
    let Path((id, form, version)) = place.map_err(|_| Failure::NotFound)?;
    let application = own(app, staff, Path(id)).await?;
    let form = app.config().rules().form(&form).ok_or(Failure::NotFound)?.clone();
    let filing = applications::filing(app, &application.id, &form.id, version).await?.ok_or(Failure::NotFound)?;
    Ok((application, form, filing))
}

/// Shows a version with what changed since the one agreed on before it.
pub(super) async fn show_filing(
    app: &App,
    frame: Frame,
    (application, form, filing): (Application, Sheet, Filing),
) -> Result<Response, Failure> {
    let before = applications::agreed_before(app.store().pool(), &application.id, &form.id, filing.version).await?;
    let lines = Line::of(&form, &filing, before.as_ref(), &frame.l);
    let (name, compared) = (form.name(&frame.l), before.map(|before| before.version));
    Ok(show(StatusCode::OK, &Page { l: frame.l, frame, application, name, filing, compared, lines }))
}

/// The page.
pub(super) async fn page(
    State(app): State<App>,
    frame: Frame,
    staff: Staff,
    place: Place,
) -> Result<Response, Failure> {
    let found = find(&app, &staff, place).await?;
    show_filing(&app, frame, found).await
}

fn file(form: &FormId, version: i64, ending: &str, kind: &str, text: String) -> Response {
    let name = format!("attachment; filename=\"{form}-v{version}.{ending}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], text).into_response()
}

/// The version as text.
pub(super) async fn text(
    State(app): State<App>,
    frame: Frame,
    staff: Staff,
    place: Place,
) -> Result<Response, Failure> {
    let (application, form, filing) = find(&app, &staff, place).await?;
    let mut text = format!("{}\n{}  v{}  {}\n", form.name(&frame.l), application.title, filing.version, filing.when());
    for line in Line::of(&form, &filing, None, &frame.l) {
        text.push_str(&format!("\n[{}]\n{}\n", line.label, line.value));
    }
    Ok(file(&form.id, filing.version, "txt", "text/plain; charset=utf-8", text))
}

/// The version as JSON.
pub(super) async fn json(State(app): State<App>, staff: Staff, place: Place) -> Result<Response, Failure> {
    let (application, form, filing) = find(&app, &staff, place).await?;
    let document = json!({
        "application": application.id.as_str(),
        "form": form.id,
        "number": form.number,
        "title": form.title.ja,
        "revision": filing.revision,
        "version": filing.version,
        "filed": filing.filed.to_string(),
        "agreed": filing.is_agreed,
        "content": filing.content,
    });
    Ok(file(&form.id, filing.version, "json", "application/json", document.to_string()))
}
