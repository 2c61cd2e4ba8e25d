//! How long a server needs for one token.
#![expect(clippy::unwrap_used, reason = "a bench may stop at the first thing that is wrong")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jpki_protocol::{Challenge, Origin, OriginPolicy};
use jpki_trust::{Environment, FixedClock, NotChecked, TrustStore, Verifier};
use serde_json::Value;

fn verify(criterion: &mut Criterion) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/vectors/valid.json");
    let group: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let vector = &group["vectors"][0];
    let text = |name: &str| vector[name].as_str().unwrap();
    let mut roots = TrustStore::new();
    for name in vector["roots"].as_array().unwrap() {
        let pem = group["roots"][name.as_str().unwrap()]["pem"].as_str().unwrap();
        roots.add_pem(pem, Environment::Test).unwrap();
    }
    let origin = Origin::parse(text("origin"), OriginPolicy::Secure).unwrap();
    let challenge = Challenge::parse(text("challenge")).unwrap();
    let clock = FixedClock(text("time").parse().unwrap());
    let verifier = Verifier::new(origin, roots, NotChecked).with_clock(clock);

    criterion.bench_function("an accepted token", |bench| {
        bench.iter(|| verifier.verify(black_box(text("token")), black_box(&challenge)).unwrap());
    });
    let forged = text("token").replace("\"signature\":\"", "\"signature\":\"AAAA");
    criterion.bench_function("a token with a wrong signature", |bench| {
        bench.iter(|| verifier.verify(black_box(&forged), black_box(&challenge)).unwrap_err());
    });
}

criterion_group!(benches, verify);
criterion_main!(benches);
