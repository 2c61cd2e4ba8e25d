use axum::http::StatusCode;

use super::support::{PASSWORD, link, mails_to, on_site};
use crate::support::{Answer, Browser};

async fn signs_in(browser: &mut Browser, mail: &str, password: &str) -> Answer {
    browser.submit("/apply/sign-in", "/apply/sign-in", &[("mail", mail), ("password", password)]).await
}

const ENTRY: [(&str, &str); 5] = [
    ("mail", "taro@example.jp"),
    ("password", PASSWORD),
    ("name", "田中"),
    ("organisation", "株式会社テスト"),
    ("kind", "local"),
];

#[test]
fn an_account_is_made_by_answering_a_mail_with_the_password() {
    on_site(async |site| {
        let mut browser = Browser::new(&site.portal);
        assert!(browser.get("/apply").await.text().contains("初めての方はアカウントの新規登録が必要です"));
        browser.submit("/apply/sign-up", "/apply/sign-up", &ENTRY).await;
        let link = link(&mails_to(&site.mails, "taro@example.jp")[0]);
        let refused = signs_in(&mut browser, "taro@example.jp", PASSWORD).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "there is no account yet");
        let wrong = browser.submit(&link, &link, &[("password", "not this password")]).await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(browser.submit(&link, &link, &[("password", PASSWORD)]).await.status(), StatusCode::SEE_OTHER);
        assert!(browser.get("/apply").await.text().contains("株式会社テスト"));
        assert_eq!(browser.get(&link).await.status(), StatusCode::NOT_FOUND, "a link works once");
    });
}

#[test]
fn a_link_in_a_mail_works_for_a_day() {
    on_site(async |site| {
        let mut browser = Browser::new(&site.portal);
        browser.submit("/apply/sign-up", "/apply/sign-up", &ENTRY).await;
        let link = link(&mails_to(&site.mails, "taro@example.jp")[0]);
        assert_eq!(browser.get(&link).await.status(), StatusCode::OK);
        site.portal.clock.pass(24 * 60 * 60);
        assert_eq!(browser.get(&link).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(browser.get("/apply/confirm/AAAA").await.status(), StatusCode::NOT_FOUND);
    });
}

#[test]
fn nobody_learns_whether_an_address_has_an_account() {
    on_site(async |site| {
        site.company("taro@example.jp", "株式会社テスト").await;
        let mut browser = Browser::new(&site.portal);
        let without_token = |answer: &Answer| {
            let token = answer.field("form_token").unwrap_or_default();
            answer.text().replace(&token, "").replace("hanako", "taro")
        };
        let known = browser.submit("/apply/sign-up", "/apply/sign-up", &ENTRY).await;
        let mut entry = ENTRY;
        entry[0].1 = "hanako@example.jp";
        let unknown = browser.submit("/apply/sign-up", "/apply/sign-up", &entry).await;
        assert_eq!(without_token(&known), without_token(&unknown));
        assert!(mails_to(&site.mails, "taro@example.jp")[0].contains("すでにあります"));

        let known = signs_in(&mut browser, "taro@example.jp", "not this password").await;
        let unknown = signs_in(&mut browser, "hanako@example.jp", "not this password").await;
        assert_eq!((known.status(), without_token(&known)), (unknown.status(), without_token(&unknown)));

        let known = browser.submit("/apply/forgotten", "/apply/forgotten", &[("mail", "taro@example.jp")]).await;
        mails_to(&site.mails, "hanako@example.jp");
        let unknown = browser.submit("/apply/forgotten", "/apply/forgotten", &[("mail", "hanako@example.jp")]).await;
        assert_eq!(without_token(&known), without_token(&unknown));
        assert!(mails_to(&site.mails, "hanako@example.jp").is_empty());
    });
}

#[test]
fn a_weak_or_unreadable_entry_is_explained_and_kept() {
    on_site(async |site| {
        let mut browser = Browser::new(&site.portal);
        for (at, value) in [
            (0, "taro"),
            (0, "taro@example.jp\r\nBcc: x@y.example"),
            (1, "short"),
            (1, "password1234"),
            (2, ""),
            (3, "a\nb"),
            (4, "pirates"),
        ] {
            let mut entry = ENTRY;
            entry[at].1 = value;
            let answer = browser.submit("/apply/sign-up", "/apply/sign-up", &entry).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{value}");
            assert!(answer.text().contains(&format!(r##"href="#{}""##, ENTRY[at].0)), "{value}");
            assert!(!answer.text().contains(PASSWORD), "a password is never sent back");
        }
        assert!(mails_to(&site.mails, "taro@example.jp").is_empty());
        let twice = [&ENTRY[..], &[("kind", "local")]].concat();
        let answer = browser.submit("/apply/sign-up", "/apply/sign-up", &twice).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    });
}

#[test]
fn a_forgotten_password_is_replaced_once_and_ends_all_sessions() {
    on_site(async |site| {
        let mut old = site.company("taro@example.jp", "株式会社テスト").await;
        let mut browser = Browser::new(&site.portal);
        browser.submit("/apply/forgotten", "/apply/forgotten", &[("mail", "Taro@Example.jp")]).await;
        browser.submit("/apply/forgotten", "/apply/forgotten", &[("mail", "taro@example.jp")]).await;
        let mails = mails_to(&site.mails, "taro@example.jp");
        let (first, second) = (link(&mails[0]), link(&mails[1]));
        let new = "a completely new one";
        let weak = browser.submit(&first, &first, &[("password", "taro@example.jp")]).await;
        assert_eq!(weak.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(browser.submit(&first, &first, &[("password", new)]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(browser.get(&first).await.status(), StatusCode::NOT_FOUND);
        let late = browser.submit(&second, &second, &[("password", "yet another new one")]).await;
        assert_eq!(late.status(), StatusCode::NOT_FOUND, "the other link was for the password that was");
        assert_eq!(old.get("/apply/enquiries").await.location(), Some("/apply/sign-in"));
        assert_eq!(signs_in(&mut old, "taro@example.jp", PASSWORD).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(signs_in(&mut old, "taro@example.jp", new).await.location(), Some("/apply"));
    });
}

#[test]
fn guessing_is_stopped_for_a_while() {
    on_site(async |site| {
        site.company("taro@example.jp", "株式会社テスト").await;
        let mut browser = Browser::new(&site.portal);
        for _ in 0..10 {
            let answer = signs_in(&mut browser, "taro@example.jp", "wrong wrong wrong").await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        }
        let stopped = signs_in(&mut browser, "taro@example.jp", PASSWORD).await;
        assert_eq!(stopped.status(), StatusCode::TOO_MANY_REQUESTS);
        site.portal.clock.pass(15 * 60);
        assert_eq!(signs_in(&mut browser, "taro@example.jp", PASSWORD).await.location(), Some("/apply"));
    });
}

#[test]
fn signing_out_ends_this_session_or_all_of_them() {
    on_site(async |site| {
        let mut one = site.company("taro@example.jp", "株式会社テスト").await;
        let mut two = Browser::new(&site.portal);
        signs_in(&mut two, "taro@example.jp", PASSWORD).await;
        one.submit("/apply", "/apply/sign-out", &[]).await;
        assert_eq!(one.get("/apply/enquiries").await.location(), Some("/apply/sign-in"));
        assert_eq!(two.get("/apply/enquiries").await.status(), StatusCode::OK);
        signs_in(&mut one, "taro@example.jp", PASSWORD).await;
        one.submit("/apply", "/apply/sign-out-everywhere", &[]).await;
        assert_eq!(two.get("/apply/enquiries").await.location(), Some("/apply/sign-in"));
        signs_in(&mut two, "taro@example.jp", PASSWORD).await;
        site.portal.clock.pass(8 * 60 * 60);
        assert_eq!(two.get("/apply/enquiries").await.location(), Some("/apply/sign-in"));
    });
}
