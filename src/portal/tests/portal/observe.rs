//! Health, request ids, limits.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use jpki_portal::{Limit, Limits};
use tower::ServiceExt as _;

use crate::support::{Browser, TestPortal, on_both, on_both_with};

const OFF: Limits = TestPortal::NO_LIMITS;

/// A request over a connection from an address.
async fn ask(portal: &TestPortal, from: &str, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    let address = SocketAddr::new(from.parse().unwrap(), 50_000);
    request.extensions_mut().insert(ConnectInfo(address));
    portal.router.clone().oneshot(request).await.unwrap()
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[test]
fn a_probe_learns_whether_the_portal_can_serve() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        assert_eq!(browser.get("/health").await.text(), "ok\n");
        let answer = browser.get("/ready").await;
        assert_eq!(answer.status(), StatusCode::OK);
        let ready = answer.json();
        assert_eq!((&ready["ready"], &ready["environment"]), (&true.into(), &"test".into()));
        assert_eq!(
            (&ready["guidelines"][0]["version"], &ready["guidelines"][1]["version"]),
            (&"1.9".into(), &"1.6".into())
        );
        // What is counted is for the operator alone.
        assert_eq!(browser.get("/metrics").await.status(), StatusCode::NOT_FOUND);
        portal.app.store().close().await;
        let answer = browser.get("/ready").await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.json()["checks"][0], serde_json::json!({ "name": "database", "passed": false }));
        assert_eq!(browser.get("/health").await.status(), StatusCode::OK);
        // Whoever asks meanwhile is told to come again, and not that the portal is broken.
        let answer = browser.get("/api/v1/service-hours").await;
        assert_eq!((answer.status(), answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, Some("5")));
        assert_eq!(answer.json()["code"], "temporarily_unavailable");
    });
}

#[test]
fn each_answer_has_a_name_that_strangers_cannot_choose() {
    let proxies = || vec!["10.0.0.0/8".parse().unwrap()];
    on_both_with(
        |config| config.with_trusted_proxies(proxies()),
        async |portal| {
            let given = [("x-request-id", "from-the-proxy-1")];
            let one = ask(&portal, "192.0.2.1", "/", &given).await;
            let other = ask(&portal, "192.0.2.1", "/", &given).await;
            assert_eq!(header(&one, "x-request-id").unwrap().len(), 22);
            assert_ne!(header(&one, "x-request-id"), header(&other, "x-request-id"));
            let proxied = ask(&portal, "10.1.2.3", "/", &given).await;
            assert_eq!(header(&proxied, "x-request-id"), Some("from-the-proxy-1"));
            let nonsense = ask(&portal, "10.1.2.3", "/", &[("x-request-id", "a \"b\" c, d e f")]).await;
            assert_eq!(header(&nonsense, "x-request-id").unwrap().len(), 22);
        },
    );
}

#[test]
fn an_address_that_comes_too_often_is_told_when_to_come_again() {
    let limits = Limits { address: Limit::new(1, 3), ..OFF };
    on_both_with(
        |config| config.with_limits(limits),
        async |portal| {
            for _ in 0..3 {
                assert_eq!(ask(&portal, "192.0.2.1", "/", &[]).await.status(), StatusCode::OK);
            }
            let refused = ask(&portal, "192.0.2.1", "/api/v1/service-hours", &[]).await;
            assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(header(&refused, "retry-after"), Some("1"));
            assert_eq!(header(&refused, "content-type"), Some("application/problem+json"));
            let page = ask(&portal, "192.0.2.1", "/", &[("accept", "text/html,*/*")]).await;
            assert_eq!(page.status(), StatusCode::TOO_MANY_REQUESTS);
            assert!(header(&page, "content-security-policy").is_some());
            let text = page.into_body().collect().await.unwrap().to_bytes();
            assert!(String::from_utf8_lossy(&text).contains("アクセスが集中しています"));
            // A header changes nothing, as no proxy is trusted; others aren't concerned; probes never are.
            let forged = ask(&portal, "192.0.2.1", "/", &[("x-forwarded-for", "198.51.100.1")]).await;
            assert_eq!(forged.status(), StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(ask(&portal, "192.0.2.2", "/", &[]).await.status(), StatusCode::OK);
            assert_eq!(ask(&portal, "192.0.2.1", "/health", &[]).await.status(), StatusCode::OK);
            portal.clock.pass(1);
            assert_eq!(ask(&portal, "192.0.2.1", "/", &[]).await.status(), StatusCode::OK);
            assert_eq!(ask(&portal, "192.0.2.1", "/", &[]).await.status(), StatusCode::TOO_MANY_REQUESTS);
        },
    );
}

#[test]
fn behind_a_trusted_proxy_each_caller_counts_for_himself() {
    let limits = Limits { address: Limit::new(1, 1), ..OFF };
    let settings = |config: jpki_portal::Config| {
        config.with_limits(limits).with_trusted_proxies(vec!["10.0.0.0/8".parse().unwrap()])
    };
    on_both_with(settings, async |portal| {
        for caller in ["198.51.100.1", "198.51.100.2", "2001:db8:0:1::1", "2001:db8:0:2::1"] {
            let from = [("x-forwarded-for", caller)];
            assert_eq!(ask(&portal, "10.0.0.1", "/", &from).await.status(), StatusCode::OK, "{caller}");
            assert_eq!(ask(&portal, "10.0.0.2", "/", &from).await.status(), StatusCode::TOO_MANY_REQUESTS, "{caller}");
        }
        // One network of 64 bits is one caller.
        let neighbour = ask(&portal, "10.0.0.1", "/", &[("x-forwarded-for", "2001:db8:0:2:ffff::9")]).await;
        assert_eq!(neighbour.status(), StatusCode::TOO_MANY_REQUESTS);
    });
}

#[test]
fn a_browser_that_comes_too_often_does_not_slow_down_another() {
    let limits = Limits { browser: Limit::new(1, 4), ..OFF };
    on_both_with(
        |config| config.with_limits(limits),
        async |portal| {
            let mut browser = Browser::new(&portal);
            browser.get("/").await;
            let answers =
                [browser.get("/").await, browser.get("/").await, browser.get("/").await, browser.get("/").await];
            assert_eq!(answers[2].status(), StatusCode::OK);
            assert_eq!(answers[3].status(), StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(Browser::new(&portal).get("/").await.status(), StatusCode::OK);
            portal.clock.pass(2);
            assert_eq!(browser.get("/").await.status(), StatusCode::OK);
        },
    );
}
