//! A login between this client and this provider, without anything between them; then what must not get through.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::client::Rules;
use crate::error::Refusal;
use crate::jwt::JwtError;
use crate::provider::{
    Channel, Code, Granted, IdClaims, LogoutClaims, Situation, check, check_exchange, denied, granted,
};
use crate::{ACR_CARD, Client, ErrorWord, JwkSet, Metadata, Parameters, Scopes};

const ISSUER: &str = "https://portal.example";
const BACK: &str = "https://service.example/back";

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap()
}

fn set(key: &SigningKey) -> JwkSet {
    JwkSet { keys: vec![key.public().clone()] }
}

fn provider() -> Provider {
    let document = json!({
        "issuer": ISSUER, "authorization_endpoint": "https://portal.example/a", "token_endpoint": "https://portal.example/t",
        "jwks_uri": "https://portal.example/k", "authorization_response_iss_parameter_supported": true,
    });
    Provider::read(document.to_string().as_bytes(), ISSUER, false).unwrap()
}

fn login() -> Login {
    Login::new(&provider(), BACK, ["s", "n", "v"].map(|text| text.repeat(43)))
}

fn query(address: &str) -> Parameters {
    Parameters::parse(address.split_once('?').unwrap().1.as_bytes())
}

#[test]
fn a_login_goes_all_the_way() {
    let (key, scopes) = (key(), Scopes::parse("openid").unwrap());
    let metadata = Metadata {
        redirect_uris: vec![BACK.to_owned()],
        jwks_uri: Some("https://service.example/keys".to_owned()),
        scope: scopes.clone(),
        ..Metadata::default()
    };
    let client = Client::new("service", metadata, Rules::default()).unwrap();
    let sent = login().address(&provider(), "service", &scopes, &LoginOptions::default());
    let keys = set(&key);
    let situation = Situation { issuer: ISSUER, client: &client, channel: Channel::Browser, keys: &keys, now: now() };
    let request = check(&query(&sent), situation).unwrap();

    let given = Granted {
        subject: "仮名".to_owned(),
        account: None,
        link: None,
        scopes,
        since: now(),
        session: "session".to_owned(),
        sid: "sid".to_owned(),
        session_ends: now(),
    };
    let code = Code::answering(&request, given, "id".to_owned(), now());
    let back = granted(&request, "sealed", ISSUER);
    assert_eq!(check_callback(&query(&back), &provider(), &login()), Ok("sealed".to_owned()));
    check_exchange(&code, "service", BACK, &login().code_verifier, now()).unwrap();

    let token = key.sign("JWT", &IdClaims::of(&code, ISSUER, "access", now())).unwrap();
    let nonce = login().nonce;
    let expected = Expected {
        issuer: ISSUER,
        client_id: "service",
        nonce: &nonce,
        access_token: Some("access"),
        max_age: Some(0),
        acr_values: &[ACR_CARD],
    };
    let claims = check_id_token(&token, &keys, expected, now()).unwrap();
    assert_eq!((claims.sub.as_str(), claims.sid.as_deref()), ("仮名", Some("sid")));
}

#[test]
fn an_answer_from_elsewhere_or_to_another_question_is_not_believed() {
    let (refusal, state) = (Refusal::new(ErrorWord::AccessDenied, "no"), login().state);
    let no = denied(BACK, Some(&state), &refusal, ISSUER);
    let refused = CallbackError::Refused { error: "access_denied".to_owned(), description: Some("no".to_owned()) };
    assert_eq!(check_callback(&query(&no), &provider(), &login()), Err(refused));
    let table = [
        (denied(BACK, None, &refusal, ISSUER), CallbackError::State),
        (denied(BACK, Some("other"), &refusal, ISSUER), CallbackError::State),
        (denied(BACK, Some(&state), &refusal, "https://evil.example"), CallbackError::Issuer),
        (format!("{BACK}?code=c&state={state}"), CallbackError::Issuer),
    ];
    for (address, error) in table {
        assert_eq!(check_callback(&query(&address), &provider(), &login()), Err(error), "{address}");
    }
    let none = check_callback(&query(&format!("{BACK}?state={state}&iss={ISSUER}")), &provider(), &login());
    assert!(matches!(none, Err(CallbackError::Unreadable(_))));
    let twice = check_callback(&query(&format!("{no}&state={state}")), &provider(), &login());
    assert!(matches!(twice, Err(CallbackError::Unreadable(_))));
}

#[test]
fn an_id_token_that_doesnt_fit_is_not_believed() {
    let (key, other) = (key(), key());
    let good = json!({
        "iss": ISSUER, "sub": "s", "aud": "service", "exp": now().as_second() + 300, "iat": now().as_second(),
        "auth_time": now().as_second() - 10, "nonce": "n", "acr": ACR_CARD, "at_hash": crate::provider::at_hash("access"),
    });
    let expected = Expected {
        issuer: ISSUER,
        client_id: "service",
        nonce: "n",
        access_token: Some("access"),
        max_age: Some(60),
        acr_values: &[ACR_CARD],
    };
    let judge = |claims: &Value| check_id_token(&key.sign("JWT", claims).unwrap(), &set(&key), expected, now());
    assert!(judge(&good).is_ok());
    let far = now().as_second() - 1000;
    let table = [
        ("iss", json!("https://evil.example"), TokenError::Issuer),
        ("aud", json!("other"), TokenError::Audience),
        ("aud", json!(["service", "other"]), TokenError::Audience),
        ("azp", json!("other"), TokenError::Audience),
        ("exp", json!(far), TokenError::Time),
        ("iat", json!(now().as_second() + 1000), TokenError::Time),
        ("nonce", json!("other"), TokenError::Nonce),
        ("nonce", Value::Null, TokenError::Nonce),
        ("at_hash", json!("other"), TokenError::AccessToken),
        ("auth_time", json!(far), TokenError::Age),
        ("auth_time", Value::Null, TokenError::Age),
        ("acr", json!("other"), TokenError::Level),
        ("acr", Value::Null, TokenError::Level),
        ("exp", json!("never"), TokenError::Jwt(JwtError::Form)),
        ("exp", Value::Null, TokenError::Jwt(JwtError::Form)),
    ];
    for (name, value, error) in table {
        let mut claims = good.clone();
        claims[name] = value;
        assert_eq!(judge(&claims), Err(error), "{name}");
    }
    let foreign = other.sign("JWT", &good).unwrap();
    assert_eq!(check_id_token(&foreign, &set(&key), expected, now()), Err(TokenError::Jwt(JwtError::Signature)));
}

#[test]
fn a_logout_token_says_what_it_must_and_nothing_of_a_login() {
    let key = key();
    let made = LogoutClaims::new(ISSUER, "service", "s", "sid", "1".to_owned(), now());
    let judge = |claims: &Value, at: i64| {
        let token = key.sign("logout+jwt", claims).unwrap();
        let at = Timestamp::from_second(now().as_second() + at).unwrap();
        check_logout_token(&token, &set(&key), ISSUER, "service", at)
    };
    let good = serde_json::to_value(&made).unwrap();
    assert_eq!(judge(&good, 100), Ok(made));
    assert_eq!(judge(&good, 200), Err(TokenError::Time));
    let table = [
        ("iss", json!("https://evil.example"), TokenError::Issuer),
        ("aud", json!("other"), TokenError::Audience),
        ("events", json!({}), TokenError::Logout),
        ("events", json!({ "http://schemas.openid.net/event/backchannel-logout": 1 }), TokenError::Logout),
        ("jti", json!(""), TokenError::Logout),
        ("nonce", json!("n"), TokenError::Logout),
    ];
    for (name, value, error) in table {
        let mut claims = good.clone();
        claims[name] = value;
        assert_eq!(judge(&claims, 0), Err(error), "{name}");
    }
    let mut nobody = good;
    nobody["sub"] = Value::Null;
    nobody["sid"] = Value::Null;
    assert_eq!(judge(&nobody, 0), Err(TokenError::Logout));
}

#[test]
fn a_discovery_document_speaks_for_its_own_issuer_over_tls() {
    let read = |document: Value, plain| Provider::read(document.to_string().as_bytes(), ISSUER, plain);
    let good = serde_json::to_value(provider()).unwrap();
    assert_eq!(read(good.clone(), false), Ok(provider()));
    let changed = |name: &str, value: Value| {
        let mut document = good.clone();
        document[name] = value;
        document
    };
    assert_eq!(read(changed("issuer", json!("https://evil.example")), false), Err(DiscoveryError::Issuer));
    assert_eq!(read(changed("jwks_uri", Value::Null), false), Err(DiscoveryError::Form));
    let plain = changed("token_endpoint", json!("http://portal.example/t"));
    assert_eq!(read(plain.clone(), false), Err(DiscoveryError::Address));
    assert!(read(plain, true).is_ok());
    assert_eq!(read(changed("end_session_endpoint", json!("javascript:1")), true), Err(DiscoveryError::Address));
}
