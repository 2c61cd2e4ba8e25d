//! The example site as a browser's requests see it, with a card's key at hand instead of a card.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http_body_util::BodyExt as _;
use jpki_demo::site::{SiteConfig, router};
use jpki_protocol::token::{ALGORITHM, AuthToken, FORMAT, signed_value};
use jpki_protocol::{Challenge, Origin, OriginPolicy};
use jpki_softcard::Holder;
use jpki_softcard::ca::{CertificateSpec, Family, Generation, TestCa};
use jpki_softcard::rsa::RsaPrivateKey;
use jpki_softcard::rsa::pkcs1v15::SigningKey;
use jpki_softcard::rsa::sha2::Sha256;
use jpki_softcard::rsa::signature::{SignatureEncoding as _, Signer as _};
use jpki_trust::{Environment, TrustStore};
use serde_json::Value;
use tower::ServiceExt as _;

const SITE: &str = "https://shop.example";

/// A card's key and certificate.
struct Card {
    key: RsaPrivateKey,
    certificate: Vec<u8>,
}

impl Card {
    fn new(ca: &TestCa) -> Self {
        let key = ca.keys().key("card-auth").unwrap();
        let issuer = ca.authority(Family::Auth, Generation::CURRENT).unwrap();
        let spec = CertificateSpec::auth(&Holder::default(), issuer, &key.to_public_key()).unwrap();
        Self { key, certificate: issuer.issue(&spec).unwrap() }
    }

    fn token(&self, origin: &str, challenge: &str) -> String {
        let origin = Origin::parse(origin, OriginPolicy::Secure).unwrap();
        let value = signed_value(&origin, &Challenge::parse(challenge).unwrap());
        let signature = SigningKey::<Sha256>::new(self.key.clone()).sign(&value);
        let token = AuthToken {
            unverified_certificate: BASE64_STANDARD.encode(&self.certificate),
            algorithm: ALGORITHM.into(),
            signature: BASE64_STANDARD.encode(signature.to_vec()),
            format: FORMAT.into(),
            app_version: "https://example.com/app/1".into(),
        };
        serde_json::to_string(&token).unwrap()
    }
}

/// A browser, as far as cookies go.
struct Visitor {
    site: Router,
    cookie: Option<String>,
}

impl Visitor {
    fn new(site: &Router) -> Self {
        Self { site: site.clone(), cookie: None }
    }

    async fn send(&mut self, method: &str, path: &str, body: String) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("theme=dark; {cookie}"));
        }
        let response = self.site.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        if let Some(cookie) = response.headers().get(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
                assert!(cookie.contains(attribute), "{cookie}");
            }
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        response
    }

    async fn challenge(&mut self) -> String {
        let response = self.send("POST", "/challenge", String::new()).await;
        json(response).await["challenge"].as_str().unwrap().to_owned()
    }

    async fn page(&mut self, path: &str) -> String {
        let response = self.send("GET", path, String::new()).await;
        assert_eq!(response.status(), StatusCode::OK);
        text(response).await
    }

    /// Signs in with a token; the reason if that is refused.
    async fn login(&mut self, token: String) -> Result<(), String> {
        let response = self.send("POST", "/login", token).await;
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
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

async fn json(response: Response<Body>) -> Value {
    serde_json::from_str(&text(response).await).unwrap()
}

fn site_and_card() -> (Router, Card) {
    let ca = TestCa::shared().unwrap();
    let mut roots = TrustStore::new();
    roots
        .add_pem(&ca.authority(Family::Auth, Generation::CURRENT).unwrap().certificate_pem(), Environment::Test)
        .unwrap();
    let origin = Origin::parse(SITE, OriginPolicy::Secure).unwrap();
    (router(SiteConfig { origin, roots, agent_port: Some(45001) }), Card::new(&ca))
}

#[tokio::test]
async fn a_card_signs_in_and_the_page_shows_what_was_learned() {
    let (site, card) = site_and_card();
    let mut visitor = Visitor::new(&site);
    assert!(visitor.page("/").await.contains("<jpki-bridge-button"));

    let challenge = visitor.challenge().await;
    let before = visitor.cookie.clone();
    assert_eq!(visitor.login(card.token(SITE, &challenge)).await, Ok(()));
    assert_ne!(visitor.cookie, before, "the session keeps a name that was known before the sign-in");

    for (path, words) in [
        ("/", ["ログインしました", "確認していません", "テスト用の認証局", "1.2.392.200149.8.5.1.0.30"]),
        ("/en", ["You are signed in", "not checked", "test authority", "13999003A"]),
    ] {
        let page = visitor.page(path).await;
        for word in words {
            assert!(page.contains(word), "{word} is missing in {page}");
        }
        assert!(!page.contains("花子"), "the page knows a name");
    }

    let response = visitor.send("POST", "/en/logout", String::new()).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[header::LOCATION], "/en");
    assert!(visitor.page("/").await.contains("<jpki-bridge-button"));
}

#[tokio::test]
async fn a_challenge_is_used_up_by_the_first_token_good_or_bad() {
    let (site, card) = site_and_card();
    let mut visitor = Visitor::new(&site);
    for first in ["{}".to_owned(), String::new()] {
        let challenge = visitor.challenge().await;
        assert_eq!(visitor.login(first).await, Err("token_malformed".into()));
        assert_eq!(visitor.login(card.token(SITE, &challenge)).await, Err("challenge_unknown".into()));
    }
    let challenge = visitor.challenge().await;
    let token = card.token(SITE, &challenge);
    assert_eq!(visitor.login(token.clone()).await, Ok(()));
    assert_eq!(visitor.login(token).await, Err("challenge_unknown".into()));
}

#[tokio::test]
async fn a_token_of_another_session_or_site_is_refused() {
    let (site, card) = site_and_card();
    let (mut alice, mut mallory) = (Visitor::new(&site), Visitor::new(&site));

    let challenge = alice.challenge().await;
    assert_eq!(mallory.login(card.token(SITE, &challenge)).await, Err("challenge_unknown".into()));
    mallory.challenge().await;
    assert_eq!(mallory.login(card.token(SITE, &challenge)).await, Err("signature_invalid".into()));

    let relayed = card.token("https://evil.example", &challenge);
    assert_eq!(alice.login(relayed).await, Err("signature_invalid".into()));
    assert!(alice.page("/").await.contains("<jpki-bridge-button"));
}

#[tokio::test]
async fn a_card_of_an_authority_that_is_not_pinned_is_refused() {
    let (site, mut card) = site_and_card();
    let other = TestCa::new(jpki_softcard::KeyStore::in_memory());
    card.certificate = Card::new(&other).certificate;
    let mut visitor = Visitor::new(&site);
    let challenge = visitor.challenge().await;
    assert_eq!(visitor.login(card.token(SITE, &challenge)).await, Err("issuer_key_unknown".into()));
}

#[tokio::test]
async fn cookies_of_others_on_the_same_host_are_no_session() {
    let (site, _) = site_and_card();
    let mut visitor = Visitor::new(&site);
    for cookie in
        ["session=short", "session=", "session", "=", ";;;", "other=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
    {
        visitor.cookie = Some(cookie.to_owned());
        visitor.challenge().await;
        assert_ne!(visitor.cookie.as_deref(), Some(cookie));
    }
}

#[tokio::test]
async fn every_answer_has_the_strict_headers_and_pages_run_nothing_inline() {
    let (site, _) = site_and_card();
    let mut visitor = Visitor::new(&site);
    for path in ["/", "/en", "/site.js", "/site.css", "/icon.svg", "/jpki-bridge.js", "/nowhere"] {
        let response = visitor.send("GET", path, String::new()).await;
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
    let page = visitor.page("/").await;
    assert!(page.contains("ports=\"45001\""));
    assert!(!page.contains("style=") && !page.contains("<script>") && !page.contains(" on"), "{page}");
}

#[tokio::test]
async fn what_is_no_token_by_its_size_is_not_read() {
    let (site, _) = site_and_card();
    let mut visitor = Visitor::new(&site);
    visitor.challenge().await;
    let response = visitor.send("POST", "/login", "x".repeat(17 * 1024)).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}
