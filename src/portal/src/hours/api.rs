//! The service hours for programs.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::jst::moment;
use super::{Closure, Schedule, Service, Span, Status, Text, Window, date_in_japan, overrides};
use crate::App;
use crate::api::{Parameters, Problem};

/// The most days of one answer.
const MOST_DAYS: i64 = 400;
/// The days of an answer if none were asked for.
const USUAL_DAYS: i64 = 90;
/// How long an answer may be kept: a stop that the operator adds is known everywhere within a minute.
pub(super) const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// When which service can be used.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ServiceHours {
    /// `production` or `test`.
    environment: &'static str,
    /// The time zone of the days asked for: always `Asia/Tokyo`. All times in the answer are UTC.
    time_zone: &'static str,
    /// The first moment of the answer.
    #[schema(format = DateTime)]
    from: String,
    /// The first moment after it.
    #[schema(format = DateTime)]
    to: String,
    /// One for each service asked for.
    services: Vec<Hours>,
    /// What was announced without stopping anything.
    announcements: Vec<Announcement>,
}

/// The hours of one service.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Hours {
    service: Service,
    name: Text,
    /// The systems that it needs, all of them.
    needs: Vec<String>,
    /// Whether it can be used now.
    open: bool,
    /// If it is open: when it closes, if that is known to be within 400 days.
    #[schema(format = DateTime)]
    closes_at: Option<String>,
    /// If it is closed: when it opens.
    #[schema(format = DateTime)]
    opens_at: Option<String>,
    /// When it is closed: from `start` on, up to but without `end`.
    closures: Vec<Closed>,
}

/// A time in which a service can't be used.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Closed {
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    /// What stops then.
    windows: Vec<Stop>,
}

/// A time in which a system is stopped.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Stop {
    /// Its name, the same each time it is asked for.
    name: String,
    /// The system.
    system: String,
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    reason: Text,
    /// `planned` by the calendar, `added` by the operator, or `moved` from another time.
    source: &'static str,
}

/// Something the operator says about a time.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Announcement {
    name: String,
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    text: Text,
    #[schema(format = DateTime)]
    announced_at: String,
}

impl From<Window> for Stop {
    fn from(window: Window) -> Self {
        Self {
            start: window.span.start.to_string(),
            end: window.span.end.to_string(),
            name: window.name,
            system: window.system,
            reason: window.reason,
            source: window.source.word(),
        }
    }
}

impl From<Closure> for Closed {
    fn from(closure: Closure) -> Self {
        Self {
            start: closure.span.start.to_string(),
            end: closure.span.end.to_string(),
            windows: closure.windows.into_iter().map(Stop::from).collect(),
        }
    }
}

/// When which service can be used: planned stops, what the operator changed, and whether it is open now.
#[utoipa::path(
    get,
    path = "/api/v1/service-hours",
    tag = "service hours",
    params(
        ("service" = Option<Service>, Query, description = "One service; without it all"),
        ("from" = Option<String>, Query, format = Date, pattern = "^20[0-9]{2}-[0-9]{2}-[0-9]{2}$", description = "The first day, by the calendar of Japan. Without it today"),
        ("to" = Option<String>, Query, format = Date, pattern = "^20[0-9]{2}-[0-9]{2}-[0-9]{2}$", description = "The day after the last one, at most 400 days later. Without it 90 days later"),
    ),
    responses(
        (status = 200, description = "The hours", body = ServiceHours),
        (status = 400, description = "A parameter can't be read, or more than 400 days were asked for", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many calls; see Retry-After", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The portal can't answer at the moment; see Retry-After", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn service_hours(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let asked = Parameters::of(query.as_deref(), ["service", "from", "to"])?;
    let service = match asked.get("service").map(Service::read) {
        Some(None) => return Err(Problem::invalid_request("`service` is none of the services that have hours.")),
        Some(service) => service,
        None => None,
    };
    let now = app.now();
    let range = range(asked.get("from"), asked.get("to"), now)?;
    let changes = overrides::since(&app, Schedule::behind(range.start.min(now))).await?;
    let schedule = Schedule::new(app.config().calendar(), &changes);
    let services = Service::ALL.into_iter().filter(|one| service.is_none_or(|service| service == *one));
    let hours = ServiceHours {
        environment: app.config().environment().word(),
        time_zone: "Asia/Tokyo",
        from: range.start.to_string(),
        to: range.end.to_string(),
        services: services.map(|service| hours(&app, &schedule, service, range, now)).collect(),
        announcements: schedule
            .announcements(range)
            .map(|(one, span)| Announcement {
                name: one.id.clone(),
                start: span.start.to_string(),
                end: span.end.to_string(),
                text: one.reason.clone(),
                announced_at: one.made.to_string(),
            })
            .collect(),
    };
    Ok(([(header::CACHE_CONTROL, KEPT)], Json(hours)).into_response())
}

fn hours(app: &App, schedule: &Schedule<'_>, service: Service, range: Span, now: Timestamp) -> Hours {
    let (open, closes_at, opens_at) = match schedule.at(service, now) {
        Status::Open { until } => (true, until.map(|moment| moment.to_string()), None),
        Status::Closed(closure) => (false, None, Some(closure.span.end.to_string())),
    };
    Hours {
        service,
        name: service.name(),
        needs: app.config().calendar().needs(service).to_vec(),
        open,
        closes_at,
        opens_at,
        closures: schedule.closures(service, range).into_iter().map(Closed::from).collect(),
    }
}

/// From the beginning of one day to the beginning of another.
fn range(from: Option<&str>, to: Option<&str>, now: Timestamp) -> Result<Span, Problem> {
    let day = |text: &str| -> Result<Date, Problem> {
        let date = text.parse::<Date>().ok().filter(|date| text.len() == 10 && (2000..2100).contains(&date.year()));
        date.ok_or_else(|| {
            Problem::invalid_request("`from` and `to` are days between 2000 and 2099, written 2026-11-21.")
        })
    };
    let from = from.map_or_else(|| Ok(date_in_japan(now)), day)?;
    let to = to.map_or_else(|| Ok(from.saturating_add(jiff::Span::new().days(USUAL_DAYS))), day)?;
    let start = moment(from.to_datetime(Time::midnight()));
    let end = moment(to.to_datetime(Time::midnight()));
    start
        .zip(end)
        .and_then(|(start, end)| Span::new(start, end))
        .filter(|range| range.end.duration_since(range.start) <= SignedDuration::from_hours(24 * MOST_DAYS))
        .ok_or_else(|| Problem::invalid_request("`to` is a day after `from`, at most 400 days later."))
}
