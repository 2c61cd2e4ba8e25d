//! A browser, as far as cookies go.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

pub(crate) struct Visitor {
    site: Router,
    pub(crate) cookie: Option<String>,
}

impl Visitor {
    pub(crate) fn new(site: &Router) -> Self {
        Self { site: site.clone(), cookie: None }
    }

    pub(crate) async fn send(&mut self, method: &str, path: &str, body: impl Into<Body>) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("theme=dark; {cookie}"));
        }
        let response = self.site.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        if let Some(cookie) = response.headers().get(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
                assert!(cookie.contains(attribute), "{cookie}");
            }
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        response
    }

    pub(crate) async fn challenge(&mut self) -> String {
        let response = self.send("POST", "/challenge", "").await;
        json(response).await["challenge"].as_str().unwrap().to_owned()
    }

    /// The order to sign.
    pub(crate) async fn order(&mut self) -> String {
        text(self.send("POST", "/order", "").await).await
    }

    pub(crate) async fn page(&mut self, path: &str) -> String {
        let response = self.send("GET", path, "").await;
        assert_eq!(response.status(), StatusCode::OK);
        text(response).await
    }

    /// What the page shows in both languages.
    pub(crate) async fn shows(&mut self, path: &str, ja: &[&str], en: &[&str]) {
        for (path, words) in [(path.to_owned(), ja), (format!("/en{}", path.trim_end_matches('/')), en)] {
            let page = self.page(&path).await;
            for word in words {
                assert!(page.contains(word), "{word} is missing in {page}");
            }
        }
    }

    /// Hands the server what came from the card; the reason if that is refused.
    pub(crate) async fn hand_in(&mut self, path: &str, message: impl Into<Body>) -> Result<(), String> {
        let response = self.send("POST", path, message).await;
        match response.status() {
            StatusCode::NO_CONTENT => Ok(()),
            status => {
                assert_eq!(status, StatusCode::FORBIDDEN);
                let refusal = json(response).await;
                assert!(refusal["remedy"]["ja"].is_string() && refusal["remedy"]["en"].is_string(), "{refusal}");
                Err(refusal["reason"].as_str().unwrap().to_owned())
            }
        }
    }

    pub(crate) async fn login(&mut self, token: String) -> Result<(), String> {
        self.hand_in("/login", token).await
    }
}

pub(crate) async fn bytes(response: Response<Body>) -> Vec<u8> {
    response.into_body().collect().await.unwrap().to_bytes().to_vec()
}

pub(crate) async fn text(response: Response<Body>) -> String {
    String::from_utf8(bytes(response).await).unwrap()
}

pub(crate) async fn json(response: Response<Body>) -> Value {
    serde_json::from_str(&text(response).await).unwrap()
}
