//! A service that calls the portal's APIs for the people it signed in.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use super::{Browser, TestCard, TestPortal, TestService, Way};

/// A service with everything that it may ask for.
pub(crate) struct Caller {
    pub(crate) service: TestService,
    scopes: String,
    router: axum::Router,
}

/// An API's answer.
pub(crate) struct Called {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Called {
    /// Status and the problem's word.
    pub(crate) fn problem(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["code"].as_str().unwrap_or_default())
    }
}

impl Caller {
    /// Registers a service that may ask for these scopes.
    pub(crate) async fn register(portal: &TestPortal, name: &str, scopes: &str) -> Self {
        let service = TestService::register(portal, name, scopes).await;
        Self { service, scopes: scopes.to_owned(), router: portal.router.clone() }
    }

    /// Leads somebody through the portal, who agrees to everything; the access token.
    pub(crate) async fn sign_in(&self, portal: &TestPortal, browser: &mut Browser, card: &TestCard) -> String {
        let way = Way::of(&browser.get(&self.service.address(&self.scopes, &[])).await);
        let mut answer = way.agree(browser).await;
        if answer.location() == Some(&way.page("identity")) {
            answer = way.show(browser, card).await;
        }
        if answer.location() == Some(&way.page("confirm")) {
            answer = way.onward(browser).await;
        }
        let code = answer.at_service("code").unwrap_or_else(|| panic!("no code: {:?}", answer.location()));
        let tokens = self.service.redeem(portal, &code).await;
        assert_eq!(tokens.status(), StatusCode::OK, "{}", tokens.text());
        tokens.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// Calls an API with an access token.
    pub(crate) async fn call(&self, path: &str, token: &str) -> Called {
        self.call_with(path, token, None).await
    }

    /// The same, with the tag of an earlier answer.
    pub(crate) async fn call_with(&self, path: &str, token: &str, known: Option<&str>) -> Called {
        let mut request = Request::builder().uri(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        if let Some(known) = known {
            request = request.header(header::IF_NONE_MATCH, known);
        }
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
        Called { status: head.status, headers: head.headers, body }
    }
}
