//! My page: what a person sees of themselves, and how they undo it.

use axum::http::StatusCode;

use crate::support::{Browser, Caller, TestCard, on_both, sign_in};

const SCOPES: &str = "openid registration notices.read user_status.registration";
const PAGES: [&str; 10] = [
    "/my",
    "/my/notices",
    "/my/links",
    "/my/settings",
    "/my/sessions",
    "/my/history",
    "/my/history.csv",
    "/my/history.json",
    "/my/close",
    "/my/links/unknown/withdraw",
];

/// The path of the page that asks whether to unlink the one service.
async fn withdrawal(browser: &mut Browser) -> String {
    let page = browser.get("/my/links").await;
    let (_, after) = page.text().split_once("href=\"/my/links/").unwrap_or_else(|| panic!("{}", page.text()));
    format!("/my/links/{}", after.split('"').next().unwrap())
}

#[test]
fn only_the_person_gets_in_and_no_page_is_kept() {
    on_both(async |portal| {
        for path in PAGES {
            let answer = Browser::new(&portal).get(path).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
            assert!(answer.location().unwrap().starts_with("/sign-in?back=%2Fmy"), "{path}");
        }
        let mut browser = Browser::new(&portal);
        sign_in(&mut browser, &TestCard::new()).await;
        for path in PAGES {
            let answer = browser.get(path).await;
            let expected = if path.contains("unknown") { StatusCode::NOT_FOUND } else { StatusCode::OK };
            assert_eq!(answer.status(), expected, "{path}");
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        }
        for path in ["/my/settings", "/my/sessions/end", "/my/sessions/end-others", "/my/close", "/my/links/x/withdraw"]
        {
            assert_eq!(browser.post(path, &[("form_token", "AAAA")]).await.status(), StatusCode::FORBIDDEN, "{path}");
        }
    });
}

#[test]
fn the_first_page_shows_since_when_until_when_and_no_number_of_the_card() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        sign_in(&mut browser, &TestCard::new()).await;
        let page = browser.get("/my").await;
        for fact in ["利用者登録", "電子証明書の有効期限", "受付番号", "未読のお知らせはありません"]
        {
            assert!(page.text().contains(fact), "{fact}: {}", page.text());
        }
        browser.submit("/", "/language", &[("lang", "en"), ("back", "/my")]).await;
        assert!(browser.get("/my").await.text().contains("Registered since"));
    });
}

#[test]
fn withdrawing_ends_the_link_and_its_tokens_and_is_remembered() {
    on_both(async |portal| {
        let service = Caller::register(&portal, "さくら便利帳", SCOPES).await;
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let token = service.sign_in(&portal, &mut browser, &card).await;
        let links = browser.get("/my/links").await;
        for text in ["さくら便利帳", "最後に同意した日", "お知らせを受け取る"] {
            assert!(links.text().contains(text), "{text}: {}", links.text());
        }
        let confirm = withdrawal(&mut browser).await;
        assert!(browser.get(&confirm).await.text().contains("そのログインは続きます"));
        assert_eq!(service.call("/api/v1/notices", &token).await.status, StatusCode::OK, "asking withdrew already");

        let mut stranger = Browser::new(&portal);
        sign_in(&mut stranger, &TestCard::new()).await;
        assert_eq!(stranger.get(&confirm).await.status(), StatusCode::NOT_FOUND);
        stranger.submit("/my/close", &confirm, &[]).await;
        assert_eq!(service.call("/api/v1/notices", &token).await.status, StatusCode::OK, "a stranger withdrew it");

        let answer = browser.submit(&confirm, &confirm, &[]).await;
        assert_eq!(answer.location(), Some("/my/links?withdrawn"));
        assert!(browser.get("/my/links?withdrawn").await.text().contains("つながりを解除しました"));
        for path in ["/api/v1/notices", "/api/v1/user-status", "/oauth/userinfo"] {
            assert_eq!(service.call(path, &token).await.status, StatusCode::UNAUTHORIZED, "{path}");
        }
        assert_eq!(browser.get("/my").await.status(), StatusCode::OK, "the session ended");
        let csv = browser.get("/my/history.csv").await;
        let words: Vec<_> = csv.text().lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
        let mut sorted = words.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, ["linked", "opened", "unlinked"], "{}", csv.text());
    });
}

#[test]
fn the_history_tells_what_was_agreed_with_whom_and_can_be_taken_along() {
    on_both(async |portal| {
        let service = Caller::register(&portal, "さくら便利帳", SCOPES).await;
        let mut browser = Browser::new(&portal);
        service.sign_in(&portal, &mut browser, &TestCard::new()).await;
        portal.clock.pass(60);
        browser.submit("/my/settings", "/my/settings", &[("setting", "mypost"), ("to", "on")]).await;
        let page = browser.get("/my/history").await;
        for text in [
            "利用者登録をしました",
            "サービスとつながりました",
            "さくら便利帳",
            "連携設定を「あり」にしました",
            "MyPost",
        ] {
            assert!(page.text().contains(text), "{text}: {}", page.text());
        }
        let json = browser.get("/my/history.json").await;
        assert!(json.header("content-disposition").unwrap().starts_with("attachment"));
        let lines = &json.json()["history"];
        assert_eq!((&lines[0]["what"], &lines[0]["about"]), (&"setting_on".into(), &"mypost".into()), "{lines}");
        let linked = lines.as_array().unwrap().iter().find(|line| line["what"] == "linked").unwrap();
        assert_eq!(linked["service"], service.service.id);
        assert!(
            linked["about"].as_str().unwrap().contains("notices.read") && linked["consent"].is_string(),
            "{linked}"
        );
    });
}

#[test]
fn a_setting_is_one_of_those_there_are_and_on_or_off() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        sign_in(&mut browser, &TestCard::new()).await;
        for wrong in [("registration", "on"), ("my_number", "on"), ("mypost", "maybe"), ("", "")] {
            let fields = [("setting", wrong.0), ("to", wrong.1)];
            let answer = browser.submit("/my/settings", "/my/settings", &fields).await;
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{wrong:?}");
        }
        for to in ["on", "on", "off"] {
            browser.submit("/my/settings", "/my/settings", &[("setting", "mypost"), ("to", to)]).await;
        }
        let history = browser.get("/my/history.csv").await;
        assert_eq!(history.text().matches("setting_").count(), 2, "a switch that changes nothing was noted");
    });
}

#[test]
fn sign_ins_elsewhere_can_be_ended_from_here() {
    on_both(async |portal| {
        let card = TestCard::new();
        let (mut here, mut there, mut third) = (Browser::new(&portal), Browser::new(&portal), Browser::new(&portal));
        for browser in [&mut there, &mut third, &mut here] {
            sign_in(browser, &card).await;
            portal.clock.pass(1);
        }
        let page = here.get("/my/sessions").await;
        assert_eq!(page.text().matches("name=\"id\"").count(), 2);
        let newest_other = page.field("id").unwrap();
        here.submit("/my/sessions", "/my/sessions/end", &[("id", &newest_other)]).await;
        assert_eq!(third.get("/my").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(there.get("/my").await.status(), StatusCode::OK);
        here.submit("/my/sessions", "/my/sessions/end-others", &[]).await;
        assert_eq!(there.get("/my").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(here.get("/my").await.status(), StatusCode::OK);
        // Nobody ends somebody else's.
        let mut stranger = Browser::new(&portal);
        sign_in(&mut stranger, &TestCard::new()).await;
        stranger.submit("/my/sessions", "/my/sessions/end-others", &[]).await;
        assert_eq!(here.get("/my").await.status(), StatusCode::OK);
    });
}

#[test]
fn a_closed_account_lets_nobody_in_and_the_card_registers_anew() {
    on_both(async |portal| {
        let service = Caller::register(&portal, "さくら便利帳", SCOPES).await;
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let token = service.sign_in(&portal, &mut browser, &card).await;
        browser.submit("/my/settings", "/my/settings", &[("setting", "mypost"), ("to", "on")]).await;

        let unconfirmed = browser.submit("/my/close", "/my/close", &[]).await;
        assert_eq!(unconfirmed.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unconfirmed.text().contains("まだ削除していません"));
        assert_eq!(service.call("/api/v1/notices", &token).await.status, StatusCode::OK);

        let closed = browser.submit("/my/close", "/my/close", &[("understood", "yes")]).await;
        assert!(closed.text().contains("登録を削除しました"), "{}", closed.text());
        assert_eq!(browser.get("/my").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(service.call("/api/v1/notices", &token).await.status, StatusCode::UNAUTHORIZED);

        sign_in(&mut browser, &card).await;
        let history = browser.get("/my/history.csv").await;
        assert_eq!(history.text().lines().count(), 2, "{}", history.text());
        assert!(!browser.get("/my/settings").await.text().contains("あり</span>"), "a setting survived");
    });
}
