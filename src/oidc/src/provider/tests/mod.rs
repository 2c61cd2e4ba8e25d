//! The provider's decisions, row by row.

mod assertion;
mod authorization;
mod decision;
mod end_session;
mod tokens;

use jiff::Timestamp;

use crate::client::Rules;
use crate::jwt::SigningKey;
use crate::{Client, JwkSet, Metadata, Parameters, Scopes};

const ISSUER: &str = "https://portal.example";
const BACK: &str = "https://service.example/back";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap()
}

fn set(key: &SigningKey) -> JwkSet {
    JwkSet { keys: vec![key.public().clone()] }
}

fn metadata() -> Metadata {
    Metadata {
        redirect_uris: vec![BACK.to_owned()],
        post_logout_redirect_uris: vec!["https://service.example/bye".to_owned()],
        jwks_uri: Some("https://service.example/keys".to_owned()),
        scope: Scopes::parse("openid registration notices.read user_status.registration").unwrap(),
        ..Metadata::default()
    }
}

fn client(metadata: Metadata) -> Client {
    Client::new("service", metadata, Rules::default()).unwrap()
}

fn parameters(pairs: &[(&str, &str)]) -> Parameters {
    Parameters::of(pairs.iter().copied())
}
