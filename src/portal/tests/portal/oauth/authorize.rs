use axum::http::StatusCode;

use crate::support::{Browser, TestCard, TestPortal, TestService, Way, address, code, on_both, sign_in};

#[test]
fn a_person_registers_through_a_service_and_comes_back_with_a_code() {
    on_both(async |portal| {
        let service = TestService::with(&portal, "openid registration").await;
        let mut browser = Browser::new(&portal);
        let way = Way::of(&browser.get(&service.asking("openid registration", &[])).await);
        way.agree(&mut browser).await;
        way.show(&mut browser, &TestCard::new()).await;
        assert!(browser.get(&way.page("confirm")).await.text().contains("試験サービス"));
        let back = way.onward(&mut browser).await;
        assert!(back.location().unwrap().starts_with(&format!("{}?code=", TestService::BACK)));
        assert_eq!(back.at_service("state").as_deref(), Some("a state"));
        assert_eq!(back.at_service("iss").as_deref(), Some(TestPortal::ISSUER));
        assert_eq!(service.redeem(&portal, &code(&back)).await.status(), StatusCode::OK);
    });
}

#[test]
fn who_is_linked_comes_back_without_a_page_and_a_second_service_asks_once() {
    on_both(async |portal| {
        let (one, two) =
            (TestService::with(&portal, "openid registration").await, TestService::with(&portal, "openid").await);
        let (mut browser, _) = one.sign_up(&portal, &TestCard::new(), "openid registration").await;
        one.code(&mut browser, "openid").await;
        let silent = browser.get(&two.asking("openid", &[("prompt", Some("none"))])).await;
        assert_eq!(silent.at_service("error").as_deref(), Some("consent_required"));
        let way = Way::of(&browser.get(&two.asking("openid", &[])).await);
        way.agree(&mut browser).await;
        code(&way.onward(&mut browser).await);
        two.code(&mut browser, "openid").await;
    });
}

#[test]
fn two_services_know_a_person_by_names_that_differ() {
    on_both(async |portal| {
        let (one, two) = (
            TestService::with(&portal, "openid registration").await,
            TestService::with(&portal, "openid registration").await,
        );
        let card = TestCard::new();
        let (mut browser, first) = one.sign_up(&portal, &card, "openid registration").await;
        let way = Way::of(&browser.get(&two.asking("openid", &[])).await);
        way.agree(&mut browser).await;
        let second = code(&way.onward(&mut browser).await);
        let subject = async |service: &TestService, code: &str| {
            let tokens = service.redeem(&portal, code).await.json();
            jpki_oidc::jwt::peek::<serde_json::Value>(tokens["id_token"].as_str().unwrap()).unwrap()
        };
        let (one_knows, two_knows) = (subject(&one, &first).await, subject(&two, &second).await);
        for name in ["sub", "sid"] {
            assert_ne!(one_knows[name], two_knows[name], "{name}");
        }
        let again = one.code(&mut browser, "openid").await;
        let again = subject(&one, &again).await;
        assert_eq!((&again["sub"], &again["sid"]), (&one_knows["sub"], &one_knows["sid"]));
    });
}

#[test]
fn nobody_is_sent_where_the_service_is_not() {
    on_both(async |portal| {
        let service = TestService::with(&portal, "openid").await;
        let long = "a".repeat(3000);
        let wrong: &[&[(&str, Option<&str>)]] = &[
            &[("client_id", None)],
            &[("client_id", Some("unknown"))],
            &[("client_id", Some(&long))],
            &[("client_id", Some("a\0"))],
            &[("client_id", Some(&service.id)), ("client_id", Some(&service.id))],
            &[("redirect_uri", None)],
            &[("redirect_uri", Some("https://evil.example/"))],
            &[("redirect_uri", Some("https://service.example/back?more"))],
            &[("redirect_uri", Some(TestService::BACK)), ("redirect_uri", Some(TestService::BACK))],
            &[("request_uri", Some("urn:ietf:params:oauth:request_uri:1.unknown"))],
            &[("request_uri", Some("urn:ietf:params:oauth:request_uri:99999999999999999999.x"))],
            &[("request_uri", Some("urn:ietf:params:oauth:request_uri:"))],
        ];
        for changes in wrong {
            let answer = Browser::new(&portal).get(&service.asking("openid", changes)).await;
            assert_eq!((answer.status(), answer.location()), (StatusCode::BAD_REQUEST, None), "{changes:?}");
            assert!(answer.text().contains("サービスからの依頼を受け付けられません"), "{changes:?}");
        }
        assert_eq!(Browser::new(&portal).get("/oauth/authorize").await.status(), StatusCode::BAD_REQUEST);
    });
}

#[test]
fn what_is_wrong_with_a_request_is_told_at_the_service() {
    on_both(async |portal| {
        let service = TestService::with(&portal, "openid").await;
        let table: &[(&str, Option<&str>, &str)] = &[
            ("response_type", None, "invalid_request"),
            ("response_type", Some("token"), "unsupported_response_type"),
            ("scope", Some("openid notices.read"), "invalid_scope"),
            ("scope", Some("profile"), "invalid_scope"),
            ("code_challenge", None, "invalid_request"),
            ("code_challenge_method", Some("plain"), "invalid_request"),
            ("prompt", Some("none login"), "invalid_request"),
            ("prompt", Some("none"), "login_required"),
            ("prompt", Some("create"), "unauthorized_client"),
            ("max_age", Some("soon"), "invalid_request"),
            ("id_token_hint", Some("a.b.c"), "invalid_request"),
            ("request", Some("a.b.c"), "request_not_supported"),
            ("request_uri", Some("https://service.example/r"), "request_uri_not_supported"),
            ("response_mode", Some("form_post"), "invalid_request"),
        ];
        for (name, value, word) in table {
            let answer = Browser::new(&portal).get(&service.asking("openid", &[(name, *value)])).await;
            assert_eq!(answer.at_service("error").as_deref(), Some(*word), "{name}={value:?}");
            assert_eq!(answer.at_service("state").as_deref(), Some("a state"), "{name}={value:?}");
            assert_eq!(answer.at_service("iss").as_deref(), Some(TestPortal::ISSUER), "{name}={value:?}");
            assert_eq!(answer.at_service("code"), None, "{name}={value:?}");
        }
    });
}

#[test]
fn a_parameter_that_is_there_twice_is_refused_even_if_nobody_reads_it() {
    on_both(async |portal| {
        let service = TestService::with(&portal, "openid").await;
        for name in ["display", "login_hint", "claims", "x"] {
            let twice = [(name, Some("a")), (name, Some("b"))];
            let answer = Browser::new(&portal).get(&service.asking("openid", &twice)).await;
            assert_eq!(answer.at_service("error").as_deref(), Some("invalid_request"), "{name}");
            assert_eq!(answer.at_service("state").as_deref(), Some("a state"), "{name}");
            let request = service.request("openid", &twice);
            let fields: Vec<_> = request.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let pushed = service.post(&portal, "/oauth/par", &fields).await;
            assert_eq!(
                (pushed.status(), &pushed.json()["error"]),
                (StatusCode::BAD_REQUEST, &"invalid_request".into())
            );
        }
    });
}

#[test]
fn the_longest_request_that_is_accepted_goes_its_whole_way() {
    on_both(async |portal| {
        // Quotes, because they are written longer than they are where a way is kept.
        let (state, nonce, locales) = ("\"".repeat(1024), "\\".repeat(512), "\"".repeat(128));
        let back = format!("{}?{}", TestService::BACK, "a".repeat(511 - TestService::BACK.len()));
        let scope = "openid registration offline_access notices.read user_status.registration \
             user_status.health_insurance user_status.eshishobako user_status.mypost user_status.furusato_etax";
        let name = "名".repeat(100);
        let service = TestService::changed(&portal, &name, scope, |metadata| {
            metadata.redirect_uris = vec![back.clone()];
        })
        .await;
        let long = [
            ("state", Some(state.as_str())),
            ("nonce", Some(&nonce)),
            ("ui_locales", Some(&locales)),
            ("redirect_uri", Some(&back)),
        ];
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let mut short = Browser::new(&portal);
        let way = Way::of(&browser.get(&service.asking(scope, &long)).await);
        way.agree(&mut browser).await;
        way.show(&mut browser, &card).await;
        for name in ["flow", "flow-rest"] {
            assert!(browser.cookie(&way.0, name).unwrap().len() <= 3900, "{name}");
        }
        let answer = way.onward(&mut browser).await;
        assert_eq!(answer.at_service("state"), Some(state));
        for name in ["flow", "flow-rest"] {
            assert_eq!(browser.cookie(&way.0, name), None, "{name}");
        }
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code(&answer)),
            ("redirect_uri", &back),
            ("code_verifier", TestService::VERIFIER),
        ];
        let tokens = service.post(&portal, "/oauth/token", &fields).await.json();
        assert_eq!(crate::support::claims(&tokens["id_token"])["nonce"], nonce);
        // An ordinary one needs one cookie.
        let way = Way::of(&short.get(&service.asking("openid", &[("redirect_uri", Some(&back))])).await);
        assert!(short.cookie(&way.0, "flow").is_some() && short.cookie(&way.0, "flow-rest").is_none());
    });
}

#[test]
fn a_posted_request_goes_on_as_an_address() {
    on_both(async |portal| {
        let service = TestService::with(&portal, "openid").await;
        let request = service.request("openid", &[]);
        let fields: Vec<_> = request.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut browser = Browser::new(&portal);
        let answer = browser.post("/oauth/authorize", &fields).await;
        assert_eq!((answer.status(), answer.location()), (StatusCode::SEE_OTHER, Some(address(&request).as_str())));
        let to = answer.location().unwrap().to_owned();
        Way::of(&browser.get(&to).await);
        let long = "a".repeat(20_000);
        let refused = browser.post("/oauth/authorize", &[("state", long.as_str())]).await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    });
}

#[test]
fn who_has_no_account_is_refused_at_the_service_unless_only_that_is_asked() {
    on_both(async |portal| {
        let service = TestService::with(&portal, "openid notices.read user_status.registration").await;
        let come = async |scope: &str| {
            let mut browser = Browser::new(&portal);
            let way = Way::of(&browser.get(&service.asking(scope, &[])).await);
            way.agree(&mut browser).await;
            way.show(&mut browser, &TestCard::new()).await
        };
        for scope in ["openid", "openid notices.read"] {
            assert_eq!(come(scope).await.at_service("error").as_deref(), Some("user_not_registered"), "{scope}");
        }
        let given = code(&come("openid user_status.registration").await);
        let tokens = service.redeem(&portal, &given).await.json();
        assert_eq!(tokens["scope"], "openid user_status.registration");
    });
}

#[test]
fn a_person_who_stops_is_told_to_the_service_and_may_come_again() {
    on_both(async |portal| {
        let service = TestService::with(&portal, "openid registration").await;
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let way = Way::of(&browser.get(&service.asking("openid registration", &[])).await);
        way.agree(&mut browser).await;
        way.show(&mut browser, &card).await;
        let stopped = way.stop(&mut browser, "confirm").await;
        assert_eq!(stopped.at_service("error").as_deref(), Some("access_denied"));
        service.sign_up(&portal, &card, "openid registration").await;
    });
}

#[test]
fn a_login_can_be_asked_for_anew() {
    on_both(async |portal| {
        let service = TestService::with(&portal, "openid").await;
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        sign_in(&mut browser, &card).await;
        let way = Way::of(&browser.get(&service.asking("openid", &[])).await);
        way.agree(&mut browser).await;
        code(&way.onward(&mut browser).await);
        portal.clock.pass(100);
        service.code(&mut browser, "openid").await;
        for (name, value) in [("prompt", "login"), ("prompt", "select_account"), ("max_age", "60")] {
            Way::of(&browser.get(&service.asking("openid", &[(name, Some(value))])).await);
        }
        let silent = [("prompt", Some("none")), ("max_age", Some("60"))];
        let refused = browser.get(&service.asking("openid", &silent)).await;
        assert_eq!(refused.at_service("error").as_deref(), Some("login_required"));
        let way = Way::of(&browser.get(&service.asking("openid", &[("max_age", Some("60"))])).await);
        way.agree(&mut browser).await;
        code(&way.show(&mut browser, &card).await);
    });
}
