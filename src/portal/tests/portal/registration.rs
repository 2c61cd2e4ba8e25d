//! Services bring people: the guideline's screens with their labels, and every way to leave them.

use axum::http::StatusCode;
use jpki_portal::Calendar;

use crate::support::{Browser, TestCard, TestPortal, TestService, Way, Writes, claims, on_both, on_both_with, sign_in};

const ALL: &str = "openid registration notices.read user_status.registration";

async fn ask(browser: &mut Browser, service: &TestService, scopes: &str) -> Way {
    Way::of(&browser.get(&service.address(scopes, &[])).await)
}

/// Registers and links somebody.
async fn join(portal: &TestPortal, browser: &mut Browser, service: &TestService, card: &TestCard) -> String {
    let way = ask(browser, service, ALL).await;
    way.agree(browser).await;
    way.show(browser, card).await;
    let code = way.onward(browser).await.at_service("code").unwrap();
    subject(portal, service, &code).await
}

async fn subject(portal: &TestPortal, service: &TestService, code: &str) -> String {
    let tokens = service.redeem(portal, code).await;
    assert_eq!(tokens.status(), StatusCode::OK, "{}", tokens.text());
    claims(&tokens.json()["id_token"])["sub"].as_str().unwrap().to_owned()
}

#[test]
fn the_screens_come_in_their_order_with_their_labels() {
    on_both(async |portal| {
        let service = TestService::register(&portal, "お知らせ閲覧サービス", ALL).await;
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let way = ask(&mut browser, &service, ALL).await;
        let consent = browser.get(&way.page("consent")).await;
        for text in
            ["上記に同意する", "お知らせ閲覧サービス", "お知らせを受け取る", "利用者登録をする", "カードの読み取り"]
        {
            assert!(consent.text().contains(text), "{text}");
        }
        assert!(!consent.text().contains("jpki-bridge-button"), "no card before the consent");
        assert_eq!(way.agree(&mut browser).await.location(), Some(way.page("identity").as_str()));
        let identity = browser.get(&way.page("identity")).await;
        for text in [
            "マイナンバーカードによる本人確認",
            "カードを読み取る",
            "連携をやめる",
            "読み取り方法は、お使いの端末により異なります",
        ] {
            assert!(identity.text().contains(text), "{text}");
        }
        assert_eq!(way.show(&mut browser, &card).await.location(), Some(way.page("confirm").as_str()));
        let confirm = browser.get(&way.page("confirm")).await;
        let texts =
            ["マイナポータル 外部サービスとの連携", "サービス連携", "本人確認が完了しました", "次へ", "連携をやめる"];
        for text in texts.iter().chain(["お知らせ閲覧サービス"].iter()) {
            assert!(confirm.text().contains(text), "{text}");
        }
        let policy = confirm.header("content-security-policy").unwrap();
        assert!(!policy.contains("form-action"), "the form ends at the service");
        let back = way.onward(&mut browser).await;
        assert_eq!(back.at_service("state").as_deref(), Some("a state"));
        assert_eq!(back.at_service("iss").as_deref(), Some(TestPortal::ISSUER));
        let tokens = service.redeem(&portal, &back.at_service("code").unwrap()).await.json();
        let id = claims(&tokens["id_token"]);
        assert_eq!((&id["aud"], &id["nonce"]), (&service.id.as_str().into(), &"a nonce".into()));
        assert_eq!(id["acr"], "https://jpki-bridge.example/acr/card");
        assert_eq!(id["amr"], serde_json::json!(["sc", "pin", "hwk", "mfa"]));
        // The way is over: Back shows nothing of it.
        assert_eq!(browser.get(&way.page("confirm")).await.status(), StatusCode::GONE);
    });
}

#[test]
fn whoever_stops_is_back_at_the_service_with_nothing_registered_and_may_try_again() {
    on_both(async |portal| {
        let service = TestService::register(&portal, "サービス", ALL).await;
        let card = TestCard::new();
        // The portal's first signing key is made when it is asked for.
        Browser::new(&portal).get("/oauth/jwks").await;
        let mut writes = Writes::of(&portal).await;
        for page in ["consent", "identity", "confirm"] {
            let mut browser = Browser::new(&portal);
            let way = ask(&mut browser, &service, ALL).await;
            if page != "consent" {
                way.agree(&mut browser).await;
            }
            if page == "confirm" {
                way.show(&mut browser, &card).await;
            }
            let back = way.stop(&mut browser, page).await;
            assert_eq!(back.at_service("error").as_deref(), Some("access_denied"), "{page}");
            assert_eq!(back.at_service("state").as_deref(), Some("a state"));
            assert_eq!(back.at_service("code"), None);
            let written = writes.since().await;
            assert!(written.iter().all(|what| what.starts_with("INSERT single_use")), "{page}: {written:?}");
            assert_eq!(browser.get("/my").await.status(), StatusCode::SEE_OTHER, "nobody is signed in");
        }
        let mut browser = Browser::new(&portal);
        join(&portal, &mut browser, &service, &card).await;
    });
}

#[test]
fn a_login_of_somebody_registered_and_linked_writes_four_rows() {
    on_both(async |portal| {
        let service = TestService::register(&portal, "サービス", ALL).await;
        let card = TestCard::new();
        let subject_before = join(&portal, &mut Browser::new(&portal), &service, &card).await;
        let mut writes = Writes::of(&portal).await;
        let mut browser = Browser::new(&portal);
        let way = ask(&mut browser, &service, ALL).await;
        way.agree(&mut browser).await;
        // Linked already: the card alone leads back.
        let code = way.show(&mut browser, &card).await.at_service("code").unwrap();
        assert_eq!(subject(&portal, &service, &code).await, subject_before);
        let written = writes.since().await;
        assert!(written.len() <= 4, "{written:?}");
        assert!(written.iter().all(|what| what.starts_with("INSERT")), "{written:?}");
        // Signed in and linked: nothing is shown, and the challenge and the session aren't written again.
        let answer = browser.get(&service.address(ALL, &[])).await;
        subject(&portal, &service, &answer.at_service("code").unwrap()).await;
        assert!(writes.since().await.len() <= 2);
    });
}

#[test]
fn prompts_and_ages_decide_what_is_shown_to_who_is_signed_in() {
    on_both(async |portal| {
        let service = TestService::register(&portal, "サービス", ALL).await;
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let none = service.address(ALL, &[("prompt", "none")]);
        let error = async |browser: &mut Browser| browser.get(&none).await.at_service("error");
        assert_eq!(error(&mut browser).await.as_deref(), Some("login_required"));
        sign_in(&mut browser, &card).await;
        assert_eq!(error(&mut browser).await.as_deref(), Some("consent_required"));
        join_signed_in(&mut browser, &service).await;
        assert_eq!(error(&mut browser).await, None);

        // In the same second, too.
        for wish in [("prompt", "login"), ("prompt", "select_account"), ("max_age", "0"), ("prompt", "consent")] {
            Way::of(&browser.get(&service.address(ALL, &[wish])).await);
        }

        // Agreeing again needs no card, and writes that it was agreed to again.
        portal.clock.pass(1);
        let way = Way::of(&browser.get(&service.address(ALL, &[("prompt", "consent")])).await);
        let mut writes = Writes::of(&portal).await;
        assert_eq!(way.agree(&mut browser).await.location(), Some(way.page("confirm").as_str()));
        assert!(way.onward(&mut browser).await.at_service("code").is_some());
        assert!(writes.since().await.contains(&"INSERT events".to_owned()));

        // The card is shown again, and the session goes on under the same name.
        portal.clock.pass(60);
        for wish in [("prompt", "login"), ("max_age", "30")] {
            let way = Way::of(&browser.get(&service.address(ALL, &[wish])).await);
            assert_eq!(way.agree(&mut browser).await.location(), Some(way.page("identity").as_str()), "{wish:?}");
            let code = way.show(&mut browser, &card).await.at_service("code").unwrap();
            let id = claims(&service.redeem(&portal, &code).await.json()["id_token"]);
            assert_eq!(id["auth_time"], portal.app.now().as_second(), "{wish:?}");
            portal.clock.pass(60);
        }
    });
}

/// Links somebody who is signed in: without a card.
async fn join_signed_in(browser: &mut Browser, service: &TestService) -> String {
    let way = ask(browser, service, ALL).await;
    let consent = browser.get(&way.page("consent")).await;
    assert!(consent.text().contains("カードの読み取りは省略します"));
    assert_eq!(way.agree(browser).await.location(), Some(way.page("confirm").as_str()));
    way.onward(browser).await.at_service("code").unwrap()
}

#[test]
fn a_second_service_is_linked_without_registering_again_and_knows_another_subject() {
    on_both(async |portal| {
        let one = TestService::register(&portal, "一つ目のサービス", ALL).await;
        let two = TestService::register(&portal, "二つ目のサービス", ALL).await;
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let known_to_one = join(&portal, &mut browser, &one, &card).await;
        let mut writes = Writes::of(&portal).await;
        let code = join_signed_in(&mut browser, &two).await;
        let written = writes.since().await;
        assert!(!written.contains(&"INSERT accounts".to_owned()) && written.contains(&"INSERT links".to_owned()));
        let tokens = two.redeem(&portal, &code).await.json();
        let id = claims(&tokens["id_token"]);
        assert_ne!(id["sub"], known_to_one.as_str());
        // The next service's session ends while the person reads: then the card is shown.
        let three = TestService::register(&portal, "三つ目のサービス", ALL).await;
        let way = ask(&mut browser, &three, ALL).await;
        way.agree(&mut browser).await;
        browser.plant("/", "__Host-session", "gone");
        assert_eq!(way.onward(&mut browser).await.location(), Some(way.page("identity").as_str()));
        way.show(&mut browser, &card).await;
        assert!(way.onward(&mut browser).await.at_service("code").is_some());
    });
}

#[test]
fn a_service_that_asks_for_more_asks_the_person() {
    on_both(async |portal| {
        let service = TestService::register(&portal, "サービス", ALL).await;
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let way = ask(&mut browser, &service, "openid registration").await;
        way.agree(&mut browser).await;
        way.show(&mut browser, &card).await;
        way.onward(&mut browser).await.at_service("code").unwrap();
        assert!(browser.get(&service.address("openid", &[])).await.at_service("code").is_some());
        let way = ask(&mut browser, &service, "openid notices.read").await;
        assert!(browser.get(&way.page("consent")).await.text().contains("お知らせを受け取る"));
        way.agree(&mut browser).await;
        way.onward(&mut browser).await.at_service("code").unwrap();
        let code = browser.get(&service.address(ALL, &[("scope2", "ignored")])).await;
        assert!(code.location().unwrap().starts_with("/flow/"), "user_status wasn't agreed to");
    });
}

#[test]
fn somebody_unregistered_is_told_apart_and_nothing_is_kept_of_them() {
    on_both(async |portal| {
        let service = TestService::register(&portal, "サービス", ALL).await;
        let card = TestCard::new();
        let mut writes = Writes::of(&portal).await;
        let mut browser = Browser::new(&portal);
        let way = ask(&mut browser, &service, "openid notices.read").await;
        way.agree(&mut browser).await;
        let back = way.show(&mut browser, &card).await;
        assert_eq!(back.at_service("error").as_deref(), Some("user_not_registered"));

        // Whether somebody is registered can be asked about somebody who isn't.
        let mut subjects = Vec::new();
        for _ in 0..2 {
            let way = ask(&mut browser, &service, "openid user_status.registration").await;
            way.agree(&mut browser).await;
            let code = way.show(&mut browser, &card).await.at_service("code").unwrap();
            subjects.push(subject(&portal, &service, &code).await);
        }
        assert_ne!(subjects[0], subjects[1], "nobody can be followed who has no account");
        let written = writes.since().await;
        let tables = ["accounts", "cards", "links", "events", "sessions"];
        assert!(!written.iter().any(|what| tables.iter().any(|table| what.contains(table))), "{written:?}");
        assert_eq!(browser.get("/my").await.status(), StatusCode::SEE_OTHER);
    });
}

#[test]
fn a_service_that_is_suspended_on_the_way_gets_nobody() {
    on_both(async |portal| {
        let service = TestService::register(&portal, "サービス", ALL).await;
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let way = ask(&mut browser, &service, ALL).await;
        way.agree(&mut browser).await;
        way.show(&mut browser, &card).await;
        service.suspend(&portal).await;
        let mut writes = Writes::of(&portal).await;
        assert_eq!(way.onward(&mut browser).await.status(), StatusCode::GONE);
        assert_eq!(writes.since().await, Vec::<String>::new());
    });
}

#[test]
fn outside_service_hours_nobody_is_registered_by_half() {
    let guideline = |config: jpki_portal::Config| config.with_calendar(Calendar::guideline().unwrap());
    on_both_with(guideline, async |portal| {
        let service = TestService::register(&portal, "サービス", ALL).await;
        // The Friday before a third Saturday, when the information network and the resident network stop.
        portal.clock.set("2026-12-18T23:58:00+09:00");
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let way = ask(&mut browser, &service, ALL).await;
        way.agree(&mut browser).await;
        way.show(&mut browser, &card).await;
        portal.clock.set("2026-12-19T00:01:00+09:00");
        let mut writes = Writes::of(&portal).await;
        let answer = way.onward(&mut browser).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.header("retry-after").is_some());
        assert_eq!(writes.since().await, Vec::<String>::new());
        // At the start, too; and whoever came without a service is told before being asked to register.
        let answer = Browser::new(&portal).get(&service.address(ALL, &[])).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        let mut own = Browser::new(&portal);
        let way = Way::to(&mut own, "/my").await;
        way.agree(&mut own).await;
        assert_eq!(way.show(&mut own, &card).await.status(), StatusCode::SERVICE_UNAVAILABLE);
        // When it is open again, the way goes on.
        portal.clock.set("2026-12-21T00:01:00+09:00");
        join(&portal, &mut Browser::new(&portal), &service, &card).await;
        // Who is registered signs in at any time.
        portal.clock.set("2027-01-16T12:00:00+09:00");
        let mut registered = Browser::new(&portal);
        let way = Way::to(&mut registered, "/my").await;
        way.agree(&mut registered).await;
        assert_eq!(way.show(&mut registered, &card).await.location(), Some("/my"));
    });
}

#[test]
fn the_service_says_which_language_the_person_reads_unless_they_chose_one() {
    on_both(async |portal| {
        let service = TestService::register(&portal, "サービス", ALL).await;
        let mut browser = Browser::new(&portal);
        let address = service.address(ALL, &[("ui_locales", "fr en-GB ja")]);
        let way = Way::of(&browser.get(&address).await);
        assert!(browser.get(&way.page("consent")).await.text().contains(r#"<html lang="en">"#));
        browser.submit("/", "/language", &[("lang", "ja"), ("back", "/")]).await;
        assert!(browser.get(&way.page("consent")).await.text().contains(r#"<html lang="ja">"#));
    });
}

#[test]
fn whatever_a_service_may_send_fits_into_the_way_or_is_refused_at_once() {
    on_both(async |portal| {
        let service = TestService::register(&portal, "長い名前のサービス".repeat(6).as_str(), ALL).await;
        let mut fitted = 0;
        for length in [1, 255, 512, 1024, 2048, 4096, 16384] {
            let mut browser = Browser::new(&portal);
            let address = service.address(ALL, &[]).replace("a+state", &"x".repeat(length));
            let answer = browser.get(&address).await;
            match answer.location().filter(|to| to.starts_with("/flow/")) {
                Some(_) => {
                    let way = Way::of(&answer);
                    way.agree(&mut browser).await;
                    way.show(&mut browser, &TestCard::new()).await;
                    assert_eq!(browser.get(&way.page("confirm")).await.status(), StatusCode::OK, "{length}");
                    fitted = length;
                }
                None => assert!(answer.status().is_client_error() || answer.at_service("error").is_some(), "{length}"),
            }
        }
        assert!(fitted >= 512, "the longest state that works has {fitted} characters");
    });
}

#[test]
fn more_people_register_at_once_than_there_are_connections() {
    on_both(async |portal| {
        let service = TestService::with(&portal, "openid registration").await;
        let cards: [TestCard; 8] = std::array::from_fn(|_| TestCard::new());
        let register = |number: usize| service.sign_up(&portal, &cards[number], "openid registration");
        let (a, b, c, d, e, f, g, h) = tokio::join!(
            register(0),
            register(1),
            register(2),
            register(3),
            register(4),
            register(5),
            register(6),
            register(7)
        );
        for (_, code) in [a, b, c, d, e, f, g, h] {
            assert_eq!(service.redeem(&portal, &code).await.status(), StatusCode::OK);
        }
    });
}
