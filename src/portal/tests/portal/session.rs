//! Who is signed in, and for how long.

use axum::http::StatusCode;

use crate::support::{Browser, TestCard, TestPortal, Way, Writes, on_both, sign_in};

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

/// Shows a card in a browser in which somebody is signed in: on a way that began before, in another tab.
async fn show_in_another_tab(portal: &TestPortal, browser: &mut Browser, card: &TestCard) {
    let mut tab = Browser::new(portal);
    let way = Way::to(&mut tab, "/my").await;
    tab.plant("/", COOKIE, browser.cookie("/", COOKIE).unwrap());
    way.agree(&mut tab).await;
    let shown = way.show(&mut tab, card).await;
    let answer = if shown.location() == Some("/my") { shown } else { way.onward(&mut tab).await };
    assert_eq!(answer.location(), Some("/my"));
    browser.plant("/", COOKIE, tab.cookie("/", COOKIE).unwrap());
}

#[test]
fn somebody_else_s_card_ends_the_session_before() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        sign_in(&mut browser, &TestCard::new()).await;
        let before = browser.cookie("/", COOKIE).unwrap().to_owned();
        show_in_another_tab(&portal, &mut browser, &TestCard::new()).await;
        assert_eq!(browser.get("/my").await.status(), StatusCode::OK);
        let mut old = Browser::new(&portal);
        old.plant("/", COOKIE, &before);
        assert_eq!(old.get("/my").await.status(), StatusCode::SEE_OTHER);
    });
}

#[test]
fn the_same_card_again_changes_the_cookie_but_not_the_end() {
    on_both(async |portal| {
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        sign_in(&mut browser, &card).await;
        let before = browser.cookie("/", COOKIE).unwrap().to_owned();
        portal.clock.pass(20 * 60);
        let mut writes = Writes::of(&portal).await;
        show_in_another_tab(&portal, &mut browser, &card).await;
        let written = writes.since().await;
        assert_eq!(written.len(), 2, "the challenge and the session: {written:?}");
        assert_ne!(browser.cookie("/", COOKIE), Some(before.as_str()));
        let mut old = Browser::new(&portal);
        old.plant("/", COOKIE, &before);
        assert_eq!(old.get("/my").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(browser.get("/my").await.status(), StatusCode::OK);
        portal.clock.pass(10 * 60);
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
