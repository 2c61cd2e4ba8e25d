use serde_json::json;

use super::*;
use crate::provider::AccessClaims;

#[test]
fn an_access_token_is_read_in_time_by_its_maker_and_is_no_other_token() {
    let key = key();
    let good = json!({
        "iss": ISSUER, "sub": "s", "aud": ISSUER, "exp": at(300).as_second(), "iat": at(0).as_second(), "jti": "1",
        "client_id": "service", "scope": "openid notices.read", "grant": "g",
    });
    let read = |typ: &str, claims: &serde_json::Value, now| {
        AccessClaims::read(&key.sign(typ, claims).unwrap(), &set(&key), ISSUER, now)
    };
    assert!(read("at+jwt", &good, at(299)).unwrap().scope.has("notices.read"));
    // RFC 9068, 4: the long form of the type counts as well.
    assert!(read("application/at+jwt", &good, at(0)).is_some());
    assert!(read("at+jwt", &good, at(300)).is_none());
    for typ in ["JWT", "logout+jwt", ""] {
        assert!(read(typ, &good, at(0)).is_none(), "{typ}");
    }
    for (name, value) in [("iss", "https://evil.example"), ("aud", "service"), ("scope", "a  b")] {
        let mut claims = good.clone();
        claims[name] = json!(value);
        assert!(read("at+jwt", &claims, at(0)).is_none(), "{name}");
    }
}
