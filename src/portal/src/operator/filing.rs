//! A filed version, with what changed since the one agreed on before it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Operator;
use super::application::find;
use crate::App;
use crate::applications::{self, Application, ApplicationId, Filing};
use crate::apply::Line;
use crate::lifecycle::FormId;
use crate::web::{self, Failure, Frame, Lang};

#[derive(Template)]
#[template(path = "operator/filing.html")]
struct Page {
    l: Lang,
    frame: Frame,
    application: Application,
    name: String,
    filing: Filing,
    compared: Option<i64>,
    lines: Vec<Line>,
}

type Place = Result<Path<(ApplicationId, FormId, i64)>, axum::extract::rejection::PathRejection>;

/// The page.
pub(super) async fn show(State(app): State<App>, frame: Frame, _: Operator, place: Place) -> Result<Response, Failure> {
    let Path((id, form, version)) = place.map_err(|_| Failure::NotFound)?;
    let application = find(&app, &id).await?;
    let form = app.config().rules().form(&form).ok_or(Failure::NotFound)?;
    let filing = applications::filing(&app, &id, &form.id, version).await?.ok_or(Failure::NotFound)?;
    let before = applications::agreed_before(app.store().pool(), &id, &form.id, version).await?;
    let lines = Line::of(form, &filing, before.as_ref(), &frame.l);
    let (name, compared) = (form.name(&frame.l), before.map(|before| before.version));
    Ok(web::show(StatusCode::OK, &Page { l: frame.l, frame, application, name, filing, compared, lines }))
}
