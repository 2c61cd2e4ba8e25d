//! The way through consent, card and the last button, as it is everywhere; here to the portal itself.

use axum::http::StatusCode;

use crate::support::{Browser, TestCard, Way, Writes, on_both, sign_in};

#[test]
fn somebody_new_agrees_shows_a_card_presses_next_and_is_registered() {
    on_both(async |portal| {
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let way = Way::to(&mut browser, "/my").await;
        let consent = browser.get(&way.page("consent")).await;
        assert!(
            consent.text().contains("上記に同意する") && consent.text().contains(r#"<li aria-current="step">同意<"#)
        );
        assert_eq!(way.agree(&mut browser).await.location(), Some(way.page("identity").as_str()));
        let identity = browser.get(&way.page("identity")).await;
        assert!(identity.text().contains("<jpki-bridge-button") && identity.text().contains("暗証番号"));
        assert_eq!(way.show(&mut browser, &card).await.location(), Some(way.page("confirm").as_str()));
        let confirm = browser.get(&way.page("confirm")).await;
        assert!(confirm.text().contains("次へ") && confirm.text().contains("本人確認が完了しました"));
        assert_eq!(way.onward(&mut browser).await.location(), Some("/my"));
        assert_eq!(browser.get("/my").await.status(), StatusCode::OK);
    });
}

#[test]
fn nothing_is_written_before_the_last_button() {
    on_both(async |portal| {
        let mut writes = Writes::of(&portal).await;
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let way = Way::to(&mut browser, "/my").await;
        way.agree(&mut browser).await;
        way.show(&mut browser, &card).await;
        browser.get(&way.page("confirm")).await;
        let written = writes.since().await;
        assert!(written.len() == 1 && written[0].starts_with("INSERT single_use"), "{written:?}");
        assert_eq!(way.stop(&mut browser, "confirm").await.location(), Some("/"));
        assert_eq!(writes.since().await, Vec::<String>::new());
        assert_eq!(browser.get("/my").await.location(), Some("/sign-in?back=%2Fmy"));
        // It can be tried again, and then it counts.
        sign_in(&mut browser, &card).await;
        assert!(writes.since().await.iter().any(|what| what == "INSERT accounts"));
    });
}

#[test]
fn who_is_registered_is_signed_in_by_the_card_alone() {
    on_both(async |portal| {
        let card = TestCard::new();
        sign_in(&mut Browser::new(&portal), &card).await;
        let mut writes = Writes::of(&portal).await;
        let mut browser = Browser::new(&portal);
        let way = Way::to(&mut browser, "/my/notices?page=2").await;
        way.agree(&mut browser).await;
        let answer = way.show(&mut browser, &card).await;
        assert_eq!(answer.location(), Some("/my/notices?page=2"));
        // The challenge is used up, the session begins.
        let written = writes.since().await;
        assert_eq!(written.len(), 2, "{written:?}");
        // Who is signed in goes on at once.
        assert_eq!(browser.get("/sign-in?back=%2Fmy").await.location(), Some("/my"));
    });
}

#[test]
fn no_page_comes_before_its_turn() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        let way = Way::to(&mut browser, "/my").await;
        for page in ["identity", "confirm", "verify", "stop", "old-card", ""] {
            let path = format!("{}{}{page}", way.0, if page.is_empty() { "" } else { "/" });
            let answer = browser.get(&path).await;
            assert_eq!(answer.location(), Some(way.page("consent").as_str()), "{page}");
        }
        let answer = browser.post_json(&way.page("challenge"), "").await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert_eq!(answer.json()["code"], "consent_missing");
        way.agree(&mut browser).await;
        assert_eq!(browser.get(&way.page("confirm")).await.location(), Some(way.page("identity").as_str()));
        // Back shows what was seen before, and the button there leads on again.
        assert_eq!(browser.get(&way.page("consent")).await.status(), StatusCode::OK);
        assert_eq!(way.agree(&mut browser).await.location(), Some(way.page("identity").as_str()));
    });
}

#[test]
fn a_second_click_registers_nobody_twice() {
    on_both(async |portal| {
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let way = Way::to(&mut browser, "/my").await;
        way.agree(&mut browser).await;
        way.show(&mut browser, &card).await;
        let flow = browser.cookie(&way.0, "flow").unwrap().to_owned();
        assert_eq!(way.onward(&mut browser).await.location(), Some("/my"));
        let mut writes = Writes::of(&portal).await;
        // The second click left before the first was answered: with the same cookies.
        browser.plant(&way.0, "flow", &flow);
        assert_eq!(way.onward(&mut browser).await.location(), Some("/my"));
        let written = writes.since().await;
        assert!(!written.iter().any(|what| what.contains("accounts") && !what.starts_with("UPDATE")), "{written:?}");
    });
}

#[test]
fn two_tabs_go_their_own_ways() {
    on_both(async |portal| {
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let one = Way::to(&mut browser, "/my").await;
        let other = Way::to(&mut browser, "/my/notices").await;
        one.agree(&mut browser).await;
        assert_eq!(browser.get(&other.page("identity")).await.location(), Some(other.page("consent").as_str()));
        one.show(&mut browser, &card).await;
        other.agree(&mut browser).await;
        other.show(&mut browser, &card).await;
        assert_eq!(other.onward(&mut browser).await.location(), Some("/my/notices"));
        assert_eq!(one.onward(&mut browser).await.location(), Some("/my"));
    });
}

#[test]
fn a_way_is_worth_nothing_in_another_browser_when_it_is_over_or_after_half_an_hour() {
    on_both(async |portal| {
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let way = Way::to(&mut browser, "/my").await;
        let mut other = Browser::new(&portal);
        other.get("/").await;
        other.plant(&way.0, "flow", browser.cookie(&way.0, "flow").unwrap());
        for mut stranger in [Browser::new(&portal), other] {
            let answer = stranger.get(&way.page("consent")).await;
            assert_eq!(answer.status(), StatusCode::GONE);
            assert!(answer.text().contains("この手続きは続けられません"));
        }
        way.agree(&mut browser).await;
        way.show(&mut browser, &card).await;
        way.onward(&mut browser).await;
        assert_eq!(browser.get(&way.page("confirm")).await.status(), StatusCode::GONE);

        let mut late = Browser::new(&portal);
        let way = Way::to(&mut late, "/my").await;
        portal.clock.pass(30 * 60);
        assert_eq!(late.get(&way.page("consent")).await.status(), StatusCode::GONE);
    });
}

#[test]
fn whoever_waits_ten_minutes_at_the_last_button_shows_the_card_again() {
    on_both(async |portal| {
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let way = Way::to(&mut browser, "/my").await;
        way.agree(&mut browser).await;
        way.show(&mut browser, &card).await;
        portal.clock.pass(600);
        assert_eq!(way.onward(&mut browser).await.location(), Some(way.page("identity").as_str()));
        assert!(browser.get(&way.page("identity")).await.text().contains("時間が経過したため"));
        way.show(&mut browser, &card).await;
        assert_eq!(way.onward(&mut browser).await.location(), Some("/my"));
    });
}

#[test]
fn a_renewed_card_takes_the_registration_over_from_the_older_one() {
    on_both(async |portal| {
        let (old, new) = (TestCard::new(), TestCard::new());
        sign_in(&mut Browser::new(&portal), &old).await;

        let mut browser = Browser::new(&portal);
        let way = Way::to(&mut browser, "/my").await;
        way.agree(&mut browser).await;
        way.show(&mut browser, &new).await;
        let answer = browser.submit(&way.page("confirm"), &way.page("old-card"), &[]).await;
        assert_eq!(answer.location(), Some(way.page("identity").as_str()));
        assert!(browser.get(&way.page("identity")).await.text().contains("以前のカードによる本人確認"));
        let same = way.show(&mut browser, &new).await;
        assert_eq!(same.status(), StatusCode::CONFLICT);
        assert!(same.text().contains("同じカードです"));
        let stranger = way.show(&mut browser, &TestCard::new()).await;
        assert_eq!(stranger.status(), StatusCode::CONFLICT);
        assert!(stranger.text().contains("このカードでは登録されていません"));
        let expired = way.show(&mut browser, &TestCard::expired()).await;
        assert!(expired.text().contains("有効期間が過ぎています"), "an expired card proves nothing");
        assert_eq!(way.show(&mut browser, &old).await.location(), Some(way.page("confirm").as_str()));
        assert!(browser.get(&way.page("confirm")).await.text().contains("引き継ぎます"));
        let mut writes = Writes::of(&portal).await;
        assert_eq!(way.onward(&mut browser).await.location(), Some("/my"));
        let written = writes.since().await;
        assert!(!written.iter().any(|what| what == "INSERT accounts"), "{written:?}");

        // The new card signs in by itself, the old one opens nothing any more.
        let mut later = Browser::new(&portal);
        let way = Way::to(&mut later, "/my").await;
        way.agree(&mut later).await;
        assert_eq!(way.show(&mut later, &new).await.location(), Some("/my"));
        let mut older = Browser::new(&portal);
        let way = Way::to(&mut older, "/my").await;
        way.agree(&mut older).await;
        assert_eq!(way.show(&mut older, &old).await.location(), Some(way.page("confirm").as_str()));
    });
}

#[test]
fn who_has_no_older_card_after_all_registers_anew() {
    on_both(async |portal| {
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let way = Way::to(&mut browser, "/my").await;
        way.agree(&mut browser).await;
        way.show(&mut browser, &card).await;
        browser.submit(&way.page("confirm"), &way.page("old-card"), &[]).await;
        assert_eq!(browser.visit(&way.page("confirm")).await.status(), StatusCode::OK);
        assert_eq!(way.onward(&mut browser).await.location(), Some("/my"));
    });
}

#[test]
fn the_sign_in_leads_nowhere_else() {
    on_both(async |portal| {
        let card = TestCard::new();
        sign_in(&mut Browser::new(&portal), &card).await;
        for elsewhere in
            ["https://evil.example/", "//evil.example", "/\\evil.example", "my", "/\r\nx", &"/".repeat(600)]
        {
            let mut browser = Browser::new(&portal);
            let way = Way::to(&mut browser, elsewhere).await;
            way.agree(&mut browser).await;
            assert_eq!(way.show(&mut browser, &card).await.location(), Some("/my"), "{elsewhere}");
        }
        let answer = Browser::new(&portal).get("/sign-in?back=/a&back=/b").await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    });
}

#[test]
fn the_pages_speak_english_with_the_same_steps() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        browser.submit("/", "/language", &[("lang", "en"), ("back", "/")]).await;
        let way = Way::to(&mut browser, "/my").await;
        assert!(browser.get(&way.page("consent")).await.text().contains("I agree to the above"));
        way.agree(&mut browser).await;
        assert!(browser.get(&way.page("identity")).await.text().contains("Read the card"));
        way.show(&mut browser, &TestCard::new()).await;
        assert!(browser.get(&way.page("confirm")).await.text().contains("Next"));
    });
}
