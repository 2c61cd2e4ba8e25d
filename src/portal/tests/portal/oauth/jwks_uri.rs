//! Services whose keys are fetched from where they keep them.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::get;
use jpki_oidc::jwt::SigningKey;
use tokio::net::TcpListener;

use crate::support::{TestPortal, TestService, on_both};

/// What is served changes under the portal's feet.
type Served = Arc<Mutex<String>>;

async fn serve(served: Served) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let keys = get(move || async move { served.lock().unwrap().clone() });
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/keys", keys)).await.unwrap() });
    format!("http://{address}/keys")
}

fn set(key: &SigningKey) -> String {
    serde_json::json!({ "keys": [key.public()] }).to_string()
}

/// Whether the portal believes that this is the service: then only the refresh token is wrong.
async fn is_believed(portal: &TestPortal, service: &TestService) -> bool {
    service.refresh(portal, "a.b").await.json()["error"] == "invalid_grant"
}

#[test]
fn a_service_changes_its_key_without_telling_anybody() {
    on_both(async |portal| {
        let served = Served::default();
        let uri = serve(served.clone()).await;
        let mut service = TestService::changed(&portal, "サービス", "openid", |metadata| {
            metadata.jwks = None;
            metadata.jwks_uri = Some(uri);
        })
        .await;
        *served.lock().unwrap() = set(&service.key);
        assert!(is_believed(&portal, &service).await);
        // Kept for a while: the service's server may be away.
        served.lock().unwrap().clear();
        assert!(is_believed(&portal, &service).await);

        service.key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
        *served.lock().unwrap() = set(&service.key);
        assert!(!is_believed(&portal, &service).await, "asked again too soon");
        portal.clock.pass(15);
        assert!(is_believed(&portal, &service).await);
        assert!(is_believed(&portal, &service).await);
    });
}

#[test]
fn keys_that_cant_be_read_let_nobody_in() {
    on_both(async |portal| {
        let served = Served::default();
        let uri = serve(served.clone()).await;
        let service = TestService::changed(&portal, "サービス", "openid", |metadata| {
            metadata.jwks = None;
            metadata.jwks_uri = Some(uri);
        })
        .await;
        for text in ["", "{}", "[]", r#"{"keys":[]}"#, r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, "<html>"] {
            *served.lock().unwrap() = text.to_owned();
            assert!(!is_believed(&portal, &service).await, "{text}");
            portal.clock.pass(301);
        }
        *served.lock().unwrap() = set(&service.key);
        assert!(is_believed(&portal, &service).await);
    });
}
