//! 問合せ, answered.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};

use super::Operator;
use crate::App;
use crate::apply::{Reply, conversation};
use crate::desk::Desk;
use crate::enquiries::{self, MESSAGE, written};
use crate::web::{Failure, Form, Frame};

/// A conversation.
pub(super) async fn show(
    State(app): State<App>,
    frame: Frame,
    _: Operator,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let found = enquiries::find(&app, &id, None).await?.ok_or(Failure::NotFound)?;
    Ok(conversation(frame, found, Desk::Operator, false))
}

/// Answers.
pub(super) async fn answer(
    State(app): State<App>,
    frame: Frame,
    operator: Operator,
    Path(id): Path<String>,
    Form(reply): Form<Reply>,
) -> Result<Response, Failure> {
    let found = enquiries::find(&app, &id, None).await?.ok_or(Failure::NotFound)?;
    let Some(content) = written(&reply.content, MESSAGE) else {
        return Ok(conversation(frame, found, Desk::Operator, true));
    };
    enquiries::answer(&app, &found.0, Desk::Operator, &operator.actor(), &content).await?;
    Ok(Redirect::to(&format!("/operator/enquiries/{id}")).into_response())
}
