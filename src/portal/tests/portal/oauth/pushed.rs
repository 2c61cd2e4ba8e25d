use axum::http::StatusCode;

use crate::support::{Browser, TestPortal, TestService, Way, address, on_both};

async fn push(portal: &TestPortal, service: &TestService, changes: &[(&str, Option<&str>)]) -> crate::support::Answer {
    let request = service.request("openid", changes);
    let fields: Vec<_> = request.iter().map(|(name, value)| (*name, value.as_str())).collect();
    service.post(portal, "/oauth/par", &fields).await
}

async fn name(portal: &TestPortal, service: &TestService) -> String {
    let answer = push(portal, service, &[]).await;
    assert_eq!((answer.status(), answer.header("cache-control")), (StatusCode::CREATED, Some("no-store")));
    assert_eq!(answer.json()["expires_in"], 90);
    answer.json()["request_uri"].as_str().unwrap().to_owned()
}

fn by_name(service: &TestService, name: &str) -> String {
    address(&[("client_id", service.id.clone()), ("request_uri", name.to_owned())])
}

#[test]
fn a_pushed_request_is_followed_once_in_time_for_its_client() {
    on_both(async |portal| {
        let must = |metadata: &mut jpki_oidc::Metadata| metadata.require_pushed_authorization_requests = true;
        let service = TestService::changed(&portal, "サービス", "openid", must).await;
        let other = TestService::with(&portal, "openid").await;
        let mut browser = Browser::new(&portal);
        let pushed = name(&portal, &service).await;
        Way::of(&browser.get(&by_name(&service, &pushed)).await);
        let late = name(&portal, &service).await;
        portal.clock.pass(90);
        let foreign = name(&portal, &service).await;
        for (service, name) in [(&service, &pushed), (&service, &late), (&other, &foreign)] {
            let answer = browser.get(&by_name(service, name)).await;
            assert_eq!((answer.status(), answer.location()), (StatusCode::BAD_REQUEST, None));
            assert!(answer.text().contains("invalid_request_uri"));
        }
        let plain = browser.get(&service.asking("openid", &[])).await;
        assert_eq!(plain.at_service("error").as_deref(), Some("invalid_request"));
    });
}

#[test]
fn a_pushed_request_is_checked_when_it_is_pushed() {
    on_both(async |portal| {
        let service = TestService::with(&portal, "openid").await;
        let table: &[(&str, Option<&str>, u16, &str)] = &[
            ("client_id", Some("other"), 400, "invalid_request"),
            ("redirect_uri", Some("https://evil.example/"), 400, "invalid_request"),
            ("scope", Some("openid notices.read"), 400, "invalid_scope"),
            ("code_challenge", None, 400, "invalid_request"),
            ("request_uri", Some("urn:x"), 400, "invalid_request"),
        ];
        for (name, value, status, word) in table {
            let answer = push(&portal, &service, &[(name, *value)]).await;
            assert_eq!((answer.status().as_u16(), answer.json()["error"].as_str()), (*status, Some(*word)), "{name}");
        }
        let request = service.request("openid", &[]);
        let fields: Vec<_> = request.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let unproved = Browser::new(&portal).post("/oauth/par", &fields).await;
        assert_eq!(
            (unproved.status(), unproved.json()["error"].as_str()),
            (StatusCode::UNAUTHORIZED, Some("invalid_client"))
        );
        assert_eq!(Browser::new(&portal).get("/oauth/par").await.status(), StatusCode::METHOD_NOT_ALLOWED);
    });
}
