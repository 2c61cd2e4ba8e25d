//! Somebody of a company's staff who is signed in.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::rows;
use crate::App;
use crate::audit::Actor;
use crate::desk::{self, Desk};
use crate::web::Failure;

/// Somebody of a company's staff. As an extractor it sends others to sign in.
#[derive(Debug, Clone)]
pub(crate) struct Staff {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) organisation: String,
    /// The organisation's name.
    pub(crate) company: String,
}

impl Staff {
    /// The same as the audit trail names them.
    pub(crate) fn actor(&self) -> Actor {
        Actor { desk: Some(Desk::Staff), name: self.id.clone() }
    }
}

/// Somebody who may be signed in.
pub(crate) struct Visitor(pub(crate) Option<Staff>);

impl FromRequestParts<App> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Some(id) = desk::person(app, Desk::Staff, &parts.headers).await? else { return Ok(Self(None)) };
        Ok(Self(rows::staff(app, &id).await?))
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Visitor(staff) =
            Visitor::from_request_parts(parts, app).await.map_err(axum::response::IntoResponse::into_response)?;
        staff.ok_or_else(|| Redirect::to("/apply/sign-in").into_response())
    }
}
