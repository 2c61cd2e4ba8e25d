//! Services whose keys are fetched from where they keep them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::get;
use jpki_oidc::jwt::SigningKey;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::support::{TestPortal, TestService, on_both};

/// What is served changes under the portal's feet.
type Served = Arc<Mutex<String>>;

async fn serve(served: Served) -> String {
    listen(Router::new().route("/keys", get(move || async move { served.lock().unwrap().clone() }))).await
}

async fn listen(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}/keys")
}

async fn with_keys_at(portal: &TestPortal, uri: String) -> TestService {
    TestService::changed(portal, "サービス", "openid", |metadata| {
        metadata.jwks = None;
        metadata.jwks_uri = Some(uri);
    })
    .await
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
        let mut service = with_keys_at(&portal, uri).await;
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
        let service = with_keys_at(&portal, uri).await;
        for text in ["", "{}", "[]", r#"{"keys":[]}"#, r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, "<html>"] {
            *served.lock().unwrap() = text.to_owned();
            assert!(!is_believed(&portal, &service).await, "{text}");
            portal.clock.pass(301);
        }
        *served.lock().unwrap() = set(&service.key);
        assert!(is_believed(&portal, &service).await);
    });
}

#[test]
fn who_names_a_service_makes_the_portal_call_it_no_more_than_every_fifteen_seconds() {
    on_both(async |portal| {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = calls.clone();
        let broken = get(move || async move {
            counted.fetch_add(1, Ordering::SeqCst);
            axum::http::StatusCode::SERVICE_UNAVAILABLE
        });
        let service = with_keys_at(&portal, listen(Router::new().route("/keys", broken)).await).await;
        for expected in [1, 2] {
            for _ in 0..3 {
                assert!(!is_believed(&portal, &service).await);
            }
            assert_eq!(calls.load(Ordering::SeqCst), expected);
            portal.clock.pass(15);
        }
    });
}

#[test]
fn requests_that_come_together_wait_for_one_call() {
    on_both(async |portal| {
        let (came, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let served = Served::default();
        let (seen, may, text) = (came.clone(), answer.clone(), served.clone());
        let slow = get(move || async move {
            seen.notify_one();
            may.notified().await;
            text.lock().unwrap().clone()
        });
        let mut service = with_keys_at(&portal, listen(Router::new().route("/keys", slow)).await).await;
        // The first time, and when the service has a new key.
        for _ in 0..2 {
            *served.lock().unwrap() = set(&service.key);
            let one_answer = async {
                came.notified().await;
                answer.notify_one();
            };
            let ask = || is_believed(&portal, &service);
            let (one, two, three, ()) = tokio::join!(ask(), ask(), ask(), one_answer);
            assert!(one && two && three);
            portal.clock.pass(15);
            service.key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
        }
    });
}

#[test]
fn a_call_goes_on_and_is_remembered_when_who_made_it_hangs_up() {
    on_both(async |portal| {
        let (came, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let served = Served::default();
        let (seen, may, text) = (came.clone(), answer.clone(), served.clone());
        let slow = get(move || async move {
            seen.notify_one();
            may.notified().await;
            text.lock().unwrap().clone()
        });
        let service = with_keys_at(&portal, listen(Router::new().route("/keys", slow)).await).await;
        *served.lock().unwrap() = set(&service.key);
        tokio::select! {
            _ = is_believed(&portal, &service) => panic!("answered without keys"),
            () = came.notified() => {}
        }
        answer.notify_one();
        assert!(is_believed(&portal, &service).await);
    });
}
