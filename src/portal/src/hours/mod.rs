//! Service hours: when which system is up, and so which service can be used. All of it is data: a calendar with the guideline's
//! rules built in and replaceable by a file, and the operator's changes in the database.
//! Who is about to use a service comes in through [`gate`]; the public through a page, a feed and an API; the operator through [`overrides`].
//! What is open at a moment is computed by pure functions and never guessed: if the database can't say, nothing is let through.

mod api;
mod calendar;
mod closed;
mod feed;
mod jst;
mod month;
pub(crate) mod overrides;
mod page;
mod rule;
mod schedule;
mod service;
#[cfg(test)]
mod table;

use axum::Router;
use axum::routing::get;

pub use calendar::Calendar;
pub(crate) use calendar::Text;
pub(crate) use closed::Closed;
pub(crate) use jst::{Span, date_in_japan};
pub(crate) use schedule::{Closure, Schedule, Source, Status, Window};
pub(crate) use service::Service;

use crate::App;

/// What the OpenAPI document says of this area.
#[derive(utoipa::OpenApi)]
#[openapi(paths(api::service_hours, feed::feed))]
pub(crate) struct Docs;

/// The public page.
pub(crate) fn pages() -> Router<App> {
    Router::new().route("/hours", get(page::calendar))
}

/// What programs call.
pub(crate) fn apis() -> Router<App> {
    Router::new().route("/hours.ics", get(feed::feed)).route("/api/v1/service-hours", get(api::service_hours))
}

/// Lets through who may use a service now. Ask before anything is written, so that nothing is left half done.
///
/// # Errors
/// [`Closed`], which is a page and a problem.
pub(crate) async fn gate(app: &App, service: Service) -> Result<(), Closed> {
    let now = app.now();
    let overrides = overrides::since(app, Schedule::behind(now)).await.map_err(|error| {
        tracing::error!(%error, "service hours can't be looked up");
        Closed::Unknown
    })?;
    match Schedule::new(app.config().calendar(), &overrides).at(service, now) {
        Status::Open { .. } => Ok(()),
        Status::Closed(closure) => Err(Closed::ByHours { service, now, closure }),
    }
}
