//! Signing in.

use axum::http::{StatusCode, header};

use crate::card::{Card, SITE, other_ca, site_and_card};
use crate::visitor::Visitor;

#[tokio::test]
async fn a_card_signs_in_and_the_page_shows_what_was_learned() {
    let (site, card) = site_and_card();
    let mut visitor = Visitor::new(&site);
    assert!(visitor.page("/").await.contains("<jpki-bridge-button"));

    let challenge = visitor.challenge().await;
    let before = visitor.cookie.clone();
    assert_eq!(visitor.login(card.token(SITE, &challenge)).await, Ok(()));
    assert_ne!(visitor.cookie, before, "the session keeps a name that was known before the sign-in");

    visitor
        .shows(
            "/",
            &["ログインしました", "確認していません", "テスト用の認証局", "1.2.392.200149.8.5.1.0.30"],
            &["You are signed in", "not checked", "test authority", "13999003A"],
        )
        .await;
    assert!(!visitor.page("/").await.contains("花子"), "the page knows a name");

    let response = visitor.send("POST", "/en/logout", "").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[header::LOCATION], "/en");
    assert!(visitor.page("/").await.contains("<jpki-bridge-button"));
}

#[tokio::test]
async fn a_challenge_is_used_up_by_the_first_token_good_or_bad() {
    let (site, card) = site_and_card();
    let mut visitor = Visitor::new(&site);
    for first in ["{}".to_owned(), String::new()] {
        let challenge = visitor.challenge().await;
        assert_eq!(visitor.login(first).await, Err("token_malformed".into()));
        assert_eq!(visitor.login(card.token(SITE, &challenge)).await, Err("challenge_unknown".into()));
    }
    let challenge = visitor.challenge().await;
    let token = card.token(SITE, &challenge);
    assert_eq!(visitor.login(token.clone()).await, Ok(()));
    assert_eq!(visitor.login(token).await, Err("challenge_unknown".into()));
}

#[tokio::test]
async fn a_token_of_another_session_or_site_is_refused() {
    let (site, card) = site_and_card();
    let (mut alice, mut mallory) = (Visitor::new(&site), Visitor::new(&site));

    let challenge = alice.challenge().await;
    assert_eq!(mallory.login(card.token(SITE, &challenge)).await, Err("challenge_unknown".into()));
    mallory.challenge().await;
    assert_eq!(mallory.login(card.token(SITE, &challenge)).await, Err("signature_invalid".into()));

    let relayed = card.token("https://evil.example", &challenge);
    assert_eq!(alice.login(relayed).await, Err("signature_invalid".into()));
    assert!(alice.page("/").await.contains("<jpki-bridge-button"));
}

#[tokio::test]
async fn a_card_of_an_authority_that_is_not_pinned_is_refused() {
    let (site, _) = site_and_card();
    let card = Card::new(&other_ca());
    let mut visitor = Visitor::new(&site);
    let challenge = visitor.challenge().await;
    assert_eq!(visitor.login(card.token(SITE, &challenge)).await, Err("issuer_key_unknown".into()));
}
