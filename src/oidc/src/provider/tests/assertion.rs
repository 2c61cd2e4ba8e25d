use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::{Value, json};

use super::*;
use crate::ErrorWord;
use crate::provider::{Assertion, ClientProof};

const TOKEN: &str = "https://portal.example/oauth/token";
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn good() -> Value {
    json!({ "iss": "service", "sub": "service", "aud": TOKEN, "exp": at(60).as_second(), "iat": at(0).as_second(), "jti": "1" })
}

fn judge(assertion: &str, keys: &JwkSet) -> Result<Assertion, ErrorWord> {
    Assertion::check(assertion, "service", keys, &[ISSUER, TOKEN], at(0)).map_err(|refusal| refusal.word)
}

#[test]
fn an_assertion_is_the_clients_own_for_this_provider_and_short() {
    let key = key();
    let judge = |claims: &Value| judge(&key.sign("JWT", claims).unwrap(), &set(&key));
    assert_eq!(judge(&good()), Ok(Assertion { jti: "1".to_owned(), expires: at(90) }));
    let right = [
        ("aud", json!(ISSUER)),
        ("aud", json!([TOKEN, "x"])),
        ("iat", Value::Null),
        ("exp", json!(at(300).as_second())),
        ("exp", json!(at(3600).as_second())),
        ("exp", json!(i64::MAX)),
        ("iat", json!(at(-300).as_second())),
    ];
    for (name, value) in right {
        let mut claims = good();
        claims[name] = value;
        assert!(judge(&claims).is_ok(), "{name}");
    }
    let long = "j".repeat(256);
    let wrong = [
        ("iss", json!("other")),
        ("sub", json!("other")),
        ("aud", json!("https://evil.example")),
        ("aud", json!([])),
        ("aud", Value::Null),
        ("exp", json!(at(-60).as_second())),
        ("exp", json!("1900000000")),
        ("exp", Value::Null),
        ("iat", json!(at(60).as_second())),
        ("iat", json!(at(-331).as_second())),
        ("iat", json!(i64::MIN)),
        ("nbf", json!(at(60).as_second())),
        ("nbf", json!("soon")),
        ("jti", json!("")),
        ("jti", json!(long)),
        ("jti", Value::Null),
    ];
    for (name, value) in wrong {
        let mut claims = good();
        claims[name] = value.clone();
        assert_eq!(judge(&claims), Err(ErrorWord::InvalidClient), "{name}: {value}");
    }
    let hour = json!(at(3600).as_second());
    let with = |name: &str, value: Value| {
        let mut claims = good();
        (claims["exp"], claims[name]) = (hour.clone(), value);
        judge(&claims)
    };
    // One that says it counts for an hour is remembered for as long as it counts here; one that doesn't say since when is refused.
    assert_eq!(with("sub", json!("service")).map(|assertion| assertion.expires), Ok(at(330)));
    assert_eq!(with("iat", Value::Null), Err(ErrorWord::InvalidClient));
}

#[test]
fn what_is_wrong_with_an_assertions_times_is_said_as_it_is() {
    let key = key();
    let told = |exp: i64, iat: Option<i64>, nbf: Option<i64>| {
        let mut claims = good();
        claims["exp"] = json!(at(exp).as_second());
        claims["iat"] = json!(iat.map(|second| at(second).as_second()));
        claims["nbf"] = json!(nbf.map(|second| at(second).as_second()));
        let token = key.sign("JWT", &claims).unwrap();
        let refused = Assertion::check(&token, "service", &set(&key), &[ISSUER, TOKEN], at(0)).unwrap_err();
        refused.description
    };
    for ahead in [31, 500, 1_000_000] {
        assert!(told(ahead + 60, Some(ahead), None).ends_with("iat or nbf lies ahead: look at the clock"), "{ahead}");
        assert!(told(ahead + 60, None, Some(ahead)).ends_with("iat or nbf lies ahead: look at the clock"), "{ahead}");
    }
    assert!(told(3600, None, None).ends_with("without iat, exp must be at most 5 minutes ahead"));
    assert!(told(-31, Some(-60), None).ends_with("exp is over, or iat 5 minutes ago: look at the clock"));
}

/// Signs as RFC 7515 says, with any header.
fn signed(header: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let encode = |text: String| BASE64_URL_SAFE_NO_PAD.encode(text);
    let signed = format!("{}.{}", encode(header.to_string()), encode(good().to_string()));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

#[test]
fn rsa_keys_sign_with_either_padding_and_a_key_serves_the_algorithm_it_names() {
    let pair = RsaKeyPair::from_pkcs8(include_bytes!("../../../testdata/rsa.pk8")).unwrap();
    let public = pair.public_key();
    let numbers = RsaPublicKeyComponents::<Vec<u8>>::from(public);
    let n = BASE64_URL_SAFE_NO_PAD.encode(&numbers.n);
    let e = BASE64_URL_SAFE_NO_PAD.encode(&numbers.e);
    let keys = |alg: Option<&str>| {
        let mut jwk = json!({ "kty": "RSA", "n": n, "e": e, "kid": "1", "use": "sig" });
        if let Some(alg) = alg {
            jwk["alg"] = json!(alg);
        }
        JwkSet::parse(json!({ "keys": [jwk] }).to_string().as_bytes()).unwrap()
    };
    let with = |alg: &str, padding: &'static dyn RsaEncoding| {
        signed(&json!({ "alg": alg, "kid": "1" }), |message| {
            let mut signature = vec![0; public.modulus_len()];
            pair.sign(padding, &SystemRandom::new(), message, &mut signature).unwrap();
            signature
        })
    };
    let (pkcs1, pss) = (with("RS256", &RSA_PKCS1_SHA256), with("PS256", &RSA_PSS_SHA256));
    assert!(judge(&pkcs1, &keys(None)).is_ok() && judge(&pss, &keys(None)).is_ok());
    assert!(judge(&pss, &keys(Some("PS256"))).is_ok());
    assert!(judge(&pkcs1, &keys(Some("PS256"))).is_err());
    assert!(judge(&with("PS256", &RSA_PKCS1_SHA256), &keys(None)).is_err());
    assert!(judge(&with("RS384", &RSA_PKCS1_SHA256), &keys(None)).is_err());
}

#[test]
fn no_header_gets_around_the_signature() {
    let key = key();
    let keys = set(&key);
    let point = |name: &str| serde_json::to_value(key.public()).unwrap()[name].as_str().unwrap().to_owned();
    let mac = |secret: &[u8], message: &[u8]| {
        ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret), message).as_ref().to_vec()
    };
    let forged = [
        signed(&json!({ "alg": "none" }), |_| Vec::new()),
        signed(&json!({ "alg": "None" }), |_| Vec::new()),
        signed(&json!({ "alg": "ES256" }), |_| Vec::new()),
        signed(&json!({ "alg": "ES256" }), |_| vec![0; 64]),
        signed(&json!({ "alg": "HS256" }), |message| mac(point("x").as_bytes(), message)),
        signed(&json!({ "alg": "HS256" }), |message| mac(serde_json::to_string(&keys).unwrap().as_bytes(), message)),
        signed(&json!({ "alg": "ES256", "crit": ["exp"] }), |_| vec![1; 64]),
        signed(&json!({}), |_| vec![1; 64]),
    ];
    for token in forged {
        assert_eq!(judge(&token, &keys), Err(ErrorWord::InvalidClient), "{token}");
    }
    let good = key.sign("JWT", &good()).unwrap();
    for position in 0..good.len() {
        let mut changed = good.clone().into_bytes();
        changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
        assert!(judge(std::str::from_utf8(&changed).unwrap(), &keys).is_err(), "{position}");
    }
    assert!(judge(&good, &set(&super::key())).is_err());
    assert!(judge(&good, &JwkSet::default()).is_err());
}

#[test]
fn a_client_proves_itself_in_one_way_that_can_be_read() {
    let assertion = key().sign("JWT", &good()).unwrap();
    let by_assertion = [("client_assertion", assertion.as_str()), ("client_assertion_type", TYPE)];
    let read = |pairs: &[(&str, &str)], header: Option<&str>| {
        ClientProof::read(&parameters(pairs), header).map_err(|refusal| refusal.word)
    };
    assert_eq!(read(&by_assertion, None).unwrap().client_id(), "service");
    let basic = |text: &str| format!("Basic {}", BASE64_STANDARD.encode(text));
    let secret = ClientProof::Secret { client_id: "a b".to_owned(), secret: "s&+".to_owned() };
    assert_eq!(read(&[("client_id", "a b")], Some(&basic("a+b:s%26%2B"))), Ok(secret));
    let header = basic("service:secret");
    type Row<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>, ErrorWord);
    let table: &[Row<'_>] = &[
        (&[], None, ErrorWord::InvalidClient),
        (&[("client_id", "service")], None, ErrorWord::InvalidClient),
        (&[("client_assertion", &assertion)], None, ErrorWord::InvalidRequest),
        (&[("client_assertion", &assertion), ("client_assertion_type", "x")], None, ErrorWord::InvalidRequest),
        (&[("client_assertion", "a.b.c"), ("client_assertion_type", TYPE)], None, ErrorWord::InvalidClient),
        (&by_assertion, Some(&header), ErrorWord::InvalidRequest),
        (&[("client_id", "other")], Some(&header), ErrorWord::InvalidRequest),
        (&[("client_secret", "secret")], Some(&header), ErrorWord::InvalidRequest),
        (&[], Some("Bearer x"), ErrorWord::InvalidClient),
        (&[], Some("Basic !"), ErrorWord::InvalidClient),
        (&[], Some("Basic"), ErrorWord::InvalidClient),
        (&[], Some("Basic c2VydmljZQ=="), ErrorWord::InvalidClient),
        (&[], Some("Basic c2VydmljZTo="), ErrorWord::InvalidClient),
    ];
    for (pairs, header, word) in table {
        assert_eq!(read(pairs, *header), Err(*word), "{pairs:?} {header:?}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_a_token_fail(text in "\\PC{0,200}", parts in "[A-Za-z0-9_-]{0,60}\\.[A-Za-z0-9_-]{0,60}\\.[A-Za-z0-9_-]{0,60}") {
        proptest::prop_assert!(judge(&text, &JwkSet::default()).is_err());
        proptest::prop_assert!(judge(&parts, &JwkSet::default()).is_err());
        let _ = crate::provider::claimed_client(&parts);
        let _ = ClientProof::read(&parameters(&[]), Some(&text));
    }
}
