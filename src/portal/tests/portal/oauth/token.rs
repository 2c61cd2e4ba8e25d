use axum::http::StatusCode;
use jpki_oidc::JwkSet;
use jpki_oidc::relying_party::{Expected, check_id_token};
use jpki_trust::Clock as _;

use crate::support::{
    ASSERTION_TYPE, Answer, Browser, TestCard, TestPortal, TestService, Writes, get_as, on_both, userinfo,
};

const SCOPE: &str = "openid registration";

fn error(answer: &Answer) -> (u16, String) {
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{}", answer.text());
    (answer.status().as_u16(), answer.json()["error"].as_str().unwrap_or_default().to_owned())
}

fn told(status: u16, word: &str) -> (u16, String) {
    (status, word.to_owned())
}

#[test]
fn a_code_brings_tokens_that_hold_what_was_asked() {
    on_both(async |portal| {
        let service = TestService::with(&portal, SCOPE).await;
        let (_, code) = service.sign_up(&portal, &TestCard::new(), SCOPE).await;
        let answer = service.redeem(&portal, &code).await;
        assert_eq!((answer.status(), answer.header("cache-control")), (StatusCode::OK, Some("no-store")));
        let tokens = answer.json();
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&"Bearer".into(), &300.into()));
        assert_eq!((&tokens["scope"], tokens.get("refresh_token")), (&SCOPE.into(), None));
        let (id_token, access) = (tokens["id_token"].as_str().unwrap(), tokens["access_token"].as_str().unwrap());
        let keys = JwkSet::parse(Browser::new(&portal).get("/oauth/jwks").await.text().as_bytes()).unwrap();
        let expected = Expected {
            issuer: TestPortal::ISSUER,
            client_id: &service.id,
            nonce: "a nonce",
            access_token: Some(access),
            max_age: Some(0),
            acr_values: &[jpki_oidc::ACR_CARD],
        };
        let claims = check_id_token(id_token, &keys, expected, portal.clock.now()).unwrap();
        assert_eq!(claims.amr, ["sc", "pin", "hwk", "mfa"]);
        assert!(claims.sid.is_some());
        assert_eq!(userinfo(&portal, access).await.json()["sub"], claims.sub.as_str());
    });
}

#[test]
fn a_code_that_comes_a_second_time_takes_back_what_it_gave() {
    on_both(async |portal| {
        let scope = "openid registration offline_access";
        let service = TestService::with(&portal, scope).await;
        let (_, code) = service.sign_up(&portal, &TestCard::new(), scope).await;
        let tokens = service.redeem(&portal, &code).await.json();
        let (access, refresh) = (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
        assert_eq!(userinfo(&portal, access).await.status(), StatusCode::OK);
        assert_eq!(error(&service.redeem(&portal, &code).await), told(400, "invalid_grant"));
        assert_eq!(userinfo(&portal, access).await.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(error(&service.refresh(&portal, refresh).await), told(400, "invalid_grant"));
    });
}

#[test]
fn a_code_is_for_one_client_address_and_verifier_and_for_a_minute() {
    on_both(async |portal| {
        let (service, other) = (TestService::with(&portal, SCOPE).await, TestService::with(&portal, SCOPE).await);
        let (mut browser, code) = service.sign_up(&portal, &TestCard::new(), SCOPE).await;
        let good = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", TestService::BACK),
            ("code_verifier", TestService::VERIFIER),
        ];
        let changed = |name: &'static str, value: Option<&'static str>| {
            let kept = good.iter().copied().filter(move |(found, _)| *found != name);
            kept.chain(value.map(|value| (name, value))).collect::<Vec<_>>()
        };
        let table = [
            ("grant_type", None, "invalid_request"),
            ("grant_type", Some("password"), "unsupported_grant_type"),
            ("code", None, "invalid_request"),
            ("code", Some("nonsense"), "invalid_grant"),
            ("redirect_uri", None, "invalid_request"),
            ("redirect_uri", Some("https://service.example/"), "invalid_grant"),
            ("code_verifier", None, "invalid_request"),
            ("code_verifier", Some("short"), "invalid_grant"),
            ("code_verifier", Some("another-verifier-another-verifier-another-v"), "invalid_grant"),
        ];
        for (name, value, word) in table {
            let answer = service.post(&portal, "/oauth/token", &changed(name, value)).await;
            assert_eq!(error(&answer), told(400, word), "{name}={value:?}");
        }
        for (name, value) in good.into_iter().chain([("resource", "x")]) {
            let answer =
                service.post(&portal, "/oauth/token", &[&good[..], &[(name, value), (name, value)]].concat()).await;
            assert_eq!(error(&answer), told(400, "invalid_request"), "{name} twice");
        }
        assert_eq!(error(&other.redeem(&portal, &code).await), told(400, "invalid_grant"));
        // None of this used it up.
        assert_eq!(service.redeem(&portal, &code).await.status(), StatusCode::OK);
        let late = service.code(&mut browser, "openid").await;
        portal.clock.pass(60);
        assert_eq!(error(&service.redeem(&portal, &late).await), told(400, "invalid_grant"));
    });
}

#[test]
fn a_client_proves_who_it_is_each_time_anew() {
    on_both(async |portal| {
        let (service, other) = (TestService::with(&portal, SCOPE).await, TestService::with(&portal, SCOPE).await);
        let call = async |fields: &[(&str, &str)]| {
            let fields = [fields, &[("grant_type", "refresh_token"), ("refresh_token", "a.b")]].concat();
            error(&Browser::new(&portal).post("/oauth/token", &fields).await)
        };
        let proof =
            |assertion: &'static str| [("client_assertion", assertion), ("client_assertion_type", ASSERTION_TYPE)];
        let invalid = told(401, "invalid_client");
        assert_eq!(call(&[]).await, invalid);
        assert_eq!(call(&[("client_id", &service.id)]).await, invalid);
        assert_eq!(call(&proof("a.b.c")).await, invalid);
        let own: &'static str = service.proof(&portal).leak();
        // Proved, but no such token; then the same assertion again.
        assert_eq!(call(&proof(own)).await, told(400, "invalid_grant"));
        assert_eq!(call(&proof(own)).await, invalid);
        let mut forged = TestService { id: service.id.clone(), ..other };
        assert_eq!(call(&proof(forged.proof(&portal).leak())).await, invalid);
        forged.id = "unknown".to_owned();
        assert_eq!(call(&proof(forged.proof(&portal).leak())).await, invalid);
        let old: &'static str = service.proof(&portal).leak();
        portal.clock.pass(120);
        assert_eq!(call(&proof(old)).await, invalid);
        let named = [("client_id", "other")];
        assert_eq!(
            call(&[&proof(service.proof(&portal).leak())[..], &named].concat()).await,
            told(400, "invalid_request")
        );
        let json = Browser::new(&portal).post_json("/oauth/token", "{}").await;
        assert_eq!(error(&json), told(400, "invalid_request"));
        let long = "a".repeat(100_000);
        assert_eq!(call(&[("code", &long)]).await, told(400, "invalid_request"));
    });
}

#[test]
fn an_access_token_is_good_for_five_minutes_at_the_portal_alone() {
    on_both(async |portal| {
        let service = TestService::with(&portal, SCOPE).await;
        let (_, code) = service.sign_up(&portal, &TestCard::new(), SCOPE).await;
        let tokens = service.redeem(&portal, &code).await.json();
        let access = tokens["access_token"].as_str().unwrap().to_owned();
        let id_token = tokens["id_token"].as_str().unwrap();
        let wrong = [
            "Bearer".to_owned(),
            "Bearer ".to_owned(),
            "Bearer a.b.c".to_owned(),
            format!("Basic {access}"),
            format!("Bearer {access}x"),
            format!("Bearer {id_token}"),
            format!("Bearer {}", service.proof(&portal)),
        ];
        for header in &wrong {
            let answer = get_as(&portal, "/oauth/userinfo", Some(header)).await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{header}");
            assert!(answer.header("www-authenticate").unwrap().contains("invalid_token"), "{header}");
        }
        let none = get_as(&portal, "/oauth/userinfo", None).await;
        assert_eq!(
            (none.status(), none.header("www-authenticate")),
            (StatusCode::UNAUTHORIZED, Some("Bearer realm=\"portal\""))
        );
        portal.clock.pass(299);
        assert_eq!(userinfo(&portal, &access).await.status(), StatusCode::OK);
        portal.clock.pass(1);
        assert_eq!(userinfo(&portal, &access).await.status(), StatusCode::UNAUTHORIZED);
    });
}

#[test]
fn a_second_sign_on_writes_two_rows_and_a_login_four() {
    on_both(async |portal| {
        let service = TestService::with(&portal, SCOPE).await;
        let card = TestCard::new();
        let (mut browser, code) = service.sign_up(&portal, &card, SCOPE).await;
        service.redeem(&portal, &code).await;
        let mut writes = Writes::of(&portal).await;
        let code = service.code(&mut browser, "openid").await;
        assert_eq!(service.redeem(&portal, &code).await.status(), StatusCode::OK);
        let written = writes.since().await;
        assert_eq!(written.len(), 2, "{written:?}");

        let mut browser = Browser::new(&portal);
        let way = crate::support::Way::of(&browser.get(&service.asking("openid", &[])).await);
        way.agree(&mut browser).await;
        let code = crate::support::code(&way.show(&mut browser, &card).await);
        assert_eq!(service.redeem(&portal, &code).await.status(), StatusCode::OK);
        let written = writes.since().await;
        assert_eq!(written.len(), 4, "{written:?}");
    });
}

#[test]
fn the_database_holds_nothing_that_lets_anybody_in() {
    on_both(async |portal| {
        let scope = "openid registration offline_access";
        let service = TestService::with(&portal, scope).await;
        let (_, code) = service.sign_up(&portal, &TestCard::new(), scope).await;
        let tokens = service.redeem(&portal, &code).await.json();
        let secret = tokens["refresh_token"].as_str().unwrap().split_once('.').unwrap().1.to_owned();
        let mut writes = Writes::of(&portal).await;
        let rows = writes.rows("offline_grants").await;
        assert!(rows.len() == 1 && !rows[0].contains(&secret), "{rows:?}");
    });
}
