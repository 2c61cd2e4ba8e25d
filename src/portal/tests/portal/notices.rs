//! お知らせ: sent by the operator's command, read by services and by people.

use std::io::Write as _;
use std::process::{Command, Stdio};

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::{Browser, Caller, TestCard, TestPortal, on_both, sign_in};

const API: &str = "/api/v1/notices";
const SCOPES: &str = "openid registration notices.read";

/// Runs `jpki-portal notice …` on the portal's database; its output, or what it complains of.
fn notice(portal: &TestPortal, arguments: &[&str], body: &str) -> Result<String, String> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_jpki-portal"))
        .args(["notice", "--environment", "test", "--database", &portal.database])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses its arguments doesn't read.
    let _ = child.stdin.take().unwrap().write_all(body.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim().to_owned();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// Sends a notice; its name.
fn send(portal: &TestPortal, subject: &str, to: &[&str]) -> String {
    let what =
        ["send", "--issuer-kind", "local", "--issuer", "さくら市", "--subject", subject, "--days", "30", "--body", "-"];
    notice(portal, &[&what, to].concat(), "本文です。\n\n二段落目です。").unwrap()
}

/// The reference on somebody's My page.
async fn reference(browser: &mut Browser) -> String {
    let page = browser.get("/my").await;
    let (_, after) = page.text().split_once("<code>").unwrap();
    after.split('<').next().unwrap().to_owned()
}

fn subjects(page: &Value) -> Vec<&str> {
    page["notices"].as_array().unwrap().iter().map(|notice| notice["subject"].as_str().unwrap()).collect()
}

#[test]
fn a_service_reads_the_notices_of_its_user_and_of_nobody_else() {
    on_both(async |portal| {
        let service = Caller::register(&portal, "s", SCOPES).await;
        let (mut one, mut other) = (Browser::new(&portal), Browser::new(&portal));
        let token = service.sign_in(&portal, &mut one, &TestCard::new()).await;
        sign_in(&mut other, &TestCard::new()).await;
        let (mine, others) = (reference(&mut one).await, reference(&mut other).await);
        let id = send(&portal, "住民税", &["--account", &mine]);
        let foreign = send(&portal, "他人あて", &["--account", &others]);
        send(&portal, "全員あて", &["--everybody"]);

        let page = service.call(API, &token).await;
        let mut told = subjects(&page.body);
        told.sort_unstable();
        assert_eq!(told, ["住民税", "全員あて"]);
        let line = page.body["notices"].as_array().unwrap().iter().find(|line| line["id"] == id.as_str()).unwrap();
        assert_eq!(
            (line["issuer"]["kind"].as_str(), line["issuer"]["name"].as_str()),
            (Some("local"), Some("さくら市"))
        );
        assert!(line.get("opened").is_none() && line.get("body").is_none(), "{line}");

        let whole = service.call(&format!("{API}/{id}"), &token).await;
        assert_eq!(whole.body["body"], "本文です。\n\n二段落目です。");
        for name in [foreign.as_str(), "unknown", "%00", "a%2Fb", &"a".repeat(100)] {
            let refused = service.call(&format!("{API}/{name}"), &token).await;
            assert_eq!(refused.problem(), (404, "notice_not_found"), "{name}");
        }
    });
}

#[test]
fn a_notice_that_the_person_opened_is_opened_everywhere() {
    on_both(async |portal| {
        let service = Caller::register(&portal, "s", SCOPES).await;
        let mut browser = Browser::new(&portal);
        let token = service.sign_in(&portal, &mut browser, &TestCard::new()).await;
        let id = send(&portal, "<b>国税</b>", &["--everybody"]);
        let list = browser.get("/my/notices").await;
        assert!(list.text().contains("未開封") && list.text().contains("&#60;b&#62;国税"), "{}", list.text());
        let page = browser.get(&format!("/my/notices/{id}")).await;
        assert!(page.text().contains("<p>本文です。</p><p>二段落目です。</p>"), "{}", page.text());
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(browser.get("/my/notices").await.text().contains("開封済み"));
        assert!(service.call(API, &token).await.body["notices"][0]["opened"].is_string());
        // For somebody else it isn't.
        let token = service.sign_in(&portal, &mut Browser::new(&portal), &TestCard::new()).await;
        assert!(service.call(API, &token).await.body["notices"][0].get("opened").is_none());
        assert_eq!(browser.get("/my/notices/unknown").await.status(), StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_long_list_comes_in_pages_and_since_a_moment() {
    on_both(async |portal| {
        let service = Caller::register(&portal, "s", SCOPES).await;
        for number in 0..5 {
            send(&portal, &format!("{number}"), &["--everybody"]);
        }
        let token = service.sign_in(&portal, &mut Browser::new(&portal), &TestCard::new()).await;
        let (mut seen, mut query) = (Vec::new(), "?limit=2".to_owned());
        for expected in [2, 2, 1] {
            let page = service.call(&format!("{API}{query}"), &token).await.body;
            assert_eq!(subjects(&page).len(), expected);
            seen.extend(subjects(&page).into_iter().map(str::to_owned));
            assert_eq!(page["next"].is_string(), expected == 2);
            query = format!("?limit=2&cursor={}", page["next"].as_str().unwrap_or_default());
        }
        seen.sort();
        assert_eq!(seen, ["0", "1", "2", "3", "4"]);
        let none = service.call(&format!("{API}?since=2100-01-01T00:00:00%2B09:00"), &token).await.body;
        assert!(subjects(&none).is_empty());
        for wrong in ["?cursor=x", "?limit=0", "?limit=101", "?since=now", "?limit=1&limit=2"] {
            assert_eq!(
                service.call(&format!("{API}{wrong}"), &token).await.problem(),
                (400, "invalid_request"),
                "{wrong}"
            );
        }
    });
}

#[test]
fn an_answer_that_did_not_change_is_not_sent_again() {
    on_both(async |portal| {
        let service = Caller::register(&portal, "s", SCOPES).await;
        let token = service.sign_in(&portal, &mut Browser::new(&portal), &TestCard::new()).await;
        let first = service.call(API, &token).await;
        let tag = first.headers["etag"].to_str().unwrap();
        let again = service.call_with(API, &token, Some(tag)).await;
        assert_eq!((again.status, again.body), (StatusCode::NOT_MODIFIED, Value::Null));
        send(&portal, "新着", &["--everybody"]);
        let changed = service.call_with(API, &token, Some(tag)).await;
        assert_eq!(subjects(&changed.body), ["新着"]);
        assert_eq!(changed.headers["cache-control"], "private, no-cache");
    });
}

#[test]
fn only_a_registered_person_has_notices_and_only_a_permitted_service_reads_them() {
    on_both(async |portal| {
        let without = Caller::register(&portal, "w", "openid registration").await;
        let token = without.sign_in(&portal, &mut Browser::new(&portal), &TestCard::new()).await;
        let refused = without.call(API, &token).await;
        assert_eq!(refused.problem(), (403, "insufficient_scope"));
        assert!(refused.headers["www-authenticate"].to_str().unwrap().contains("notices.read"));
        assert_eq!(without.call(API, "").await.status, StatusCode::UNAUTHORIZED);
    });
}

#[test]
fn a_notice_is_gone_when_its_time_is_over_or_its_issuer_takes_it_back() {
    on_both(async |portal| {
        let service = Caller::register(&portal, "s", SCOPES).await;
        let card = TestCard::new();
        let token = service.sign_in(&portal, &mut Browser::new(&portal), &card).await;
        let (kept, taken) = (send(&portal, "期限まで", &["--everybody"]), send(&portal, "取消", &["--everybody"]));
        notice(&portal, &["withdraw", &taken], "").unwrap();
        assert!(notice(&portal, &["withdraw", &taken], "").unwrap_err().contains("there is no notice"));
        assert_eq!(subjects(&service.call(API, &token).await.body), ["期限まで"]);
        portal.clock.pass(30 * 24 * 3600 + 60);
        let token = service.sign_in(&portal, &mut Browser::new(&portal), &card).await;
        assert!(subjects(&service.call(API, &token).await.body).is_empty());
        assert_eq!(service.call(&format!("{API}/{kept}"), &token).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn the_command_says_what_is_wrong_with_a_notice() {
    on_both(async |portal| {
        let send = |issuer: &str, to: &[&str], body: &str| {
            let what = ["send", "--issuer-kind", "national", "--issuer", issuer, "--subject", "件名", "--body", "-"];
            notice(&portal, &[&what, to].concat(), body).unwrap_err()
        };
        assert!(send("国税庁", &["--everybody"], " \n").contains("the text must have"));
        assert!(send("", &["--everybody"], "本文").contains("the issuer's name must have"));
        assert!(send("国税庁", &["--account", "AAAA"], "本文").contains("nobody with the reference AAAA"));
        assert!(send("国税庁", &[], "本文").contains("--everybody"));
    });
}
