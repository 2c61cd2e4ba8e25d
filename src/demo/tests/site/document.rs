//! Signing a document.

use std::fs;
use std::process::Command;

use axum::http::{StatusCode, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::card::{Card, other_ca, site_and_card};
use crate::visitor::{Visitor, bytes};

const PATH: &str = "/document";
const FILE: &[u8] = b"%PDF-1.7 \x00\xFF a file of the visitor's own";

/// What the page sends for the order.
fn signed(signature: &str) -> String {
    json!({ "signature": signature }).to_string()
}

/// What the page sends for a file.
fn with_file(signature: &str, file: &[u8]) -> String {
    json!({ "signature": signature, "file": BASE64_STANDARD.encode(file) }).to_string()
}

#[tokio::test]
async fn an_order_is_signed_shown_and_kept_and_openssl_agrees() {
    let (site, card) = site_and_card();
    let mut visitor = Visitor::new(&site);
    let page = visitor.page(PATH).await;
    assert!(page.contains("operation=\"sign\"") && page.contains("桜餅"), "{page}");

    let order = visitor.order().await;
    let before = visitor.cookie.clone();
    let signature = card.sign.cms(order.as_bytes());
    assert_eq!(visitor.hand_in(PATH, signed(&signature)).await, Ok(()));
    assert_ne!(visitor.cookie, before, "the session keeps a name that was known before");
    visitor
        .shows(
            PATH,
            &["署名を検証しました", "見本　花子", "テスト用の認証局", "署名した注文書"],
            &["The signature is verified", "見本　花子", "test authority", "order.txt"],
        )
        .await;

    let folder = tempfile::tempdir().unwrap();
    for (name, expected) in
        [("order.txt", order.into_bytes()), ("signature.p7s", BASE64_STANDARD.decode(signature).unwrap())]
    {
        let response = visitor.send("GET", &format!("/{name}"), "").await;
        assert_eq!(response.headers()[header::CONTENT_DISPOSITION], "attachment");
        let body = bytes(response).await;
        assert_eq!(body, expected, "{name}");
        fs::write(folder.path().join(name), body).unwrap();
    }
    let page = visitor.page(PATH).await;
    let command = page.split_once("<code>").unwrap().1.split_once("</code>").unwrap().0;
    let openssl = |command: &str| Command::new("sh").args(["-c", command]).current_dir(&folder).output().unwrap();
    let output = openssl(command);
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    fs::write(folder.path().join("order.txt"), "another order").unwrap();
    assert!(!openssl(command).status.success(), "the command accepts anything");
}

#[tokio::test]
async fn a_file_of_the_visitors_own_is_signed_and_only_its_signature_is_kept() {
    let (site, card) = site_and_card();
    let mut visitor = Visitor::new(&site);
    for file in [FILE, &[], &vec![7; 512 * 1024]] {
        visitor.order().await;
        let signature = card.sign.cms(file);
        assert_eq!(visitor.hand_in(PATH, with_file(&signature, file)).await, Ok(()));
        let kept = bytes(visitor.send("GET", "/signature.p7s", "").await).await;
        assert_eq!(kept, BASE64_STANDARD.decode(signature).unwrap());
        assert_eq!(visitor.send("GET", "/order.txt", "").await.status(), StatusCode::NOT_FOUND);
    }
    visitor.shows(PATH, &["見本　花子", "-content 署名したファイル"], &["-content YOUR-FILE"]).await;
}

#[tokio::test]
async fn another_document_than_the_one_signed_is_refused() {
    let (site, card) = site_and_card();
    let mut visitor = Visitor::new(&site);
    let first = visitor.order().await;
    let order = visitor.order().await;
    assert_ne!(first, order, "two orders are one");
    for (what, message) in [
        ("an order of before", signed(&card.sign.cms(first.as_bytes()))),
        ("a file in place of the order", signed(&card.sign.cms(FILE))),
        ("the order in place of a file", with_file(&card.sign.cms(order.as_bytes()), FILE)),
        ("a file with a byte more", with_file(&card.sign.cms(FILE), &[FILE, b"\n"].concat())),
    ] {
        visitor.order().await;
        assert_eq!(visitor.hand_in(PATH, message).await, Err("digest_wrong".into()), "{what}");
    }
    assert!(visitor.page(PATH).await.contains("<jpki-bridge-button"));
    assert_eq!(visitor.send("GET", "/signature.p7s", "").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_order_is_used_up_by_the_first_signature_good_or_bad() {
    let (site, card) = site_and_card();
    let mut visitor = Visitor::new(&site);
    let stranger = signed(&card.sign.cms(b"an order that nobody placed"));
    assert_eq!(visitor.hand_in(PATH, stranger).await, Err("challenge_unknown".into()));
    for first in
        ["", "{}", r#"{"signature":"?"}"#, r#"{"signature":"AAAA","file":"?"}"#, r#"{"signature":"AAAA","more":1}"#]
    {
        let message = signed(&card.sign.cms(visitor.order().await.as_bytes()));
        assert_eq!(visitor.hand_in(PATH, first).await, Err("message_malformed".into()), "{first}");
        assert_eq!(visitor.hand_in(PATH, message).await, Err("challenge_unknown".into()));
    }
    let message = signed(&card.sign.cms(visitor.order().await.as_bytes()));
    assert_eq!(visitor.hand_in(PATH, message.clone()).await, Ok(()));
    assert_eq!(visitor.hand_in(PATH, message).await, Err("challenge_unknown".into()));
}

#[tokio::test]
async fn an_order_of_another_session_and_a_challenge_for_something_else_are_none() {
    let (site, card) = site_and_card();
    let (mut alice, mut mallory) = (Visitor::new(&site), Visitor::new(&site));
    let message = signed(&card.sign.cms(alice.order().await.as_bytes()));
    assert_eq!(mallory.hand_in(PATH, message.clone()).await, Err("challenge_unknown".into()));
    mallory.challenge().await;
    assert_eq!(mallory.hand_in(PATH, message.clone()).await, Err("challenge_unknown".into()));
    mallory.order().await;
    assert_eq!(mallory.hand_in(PATH, message.clone()).await, Err("digest_wrong".into()));
    assert_eq!(alice.hand_in(PATH, message).await, Ok(()));
    assert_eq!(mallory.send("GET", "/signature.p7s", "").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_a_signature_of_a_pinned_signature_certificate_counts() {
    let (site, card) = site_and_card();
    let stranger = Card::new(&other_ca());
    let mut visitor = Visitor::new(&site);
    for (what, key, reason) in [
        ("the authentication key", &card.auth, "wrong_kind"),
        ("a card of an unknown authority", &stranger.sign, "issuer_key_unknown"),
    ] {
        let message = signed(&key.cms(visitor.order().await.as_bytes()));
        assert_eq!(visitor.hand_in(PATH, message).await, Err(reason.into()), "{what}");
    }
    visitor.order().await;
    assert_eq!(visitor.hand_in(PATH, signed("MAMCAQA=")).await, Err("signature_malformed".into()));
}
