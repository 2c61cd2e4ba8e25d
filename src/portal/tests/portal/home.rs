//! The first page, and what holds for all.

use axum::http::StatusCode;

use crate::support::{Browser, on_both};

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
fn the_way_back_leads_nowhere_else() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example", "evil"] {
            let answer = browser.submit("/", "/language", &[("lang", "en"), ("back", elsewhere)]).await;
            assert_eq!(answer.location(), Some("/"), "{elsewhere}");
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
