use axum::http::StatusCode;
use jpki_portal::register_client;

use crate::support::{Browser, Operator, TestCard, TestService, on_both, post_as, userinfo};

const SCOPE: &str = "openid registration offline_access";

#[test]
fn a_suspended_service_is_refused_everywhere_at_once_until_it_is_resumed() {
    on_both(async |portal| {
        let service = TestService::with(&portal, SCOPE).await;
        let (mut browser, code) = service.sign_up(&portal, &TestCard::new(), SCOPE).await;
        let tokens = service.redeem(&portal, &code).await.json();
        let (access, refresh) = (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
        let waiting = service.code(&mut browser, "openid").await;

        Operator::of(&portal).does(&["client", "suspend", &service.id]).unwrap();
        let page = browser.get(&service.asking("openid", &[("prompt", Some("none"))])).await;
        assert_eq!((page.status(), page.location()), (StatusCode::FORBIDDEN, None));
        assert!(page.text().contains("現在マイナポータルと連携していません"));
        assert_eq!(userinfo(&portal, access).await.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(service.redeem(&portal, &waiting).await.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(service.refresh(&portal, refresh).await.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(service.post(&portal, "/oauth/par", &[]).await.status(), StatusCode::UNAUTHORIZED);

        Operator::of(&portal).does(&["client", "resume", &service.id]).unwrap();
        assert_eq!(userinfo(&portal, access).await.status(), StatusCode::OK);
        assert_eq!(service.redeem(&portal, &waiting).await.status(), StatusCode::OK);
        assert_eq!(service.refresh(&portal, refresh).await.status(), StatusCode::OK);
    });
}

#[test]
fn a_terminated_service_never_comes_back() {
    on_both(async |portal| {
        let service = TestService::with(&portal, "openid").await;
        let operator = Operator::of(&portal);
        operator.does(&["client", "remove", &service.id]).unwrap();
        assert!(operator.does(&["client", "resume", &service.id]).unwrap_err().contains("was removed"));
        let again = register_client(&portal.app, Some(&service.id), ["名", "name"], service.metadata.clone()).await;
        assert!(again.is_err());
        let page = Browser::new(&portal).get(&service.asking("openid", &[])).await;
        assert_eq!(page.status(), StatusCode::FORBIDDEN);
    });
}

#[test]
fn what_a_service_may_no_longer_ask_is_gone_from_its_tokens() {
    on_both(async |portal| {
        let service = TestService::with(&portal, SCOPE).await;
        let (_, code) = service.sign_up(&portal, &TestCard::new(), SCOPE).await;
        let tokens = service.redeem(&portal, &code).await.json();
        let narrowed =
            jpki_oidc::Metadata { scope: jpki_oidc::Scopes::parse("openid").unwrap(), ..service.metadata.clone() };
        register_client(&portal.app, Some(&service.id), ["名", "name"], narrowed).await.unwrap();
        let page = Browser::new(&portal).get(&service.asking(SCOPE, &[])).await;
        assert!(page.location().unwrap().contains("error=invalid_scope"));
        let refreshed = service.refresh(&portal, tokens["refresh_token"].as_str().unwrap()).await.json();
        assert_eq!(refreshed["scope"], "openid");
    });
}

#[test]
fn the_operator_registers_a_service_by_hand() {
    on_both(async |portal| {
        let operator = Operator::of(&portal);
        let names = ["client", "add", "--name-ja", "手動サービス", "--name-en", "By hand", "--redirect-uri"];
        let add = |more: &[&str]| operator.does(&[&names[..], more].concat());
        let printed = add(&[TestService::BACK, "--client-secret", "--scope", "openid"]).unwrap();
        let (id, secret) = printed.trim().split_once('\n').unwrap();
        assert!(operator.does(&["client", "list"]).unwrap().contains(&format!("{id}  active  手動サービス")));
        let shown: serde_json::Value = serde_json::from_str(&operator.does(&["client", "show", id]).unwrap()).unwrap();
        assert_eq!(shown["redirect_uris"][0], TestService::BACK);
        let call = async |secret: &str| {
            let basic = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("{id}:{secret}"));
            let fields = [("grant_type", "refresh_token"), ("refresh_token", "a.b")];
            post_as(&portal, "/oauth/token", &format!("Basic {basic}"), &fields).await.json()["error"].clone()
        };
        assert_eq!(call(secret).await, "invalid_grant");
        assert_eq!(call("wrong").await, "invalid_client");
        for wrong in [
            ["http://service.example/back", "--client-secret"].as_slice(),
            &["https://service.example/#f", "--client-secret"],
            &[TestService::BACK],
            &[TestService::BACK, "--client-secret", "--scope", "notices.read"],
            &[TestService::BACK, "--client-secret", "--id", "a b"],
            &[TestService::BACK, "--jwks", "/no/such/file"],
            &["https://10.0.0.1/", "--client-secret"],
            &["https://[::ffff:127.0.0.1]/", "--client-secret"],
            &[TestService::BACK, "--jwks-uri", "https://169.254.169.254/"],
            &[TestService::BACK, "--client-secret", "--backchannel-logout-uri", "https://localhost./"],
            &[TestService::BACK, "--client-secret", "--scope", "openid bogus"],
        ] {
            assert!(add(wrong).is_err(), "{wrong:?}");
        }
        let nameless = ["client", "add", "--name-ja", "", "--name-en", "x", "--client-secret", "--redirect-uri"];
        let told = operator.does(&[&nameless[..], &[TestService::BACK]].concat()).unwrap_err();
        assert!(told.contains("--name-ja: write the name that people are shown"), "{told}");
        // A service on two hosts is one service: everybody in it is known to it by one name.
        let both = [TestService::BACK, "--redirect-uri", "https://other.example/back", "--client-secret"];
        assert!(add(&both).is_ok());
    });
}
