//! The coming stops and announcements as an iCalendar feed (RFC 5545), for calendars that people have anyway.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use jiff::{SignedDuration, Timestamp};

use super::{Schedule, Span, Text, api, overrides};
use crate::App;
use crate::api::Problem;

/// The feed. Its texts stand in both languages: who subscribes doesn't say which one he reads.
#[utoipa::path(
    get,
    path = "/hours.ics",
    tag = "service hours",
    responses(
        (status = 200, description = "Stops and announcements of the coming 400 days", body = String, content_type = "text/calendar"),
        (status = 429, description = "Too many calls; see Retry-After", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The portal can't answer at the moment; see Retry-After", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn feed(State(app): State<App>) -> Result<Response, Problem> {
    let now = app.now();
    let changes = overrides::since(&app, now).await?;
    let ahead = SignedDuration::from_hours(24 * Schedule::DAYS_AHEAD);
    let range = Span { start: now, end: now.saturating_add(ahead).unwrap_or(now) };
    let schedule = Schedule::new(app.config().calendar(), &changes);
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//JPKI Bridge//Portal//JA".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        "X-WR-CALNAME:マイナポータルの利用できる時間 / Service hours".to_owned(),
    ];
    let host = app.config().origin().as_str().split_once("://").map_or("", |(_, host)| host).to_owned();
    let mut add = |name: &str, span: Span, summary: String, text: &Text| {
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}@{host}", escaped(name)),
            format!("DTSTAMP:{}", utc(now)),
            format!("DTSTART:{}", utc(span.start)),
            format!("DTEND:{}", utc(span.end)),
            format!("SUMMARY:{}", escaped(&summary)),
            format!("DESCRIPTION:{}\\n{}", escaped(&text.ja), escaped(&text.en)),
            "TRANSP:TRANSPARENT".to_owned(),
            "END:VEVENT".to_owned(),
        ]);
    };
    for system in app.config().calendar().systems() {
        let name = system.name();
        for window in schedule.windows(&system.id, range) {
            add(&window.name, window.span, format!("{} 停止 / {} stopped", name.ja, name.en), &window.reason);
        }
    }
    for (one, span) in schedule.announcements(range) {
        add(&one.id, span, "お知らせ / Announcement".to_owned(), &one.reason);
    }
    lines.push("END:VCALENDAR".to_owned());
    let body: String = lines.iter().map(|line| folded(line)).collect();
    let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, api::KEPT)], body).into_response())
}

fn utc(moment: Timestamp) -> String {
    moment.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as RFC 5545, 3.3.11 wants it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A line of at most 75 octets, or several (RFC 5545, 3.1), with its end.
fn folded(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + 8);
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > 75 {
            folded.push_str("\r\n ");
            length = 1;
        }
        length += c.len_utf8();
        folded.push(c);
    }
    folded.push_str("\r\n");
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_folded_between_characters() {
        let line = "説明,;\\".repeat(20);
        let text = folded(&escaped(&line));
        assert!(text.split("\r\n").all(|part| part.len() <= 75), "{text}");
        assert_eq!(text.replace("\r\n ", "").trim_end(), "説明\\,\\;\\\\".repeat(20));
    }

    #[test]
    fn nothing_breaks_out_of_a_line() {
        assert_eq!(escaped("a\nEND:VEVENT\r"), "a\\nEND:VEVENT");
    }
}
