use axum::http::StatusCode;

use crate::support::{Browser, Operator, TestCard, TestPortal, TestService, on_both, userinfo};

const DAY: i64 = 24 * 3600;

async fn published(portal: &TestPortal) -> Vec<String> {
    let keys = Browser::new(portal).get("/oauth/jwks").await.json();
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[derive(serde::Deserialize)]
struct Header {
    kid: String,
}

fn signer(token: &str) -> String {
    use base64::Engine as _;
    let header = token.split('.').next().unwrap();
    let header = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(header).unwrap();
    serde_json::from_slice::<Header>(&header).unwrap().kid
}

#[test]
fn the_next_key_is_known_a_day_before_it_signs_and_the_last_one_a_day_after() {
    on_both(async |portal| {
        let scope = "openid registration offline_access";
        let service = TestService::with(&portal, scope).await;
        let (_, code) = service.sign_up(&portal, &TestCard::new(), scope).await;
        let mut tokens = service.redeem(&portal, &code).await.json();
        let first = published(&portal).await;
        assert_eq!(first.len(), 1);
        let mut seen = Vec::new();
        for _ in 0..92 {
            let token = tokens["access_token"].as_str().unwrap();
            assert_eq!(userinfo(&portal, token).await.status(), StatusCode::OK);
            let known = published(&portal).await;
            let signer = signer(token);
            assert!(known.contains(&signer));
            seen.push((signer == first[0], known.len()));
            portal.clock.pass(DAY);
            let refresh = tokens["refresh_token"].as_str().unwrap().to_owned();
            tokens = service.refresh(&portal, &refresh).await.json();
        }
        seen.dedup();
        // The first alone; both known, the first signs; both known, the second signs; the second alone.
        assert_eq!(seen, [(true, 1), (true, 2), (false, 2), (false, 1)]);
    });
}

#[test]
fn the_portal_says_where_everything_is() {
    on_both(async |portal| {
        let answer = Browser::new(&portal).get("/.well-known/openid-configuration").await;
        assert_eq!(answer.status(), StatusCode::OK);
        let document = answer.json();
        assert_eq!(document["issuer"], TestPortal::ISSUER);
        for (name, path) in
            [("authorization", "authorize"), ("token", "token"), ("pushed_authorization_request", "par")]
        {
            assert_eq!(document[format!("{name}_endpoint")], format!("{}/oauth/{path}", TestPortal::ISSUER));
        }
        assert_eq!(document["code_challenge_methods_supported"], serde_json::json!(["S256"]));
        assert_eq!(document["id_token_signing_alg_values_supported"], serde_json::json!(["ES256"]));
        jpki_oidc::relying_party::Provider::read(answer.text().as_bytes(), TestPortal::ISSUER, false).unwrap();
        for key in Browser::new(&portal).get("/oauth/jwks").await.json()["keys"].as_array().unwrap() {
            assert_eq!((&key["kty"], &key["alg"], &key["use"]), (&"EC".into(), &"ES256".into(), &"sig".into()));
            assert_eq!(key.get("d"), None);
        }
    });
}

#[test]
fn the_operator_renews_a_key_early_or_at_once() {
    on_both(async |portal| {
        let operator = Operator::of(&portal);
        let first = published(&portal).await;
        let listed = operator.does(&["keys", "rotate"]).unwrap();
        assert!(listed.contains("will sign") && listed.contains(&first[0]), "{listed}");
        portal.clock.pass(61);
        assert_eq!(published(&portal).await.len(), 2);
        operator.does(&["keys", "rotate", "--compromised"]).unwrap();
        portal.clock.pass(61);
        let last = published(&portal).await;
        assert!(last.len() == 1 && !first.contains(&last[0]));
        assert!(operator.does(&["keys", "list"]).unwrap().starts_with(&format!("{}  signs", last[0])));
    });
}
