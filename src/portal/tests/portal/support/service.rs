//! A service that sends people to the portal, redeems codes, and proves who it is with its own key.

use std::sync::atomic::{AtomicU32, Ordering};

use jpki_oidc::jwt::SigningKey;
use jpki_oidc::{JwkSet, Metadata, Scopes, pkce, relying_party};
use jpki_portal::register_client;
use sqlx::{AnyConnection, Connection as _};

use super::{Answer, Browser, TestPortal};

/// A registered service.
pub(crate) struct TestService {
    pub(crate) id: String,
    key: SigningKey,
}

static PROOFS: AtomicU32 = AtomicU32::new(0);

impl TestService {
    /// Where answers go.
    pub(crate) const BACK: &str = "https://service.example/back";
    const VERIFIER: &str = "the-code-verifier-of-a-service-under-test-0";

    /// Registers a service that may ask for these scopes.
    pub(crate) async fn register(portal: &TestPortal, name: &str, scopes: &str) -> Self {
        let key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
        let metadata = Metadata {
            redirect_uris: vec![Self::BACK.to_owned()],
            jwks: Some(JwkSet { keys: vec![key.public().clone()] }),
            scope: Scopes::parse(scopes).unwrap(),
            ..Metadata::default()
        };
        let id = register_client(&portal.app, None, [name, name], metadata).await.unwrap();
        Self { id, key }
    }

    /// The address to which it sends people, with more parameters.
    pub(crate) fn address(&self, scopes: &str, more: &[(&str, &str)]) -> String {
        let challenge = pkce::challenge_of(Self::VERIFIER);
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([("response_type", "code"), ("client_id", &self.id), ("redirect_uri", Self::BACK)]);
        query.extend_pairs([("scope", scopes), ("code_challenge", &challenge), ("code_challenge_method", "S256")]);
        query.extend_pairs([("state", "a state"), ("nonce", "a nonce")]);
        query.extend_pairs(more);
        format!("/oauth/authorize?{}", query.finish())
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

    /// Refreshes a token: the token endpoint's answer.
    pub(crate) async fn refresh(&self, portal: &TestPortal, token: &str) -> Answer {
        self.post(portal, "/oauth/token", &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// Calls an endpoint, and proves who it is.
    pub(crate) async fn post(&self, portal: &TestPortal, path: &str, fields: &[(&str, &str)]) -> Answer {
        let proof = self.proof(portal);
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let fields = [fields, &[("client_assertion_type", kind), ("client_assertion", &proof)]].concat();
        Browser::new(portal).post(path, &fields).await
    }

    /// An assertion that says who it is, good for once.
    fn proof(&self, portal: &TestPortal) -> String {
        let jti = format!("proof-{}", PROOFS.fetch_add(1, Ordering::SeqCst));
        relying_party::client_assertion(&self.key, &self.id, TestPortal::ISSUER, &jti, portal.app.now()).unwrap()
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

/// What a JWT says, unread by anybody who would check it.
pub(crate) fn claims(token: &serde_json::Value) -> serde_json::Value {
    jpki_oidc::jwt::peek(token.as_str().unwrap()).unwrap()
}
