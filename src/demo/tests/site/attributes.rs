//! Handing over name and address.

use jpki_protocol::{Attributes, Gender};
use serde_json::{Value, json};

use crate::card::{Card, SITE, other_ca, site_and_card};
use crate::visitor::Visitor;

const PATH: &str = "/attributes";

fn hanako() -> Attributes {
    Attributes {
        name: Some("見本　花子".to_owned()),
        address: Some("東京都千代田区霞が関 <2>-1-2".to_owned()),
        ..Attributes::default()
    }
}

#[tokio::test]
async fn name_and_address_arrive_are_shown_and_can_be_erased() {
    let (site, card) = site_and_card();
    let mut visitor = Visitor::new(&site);
    assert!(visitor.page(PATH).await.contains("attributes=\"name address\""));

    let challenge = visitor.challenge().await;
    let before = visitor.cookie.clone();
    let result = card.attributes(SITE, &challenge, &hanako());
    assert_eq!(visitor.hand_in(PATH, result.to_string()).await, Ok(()));
    assert_ne!(visitor.cookie, before, "the session keeps a name that was known before");

    let address = "東京都千代田区霞が関 &#60;2&#62;-1-2";
    visitor
        .shows(
            PATH,
            &["見本　花子", address, "入力の手間を省くもの", "テスト用の認証局"],
            &["見本　花子", address, "no proof of identity", "test authority"],
        )
        .await;
    assert!(visitor.page("/").await.contains("<jpki-bridge-button"), "handing over a name is no sign-in");
    assert!(Visitor::new(&site).page(PATH).await.contains("<jpki-bridge-button"), "a stranger is shown the name");

    visitor.send("POST", "/logout", "").await;
    assert!(visitor.page(PATH).await.contains("<jpki-bridge-button"));
}

#[tokio::test]
async fn what_was_signed_in_before_stays_signed_in() {
    let (site, card) = site_and_card();
    let mut visitor = Visitor::new(&site);
    let challenge = visitor.challenge().await;
    assert_eq!(visitor.login(card.token(SITE, &challenge)).await, Ok(()));
    let challenge = visitor.challenge().await;
    let result = card.attributes(SITE, &challenge, &hanako());
    assert_eq!(visitor.hand_in(PATH, result.to_string()).await, Ok(()));
    assert!(visitor.page("/").await.contains("ログインしました"));
}

#[tokio::test]
async fn a_challenge_is_used_up_by_the_first_answer_good_or_bad() {
    let (site, card) = site_and_card();
    let mut visitor = Visitor::new(&site);
    for first in ["", "{}"] {
        let challenge = visitor.challenge().await;
        let result = card.attributes(SITE, &challenge, &hanako()).to_string();
        assert_eq!(visitor.hand_in(PATH, first).await, Err("result_malformed".into()));
        assert_eq!(visitor.hand_in(PATH, result).await, Err("challenge_unknown".into()));
    }
    let challenge = visitor.challenge().await;
    let result = card.attributes(SITE, &challenge, &hanako()).to_string();
    assert_eq!(visitor.hand_in(PATH, result.clone()).await, Ok(()));
    assert_eq!(visitor.hand_in(PATH, result.clone()).await, Err("challenge_unknown".into()));
    visitor.challenge().await;
    assert_eq!(visitor.hand_in(PATH, result).await, Err("signature_invalid".into()), "an old answer was replayed");
}

/// Something that happens to an answer on its way.
type Change = (&'static str, fn(&mut Value), &'static str);

#[tokio::test]
async fn what_the_page_changes_on_the_way_is_noticed() {
    let (site, card) = site_and_card();
    let mut visitor = Visitor::new(&site);
    let changes: [Change; 8] = [
        ("another address", |all| all["attributes"]["address"] = json!("大阪府大阪市"), "signature_invalid"),
        ("another name", |all| all["attributes"]["name"] = json!("見本　太郎"), "signature_invalid"),
        ("name and address swapped", |all| all["attributes"] = swapped(), "signature_invalid"),
        (
            "no address",
            |all| drop(all["attributes"].as_object_mut().unwrap().remove("address")),
            "attributes_not_as_asked",
        ),
        ("a gender", |all| all["attributes"]["gender"] = json!("female"), "attributes_not_as_asked"),
        ("another source", |all| all["source"] = json!("signatureCertificate"), "source_not_as_asked"),
        ("a number", |all| all["attributes"]["myNumber"] = json!("123456789018"), "result_malformed"),
        ("no token", |all| drop(all.as_object_mut().unwrap().remove("token")), "result_malformed"),
    ];
    for (what, change, reason) in changes {
        let challenge = visitor.challenge().await;
        let mut result = card.attributes(SITE, &challenge, &hanako());
        change(&mut result);
        assert_eq!(visitor.hand_in(PATH, result.to_string()).await, Err(reason.into()), "{what}");
    }
    assert!(visitor.page(PATH).await.contains("<jpki-bridge-button"));
}

fn swapped() -> Value {
    json!({ "name": hanako().address, "address": hanako().name })
}

#[tokio::test]
async fn more_than_was_asked_for_is_refused_though_the_card_signed_it() {
    let (site, card) = site_and_card();
    let mut visitor = Visitor::new(&site);
    let challenge = visitor.challenge().await;
    let more = Attributes { gender: Some(Gender::Female), ..hanako() };
    let result = card.attributes(SITE, &challenge, &more);
    assert_eq!(visitor.hand_in(PATH, result.to_string()).await, Err("attributes_not_as_asked".into()));
}

#[tokio::test]
async fn an_answer_for_another_session_or_site_is_refused() {
    let (site, card) = site_and_card();
    let (mut alice, mut mallory) = (Visitor::new(&site), Visitor::new(&site));
    let challenge = alice.challenge().await;
    let result = card.attributes(SITE, &challenge, &hanako()).to_string();
    assert_eq!(mallory.hand_in(PATH, result.clone()).await, Err("challenge_unknown".into()));
    mallory.challenge().await;
    assert_eq!(mallory.hand_in(PATH, result).await, Err("signature_invalid".into()));

    let relayed = card.attributes("https://evil.example", &challenge, &hanako());
    assert_eq!(alice.hand_in(PATH, relayed.to_string()).await, Err("signature_invalid".into()));
}

#[tokio::test]
async fn a_token_for_signing_in_carries_no_attributes_and_theirs_signs_nobody_in() {
    let (site, card) = site_and_card();
    let mut visitor = Visitor::new(&site);
    let challenge = visitor.challenge().await;
    let mut result = card.attributes(SITE, &challenge, &hanako());
    result["token"] = serde_json::from_str(&card.token(SITE, &challenge)).unwrap();
    assert_eq!(visitor.hand_in(PATH, result.to_string()).await, Err("signature_invalid".into()));

    let challenge = visitor.challenge().await;
    let result = card.attributes(SITE, &challenge, &hanako());
    assert_eq!(visitor.login(result["token"].to_string()).await, Err("signature_invalid".into()));
}

#[tokio::test]
async fn a_card_of_an_authority_that_is_not_pinned_is_refused() {
    let (site, _) = site_and_card();
    let card = Card::new(&other_ca());
    let mut visitor = Visitor::new(&site);
    let challenge = visitor.challenge().await;
    let result = card.attributes(SITE, &challenge, &hanako());
    assert_eq!(visitor.hand_in(PATH, result.to_string()).await, Err("issuer_key_unknown".into()));
}
