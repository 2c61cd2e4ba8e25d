//! What is said to who comes outside the hours: what is closed, why, and when it opens.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;

use super::jst::clock_in_japan;
use super::{Closure, Service, Window};
use crate::App;
use crate::api::Problem;
use crate::web::{Failure, Frame, Lang, show};

/// Why a service can't be used now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Closed {
    /// A system that it needs is stopped.
    ByHours {
        /// What was to be used.
        service: Service,
        /// When.
        now: Timestamp,
        /// What closes it.
        closure: Closure,
    },
    /// The database doesn't answer, so nobody knows.
    Unknown,
}

impl Closed {
    /// The page that says so, in the reader's language.
    pub(crate) fn page(self, app: &App, frame: Frame) -> Response {
        let Self::ByHours { service, now, closure } = self else { return Failure::Unavailable.into_response() };
        let stops = going_on(&closure, now)
            .map(|window| Stop {
                system: app
                    .config()
                    .calendar()
                    .system(&window.system)
                    .map_or_else(String::new, |system| system.name().of(frame.l).to_owned()),
                reason: window.reason.of(frame.l).to_owned(),
                end: clock_in_japan(window.span.end, frame.l),
            })
            .collect();
        let page = Page {
            l: frame.l,
            service: service.name().of(frame.l).to_owned(),
            opens: clock_in_japan(closure.span.end, frame.l),
            opens_at: closure.span.end.to_string(),
            stops,
            frame,
        };
        let mut response = show(StatusCode::SERVICE_UNAVAILABLE, &page);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds(&closure, now)));
        response
    }
}

impl From<Closed> for Problem {
    fn from(closed: Closed) -> Self {
        match closed {
            Closed::ByHours { service, now, closure } => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "outside_service_hours",
                format!("{} is outside its service hours. Try again at opens_at.", service.name().en),
            )
            .retry_after(seconds(&closure, now))
            .opens_at(closure.span.end),
            Closed::Unknown => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "The portal can't answer at the moment. Try again.",
            )
            .retry_after(5),
        }
    }
}

/// The stops of a closure that aren't over.
fn going_on(closure: &Closure, now: Timestamp) -> impl Iterator<Item = &Window> {
    closure.windows.iter().filter(move |window| now < window.span.end)
}

/// Whole seconds until it opens, at least one.
fn seconds(closure: &Closure, now: Timestamp) -> u64 {
    let left = closure.span.end.duration_since(now);
    u64::try_from(left.as_secs()).unwrap_or(0).saturating_add(u64::from(left.subsec_nanos() > 0)).max(1)
}

#[derive(Template)]
#[template(path = "hours/closed.html")]
struct Page {
    l: Lang,
    frame: Frame,
    service: String,
    opens: String,
    opens_at: String,
    stops: Vec<Stop>,
}

struct Stop {
    system: String,
    reason: String,
    end: String,
}
