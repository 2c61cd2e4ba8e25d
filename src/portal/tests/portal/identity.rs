//! Cards that are refused, and what their holders are told.

use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use jpki_portal::RevocationLists;
use jpki_softcard::ca::{CertificateSpec, CrlSpec, Family, Generation, TestCa};
use jpki_trust::{Environment, Kind, Refusal, TrustStore, Verifier};

use crate::support::{Browser, TestCard, TestPortal, Way, Writes, on_both};

async fn at_the_card(portal: &TestPortal) -> (Browser, Way) {
    let mut browser = Browser::new(portal);
    let way = Way::to(&mut browser, "/my").await;
    way.agree(&mut browser).await;
    (browser, way)
}

#[test]
fn each_refused_card_is_told_what_happened_and_what_to_do() {
    on_both(async |portal| {
        let tomorrow = |spec: &mut CertificateSpec| spec.not_before = SystemTime::now() + Duration::from_secs(86400);
        let cases = [
            (TestCard::expired(), "有効期間が過ぎています", "更新してください"),
            (TestCard::with(tomorrow), "まだ有効になっていません", "時間をおいて"),
            (TestCard::foreign(), "ここでは使えません", "テスト用カードをお使いください"),
        ];
        for (card, what, remedy) in cases {
            let (mut browser, way) = at_the_card(&portal).await;
            let answer = way.show(&mut browser, &card).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{what}");
            assert!(answer.text().contains(what) && answer.text().contains(remedy), "{what}: {}", answer.text());
            assert!(answer.text().contains(r#"role="alert""#));
            // Another card can be shown at once.
            let answer = way.show(&mut browser, &TestCard::new()).await;
            assert_eq!(answer.location(), Some(way.page("confirm").as_str()));
        }
    });
}

#[test]
fn could_not_check_is_an_outage_and_no_revocation() {
    on_both(async |portal| {
        let (mut browser, way) = at_the_card(&portal).await;
        portal.revocation.refuse(Refusal::Revoked);
        let answer = way.show(&mut browser, &TestCard::new()).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert!(answer.text().contains("失効しています") && answer.header("retry-after").is_none());
        for outage in [Refusal::CrlMissing, Refusal::CrlStale, Refusal::OcspUnreachable] {
            portal.revocation.refuse(outage);
            let answer = way.show(&mut browser, &TestCard::new()).await;
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert!(answer.header("retry-after").is_some());
            assert!(answer.text().contains("有効性を確認できません") && !answer.text().contains("失効しています"));
        }
        portal.revocation.accept();
        let answer = way.show(&mut browser, &TestCard::new()).await;
        assert_eq!(answer.location(), Some(way.page("confirm").as_str()));
    });
}

#[test]
fn a_challenge_counts_once_for_five_minutes_on_its_own_way_in_its_own_browser() {
    on_both(async |portal| {
        let card = TestCard::new();
        let (mut browser, way) = at_the_card(&portal).await;
        let challenge = way.challenge(&mut browser).await;
        let cookie = browser.cookie(&way.0, "challenge").unwrap().to_owned();
        let token = card.token(&challenge);
        // Whatever comes with it uses it up.
        assert_eq!(way.send(&mut browser, "no token").await.status(), StatusCode::FORBIDDEN);
        browser.plant(&way.0, "challenge", &cookie);
        let again = way.send(&mut browser, &token).await;
        assert_eq!(again.status(), StatusCode::CONFLICT);
        assert!(again.text().contains("本人確認をやり直してください"));

        let challenge = way.challenge(&mut browser).await;
        let token = card.token(&challenge);
        let cookie = browser.cookie(&way.0, "challenge").unwrap().to_owned();
        let (mut other, others_way) = at_the_card(&portal).await;
        other.plant(&others_way.0, "challenge", &cookie);
        assert_eq!(others_way.send(&mut other, &token).await.status(), StatusCode::CONFLICT, "another browser");
        let second = Way::to(&mut browser, "/my").await;
        second.agree(&mut browser).await;
        browser.plant(&second.0, "challenge", &cookie);
        assert_eq!(second.send(&mut browser, &token).await.status(), StatusCode::CONFLICT, "another way");
        portal.clock.pass(300);
        assert_eq!(way.send(&mut browser, &token).await.status(), StatusCode::CONFLICT, "too late");

        // A challenge of before isn't the one that is asked for.
        let before = way.challenge(&mut browser).await;
        way.challenge(&mut browser).await;
        assert_eq!(way.send(&mut browser, &card.token(&before)).await.status(), StatusCode::FORBIDDEN);
    });
}

#[test]
fn a_token_made_for_another_site_is_refused() {
    on_both(async |portal| {
        let (mut browser, way) = at_the_card(&portal).await;
        let challenge = way.challenge(&mut browser).await;
        let answer = way.send(&mut browser, &TestCard::new().token_at("https://evil.example", &challenge)).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert!(answer.text().contains("確認できませんでした"));
    });
}

#[test]
fn a_program_sends_the_token_as_json_and_gets_the_next_address() {
    on_both(async |portal| {
        let card = TestCard::new();
        let (mut browser, way) = at_the_card(&portal).await;
        let verify = way.page("verify");
        let challenge = way.challenge(&mut browser).await;
        let answer = browser.post_json(&verify, &card.token(&challenge)).await;
        assert_eq!((answer.status(), &answer.json()["next"]), (StatusCode::OK, &way.page("confirm").into()));
        assert_eq!(way.onward(&mut browser).await.location(), Some("/my"));

        let (mut browser, way) = at_the_card(&portal).await;
        let verify = way.page("verify");
        for body in ["", "{}", "null", "[1]", "\u{feff}"] {
            way.challenge(&mut browser).await;
            let answer = browser.post_json(&verify, body).await;
            assert_eq!(
                (answer.status(), &answer.json()["code"]),
                (StatusCode::FORBIDDEN, &"token_invalid".into()),
                "{body}"
            );
        }
        let answer = browser.post_json(&verify, "{}").await;
        assert_eq!((answer.status(), &answer.json()["code"]), (StatusCode::CONFLICT, &"challenge_used".into()));
        portal.revocation.refuse(Refusal::CrlStale);
        let challenge = way.challenge(&mut browser).await;
        let answer = browser.post_json(&verify, &card.token(&challenge)).await;
        assert_eq!(answer.json()["code"], "revocation_unavailable");
        assert_eq!(answer.header("retry-after"), Some("300"));
        portal.revocation.accept();
        let challenge = way.challenge(&mut browser).await;
        for path in [way.page("challenge"), verify.clone()] {
            let answer = browser.post_json_from("https://evil.example", &path, &card.token(&challenge)).await;
            assert_eq!(answer.json()["code"], "foreign_origin");
        }
        let answer = browser.post_json(&verify, &card.token(&challenge)).await;
        assert_eq!(answer.json()["next"], "/my");
    });
}

#[test]
fn a_refused_form_leaves_no_trace_but_the_spent_challenge() {
    on_both(async |portal| {
        let (mut browser, way) = at_the_card(&portal).await;
        let mut writes = Writes::of(&portal).await;
        way.show(&mut browser, &TestCard::expired()).await;
        let written = writes.since().await;
        assert!(written.len() == 1 && written[0].starts_with("INSERT single_use"), "{written:?}");
        // Without a form of the page nothing is even looked at.
        let challenge = way.challenge(&mut browser).await;
        let token = TestCard::new().token(&challenge);
        let answer = browser.post(&way.page("verify"), &[("token", &token)]).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        let twice = [("token", token.as_str()), ("token", token.as_str())];
        let answer = browser.submit(&way.page("identity"), &way.page("verify"), &twice).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        let answer = browser.submit(&way.page("identity"), &way.page("verify"), &[]).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert_eq!(writes.since().await, Vec::<String>::new());
    });
}

#[test]
fn the_page_offers_the_other_way_to_the_agent() {
    on_both(async |portal| {
        let (mut browser, way) = at_the_card(&portal).await;
        let page = browser.get(&way.page("identity")).await;
        assert!(page.text().contains(r#"redirect="auto""#) && page.text().contains("identity?way=redirect"));
        for word in
            ["not_running", "permission_denied", "no_reader", "no_card", "pin_blocked", "user_cancelled", "timeout"]
        {
            assert!(page.text().contains(word), "{word}");
        }
        let page = browser.get(&way.page("identity?way=redirect")).await;
        assert!(page.text().contains(r#"redirect="only""#));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("script-src 'self'") && policy.contains("http://127.0.0.1:*"));
        assert_eq!(browser.get("/assets/identity.js").await.status(), StatusCode::OK);
    });
}

#[test]
fn revocation_lists_are_read_again_when_they_change_and_missed_when_they_are_gone() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("auth.crl");
    let ca = TestCa::shared().unwrap();
    let authority = ca.authority(Family::Auth, Generation::CURRENT).unwrap();
    let mut roots = TrustStore::new();
    roots.add_pem(&TestCard::root(), Environment::Test).unwrap();
    assert!(roots.roots().all(|root| root.kind() == Kind::Auth));
    let write = |serials: &[&[u8]], next: Duration| {
        let made = SystemTime::now() - Duration::from_secs(7200);
        let list = authority.crl(&CrlSpec::new(serials.iter().copied(), made, made + next)).unwrap();
        std::fs::write(&path, list).unwrap();
    };
    let lists = RevocationLists::new(vec![path.clone()], roots.clone());
    let origin = jpki_protocol::Origin::parse(TestPortal::ISSUER, jpki_protocol::OriginPolicy::Secure).unwrap();
    let verifier = Verifier::new(origin, roots, lists.clone());
    let challenge = jpki_trust::fresh_challenge().unwrap();
    let serial = std::cell::RefCell::new(Vec::new());
    let token = TestCard::with(|spec| *serial.borrow_mut() = spec.serial.clone()).token(challenge.as_str());
    let verdict = || {
        lists.refresh();
        verifier.verify(&token, &challenge).map(|_| ()).err()
    };
    let day = Duration::from_secs(86400);
    assert_eq!(verdict(), Some(Refusal::CrlMissing));
    write(&[], day);
    assert_eq!(verdict(), None);
    write(&[&serial.borrow()], day);
    assert_eq!(verdict(), Some(Refusal::Revoked));
    write(&[b"another serial"], Duration::from_secs(3600));
    assert_eq!(verdict(), Some(Refusal::CrlStale));
    std::fs::write(&path, "no list").unwrap();
    assert_eq!(verdict(), Some(Refusal::CrlMissing));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(verdict(), Some(Refusal::CrlMissing));
}

#[test]
fn in_production_the_program_does_not_start_without_a_word_on_revocation() {
    let folder = tempfile::TempDir::new().unwrap();
    let refused = |environment: &str, more: &[&str]| {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--environment", environment];
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_jpki-portal"));
        let output = program.args(serve).args(more).current_dir(folder.path()).output().unwrap();
        assert!(!output.status.success(), "{more:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused("production", &[]).contains("--revocation off"));
    assert!(refused("test", &["--revocation", "crl"]).contains("--revocation off"));
    assert!(refused("test", &["--revocation", "off", "--crl", "auth.crl"]).contains("contradict"));
}
