//! The first page, and what holds for all.

use axum::http::StatusCode;

use crate::support::{Browser, TestCard, on_both, sign_in};

#[test]
fn the_language_is_chosen_once_and_kept() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        assert!(browser.get("/").await.text().contains(r#"<html lang="ja">"#));
        let answer = browser.submit("/", "/language", &[("lang", "en"), ("back", "/")]).await;
        assert_eq!((answer.status(), answer.location()), (StatusCode::SEE_OTHER, Some("/")));
        assert!(browser.get("/").await.text().contains(r#"<html lang="en">"#));
    });
}

#[test]
fn a_form_from_elsewhere_is_refused() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        browser.get("/").await;
        let answer = browser.post("/language", &[("lang", "en"), ("back", "/"), ("form_token", "AAAA")]).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    });
}

#[test]
fn anybody_may_read_what_the_portal_is() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        for path in ["/", "/about", "/developers", "/faq", "/environment"] {
            let answer = browser.get(path).await;
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            assert_eq!(answer.text().matches("<h1>").count(), 1, "{path}");
        }
        let about = browser.get("/about").await;
        assert!(about.text().contains("<td>1.9</td>") && about.text().contains("<td>1.6</td>"));
    });
}

#[test]
fn every_code_of_a_problem_has_its_place_on_the_page_for_developers() {
    on_both(async |portal| {
        let page = Browser::new(&portal).get("/developers").await;
        let codes = [
            "invalid_request",
            "unknown_state",
            "access_token_missing",
            "invalid_token",
            "insufficient_scope",
            "user_not_registered",
            "consent_missing",
            "foreign_origin",
            "not_found",
            "notice_not_found",
            "method_not_allowed",
            "rate_limited",
            "internal",
            "outside_service_hours",
            "temporarily_unavailable",
            "challenge_used",
            "certificate_revoked",
            "certificate_expired",
            "certificate_not_yet_valid",
            "card_not_accepted",
            "revocation_unavailable",
            "token_invalid",
            "same_card",
            "card_without_account",
        ];
        for code in codes {
            assert_eq!(page.text().matches(&format!(r#" id="{code}""#)).count(), 1, "{code}");
        }
        assert_eq!(page.text().matches(r#"<div id=""#).count(), codes.len());
    });
}

#[test]
fn the_way_back_leads_nowhere_else() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "evil"] {
            let answer = browser.submit("/", "/language", &[("lang", "en"), ("back", elsewhere)]).await;
            assert_eq!(answer.location(), Some("/"), "{elsewhere}");
            let back = url::form_urlencoded::byte_serialize(elsewhere.as_bytes()).collect::<String>();
            let mut signed_in = Browser::new(&portal);
            sign_in(&mut signed_in, &TestCard::new()).await;
            let answer = signed_in.get(&format!("/sign-in?back={back}")).await;
            assert_eq!(answer.location(), Some("/my"), "{elsewhere}");
        }
    });
}

#[test]
fn programs_get_problems_and_people_get_pages_where_nothing_is_to_be_had() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        for path in ["/api/v1/nothing", "/api/v1/notices/", "/oauth/nothing"] {
            let answer = browser.get(path).await;
            assert_eq!(
                (answer.status(), &answer.json()["code"]),
                (StatusCode::NOT_FOUND, &"not_found".into()),
                "{path}"
            );
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            assert_eq!(answer.header("set-cookie"), None);
        }
        for (path, allowed) in [("/oauth/token", "POST"), ("/oauth/par", "POST")] {
            let answer = browser.get(path).await;
            assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
            assert_eq!(
                (answer.json()["code"].as_str(), answer.header("allow")),
                (Some("method_not_allowed"), Some(allowed))
            );
        }
        for path in ["/language", "/my/sessions/end", "/operator/hours/cancel"] {
            let answer = browser.get(path).await;
            assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
            assert!(answer.text().contains("この画面は直接開けません"), "{path}");
        }
    });
}

#[test]
fn a_look_changes_nothing() {
    on_both(async |portal| {
        for path in ["/oauth/authorize?client_id=a", "/oauth/end-session?id_token_hint=a"] {
            assert_eq!(Browser::new(&portal).look(path).await.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        }
    });
}

#[test]
fn every_page_is_guarded() {
    on_both(async |portal| {
        for path in ["/", "/no-such-page"] {
            let answer = Browser::new(&portal).get(path).await;
            let policy = answer.header("content-security-policy").unwrap();
            assert!(policy.contains("frame-ancestors 'none'") && policy.starts_with("default-src 'none'"), "{path}");
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
            // Under `no-referrer` browsers would hide from the portal that its own forms are its own.
            assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{path}");
        }
    });
}
