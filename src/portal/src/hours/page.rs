//! The public calendar: what is open now, what will be stopped, and a month at a time.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jpki_protocol::Language;

use super::calendar::System;
use super::jst::clock_in_japan;
use super::month::{Day, Mark, Month};
use super::overrides::{self, Change, Override};
use super::{Calendar, Schedule, Service, Source, Span, Status, date_in_japan};
use crate::App;
use crate::api::Parameters;
use crate::web::{Failure, Frame, Lang, show};

/// How many months back and ahead there is something to see.
const MONTHS: i32 = 24;

#[derive(Template)]
#[template(path = "hours/calendar.html")]
struct Page {
    l: Lang,
    frame: Frame,
    now: Vec<Now>,
    changes: Vec<Changed>,
    service: Service,
    service_name: String,
    month: Month,
    previous: Option<Month>,
    next: Option<Month>,
    weekdays: [&'static str; 7],
    weeks: Vec<[Option<Day>; 7]>,
    stops: Vec<Stop>,
    systems: Vec<Rules>,
}

/// One service at this moment.
struct Now {
    service: Service,
    name: String,
    is_open: bool,
    /// When that changes.
    until: Option<String>,
}

/// One change by the operator.
struct Changed {
    what: &'static str,
    system: String,
    from: String,
    to: String,
    reason: String,
}

/// One stop in the month that is shown.
struct Stop {
    system: String,
    from: String,
    to: String,
    reason: String,
    /// Unless the calendar plans it so.
    change: Option<&'static str>,
}

/// What the calendar plans for one system.
struct Rules {
    name: String,
    rules: Vec<String>,
}

/// The page.
pub(super) async fn calendar(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    frame: Frame,
) -> Result<Response, Failure> {
    let asked = Parameters::of(query.as_deref(), ["month", "service"]).map_err(|_| Failure::NotFound)?;
    let now = app.now();
    let is_shown = |month: &Month| month.distance(Month::of(now)) <= MONTHS;
    let month = match asked.get("month") {
        Some(text) => Month::read(text).filter(is_shown).ok_or(Failure::NotFound)?,
        None => Month::of(now),
    };
    let range = month.span().ok_or(Failure::NotFound)?;
    let service = match asked.get("service") {
        Some(word) => Service::read(word).ok_or(Failure::NotFound)?,
        None => Service::Registration,
    };
    let changes = overrides::since(&app, Schedule::behind(range.start.min(now))).await?;
    let calendar = app.config().calendar();
    let schedule = Schedule::new(calendar, &changes);
    let l = frame.l;
    let page = Page {
        l,
        now: Service::ALL.into_iter().map(|service| at_the_moment(&schedule, service, now, l)).collect(),
        changes: coming(calendar, &changes, now, l),
        service,
        service_name: service.name().of(l).to_owned(),
        month,
        previous: month.plus(-1).filter(is_shown),
        next: month.plus(1).filter(is_shown),
        weekdays: match l.0 {
            Language::Ja => ["日", "月", "火", "水", "木", "金", "土"],
            Language::En => ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
        },
        weeks: month.weeks(date_in_japan(now), &schedule.closures(service, range)),
        stops: stops(calendar, &schedule, service, range, l),
        systems: calendar.systems().iter().map(|system| rules(system, l)).collect(),
        frame,
    };
    Ok(show(StatusCode::OK, &page))
}

fn at_the_moment(schedule: &Schedule<'_>, service: Service, now: Timestamp, l: Lang) -> Now {
    let (is_open, until) = match schedule.at(service, now) {
        Status::Open { until } => (true, until),
        Status::Closed(closure) => (false, Some(closure.span.end)),
    };
    let name = service.name().of(l).to_owned();
    Now { service, name, is_open, until: until.map(|moment| clock_in_japan(moment, l)) }
}

/// What the operator changed and isn't over.
fn coming(calendar: &Calendar, changes: &[Override], now: Timestamp, l: Lang) -> Vec<Changed> {
    let coming = changes.iter().filter(|one| now < one.change.span().end);
    let said = coming.map(|one| Changed {
        what: match one.change {
            Change::Close { .. } => l.t("臨時の停止", "Extra stop"),
            Change::Move { .. } => l.t("計画停止の日時変更", "Planned stop at another time"),
            Change::Cancel { .. } => l.t("計画停止の取りやめ", "Planned stop cancelled"),
            Change::Announce { .. } => l.t("お知らせ", "Announcement"),
        },
        system: one.change.system().map(|id| name(calendar, id, l)).unwrap_or_default(),
        from: clock_in_japan(one.change.span().start, l),
        to: clock_in_japan(one.change.span().end, l),
        reason: one.reason.of(l).to_owned(),
    });
    said.collect()
}

/// The stops of a range that concern a service.
fn stops(calendar: &Calendar, schedule: &Schedule<'_>, service: Service, range: Span, l: Lang) -> Vec<Stop> {
    let closures = schedule.closures(service, range).into_iter();
    let stops = closures.flat_map(|closure| closure.windows).map(|window| Stop {
        system: name(calendar, &window.system, l),
        from: clock_in_japan(window.span.start, l),
        to: clock_in_japan(window.span.end, l),
        reason: window.reason.of(l).to_owned(),
        change: match window.source {
            Source::Planned => None,
            Source::Added => Some(l.t("臨時", "extra")),
            Source::Moved => Some(l.t("日時変更", "moved")),
        },
    });
    stops.collect()
}

fn rules(system: &System, l: Lang) -> Rules {
    Rules { name: system.name().of(l).to_owned(), rules: system.planned().map(|text| text.of(l).to_owned()).collect() }
}

fn name(calendar: &Calendar, system: &str, l: Lang) -> String {
    calendar.system(system).map_or_else(|| system.to_owned(), |system| system.name().of(l).to_owned())
}
