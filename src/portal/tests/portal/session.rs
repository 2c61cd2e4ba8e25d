//! Who is signed in, and for how long.

use axum::http::StatusCode;

use crate::support::{Browser, TestCard, Way, Writes, on_both, sign_in};

const COOKIE: &str = "__Host-session";

#[test]
fn a_session_ends_after_half_an_hour_whatever_the_browser_keeps() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        sign_in(&mut browser, &TestCard::new()).await;
        portal.clock.pass(30 * 60 - 1);
        assert_eq!(browser.get("/my").await.status(), StatusCode::OK);
        portal.clock.pass(1);
        assert_eq!(browser.get("/my").await.location(), Some("/sign-in?back=%2Fmy"));
    });
}

#[test]
fn each_sign_in_has_a_cookie_of_its_own_that_nobody_can_make_up() {
    on_both(async |portal| {
        let card = TestCard::new();
        let mut browser = Browser::new(&portal);
        sign_in(&mut browser, &card).await;
        let first = browser.cookie("/", COOKIE).unwrap().to_owned();
        let mut other = Browser::new(&portal);
        sign_in(&mut other, &card).await;
        let second = other.cookie("/", COOKIE).unwrap().to_owned();
        assert_ne!(first, second);
        let (until, token) = first.split_once('.').unwrap();
        let later = format!("{}.{token}", until.parse::<i64>().unwrap() + 60);
        for made_up in ["", "x", &later, &token.repeat(20), &format!("{until}.{}", "A".repeat(43))] {
            let mut stranger = Browser::new(&portal);
            stranger.plant("/", COOKIE, made_up);
            assert_eq!(stranger.get("/my").await.status(), StatusCode::SEE_OTHER, "{made_up}");
        }
    });
}

#[test]
fn the_card_that_is_shown_next_ends_the_session_before() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        sign_in(&mut browser, &TestCard::new()).await;
        let before = browser.cookie("/", COOKIE).unwrap().to_owned();
        // A way that began before the sign-in, in another tab.
        let mut tab = Browser::new(&portal);
        let way = Way::to(&mut tab, "/my").await;
        tab.plant("/", COOKIE, &before);
        way.agree(&mut tab).await;
        way.show(&mut tab, &TestCard::new()).await;
        assert_eq!(way.onward(&mut tab).await.location(), Some("/my"));
        assert_ne!(tab.cookie("/", COOKIE), Some(before.as_str()));
        assert_eq!(browser.get("/my").await.status(), StatusCode::SEE_OTHER);
    });
}

#[test]
fn the_database_holds_nothing_that_lets_anybody_in() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        let mut writes = Writes::of(&portal).await;
        sign_in(&mut browser, &TestCard::new()).await;
        let tables = writes.since().await;
        let cookie = browser.cookie("/", COOKIE).unwrap().to_owned();
        let (_, token) = cookie.split_once('.').unwrap();
        for table in tables.iter().filter_map(|what| what.strip_prefix("INSERT ")) {
            let rows = writes.rows(table).await;
            assert!(!rows.is_empty() && rows.iter().all(|row| !row.contains(token)), "{table}");
        }
    });
}
