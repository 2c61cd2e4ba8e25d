//! What holds for every answer.

use axum::http::{StatusCode, header};

use crate::card::site_and_card;
use crate::visitor::Visitor;

const PAGES: [&str; 6] = ["/", "/en", "/attributes", "/en/attributes", "/document", "/en/document"];

#[tokio::test]
async fn every_answer_has_the_strict_headers_and_pages_run_nothing_inline() {
    let (site, _) = site_and_card();
    let mut visitor = Visitor::new(&site);
    for path in
        ["/site.js", "/site.css", "/icon.svg", "/jpki-bridge.js", "/signature.p7s", "/nowhere"].iter().chain(&PAGES)
    {
        let response = visitor.send("GET", path, "").await;
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
    for path in PAGES {
        let page = visitor.page(path).await;
        assert!(page.contains("ports=\"45001\""), "{page}");
        let is_handler = |rest: &str| rest.trim_start_matches(|c: char| c.is_ascii_lowercase()).starts_with('=');
        let handlers = page.split(" on").skip(1).filter(|rest| is_handler(rest)).count();
        assert!(!page.contains("style=") && !page.contains("<script>") && handlers == 0, "{page}");
    }
}

#[tokio::test]
async fn each_page_leads_to_the_others_and_to_itself_in_the_other_language() {
    let (site, _) = site_and_card();
    let mut visitor = Visitor::new(&site);
    for (place, path) in PAGES.into_iter().enumerate() {
        let page = visitor.page(path).await;
        let own_language = PAGES.into_iter().skip(place % 2).step_by(2);
        for link in own_language.chain([PAGES[place ^ 1]]) {
            assert!(page.contains(&format!("<a href=\"{link}\"")), "{path} doesn't lead to {link}: {page}");
        }
        assert!(page.contains(&format!("<a href=\"{path}\" aria-current=\"page\">")), "{page}");
        assert_eq!(page.matches("aria-current").count(), 1);
        assert!(page.contains(["lang=\"ja\">", "lang=\"en\">"][place % 2]), "{page}");
    }
}

#[tokio::test]
async fn cookies_of_others_on_the_same_host_are_no_session() {
    let (site, _) = site_and_card();
    let mut visitor = Visitor::new(&site);
    for cookie in [
        "site-session=short",
        "site-session=",
        "site-session",
        "=",
        ";;;",
        "other=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        visitor.cookie = Some(cookie.to_owned());
        visitor.challenge().await;
        assert_ne!(visitor.cookie.as_deref(), Some(cookie));
    }
}

#[tokio::test]
async fn what_is_no_message_by_its_size_is_not_read() {
    let (site, _) = site_and_card();
    let mut visitor = Visitor::new(&site);
    visitor.challenge().await;
    for (path, kibibytes) in [("/login", 17), ("/attributes", 17), ("/document", 721)] {
        let response = visitor.send("POST", path, "x".repeat(kibibytes * 1024)).await;
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
}
