use serde_json::json;

use super::*;
use crate::provider::{EndSession, check_end_session};

const BYE: &str = "https://service.example/bye";

#[test]
fn a_hint_says_whose_session_ends_and_which_addresses_count() {
    let key = key();
    let claims = json!({ "iss": ISSUER, "sub": "s", "aud": "service", "exp": 10, "iat": 5, "sid": "1" });
    let hint = key.sign("JWT", &claims).unwrap();
    let judge = |pairs: &[(&str, &str)]| check_end_session(&parameters(pairs), &set(&key), ISSUER);
    let read =
        judge(&[("id_token_hint", &hint), ("post_logout_redirect_uri", BYE), ("state", "x y"), ("ui_locales", "en")])
            .unwrap();
    assert_eq!(
        (read.client_id.as_deref(), read.subject.as_deref(), read.sid.as_deref()),
        (Some("service"), Some("s"), Some("1"))
    );
    assert_eq!(read.way_back(Some(&client(metadata()))), Ok(Some(format!("{BYE}?state=x+y"))));
    assert!(read.way_back(None).is_err());
    let elsewhere = EndSession { post_logout_redirect_uri: Some("https://evil.example/".to_owned()), ..read };
    assert!(elsewhere.way_back(Some(&client(metadata()))).is_err());

    assert_eq!(judge(&[]).unwrap().way_back(None), Ok(None));
    assert_eq!(judge(&[("client_id", "service")]).unwrap().client_id.as_deref(), Some("service"));
    assert!(judge(&[("client_id", "other"), ("id_token_hint", &hint)]).is_err());
    assert!(judge(&[("id_token_hint", "nonsense")]).is_err());
    assert!(judge(&[("state", "a"), ("state", "a")]).is_err());
}
