//! What tokens are worth, and giving them back.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, TestCard, TestPortal, TestService, Way, on_both, userinfo};

const SCOPES: &str = "openid registration offline_access";

struct Tokens {
    access: String,
    refresh: String,
}

async fn signed_on(portal: &TestPortal, browser: &mut Browser, service: &TestService) -> Tokens {
    let way = Way::of(&browser.get(&service.address(SCOPES, &[])).await);
    way.agree(browser).await;
    way.show(browser, &TestCard::new()).await;
    let code = way.onward(browser).await.at_service("code").unwrap();
    let tokens = service.redeem(portal, &code).await.json();
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    Tokens { access: text("access_token"), refresh: text("refresh_token") }
}

async fn worth(portal: &TestPortal, service: &TestService, token: &str) -> Value {
    let answer = service.post(portal, "/oauth/introspect", &[("token", token)]).await;
    assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer.json()
}

async fn give_back(portal: &TestPortal, service: &TestService, token: &str) -> Answer {
    service.post(portal, "/oauth/revoke", &[("token", token)]).await
}

fn inactive() -> Value {
    json!({ "active": false })
}

#[test]
fn a_service_learns_what_its_own_tokens_are_worth_and_nothing_of_others() {
    on_both(async |portal| {
        let service = TestService::register(&portal, "サービス", SCOPES).await;
        let other = TestService::register(&portal, "別のサービス", SCOPES).await;
        let tokens = signed_on(&portal, &mut Browser::new(&portal), &service).await;
        let access = worth(&portal, &service, &tokens.access).await;
        assert_eq!((&access["active"], &access["token_type"]), (&json!(true), &json!("Bearer")));
        assert_eq!(
            (access["client_id"].as_str(), access["iss"].as_str()),
            (Some(&*service.id), Some(TestPortal::ISSUER))
        );
        assert_eq!(access["exp"].as_i64(), Some(portal.app.now().as_second() + 300));
        let refresh = worth(&portal, &service, &tokens.refresh).await;
        assert_eq!((&refresh["active"], &refresh["sub"]), (&json!(true), &access["sub"]));
        for unknown in [&tokens.access, &tokens.refresh, "x", "a.b.c", "a.b"] {
            assert_eq!(worth(&portal, &other, unknown).await, inactive());
        }
        portal.clock.pass(300);
        assert_eq!(worth(&portal, &service, &tokens.access).await, inactive(), "its time is over");
    });
}

#[test]
fn a_token_given_back_is_worth_nothing_more() {
    on_both(async |portal| {
        let service = TestService::register(&portal, "サービス", SCOPES).await;
        let other = TestService::register(&portal, "別のサービス", SCOPES).await;
        let tokens = signed_on(&portal, &mut Browser::new(&portal), &service).await;
        // Another client can't.
        let refused = give_back(&portal, &other, &tokens.access).await;
        assert_eq!(
            (refused.status(), refused.json()["error"].clone()),
            (StatusCode::BAD_REQUEST, json!("unauthorized_client"))
        );
        give_back(&portal, &other, &tokens.refresh).await;
        assert_eq!(worth(&portal, &service, &tokens.refresh).await["active"], true);

        assert_eq!(give_back(&portal, &service, &tokens.refresh).await.status(), StatusCode::OK);
        assert_eq!(worth(&portal, &service, &tokens.refresh).await, inactive());
        let fields = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh.as_str())];
        let refused = service.post(&portal, "/oauth/token", &fields).await;
        assert_eq!(refused.json()["error"], "invalid_grant");

        // With the refresh token its access token ends (RFC 7009, 2.1).
        assert_eq!(worth(&portal, &service, &tokens.access).await, inactive());
        assert_eq!(userinfo(&portal, &tokens.access).await.status(), StatusCode::UNAUTHORIZED);
        let tokens = signed_on(&portal, &mut Browser::new(&portal), &service).await;
        assert_eq!(give_back(&portal, &service, &tokens.access).await.status(), StatusCode::OK);
        assert_eq!(worth(&portal, &service, &tokens.access).await, inactive());
        for unknown in [&*tokens.access, &*tokens.refresh, "x", "a.b.c"] {
            assert_eq!(give_back(&portal, &service, unknown).await.status(), StatusCode::OK, "gone is gone");
        }
    });
}

#[test]
fn a_refresh_token_given_back_ends_the_access_tokens_before_and_after_it_and_no_others() {
    on_both(async |portal| {
        let service = TestService::register(&portal, "サービス", SCOPES).await;
        let mut browser = Browser::new(&portal);
        let tokens = signed_on(&portal, &mut browser, &service).await;
        let other = service.redeem(&portal, &service.code(&mut browser, SCOPES).await).await.json();
        let renewed = service.refresh(&portal, &tokens.refresh).await.json();
        let text = |name: &str| renewed[name].as_str().unwrap().to_owned();
        assert_eq!(give_back(&portal, &service, &text("refresh_token")).await.status(), StatusCode::OK);
        for ended in [&tokens.access, &text("access_token")] {
            assert_eq!(worth(&portal, &service, ended).await, inactive());
        }
        for going_on in ["access_token", "refresh_token"] {
            assert_eq!(worth(&portal, &service, other[going_on].as_str().unwrap()).await["active"], true, "{going_on}");
        }
    });
}

#[test]
fn what_was_given_for_a_session_ends_with_it() {
    on_both(async |portal| {
        let service = TestService::register(&portal, "サービス", SCOPES).await;
        let mut browser = Browser::new(&portal);
        let tokens = signed_on(&portal, &mut browser, &service).await;
        browser.submit("/sign-out", "/sign-out", &[]).await;
        assert_eq!(worth(&portal, &service, &tokens.access).await, inactive());
        assert_eq!(worth(&portal, &service, &tokens.refresh).await["active"], true, "offline_access is for afterwards");
    });
}

#[test]
fn only_a_client_that_proves_itself_asks_and_only_in_proper_form() {
    on_both(async |portal| {
        for path in ["/oauth/introspect", "/oauth/revoke"] {
            let service = TestService::register(&portal, "サービス", SCOPES).await;
            let nobody = Browser::new(&portal).post(path, &[("token", "x")]).await;
            assert_eq!(
                (nobody.status(), nobody.json()["error"].clone()),
                (StatusCode::UNAUTHORIZED, json!("invalid_client"))
            );
            let long = "x".repeat(9000);
            let wrong: [&[(&str, &str)]; 5] = [
                &[],
                &[("token", "")],
                &[("token", "a"), ("token", "b")],
                &[("token", &long)],
                &[("token", "a"), ("token_type_hint", "x"), ("token_type_hint", "y")],
            ];
            for fields in wrong {
                let refused = service.post(&portal, path, fields).await;
                assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{path} {}", refused.text());
                assert_eq!(refused.json()["error"], "invalid_request");
            }
            service.suspend(&portal).await;
            assert_eq!(service.post(&portal, path, &[("token", "x")]).await.status(), StatusCode::UNAUTHORIZED);
        }
    });
}
