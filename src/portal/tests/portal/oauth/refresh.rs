use axum::http::StatusCode;

use crate::support::{Browser, TestCard, TestPortal, TestService, on_both, userinfo};

const SCOPE: &str = "openid registration notices.read offline_access";

async fn first(portal: &TestPortal, service: &TestService) -> (Browser, String, String) {
    let (browser, code) = service.sign_up(portal, &TestCard::new(), SCOPE).await;
    let tokens = service.redeem(portal, &code).await.json();
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    (browser, text("access_token"), text("refresh_token"))
}

#[test]
fn a_refresh_token_is_good_once_and_brings_the_next() {
    on_both(async |portal| {
        let service = TestService::with(&portal, SCOPE).await;
        let (_, _, mut token) = first(&portal, &service).await;
        // Longer than the session, and than any access token.
        for _ in 0..3 {
            portal.clock.pass(3600);
            let tokens = service.refresh(&portal, &token).await.json();
            assert_eq!(userinfo(&portal, tokens["access_token"].as_str().unwrap()).await.status(), StatusCode::OK);
            let next = tokens["refresh_token"].as_str().unwrap().to_owned();
            assert_ne!(next, token);
            token = next;
        }
    });
}

#[test]
fn a_refresh_token_that_comes_twice_ends_everything_that_came_of_it() {
    on_both(async |portal| {
        let service = TestService::with(&portal, SCOPE).await;
        let (_, first_access, stolen) = first(&portal, &service).await;
        let tokens = service.refresh(&portal, &stolen).await.json();
        let (access, next) = (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
        let again = service.refresh(&portal, &stolen).await;
        assert_eq!((again.status(), again.json()["error"].as_str()), (StatusCode::BAD_REQUEST, Some("invalid_grant")));
        assert_eq!(service.refresh(&portal, next).await.status(), StatusCode::BAD_REQUEST);
        for access in [access, &first_access] {
            assert_eq!(userinfo(&portal, access).await.status(), StatusCode::UNAUTHORIZED);
        }
    });
}

#[test]
fn of_two_that_renew_at_once_one_succeeds() {
    on_both(async |portal| {
        let service = TestService::with(&portal, SCOPE).await;
        let (_, _, token) = first(&portal, &service).await;
        let (one, two) = tokio::join!(service.refresh(&portal, &token), service.refresh(&portal, &token));
        let good = [one.status(), two.status()].iter().filter(|status| status.is_success()).count();
        assert_eq!(good, 1);
    });
}

#[test]
fn a_refresh_narrows_and_never_widens_and_is_the_clients_own() {
    on_both(async |portal| {
        let (service, other) = (TestService::with(&portal, SCOPE).await, TestService::with(&portal, SCOPE).await);
        let (_, _, token) = first(&portal, &service).await;
        assert_eq!(other.refresh(&portal, &token).await.status(), StatusCode::BAD_REQUEST);
        let with = async |scope: &str, token: &str| {
            let fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
            service.post(&portal, "/oauth/token", &fields).await
        };
        let wide = with("openid user_status.mypost", &token).await;
        assert_eq!(wide.json()["error"], "invalid_scope");
        let narrow = with("notices.read", &token).await.json();
        assert_eq!(narrow["scope"], "notices.read");
        let access = narrow["access_token"].as_str().unwrap();
        let refused = userinfo(&portal, access).await;
        assert_eq!(
            (refused.status(), refused.json()["code"].as_str()),
            (StatusCode::FORBIDDEN, Some("insufficient_scope"))
        );
        assert!(refused.header("www-authenticate").unwrap().contains(r#"scope="openid""#));
        // What was granted is still there.
        let whole = service.refresh(&portal, narrow["refresh_token"].as_str().unwrap()).await.json();
        assert_eq!(whole["scope"], "notices.read offline_access openid registration");
    });
}

#[test]
fn a_refresh_token_that_nobody_used_for_a_month_is_over() {
    on_both(async |portal| {
        let service = TestService::with(&portal, SCOPE).await;
        let (_, _, token) = first(&portal, &service).await;
        portal.clock.pass(30 * 24 * 3600);
        assert_eq!(service.refresh(&portal, &token).await.status(), StatusCode::BAD_REQUEST);
    });
}

#[test]
fn who_closes_the_account_ends_every_token() {
    on_both(async |portal| {
        let service = TestService::with(&portal, SCOPE).await;
        let (mut browser, access, token) = first(&portal, &service).await;
        let closed = browser.submit("/my/close", "/my/close", &[("understood", "yes")]).await;
        assert_eq!(closed.status(), StatusCode::OK, "{}", closed.text());
        assert_eq!(userinfo(&portal, &access).await.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(service.refresh(&portal, &token).await.status(), StatusCode::BAD_REQUEST);
    });
}
