//! The schedule against a table that is computed independently: `tests/hours/table.py` asks each minute of two years and more.

use std::path::Path;
use std::process::Command;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use super::jst::moment;
use super::overrides::{Change, Override};
use super::schedule::put_together;
use super::{Calendar, Closure, Schedule, Service, Span, Status, Text};

const TABLE: &str = include_str!("../../tests/hours/table.csv");
const CHANGES: &str = include_str!("../../tests/hours/changes.json");

#[derive(serde::Deserialize)]
struct Changed {
    kind: String,
    system: String,
    window: Option<String>,
    start: Option<String>,
    end: Option<String>,
}

fn at(clock: &str) -> Timestamp {
    moment(clock.parse::<DateTime>().unwrap()).unwrap()
}

fn span(start: &str, end: &str) -> Span {
    Span::new(at(start), at(end)).unwrap()
}

/// All that the table speaks of. Nothing is closed at its ends.
fn range() -> Span {
    span("2025-11-01T00:00", "2028-02-29T00:00")
}

fn changes() -> Vec<Override> {
    let changed: Vec<Changed> = serde_json::from_str(CHANGES).unwrap();
    let make = |(id, one): (usize, Changed)| {
        let given = || span(&one.start.clone().unwrap(), &one.end.clone().unwrap());
        let (system, window) = (one.system.clone(), one.window.clone());
        let change = match one.kind.as_str() {
            "close" => Change::Close { system, span: given() },
            "move" => Change::Move { system, window: window.unwrap(), span: given() },
            _ => Change::Cancel { system, window: window.unwrap(), span: range() },
        };
        let reason = Text::new("変更", "Changed");
        Override {
            id: id.to_string(),
            change,
            reason,
            author: String::new(),
            made: at("2025-01-01T00:00"),
            withdrawn: None,
        }
    };
    changed.into_iter().enumerate().map(make).collect()
}

/// The stretches in which something is closed, by the table.
fn listed(changes: &str, what: &str) -> Vec<Span> {
    let rows = TABLE.lines().filter_map(|line| line.strip_prefix(&format!("{changes},{what},")));
    rows.map(|row| row.split_once(',').map(|(from, to)| span(from, to)).unwrap()).collect()
}

fn spans(closures: &[Closure]) -> Vec<Span> {
    closures.iter().map(|closure| closure.span).collect()
}

/// Runs a check with the calendar as it stands, and with all changes.
fn with_and_without_changes(check: impl Fn(&str, Schedule<'_>)) {
    let calendar = Calendar::guideline().unwrap();
    check("none", Schedule::new(&calendar, &[]));
    check("all", Schedule::new(&calendar, &changes()));
}

#[test]
fn the_table_is_what_its_script_says() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hours/table.py");
    let said = Command::new("python3").arg(&script).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert_eq!(String::from_utf8(said.stdout).unwrap(), TABLE, "write it anew: python3 table.py >table.csv");
}

#[test]
fn every_minute_of_two_years_is_as_the_table_has_it() {
    with_and_without_changes(|changes, schedule| {
        for service in Service::ALL {
            assert_eq!(spans(&schedule.closures(service, range())), listed(changes, service.word()), "{service:?}");
        }
        for system in Calendar::guideline().unwrap().systems() {
            let windows = schedule.windows(&system.id, range());
            assert_eq!(spans(&put_together(windows)), listed(changes, &system.id), "{}", system.id);
        }
    });
    // The table knows what it should.
    assert_eq!(listed("none", "registration").len(), 31);
    assert_eq!(listed("none", "portal"), []);
    assert_eq!(listed("all", "notices").len(), 2);
}

#[test]
fn each_edge_is_half_open_and_names_the_next_one() {
    with_and_without_changes(|changes, schedule| {
        for service in Service::ALL {
            let closed = listed(changes, service.word());
            for (index, one) in closed.iter().enumerate() {
                let open = Status::Open { until: Some(one.start) };
                for before in [1, 60, 61] {
                    let before = one.start.checked_sub(SignedDuration::from_secs(before)).unwrap();
                    assert_eq!(schedule.at(service, before), open, "{service:?} {before}");
                }
                let last = one.end.checked_sub(SignedDuration::from_nanos(1)).unwrap();
                let minute = one.start.checked_add(SignedDuration::from_mins(1)).unwrap();
                for inside in [one.start, minute, last] {
                    let Status::Closed(closure) = schedule.at(service, inside) else { panic!("{service:?} {inside}") };
                    assert_eq!(closure.span, *one);
                }
                if let Some(next) = closed.get(index + 1) {
                    let far =
                        next.start.duration_since(one.end) > SignedDuration::from_hours(24 * Schedule::DAYS_AHEAD);
                    let until = (!far).then_some(next.start);
                    assert_eq!(schedule.at(service, one.end), Status::Open { until }, "{service:?} {}", one.end);
                }
            }
        }
    });
}

#[test]
fn a_stop_next_to_another_is_one_closure_with_both_reasons() {
    let calendar = Calendar::guideline().unwrap();
    let changes = changes();
    let schedule = Schedule::new(&calendar, &changes);
    let Status::Closed(closure) = schedule.at(Service::Registration, at("2026-07-19T12:00")) else { panic!("open") };
    assert_eq!(closure.span, span("2026-07-18T00:00", "2026-07-20T03:00"));
    let named: Vec<_> = closure.windows.iter().map(|window| (window.system.as_str(), window.source.word())).collect();
    assert_eq!(
        named,
        [("information_provision_network", "planned"), ("resident_network", "planned"), ("resident_network", "added")]
    );
}
