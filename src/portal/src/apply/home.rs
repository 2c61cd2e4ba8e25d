//! The first page: what the site is for, or the organisation's applications.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::App;
use crate::applications::{self, Application};
use crate::enquiries::{self, Enquiry};
use crate::lifecycle::{Notice, State as Standing, Turn};
use crate::staff::{Staff, Visitor};
use crate::web::{Failure, Form, Frame, Lang, show};

#[derive(Template)]
#[template(path = "apply/welcome.html")]
struct Welcome {
    l: Lang,
    frame: Frame,
}

#[derive(Template)]
#[template(path = "apply/home.html")]
struct Home {
    l: Lang,
    frame: Frame,
    staff: Staff,
    applications: Vec<Application>,
    enquiries: Vec<Enquiry>,
    fault: Option<String>,
}

/// Whose turn it is.
pub(crate) fn waits_for(standing: &Standing) -> Option<Turn> {
    match standing.notice() {
        Some(Notice::Asked(_)) => return Some(Turn::Operator),
        Some(Notice::FormSent { .. }) => return Some(Turn::Applicant),
        _ => {}
    }
    standing.procedure().map(|procedure| procedure.phase.turn())
}

impl Home {
    fn waits_for_us(&self, application: &Application) -> bool {
        waits_for(&application.state) == Some(Turn::Applicant)
    }
}

/// The page.
pub(super) async fn home(State(app): State<App>, frame: Frame, Visitor(staff): Visitor) -> Result<Response, Failure> {
    match staff {
        None => Ok(show(StatusCode::OK, &Welcome { l: frame.l, frame })),
        Some(staff) => list(&app, frame, staff, None).await,
    }
}

async fn list(app: &App, frame: Frame, staff: Staff, fault: Option<String>) -> Result<Response, Failure> {
    let applications = applications::of_organisation(app, &staff.organisation).await?;
    let enquiries = enquiries::list(app, Some(&staff.organisation)).await?;
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(show(status, &Home { l: frame.l, frame, staff, applications, enquiries, fault }))
}

#[derive(Deserialize)]
pub(super) struct Title {
    title: String,
}

/// Begins an application.
pub(super) async fn open(
    State(app): State<App>,
    frame: Frame,
    staff: Staff,
    Form(Title { title }): Form<Title>,
) -> Result<Response, Failure> {
    let title = title.trim();
    if title.is_empty() || title.chars().count() > 100 || title.contains(char::is_control) {
        let fault =
            frame.l.t("サービスの名称を100文字以内で記入してください。", "Write a name of at most 100 characters.");
        return list(&app, frame, staff, Some(fault.to_owned())).await;
    }
    let id = applications::open(&app, &staff.organisation, &staff.actor(), title).await?;
    Ok(Redirect::to(&format!("/apply/applications/{}", id.as_str())).into_response())
}
