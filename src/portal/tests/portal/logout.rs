//! Logging out everywhere: at the portal, at a service's wish, and at every service behind the browser's back.

use axum::http::StatusCode;
use jpki_portal::deliver_due;
use serde_json::json;

use crate::support::{
    Answer, Answers, Browser, Listener, TestCard, TestPortal, TestService, Way, claims, on_both, sign_in,
};

const SCOPES: &str = "openid registration";
const OUT: &str = "https://service.example/out";

/// A service with a back channel, in which somebody can be signed on.
struct Told {
    service: TestService,
    listener: Listener,
}

impl Told {
    async fn register(portal: &TestPortal, name: &str) -> Self {
        let listener = Listener::that_answers(200, "").await;
        let service = TestService::changed(portal, name, SCOPES, |metadata| {
            metadata.backchannel_logout_uri = Some(listener.url().to_owned());
            metadata.post_logout_redirect_uris = vec![OUT.to_owned()];
        });
        Self { service: service.await, listener }
    }

    /// Signs the person on, whom the portal knows already or not, and returns the ID token.
    async fn sign_on(&self, portal: &TestPortal, browser: &mut Browser, card: &TestCard) -> String {
        let mut answer = browser.get(&self.service.address(SCOPES, &[])).await;
        if !answer.location().unwrap().starts_with(TestService::BACK) {
            let way = Way::of(&answer);
            answer = way.agree(browser).await;
            if answer.location() == Some(way.page("identity").as_str()) {
                answer = way.show(browser, card).await;
            }
            if answer.location() == Some(way.page("confirm").as_str()) {
                answer = way.onward(browser).await;
            }
        }
        let tokens = self.service.redeem(portal, &answer.at_service("code").unwrap()).await;
        tokens.json()["id_token"].as_str().unwrap().to_owned()
    }
}

async fn two_services(portal: &TestPortal) -> (Told, Told, Browser) {
    let (first, second) = (Told::register(portal, "一番").await, Told::register(portal, "二番").await);
    (first, second, Browser::new(portal))
}

async fn sign_out(browser: &mut Browser) -> Answer {
    let answer = browser.submit("/sign-out", "/sign-out", &[]).await;
    let result = answer.location().unwrap().to_owned();
    assert!(result.starts_with("/sign-out/"), "{result}");
    browser.get(&result).await
}

/// What the result page says of a service.
fn line(page: &Answer, name: &str) -> String {
    let after = page.text().split_once(&format!("<th scope=\"row\">{name}</th>"));
    let (_, after) = after.unwrap_or_else(|| panic!("{name} isn't named: {}", page.text()));
    after.split("</td>").next().unwrap().rsplit("<td>").next().unwrap().trim().to_owned()
}

fn ended(id_token: &str, more: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if !id_token.is_empty() {
        query.append_pair("id_token_hint", id_token);
    }
    query.extend_pairs(more);
    format!("/oauth/end-session?{}", query.finish())
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/my").await.status() == StatusCode::OK
}

/// Whether nothing happens but a question.
async fn asks(browser: &mut Browser, address: &str) {
    let page = browser.get(address).await;
    assert_eq!(page.status(), StatusCode::OK, "{address}");
    assert!(page.text().contains("ログアウトしますか"), "{}", page.text());
    assert!(is_signed_in(browser).await, "{address}");
}

#[test]
fn every_service_of_the_session_is_told_with_a_token_of_its_own() {
    on_both(async |portal| {
        let (first, second, mut browser) = two_services(&portal).await;
        let card = TestCard::new();
        let id_tokens =
            [first.sign_on(&portal, &mut browser, &card).await, second.sign_on(&portal, &mut browser, &card).await];
        let page = sign_out(&mut browser).await;
        assert!(!is_signed_in(&mut browser).await);
        assert_eq!(line(&page, "一番"), "ログアウトしました。");
        assert_eq!(line(&page, "二番"), "ログアウトしました。");
        for (told, id_token) in [&first, &second].into_iter().zip(id_tokens) {
            let id = claims(&json!(id_token));
            let (header, logout) = told.listener.only_token();
            assert_eq!((&header["typ"], &header["alg"]), (&json!("logout+jwt"), &json!("ES256")));
            for same in ["iss", "aud", "sub", "sid"] {
                assert_eq!(logout[same], id[same], "{same}");
            }
            assert_eq!(logout["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
            assert!(logout["jti"].as_str().is_some_and(|jti| !jti.is_empty()) && logout.get("nonce").is_none());
            let (issued, over) = (logout["iat"].as_i64().unwrap(), logout["exp"].as_i64().unwrap());
            assert_eq!((issued, over), (portal.app.now().as_second(), portal.app.now().as_second() + 120));
        }
        // Done is done.
        portal.clock.pass(3600);
        deliver_due(&portal.app).await.unwrap();
        assert_eq!((first.listener.told().len(), second.listener.told().len()), (1, 1));
    });
}

#[test]
fn only_the_session_that_ends_is_told_of() {
    on_both(async |portal| {
        let (first, second, mut browser) = two_services(&portal).await;
        let card = TestCard::new();
        first.sign_on(&portal, &mut browser, &card).await;
        let mut elsewhere = Browser::new(&portal);
        second.sign_on(&portal, &mut elsewhere, &card).await;
        sign_out(&mut browser).await;
        assert_eq!((first.listener.told().len(), second.listener.told().len()), (1, 0));
        assert!(is_signed_in(&mut elsewhere).await);
    });
}

#[test]
fn a_code_that_was_not_redeemed_before_the_logout_never_is() {
    on_both(async |portal| {
        let (first, second, mut browser) = two_services(&portal).await;
        let card = TestCard::new();
        first.sign_on(&portal, &mut browser, &card).await;
        second.sign_on(&portal, &mut browser, &card).await;
        let code = first.service.code(&mut browser, SCOPES).await;
        sign_out(&mut browser).await;
        let refused = first.service.redeem(&portal, &code).await;
        assert_eq!((refused.status(), &refused.json()["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_grant")));
    });
}

#[test]
fn a_service_may_decline_and_says_why() {
    on_both(async |portal| {
        let (first, second, mut browser) = two_services(&portal).await;
        let card = TestCard::new();
        first.sign_on(&portal, &mut browser, &card).await;
        second.sign_on(&portal, &mut browser, &card).await;
        first.listener.now(Answers::With(200, r#"{"logged_out":false,"reason":"<b>手続き中</b>"}"#));
        second.listener.now(Answers::With(400, r#"{"error":"invalid_request"}"#));
        let page = sign_out(&mut browser).await;
        assert_eq!(
            line(&page, "一番"),
            "サービスの判断でログアウトしませんでした。理由：&#60;b&#62;手続き中&#60;/b&#62;"
        );
        assert!(line(&page, "二番").starts_with("ログアウトできたか確認できませんでした"), "{}", page.text());
        portal.clock.pass(3600);
        deliver_due(&portal.app).await.unwrap();
        assert_eq!((first.listener.told().len(), second.listener.told().len()), (1, 1), "neither is asked again");
    });
}

#[test]
fn a_service_that_is_down_is_told_later_and_the_page_follows() {
    on_both(async |portal| {
        let (told, _, mut browser) = two_services(&portal).await;
        told.sign_on(&portal, &mut browser, &TestCard::new()).await;
        told.listener.now(Answers::With(503, ""));
        let answer = browser.submit("/sign-out", "/sign-out", &[]).await;
        let result = answer.location().unwrap().to_owned();
        let page = browser.get(&result).await;
        assert!(line(&page, "一番").contains("引き続き連絡しています") && page.text().contains("最新の結果を見る"));

        deliver_due(&portal.app).await.unwrap();
        assert_eq!(told.listener.told().len(), 1, "not before its time");
        portal.clock.pass(5);
        deliver_due(&portal.app).await.unwrap();
        assert_eq!(told.listener.told().len(), 2);
        told.listener.now(Answers::With(200, ""));
        portal.clock.pass(30);
        deliver_due(&portal.app).await.unwrap();
        let page = browser.get(&result).await;
        assert_eq!(line(&page, "一番"), "ログアウトしました。");
        assert!(!page.text().contains("最新の結果を見る"));
        let tokens = told.listener.told();
        assert_eq!(tokens.len(), 3);
        let names: std::collections::BTreeSet<_> =
            tokens.iter().map(|token| claims(&json!(token))["jti"].to_string()).collect();
        assert_eq!(names.len(), 3, "a token counts once, so each try has its own");
        // The result is this browser's alone.
        assert!(!Browser::new(&portal).get(&result).await.text().contains("一番"));
    });
}

#[test]
fn a_service_that_stays_down_is_given_up() {
    on_both(async |portal| {
        let (told, _, mut browser) = two_services(&portal).await;
        told.sign_on(&portal, &mut browser, &TestCard::new()).await;
        told.listener.now(Answers::With(503, ""));
        let answer = browser.submit("/sign-out", "/sign-out", &[]).await;
        for _ in 0..20 {
            portal.clock.pass(3600);
            deliver_due(&portal.app).await.unwrap();
        }
        let page = browser.get(answer.location().unwrap()).await;
        assert!(line(&page, "一番").starts_with("ログアウトできたか確認できませんでした"));
        assert_eq!(told.listener.told().len(), 6, "once at once, and hourly for less than six hours");
    });
}

#[test]
fn of_several_replicas_one_tells_and_what_a_dead_one_left_is_taken_over() {
    on_both(async |portal| {
        let (told, _, mut browser) = two_services(&portal).await;
        told.sign_on(&portal, &mut browser, &TestCard::new()).await;
        told.listener.now(Answers::With(503, ""));
        browser.submit("/sign-out", "/sign-out", &[]).await;
        let other = portal.replica().await;
        portal.clock.pass(5);
        let (one, two) = tokio::join!(deliver_due(&portal.app), deliver_due(&other));
        one.unwrap();
        two.unwrap();
        assert_eq!(told.listener.told().len(), 2, "the second try was made once");

        // A replica dies while it waits for the service.
        told.listener.now(Answers::Never);
        portal.clock.pass(30);
        let app = other.clone();
        let dying = tokio::spawn(async move { deliver_due(&app).await });
        while told.listener.told().len() < 3 {
            tokio::task::yield_now().await;
        }
        dying.abort();
        assert!(dying.await.unwrap_err().is_cancelled());
        told.listener.now(Answers::With(200, ""));
        deliver_due(&portal.app).await.unwrap();
        assert_eq!(told.listener.told().len(), 3, "the other might still be at it");
        portal.clock.pass(30);
        deliver_due(&portal.app).await.unwrap();
        assert_eq!(told.listener.told().len(), 4);
        other.store().close().await;
    });
}

#[test]
fn a_service_that_shows_its_id_token_logs_the_person_out_and_gets_them_back() {
    on_both(async |portal| {
        let (first, second, mut browser) = two_services(&portal).await;
        let card = TestCard::new();
        let hint = first.sign_on(&portal, &mut browser, &card).await;
        second.sign_on(&portal, &mut browser, &card).await;
        // ID tokens live five minutes, sessions longer: one that is over still says who is meant.
        portal.clock.pass(900);
        let address = ended(&hint, &[("post_logout_redirect_uri", OUT), ("state", "a&b")]);
        let answer = browser.get(&address).await;
        assert_eq!(answer.location(), Some("https://service.example/out?state=a%26b"), "{}", answer.text());
        assert!(!is_signed_in(&mut browser).await);
        assert_eq!((first.listener.told().len(), second.listener.told().len()), (0, 1), "the first knows already");
        // Once more, with nobody signed in: back again, and nobody is told.
        assert_eq!(browser.get(&address).await.location(), Some("https://service.example/out?state=a%26b"));
        assert_eq!(second.listener.told().len(), 1);
    });
}

#[test]
fn a_posted_request_becomes_an_address_because_no_browser_sends_the_session_with_it() {
    on_both(async |portal| {
        let (first, _, mut browser) = two_services(&portal).await;
        let hint = first.sign_on(&portal, &mut browser, &TestCard::new()).await;
        let fields = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", OUT)];
        let answer = Browser::new(&portal).post("/oauth/end-session", &fields).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let address = answer.location().unwrap().to_owned();
        assert_eq!(browser.get(&address).await.location(), Some(OUT));
        let long = "x".repeat(20_000);
        let answer = browser.post("/oauth/end-session", &[("id_token_hint", &long)]).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    });
}

#[test]
fn a_link_alone_logs_nobody_out_the_person_is_asked() {
    on_both(async |portal| {
        let (first, second, mut browser) = two_services(&portal).await;
        let card = TestCard::new();
        let hint = first.sign_on(&portal, &mut browser, &card).await;
        let mut other = Browser::new(&portal);
        second.sign_on(&portal, &mut other, &TestCard::new()).await;
        let named = [("client_id", first.service.id.as_str()), ("post_logout_redirect_uri", OUT), ("state", "s")];
        // Without any hint, with a service's name alone, and with another person's ID token.
        for address in [ended("", &[]), ended("", &named)] {
            asks(&mut browser, &address).await;
        }
        asks(&mut other, &ended(&hint, &[("post_logout_redirect_uri", OUT), ("state", "s")])).await;
        // The way back waits behind the question.
        let page = browser.get(&ended("", &named)).await;
        assert!(page.text().contains("<strong>一番</strong>"), "{}", page.text());
        assert!(!page.header("content-security-policy").unwrap().contains("form-action"), "it ends at the service");
        let (token, back) = (page.field("form_token").unwrap(), page.field("way_back").unwrap());
        let stranger = Browser::new(&portal).submit("/", "/sign-out", &[("way_back", &back)]).await;
        assert_eq!(stranger.location(), Some("/sign-out/done"), "another browser can't use it");
        let answer = browser.post("/sign-out", &[("form_token", &token), ("way_back", &back)]).await;
        assert_eq!(answer.location(), Some("https://service.example/out?state=s"));
        assert!(!is_signed_in(&mut browser).await);
        assert_eq!(first.listener.told().len(), 1, "it asked, but didn't say that it ended its own session");
    });
}

#[test]
fn wrong_requests_log_nobody_out_and_lead_nowhere() {
    on_both(async |portal| {
        let (first, second, mut browser) = two_services(&portal).await;
        let hint = first.sign_on(&portal, &mut browser, &TestCard::new()).await;
        let (start, end) = hint.split_at(hint.len() - 20);
        let changed = format!("{start}{}{}", if end.starts_with('A') { 'B' } else { 'A' }, &end[1..]);
        let unsigned = format!("{}.", &hint[..hint.rfind('.').unwrap()]);
        let access = first.service.id.clone();
        for address in [
            ended(&hint, &[("post_logout_redirect_uri", "https://service.example/out/")]),
            ended(&hint, &[("post_logout_redirect_uri", "https://evil.example/")]),
            ended("", &[("post_logout_redirect_uri", OUT)]),
            ended(&hint, &[("client_id", &second.service.id)]),
            ended(&changed, &[]),
            ended(&unsigned, &[]),
            ended("x", &[]),
            ended("", &[("client_id", "nobody")]),
            ended(&hint, &[("id_token_hint", &hint)]),
            ended(&hint, &[("state", "1"), ("state", "2")]),
            ended(&hint, &[("state", &"x".repeat(2000))]),
            ended("", &[("client_id", &access), ("post_logout_redirect_uri", "javascript:alert(1)")]),
        ] {
            let page = browser.get(&address).await;
            assert_eq!((page.status(), page.location()), (StatusCode::BAD_REQUEST, None), "{address}");
            assert!(page.text().contains("<code>invalid_request: "), "{address}");
            assert!(is_signed_in(&mut browser).await, "{address}");
        }
        assert_eq!(first.listener.told().len() + second.listener.told().len(), 0);
    });
}

#[test]
fn a_suspended_service_is_not_gone_back_to() {
    on_both(async |portal| {
        let (first, _, mut browser) = two_services(&portal).await;
        let hint = first.sign_on(&portal, &mut browser, &TestCard::new()).await;
        first.service.suspend(&portal).await;
        let answer = browser.get(&ended(&hint, &[("post_logout_redirect_uri", OUT)])).await;
        assert!(answer.location().unwrap().starts_with("/sign-out/"), "{:?}", answer.location());
        assert!(!is_signed_in(&mut browser).await);
    });
}

#[test]
fn sessions_ended_from_my_page_and_by_closing_the_account_are_told_in_the_background() {
    on_both(async |portal| {
        let (first, second, mut browser) = two_services(&portal).await;
        let card = TestCard::new();
        first.sign_on(&portal, &mut browser, &card).await;
        let mut mine = Browser::new(&portal);
        sign_in(&mut mine, &card).await;
        mine.submit("/my/sessions", "/my/sessions/end-others", &[]).await;
        assert!(!is_signed_in(&mut browser).await);
        deliver_due(&portal.app).await.unwrap();
        assert_eq!(first.listener.told().len(), 1);

        second.sign_on(&portal, &mut mine, &card).await;
        let closed = mine.submit("/my/close", "/my/close", &[("understood", "yes")]).await;
        assert_eq!(closed.status(), StatusCode::OK, "{}", closed.text());
        deliver_due(&portal.app).await.unwrap();
        assert_eq!(second.listener.told().len(), 1);
    });
}
