//! What a login costs the provider's processor, step by step. Run with `cargo bench -p jpki-oidc`.
#![allow(clippy::unwrap_used, missing_docs, reason = "a bench ends where something unexpected happens")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use jpki_oidc::client::Rules;
use jpki_oidc::jwt::SigningKey;
use jpki_oidc::provider::{AccessClaims, Assertion, Channel, Code, Granted, ID_TOKEN, IdClaims, Situation, check};
use jpki_oidc::relying_party::client_assertion;
use jpki_oidc::{Client, JwkSet, Metadata, Parameters, Scopes};

const ISSUER: &str = "https://portal.example";
const QUERY: &str = "client_id=service&redirect_uri=https%3A%2F%2Fservice.example%2Fback&response_type=code&scope=openid\
    &state=s&nonce=n&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

fn key() -> SigningKey {
    SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap()
}

fn login(criterion: &mut Criterion) {
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let (provider, service) = (key(), key());
    let keys = JwkSet { keys: vec![provider.public().clone()] };
    let own = JwkSet { keys: vec![service.public().clone()] };
    let scope = Scopes::parse("openid").unwrap();
    let metadata = Metadata {
        redirect_uris: vec!["https://service.example/back".to_owned()],
        jwks: Some(own.clone()),
        scope: scope.clone(),
        ..Metadata::default()
    };
    let client = Client::new("service", metadata, Rules::default()).unwrap();
    let situation = Situation { issuer: ISSUER, client: &client, channel: Channel::Browser, keys: &keys, now };
    let request = check(&Parameters::parse(QUERY.as_bytes()), situation).unwrap();
    let granted = Granted {
        subject: "s".repeat(43),
        account: None,
        link: None,
        scopes: scope.clone(),
        since: now,
        session: "session".to_owned(),
        sid: "sid".to_owned(),
        session_ends: now,
    };
    let code = Code::answering(&request, granted, "id".to_owned(), now);
    let assertion = client_assertion(&service, "service", ISSUER, "1", now).unwrap();
    let access = AccessClaims {
        iss: ISSUER.to_owned(),
        sub: "s".repeat(43),
        aud: jpki_oidc::jwt::Audience::One(ISSUER.to_owned()),
        exp: now.as_second() + 300,
        iat: now.as_second(),
        jti: "1".to_owned(),
        client_id: "service".to_owned(),
        scope,
        grant: "s:1.1".to_owned(),
    };
    let token = provider.sign("at+jwt", &access).unwrap();

    criterion.bench_function("check a request", |bench| {
        bench.iter(|| check(&Parameters::parse(black_box(QUERY.as_bytes())), situation).unwrap());
    });
    criterion.bench_function("check a client's assertion", |bench| {
        bench.iter(|| Assertion::check(black_box(&assertion), "service", &own, &[ISSUER], now).unwrap());
    });
    criterion.bench_function("sign an access token", |bench| {
        bench.iter(|| provider.sign("at+jwt", black_box(&access)).unwrap());
    });
    criterion.bench_function("make an ID token", |bench| {
        bench.iter(|| provider.sign(ID_TOKEN, &IdClaims::of(black_box(&code), ISSUER, &token, now)).unwrap());
    });
    criterion.bench_function("read an access token", |bench| {
        bench.iter(|| AccessClaims::read(black_box(&token), &keys, ISSUER, now).unwrap());
    });
}

criterion_group!(benches, login);
criterion_main!(benches);
