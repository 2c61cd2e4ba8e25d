//! Service hours: what people, calendars and programs are told.

use axum::http::StatusCode;
use jpki_portal::Calendar;

use crate::support::{Browser, TestPortal, on_both_with};

fn on_both(test: impl AsyncFn(TestPortal)) {
    on_both_with(|config| config.with_calendar(Calendar::guideline().unwrap()), test);
}

const HOURS: &str = "/api/v1/service-hours";

#[test]
fn a_third_weekend_closes_registration_and_nothing_else() {
    on_both(async |portal| {
        portal.clock.set("2026-11-22T10:00:00+09:00");
        let mut browser = Browser::new(&portal);
        let answer = browser.get(&format!("{HOURS}?from=2026-11-01&to=2026-12-01")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.header("cache-control"), Some("public, max-age=60"));
        assert_eq!(answer.header("set-cookie"), None);
        let hours = answer.json();
        let registration = &hours["services"][0];
        assert_eq!((&registration["service"], &registration["open"]), (&"registration".into(), &false.into()));
        assert_eq!(registration["opens_at"], "2026-11-22T15:00:00Z");
        assert_eq!(registration["closures"].as_array().unwrap().len(), 1);
        let stops = registration["closures"][0]["windows"].as_array().unwrap();
        assert_eq!(stops[1]["name"], "resident_network/third-weekend/2026-11-21");
        assert_eq!(
            (&stops[1]["start"], &stops[1]["end"]),
            (&"2026-11-21T13:00:00Z".into(), &"2026-11-21T23:00:00Z".into())
        );
        for other in &hours["services"].as_array().unwrap()[1..] {
            assert_eq!((&other["open"], &other["opens_at"]), (&true.into(), &serde_json::Value::Null));
            assert_eq!(other["closures"].as_array().unwrap().len(), 0);
        }
        let page = browser.get("/hours").await;
        assert_eq!(page.status(), StatusCode::OK);
        let text = page.text();
        assert!(text.contains("2026年11月23日（月）0時00分に再開します"), "{text}");
        assert_eq!(text.matches("終日停止").count(), 2);
    });
}

#[test]
fn it_opens_at_the_moment_that_was_said() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        for (moment, open) in [
            ("2026-12-28T20:59:59+09:00", true),
            ("2026-12-28T21:00:00+09:00", false),
            ("2027-01-04T07:59:59+09:00", false),
            ("2027-01-04T08:00:00+09:00", true),
        ] {
            portal.clock.set(moment);
            let answer = browser.get(&format!("{HOURS}?service=registration")).await.json();
            assert_eq!(answer["services"][0]["open"], open, "{moment}");
            assert_eq!(answer["services"].as_array().unwrap().len(), 1);
        }
    });
}

#[test]
fn what_cannot_be_asked_is_refused() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        let long = format!("from={}", "2".repeat(300));
        for query in [
            "service=fax",
            "service=",
            "service=registration&service=notices",
            "from=2026-11-31",
            "from=26-11-01",
            "from=2026-11-01T00:00",
            "from=2026-11-02&to=2026-11-02",
            "from=2026-11-02&to=2026-11-01",
            "from=2026-01-01&to=2027-02-06",
            "from=1999-12-31",
            "to=2100-01-01",
            "from=%00",
            &long,
        ] {
            let answer = browser.get(&format!("{HOURS}?{query}")).await;
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{query}");
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{query}");
            assert_eq!(answer.json()["code"], "invalid_request", "{query}");
        }
        assert_eq!(browser.get(&format!("{HOURS}?from=2026-01-01&to=2027-02-05")).await.status(), StatusCode::OK);
        for query in ["month=2026-13", "month=x", "service=fax", "month=2126-01", "month=2026-11&month=2026-12"] {
            assert_eq!(browser.get(&format!("/hours?{query}")).await.status(), StatusCode::NOT_FOUND, "{query}");
        }
    });
}

#[test]
fn one_can_leaf_through_two_years() {
    on_both(async |portal| {
        portal.clock.set("2026-11-22T10:00:00+09:00");
        let mut browser = Browser::new(&portal);
        let page = browser.get("/hours?month=2027-08").await;
        assert!(
            page.text().contains("2027年8月21日（土）22時00分から2027年8月22日（日）8時00分まで"),
            "{}",
            page.text()
        );
        let last = browser.get("/hours?month=2028-11&service=notices").await;
        assert!(last.text().contains("month=2028-10"));
        assert!(!last.text().contains("month=2028-12"));
    });
}

#[test]
fn calendars_can_subscribe() {
    on_both(async |portal| {
        portal.clock.set("2026-11-22T10:00:00+09:00");
        let feed = Browser::new(&portal).get("/hours.ics").await;
        assert_eq!(feed.header("content-type"), Some("text/calendar; charset=utf-8"));
        let text = feed.text();
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        assert!(text.contains("DTSTART:20261228T120000Z\r\nDTEND:20270103T230000Z\r\n"), "{text}");
        assert_eq!(text.matches("BEGIN:VEVENT").count(), text.matches("END:VEVENT").count());
        assert!(text.contains("UID:resident_network/third-weekend/2026-12-19@portal.example"));
        assert!(text.split("\r\n").all(|line| line.len() <= 75));
    });
}
