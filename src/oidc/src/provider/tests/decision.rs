use super::*;
use crate::ErrorWord;
use crate::provider::{AuthorizationRequest, Link, Next, Prompt, Session, View, decide};

fn request(scope: &str, prompts: &[Prompt]) -> AuthorizationRequest {
    AuthorizationRequest {
        client_id: "service".to_owned(),
        redirect_uri: BACK.to_owned(),
        scopes: Scopes::parse(scope).unwrap(),
        state: None,
        nonce: None,
        code_challenge: String::new(),
        prompts: prompts.to_vec(),
        max_age: None,
        acr: String::new(),
        ui_locales: Vec::new(),
        expected_subject: None,
        received: at(0),
    }
}

fn nobody() -> View {
    View::default()
}

/// Somebody who proved themselves at a moment, since the request came if that is 0 or later; registered if linked or said so.
fn somebody(since: i64, registered: bool) -> View {
    View { session: Some(Session { since: at(since), for_this: since >= 0, registered }), link: None }
}

/// Somebody registered, who agreed to something at a moment, likewise.
fn linked(since: i64, scope: &str, agreed: i64) -> View {
    let scopes = Scopes::parse(scope).unwrap();
    let link = Link { subject: "known".to_owned(), scopes, for_this: agreed >= 0 };
    View { link: Some(link), ..somebody(since, true) }
}

fn word(next: Next) -> String {
    match next {
        Next::Refuse(refusal) => refusal.word.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn what_happens_next_is_as_in_this_table() {
    use Prompt::*;
    let register = "openid registration";
    let table: &[(&str, &[Prompt], View, &str)] = &[
        // Nobody is there.
        ("openid", &[], nobody(), "Login"),
        ("openid", &[None], nobody(), "login_required"),
        (register, &[Create], nobody(), "Login"),
        // Somebody without account.
        (register, &[], somebody(1, false), "Register"),
        ("openid", &[Create], somebody(1, false), "Register"),
        (register, &[None], somebody(1, false), "interaction_required"),
        ("openid", &[], somebody(1, false), "user_not_registered"),
        ("openid notices.read", &[], somebody(1, false), "user_not_registered"),
        ("openid notices.read user_status.registration", &[], somebody(1, false), "user_not_registered"),
        ("openid user_status.registration", &[], somebody(1, false), "GrantWithoutAccount"),
        ("openid user_status.registration", &[None], somebody(-5, false), "GrantWithoutAccount"),
        // Somebody with an account, not linked or not with all.
        ("openid", &[], somebody(1, true), "Consent"),
        ("openid", &[None], somebody(-5, true), "consent_required"),
        ("openid notices.read", &[], linked(-5, "openid", -9), "Consent"),
        ("openid notices.read", &[None], linked(-5, "openid", -9), "consent_required"),
        // Linked: without a word, the second time.
        ("openid", &[], linked(-5, "openid notices.read", -9), "Grant"),
        ("openid", &[None], linked(-5, "openid", -9), "Grant"),
        (register, &[Create], linked(-5, register, -9), "Grant"),
        // Anew, and then done.
        ("openid", &[Login], linked(-5, "openid", -9), "Login"),
        ("openid", &[Login], linked(0, "openid", -9), "Grant"),
        ("openid", &[SelectAccount], linked(-5, "openid", -9), "Login"),
        ("openid", &[SelectAccount], linked(3, "openid", -9), "Grant"),
        ("openid", &[Consent], linked(-5, "openid", -9), "Consent"),
        ("openid", &[Consent], linked(-5, "openid", 4), "Grant"),
        ("openid", &[Login, Consent], linked(-5, "openid", 4), "Login"),
    ];
    for (scope, prompts, view, expected) in table {
        assert_eq!(word(decide(&request(scope, prompts), view, at(10))), *expected, "{scope} {prompts:?} {view:?}");
    }
}

#[test]
fn a_login_is_recent_enough_or_done_again() {
    let with =
        |max_age, prompts: &[Prompt]| AuthorizationRequest { max_age: Some(max_age), ..request("openid", prompts) };
    let view = linked(-50, "openid", -90);
    let table: &[(u32, &[Prompt], i64, &str)] = &[
        (60, &[], 10, "Grant"),
        (60, &[], 11, "Login"),
        (60, &[Prompt::None], 11, "login_required"),
        (0, &[], 0, "Login"),
    ];
    for (max_age, prompts, now, expected) in table {
        assert_eq!(word(decide(&with(*max_age, prompts), &view, at(*now))), *expected, "{max_age} at {now}");
    }
    // Done since the request came: that is as recent as it can be, however long the person then reads.
    assert_eq!(decide(&with(0, &[]), &linked(5, "openid", -90), at(600)), Next::Grant);
}

#[test]
fn another_person_than_expected_is_asked_once_and_then_refused() {
    let expecting = |subject: &str, prompts: &[Prompt]| AuthorizationRequest {
        expected_subject: Some(subject.to_owned()),
        ..request("openid", prompts)
    };
    let (before, after) = (linked(-5, "openid", -9), linked(5, "openid", -9));
    assert_eq!(decide(&expecting("known", &[Prompt::None]), &before, at(10)), Next::Grant);
    assert_eq!(decide(&expecting("other", &[]), &before, at(10)), Next::Login);
    assert_eq!(word(decide(&expecting("other", &[Prompt::None]), &before, at(10))), "login_required");
    let refused = ErrorWord::AccountSelectionRequired.word();
    assert_eq!(word(decide(&expecting("other", &[]), &after, at(10))), refused);
}
