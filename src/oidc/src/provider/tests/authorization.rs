use super::*;
use crate::jwt::Audience;
use crate::provider::{AuthorizationRequest, Channel, IdClaims, Prompt, Rejection, Situation, check};
use crate::{ACR_CARD, ErrorWord};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const GOOD: [(&str, &str); 7] = [
    ("client_id", "service"),
    ("redirect_uri", BACK),
    ("response_type", "code"),
    ("scope", "openid registration"),
    ("state", "s"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
];

/// Checks a good request that was changed: `None` leaves a parameter out.
fn judge(
    client: &Client,
    channel: Channel,
    changes: &[(&str, Option<&str>)],
) -> Result<AuthorizationRequest, Rejection> {
    let key = key();
    let keys = set(&key);
    let kept = GOOD.iter().copied().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let added = changes.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    let parameters = Parameters::of(kept.chain(added));
    check(&parameters, Situation { issuer: ISSUER, client, channel, keys: &keys, now: at(0) })
}

#[test]
fn a_good_request_is_read_as_it_was_meant() {
    let changes = [
        ("nonce", Some("n")),
        ("prompt", Some("login consent")),
        ("max_age", Some("60")),
        ("acr_values", Some("other aal3")),
        ("ui_locales", Some("en ja")),
        ("unknown", Some("ignored")),
    ];
    let request = judge(&client(metadata()), Channel::Browser, &changes).unwrap();
    let read = serde_json::from_str::<AuthorizationRequest>(&serde_json::to_string(&request).unwrap()).unwrap();
    assert_eq!(read, request);
    assert_eq!((request.client_id.as_str(), request.redirect_uri.as_str()), ("service", BACK));
    assert_eq!((request.state.as_deref(), request.nonce.as_deref()), (Some("s"), Some("n")));
    assert_eq!(request.prompts, [Prompt::Login, Prompt::Consent]);
    assert_eq!((request.max_age, request.acr.as_str()), (Some(60), "aal3"));
    assert_eq!(request.ui_locales, ["en", "ja"]);
    assert!(request.registers());
    assert_eq!(judge(&client(metadata()), Channel::Browser, &[]).unwrap().acr, ACR_CARD);
}

#[test]
fn nothing_is_sent_to_an_address_that_is_not_the_clients() {
    let client = client(metadata());
    for uri in [None, Some(""), Some("https://service.example/back/"), Some("https://evil.example/"), Some("//x")] {
        let answer = judge(&client, Channel::Browser, &[("redirect_uri", uri)]);
        assert!(matches!(answer, Err(Rejection::Untrusted(_))), "{uri:?}: {answer:?}");
    }
    let twice = [("redirect_uri", Some(BACK)), ("redirect_uri", Some(BACK))];
    assert!(matches!(judge(&client, Channel::Browser, &twice), Err(Rejection::Untrusted(_))));
}

#[test]
fn each_parameter_is_refused_with_its_own_word() {
    use ErrorWord::*;
    let long = "a".repeat(2000);
    let table: &[(&str, Option<&str>, ErrorWord)] = &[
        ("response_type", None, InvalidRequest),
        ("response_type", Some("token"), UnsupportedResponseType),
        ("response_type", Some("code id_token"), UnsupportedResponseType),
        ("response_mode", Some("fragment"), InvalidRequest),
        ("scope", None, InvalidRequest),
        ("scope", Some("registration"), InvalidScope),
        ("scope", Some("openid  registration"), InvalidScope),
        ("scope", Some("openid user_status.mypost"), InvalidScope),
        ("scope", Some("openid unknown"), InvalidScope),
        ("nonce", Some(&long), InvalidRequest),
        ("nonce", Some("a\0"), InvalidRequest),
        ("code_challenge", None, InvalidRequest),
        ("code_challenge", Some("short"), InvalidRequest),
        ("code_challenge", Some(&long), InvalidRequest),
        ("code_challenge_method", None, InvalidRequest),
        ("code_challenge_method", Some("plain"), InvalidRequest),
        ("prompt", Some("none login"), InvalidRequest),
        ("prompt", Some("unknown"), InvalidRequest),
        ("max_age", Some("-1"), InvalidRequest),
        ("max_age", Some("+1"), InvalidRequest),
        ("max_age", Some("1.5"), InvalidRequest),
        ("max_age", Some("99999999999"), InvalidRequest),
        ("acr_values", Some(&long), InvalidRequest),
        ("ui_locales", Some(&long), InvalidRequest),
        ("id_token_hint", Some("a.b.c"), InvalidRequest),
        ("request", Some("a.b.c"), RequestNotSupported),
        ("request_uri", Some("https://service.example/r"), RequestUriNotSupported),
        ("registration", Some("{}"), RegistrationNotSupported),
    ];
    let client = client(metadata());
    for (name, value, word) in table {
        match judge(&client, Channel::Browser, &[(name, *value)]) {
            Err(Rejection::Answer { redirect_uri, state, refusal }) => {
                assert_eq!(refusal.word, *word, "{name}={value:?}");
                assert_eq!((redirect_uri.as_str(), state.as_deref()), (BACK, Some("s")), "{name}={value:?}");
                let plain =
                    refusal.description.bytes().all(|byte| matches!(byte, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
                assert!(plain, "{}", refusal.description);
            }
            other => panic!("{name}={value:?}: {other:?}"),
        }
    }
    for (name, value) in GOOD.iter().filter(|(name, _)| !["client_id", "redirect_uri"].contains(name)) {
        let twice = judge(&client, Channel::Browser, &[(name, Some(value)), (name, Some(value))]).unwrap_err();
        assert_eq!(twice.refusal().word, InvalidRequest, "{name}");
    }
    // Also those that nobody reads.
    for name in ["display", "login_hint", "claims", "ui_locales", "resource", "code", "x"] {
        assert!(judge(&client, Channel::Browser, &[(name, Some("a"))]).is_ok(), "{name}");
        for channel in [Channel::Browser, Channel::Pushed] {
            match judge(&client, channel, &[(name, Some("a")), (name, Some("a"))]).unwrap_err() {
                Rejection::Answer { state, refusal, .. } => {
                    assert_eq!((refusal.word, state.as_deref()), (InvalidRequest, Some("s")), "{name}");
                }
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_client_that_must_push_is_refused_in_the_browser_alone() {
    let client = client(Metadata { require_pushed_authorization_requests: true, ..metadata() });
    assert_eq!(judge(&client, Channel::Browser, &[]).unwrap_err().refusal().word, ErrorWord::InvalidRequest);
    assert!(judge(&client, Channel::Pushed, &[]).is_ok());
    let nested = judge(&client, Channel::Pushed, &[("request_uri", Some("urn:x"))]).unwrap_err();
    assert_eq!(nested.refusal().word, ErrorWord::InvalidRequest);
}

#[test]
fn a_client_asks_for_the_prompts_that_it_is_allowed() {
    let client = client(Metadata { prompts_allowed: vec![Prompt::None, Prompt::Login], ..metadata() });
    assert!(judge(&client, Channel::Browser, &[("prompt", Some("none"))]).is_ok());
    let create = judge(&client, Channel::Browser, &[("prompt", Some("create"))]).unwrap_err();
    assert_eq!(create.refusal().word, ErrorWord::UnauthorizedClient);
}

#[test]
fn only_a_client_that_may_register_people_asks_for_that_by_prompt() {
    let create = [("scope", Some("openid")), ("prompt", Some("create"))];
    assert!(judge(&client(metadata()), Channel::Browser, &create).unwrap().registers());
    let client = client(Metadata { scope: Scopes::parse("openid notices.read").unwrap(), ..metadata() });
    for (channel, prompt) in [Channel::Browser, Channel::Pushed].into_iter().zip(["create", "login create"]) {
        let refused = judge(&client, channel, &[("scope", Some("openid")), ("prompt", Some(prompt))]).unwrap_err();
        assert_eq!(refused.refusal().word, ErrorWord::UnauthorizedClient, "{prompt}");
        assert!(refused.refusal().description.contains("scope registration"), "{}", refused.refusal().description);
    }
}

#[test]
fn a_hint_names_the_person_expected_if_the_provider_made_it_for_this_client() {
    let key = key();
    let client = client(metadata());
    let hint = |key: &SigningKey, typ: &str, iss: &str, aud: &str| {
        let claims = IdClaims {
            iss: iss.to_owned(),
            sub: "known".to_owned(),
            aud: Audience::One(aud.to_owned()),
            // Over for long: a hint may be.
            exp: 10,
            iat: 5,
            auth_time: None,
            nonce: None,
            acr: None,
            amr: Vec::new(),
            sid: None,
            at_hash: None,
            azp: None,
        };
        key.sign(typ, &claims).unwrap()
    };
    let judge = |hint: &str| {
        let keys = set(&key);
        let all = Parameters::of(GOOD.into_iter().chain([("id_token_hint", hint)]));
        check(&all, Situation { issuer: ISSUER, client: &client, channel: Channel::Browser, keys: &keys, now: at(0) })
    };
    assert_eq!(judge(&hint(&key, "JWT", ISSUER, "service")).unwrap().expected_subject.as_deref(), Some("known"));
    let wrong = [
        hint(&super::key(), "JWT", ISSUER, "service"),
        hint(&key, "at+jwt", ISSUER, "service"),
        hint(&key, "JWT", "https://evil.example", "service"),
        hint(&key, "JWT", ISSUER, "other"),
    ];
    for hint in wrong {
        assert_eq!(judge(&hint).unwrap_err().refusal().word, ErrorWord::InvalidRequest);
    }
}

proptest::proptest! {
    #[test]
    fn no_query_makes_it_fail(query in "[a-z_=&%0-9 ]{0,200}", value in "\\PC{0,80}") {
        let client = client(metadata());
        for (name, _) in GOOD {
            let _ = judge(&client, Channel::Browser, &[(name, Some(&value))]);
        }
        let keys = JwkSet::default();
        let situation = Situation { issuer: ISSUER, client: &client, channel: Channel::Browser, keys: &keys, now: at(0) };
        proptest::prop_assert!(check(&Parameters::parse(query.as_bytes()), situation).is_err());
    }
}
