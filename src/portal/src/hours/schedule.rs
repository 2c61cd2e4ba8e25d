//! What is open when: the calendar's planned stops and the operator's changes, put together.

use jiff::{SignedDuration, Timestamp};

use super::overrides::{Change, Override};
use super::{Calendar, Service, Span, Text};

/// One stop of one system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    /// Its own name: `resident_network/third-weekend/2026-11-21` if the calendar plans it, else the id of the operator's change.
    pub(crate) name: String,
    /// The system's word.
    pub(crate) system: String,
    /// From when until when.
    pub(crate) span: Span,
    /// Why, for everybody.
    pub(crate) reason: Text,
    /// Who says so.
    pub(crate) source: Source,
}

/// Who says that a system is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The calendar.
    Planned,
    /// The operator.
    Added,
    /// The operator, who moved a planned stop here.
    Moved,
}

impl Source {
    /// Its word in the API.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Added => "added",
            Self::Moved => "moved",
        }
    }
}

/// Stops without a gap between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Closure {
    /// From the first's beginning until the last's end.
    pub(crate) span: Span,
    /// The stops, in order of their beginning.
    pub(crate) windows: Vec<Window>,
}

/// Whether a service can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Status {
    /// It can.
    Open {
        /// When it closes; none within [`Schedule::DAYS_AHEAD`].
        until: Option<Timestamp>,
    },
    /// It can't.
    Closed(Closure),
}

/// What is open when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule<'a> {
    calendar: &'a Calendar,
    overrides: &'a [Override],
}

impl<'a> Schedule<'a> {
    /// How far [`at`](Self::at) looks back for stops without a gap up to a moment, in days.
    const DAYS_BEHIND: i64 = 40;
    /// How far it looks ahead.
    pub(crate) const DAYS_AHEAD: i64 = 400;

    /// From when on changes can matter to a moment.
    pub(crate) fn behind(moment: Timestamp) -> Timestamp {
        moment.saturating_sub(SignedDuration::from_hours(24 * Self::DAYS_BEHIND)).unwrap_or(moment)
    }

    /// The schedule of a calendar and of the changes that are in force.
    pub(crate) fn new(calendar: &'a Calendar, overrides: &'a [Override]) -> Self {
        Self { calendar, overrides }
    }

    /// Whether a service can be used at a moment. What is closed ends within [`DAYS_AHEAD`](Self::DAYS_AHEAD) or is said
    /// to be closed until at least the end of what the stops found there say.
    pub(crate) fn at(&self, service: Service, moment: Timestamp) -> Status {
        let days = |days| SignedDuration::from_hours(24 * days);
        let around = Span {
            start: moment.saturating_sub(days(Self::DAYS_BEHIND)).unwrap_or(moment),
            end: moment.saturating_add(days(Self::DAYS_AHEAD)).unwrap_or(moment),
        };
        match self.closures(service, around).into_iter().find(|closure| moment < closure.span.end) {
            Some(closure) if closure.span.holds(moment) => Status::Closed(closure),
            next => Status::Open { until: next.map(|closure| closure.span.start) },
        }
    }

    /// When a service can't be used: what closes it within a range, stops without a gap put together.
    pub(crate) fn closures(&self, service: Service, range: Span) -> Vec<Closure> {
        let mut windows: Vec<Window> =
            self.calendar.needs(service).iter().flat_map(|system| self.windows(system, range)).collect();
        windows.sort_by_key(|window| window.span.start);
        put_together(windows)
    }

    /// The stops of a system that have a moment in common with a range, in order of their beginning.
    pub(crate) fn windows(&self, system: &str, range: Span) -> Vec<Window> {
        let replaced = |name: &str| self.overrides.iter().any(|one| one.change.replaces() == Some(name));
        let mut windows: Vec<Window> = self.planned(system, range);
        windows.retain(|window| !replaced(&window.name));
        let changed = self.overrides.iter().filter_map(|one| one.window(system));
        windows.extend(changed.filter(|window| window.span.meets(&range)));
        windows.sort_by_key(|window| window.span.start);
        windows
    }

    /// What the calendar alone plans for a system in a range.
    pub(crate) fn planned(&self, system: &str, range: Span) -> Vec<Window> {
        let Some(system) = self.calendar.system(system) else { return Vec::new() };
        let stops = system.closures.iter().flat_map(|planned| {
            planned.rule.stops(range).into_iter().map(|(day, span)| Window {
                name: format!("{}/{}/{day}", system.id, planned.id),
                system: system.id.clone(),
                span,
                reason: Text::new(&planned.ja, &planned.en),
                source: Source::Planned,
            })
        });
        stops.collect()
    }

    /// What the operator announced for a range without stopping anything.
    pub(crate) fn announcements(&self, range: Span) -> impl Iterator<Item = (&'a Override, Span)> {
        self.overrides.iter().filter_map(move |one| match one.change {
            Change::Announce { span } if span.meets(&range) => Some((one, span)),
            _ => None,
        })
    }
}

/// Stops in order of their beginning, those without a gap between them together.
pub(super) fn put_together(windows: Vec<Window>) -> Vec<Closure> {
    let mut closures: Vec<Closure> = Vec::new();
    for window in windows {
        match closures.last_mut() {
            Some(last) if window.span.start <= last.span.end => {
                last.span.end = last.span.end.max(window.span.end);
                last.windows.push(window);
            }
            _ => closures.push(Closure { span: window.span, windows: vec![window] }),
        }
    }
    closures
}
