//! What waits for the operator, and everything else.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::Operator;
use crate::App;
use crate::applications::{self, Application};
use crate::apply::waits_for;
use crate::enquiries::{self, Enquiry};
use crate::lifecycle::Turn;
use crate::web::{self, Failure, Frame, Lang};

#[derive(Template)]
#[template(path = "operator/queue.html")]
struct Queue {
    l: Lang,
    frame: Frame,
    operator: Operator,
    waiting: Vec<Application>,
    others: Vec<Application>,
    enquiries: Vec<Enquiry>,
}

/// The page: what waits longest stands first.
pub(super) async fn show(State(app): State<App>, frame: Frame, operator: Operator) -> Result<Response, Failure> {
    let all = applications::all(&app).await?;
    let (waiting, mut others): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|application| waits_for(&application.state) == Some(Turn::Operator));
    others.reverse();
    let enquiries = enquiries::list(&app, None).await?;
    Ok(web::show(StatusCode::OK, &Queue { l: frame.l, frame, operator, waiting, others, enquiries }))
}
