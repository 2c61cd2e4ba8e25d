//! A service that sends people to the portal, redeems codes, and proves who it is with its own key.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Body;
use axum::http::{Method, Request, header};
use jpki_oidc::jwt::SigningKey;
use jpki_oidc::{JwkSet, Metadata, Scopes, pkce, relying_party};
use jpki_portal::register_client;
use sqlx::{AnyConnection, Connection as _};
use tower::ServiceExt as _;

use super::{Answer, Browser, TestCard, TestPortal, Way};

/// The type of every assertion (RFC 7523, 2.2).
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

static PROOFS: AtomicU32 = AtomicU32::new(0);

/// A registered service.
pub(crate) struct TestService {
    pub(crate) id: String,
    pub(crate) key: SigningKey,
    pub(crate) metadata: Metadata,
}

impl TestService {
    /// Where answers go.
    pub(crate) const BACK: &str = "https://service.example/back";
    pub(crate) const VERIFIER: &str = "the-code-verifier-of-a-service-under-test-0";

    /// Registers a service that may ask for these scopes.
    pub(crate) async fn register(portal: &TestPortal, name: &str, scopes: &str) -> Self {
        Self::changed(portal, name, scopes, |_| ()).await
    }

    /// Registers one whose name doesn't matter.
    pub(crate) async fn with(portal: &TestPortal, scopes: &str) -> Self {
        Self::register(portal, "試験サービス", scopes).await
    }

    /// Registers a service with other metadata.
    pub(crate) async fn changed(
        portal: &TestPortal,
        name: &str,
        scopes: &str,
        change: impl FnOnce(&mut Metadata),
    ) -> Self {
        let key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
        let mut metadata = Metadata {
            redirect_uris: vec![Self::BACK.to_owned()],
            jwks: Some(JwkSet { keys: vec![key.public().clone()] }),
            scope: Scopes::parse(scopes).unwrap(),
            ..Metadata::default()
        };
        change(&mut metadata);
        let id = register_client(&portal.app, None, [name, name], metadata.clone()).await.unwrap();
        Self { id, key, metadata }
    }

    /// The address to which it sends people, with more parameters.
    pub(crate) fn address(&self, scopes: &str, more: &[(&str, &str)]) -> String {
        let more: Vec<_> = more.iter().map(|(name, value)| (*name, Some(*value))).collect();
        self.asking(scopes, &more)
    }

    /// The address of a request that was changed: `None` leaves a parameter out.
    pub(crate) fn asking<'a>(&'a self, scopes: &'a str, changes: &[(&'a str, Option<&'a str>)]) -> String {
        address(&self.request(scopes, changes))
    }

    /// The parameters of such a request.
    pub(crate) fn request<'a>(
        &'a self,
        scopes: &'a str,
        changes: &[(&'a str, Option<&'a str>)],
    ) -> Vec<(&'a str, String)> {
        let challenge = pkce::challenge_of(Self::VERIFIER);
        let good = [
            ("client_id", self.id.as_str()),
            ("redirect_uri", Self::BACK),
            ("response_type", "code"),
            ("scope", scopes),
            ("state", "a state"),
            ("nonce", "a nonce"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let kept = good.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        let added = changes.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
        kept.copied().chain(added).map(|(name, value)| (name, value.to_owned())).collect()
    }

    /// Calls an endpoint as this service.
    pub(crate) async fn post(&self, portal: &TestPortal, path: &str, fields: &[(&str, &str)]) -> Answer {
        let proof = self.proof(portal);
        let proof = [("client_assertion", proof.as_str()), ("client_assertion_type", ASSERTION_TYPE)];
        Browser::new(portal).post(path, &[fields, &proof].concat()).await
    }

    /// Redeems a code: the token endpoint's answer.
    pub(crate) async fn redeem(&self, portal: &TestPortal, code: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", Self::BACK),
            ("code_verifier", Self::VERIFIER),
        ];
        self.post(portal, "/oauth/token", &fields).await
    }

    /// Renews a refresh token.
    pub(crate) async fn refresh(&self, portal: &TestPortal, token: &str) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.post(portal, "/oauth/token", &fields).await
    }

    /// An assertion that says who it is, good for once.
    pub(crate) fn proof(&self, portal: &TestPortal) -> String {
        let jti = format!("proof-{}", PROOFS.fetch_add(1, Ordering::SeqCst));
        relying_party::client_assertion(&self.key, &self.id, TestPortal::ISSUER, &jti, portal.app.now()).unwrap()
    }

    /// Somebody registers with a card and links, through all pages. Their browser comes back signed in, with a code.
    pub(crate) async fn sign_up(&self, portal: &TestPortal, card: &TestCard, scopes: &str) -> (Browser, String) {
        let mut browser = Browser::new(portal);
        let way = Way::of(&browser.get(&self.address(scopes, &[])).await);
        way.agree(&mut browser).await;
        way.show(&mut browser, card).await;
        let code = code(&way.onward(&mut browser).await);
        (browser, code)
    }

    /// A code for somebody who is signed in and linked: without a page.
    pub(crate) async fn code(&self, browser: &mut Browser, scopes: &str) -> String {
        code(&browser.get(&self.address(scopes, &[("prompt", "none")])).await)
    }

    /// The operator suspends it.
    pub(crate) async fn suspend(&self, portal: &TestPortal) {
        let mut connection = AnyConnection::connect(&portal.database).await.unwrap();
        let statement = "UPDATE clients SET standing = 'suspended' WHERE id = $1";
        sqlx::query(statement).bind(&self.id).execute(&mut connection).await.unwrap();
    }
}

impl Answer {
    /// A parameter of the address to which this answer sends somebody, who must be at the service.
    pub(crate) fn at_service(&self, name: &str) -> Option<String> {
        let to = self.location().unwrap_or_else(|| panic!("stays: {} {}", self.status(), self.text()));
        assert!(to.starts_with(TestService::BACK), "{to}");
        let url = url::Url::parse(to).unwrap();
        url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
    }
}

/// The address of a request.
pub(crate) fn address(parameters: &[(&str, String)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    format!("/oauth/authorize?{query}")
}

/// The code that an answer brings to a service.
pub(crate) fn code(answer: &Answer) -> String {
    answer.at_service("code").unwrap_or_else(|| panic!("no code: {:?}", answer.location()))
}

/// Calls an API, with an `Authorization` header if there is one.
pub(crate) async fn get_as(portal: &TestPortal, path: &str, authorization: Option<&str>) -> Answer {
    send(portal, Method::GET, path, authorization, String::new()).await
}

/// Posts a form with an `Authorization` header.
pub(crate) async fn post_as(portal: &TestPortal, path: &str, authorization: &str, fields: &[(&str, &str)]) -> Answer {
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    send(portal, Method::POST, path, Some(authorization), form).await
}

async fn send(portal: &TestPortal, method: Method, path: &str, authorization: Option<&str>, form: String) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(authorization) = authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    if !form.is_empty() {
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    Answer::of(portal.router.clone().oneshot(request.body(Body::from(form)).unwrap()).await.unwrap()).await
}

/// Calls UserInfo with an access token.
pub(crate) async fn userinfo(portal: &TestPortal, token: &str) -> Answer {
    get_as(portal, "/oauth/userinfo", Some(&format!("Bearer {token}"))).await
}

/// What a JWT says, unread by anybody who would check it.
pub(crate) fn claims(token: &serde_json::Value) -> serde_json::Value {
    jpki_oidc::jwt::peek(token.as_str().unwrap()).unwrap()
}
