//! Attributes from end to end: what the person is asked, what reaches the card, what leaves the agent, and that a server
//! accepts it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use e2e::bench::Bench;
use e2e::page::{CHALLENGE, ORIGIN, Page};
use e2e::person::Window;
use jpki_protocol::{Attribute, AttributeSource, Challenge, Origin, OriginPolicy};
use jpki_softcard::{CardOptions, Gender, Holder, Rig, SoftCard};
use jpki_trust::{Asked, Assurance, Environment, NotChecked, Refusal, TrustStore, VerifiedAttributes, Verifier};
use serde_json::{Value, json};

const SELECT_TEXT: &str = "00A4040C0AD3921000310001010408";
const SELECT_JPKI: &str = "00A4040C0AD392F000260100000001";
const DESELECT: &str = "00A4040C07A0000001510000";

fn rig(options: &CardOptions) -> Rig {
    Rig::new(SoftCard::for_tests(options).unwrap())
}

fn bench() -> Bench {
    Bench::with(rig(&CardOptions::default())).unwrap()
}

/// A page asks for these; the window shows the card.
fn asked(bench: &Bench, attributes: &[&str], source: &str) -> (Page, Window, Value) {
    let mut page = bench.page().unwrap();
    let params = json!({ "challenge": CHALLENGE, "attributes": attributes, "source": source });
    page.request("readAttributes", &params).unwrap();
    let mut window = bench.person.window().unwrap();
    let open = window.until_type("open").unwrap();
    window.until_ready().unwrap();
    (page, window, open)
}

/// The second question of the same window.
fn last_look(window: &mut Window) -> Value {
    let open = window.until_type("open").unwrap();
    window.until_ready().unwrap();
    open
}

/// The whole way with the PINs of the default card; the page's result and the window's last question.
fn handed_over(bench: &Bench, attributes: &[&str], source: &str) -> (Value, Value) {
    let (mut page, mut window, _) = asked(bench, attributes, source);
    window.accept(if source == "card" { "1234" } else { "abc123" }).unwrap();
    let look = last_look(&mut window);
    window.accept("1234").unwrap();
    let mut answer = page.answer().unwrap();
    let result = answer["result"].take();
    assert!(result.is_object(), "{answer}");
    (result, look)
}

fn verified(rig: &Rig, result: &Value, asked: Asked<'_>) -> Result<VerifiedAttributes, Refusal> {
    let mut roots = TrustStore::new();
    roots.add_pem(&rig.card().file().authorities_pem(), Environment::Test).unwrap();
    let verifier = Verifier::new(Origin::parse(ORIGIN, OriginPolicy::Secure).unwrap(), roots, NotChecked);
    verifier.verify_attributes(&result.to_string(), asked, &Challenge::parse(CHALLENGE).unwrap())
}

/// Everything a listener on the loopback learns from a message: its text and whatever its base64 holds.
fn seen(message: &Value) -> Vec<u8> {
    fn gather(value: &Value, bytes: &mut Vec<u8>) {
        match value {
            Value::String(text) => {
                bytes.extend_from_slice(text.as_bytes());
                bytes.extend(BASE64_STANDARD.decode(text).unwrap_or_default());
            }
            Value::Array(items) => items.iter().for_each(|item| gather(item, bytes)),
            Value::Object(members) => members.values().for_each(|member| gather(member, bytes)),
            _ => {}
        }
    }
    let mut bytes = message.to_string().into_bytes();
    gather(message, &mut bytes);
    bytes
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|at| at == needle)
}

#[test]
fn attributes_of_the_card_reach_a_server_that_accepts_them() {
    let mut bench = bench();
    let (result, look) = handed_over(&bench, &["name", "birthdate"], "card");
    assert_eq!(result["attributes"], json!({ "name": "見本　花子", "birthdate": "1990-04-01" }));
    assert_eq!(look["attributes"], result["attributes"], "what was looked at is what is handed over");
    assert_eq!(result["source"], "card");
    assert_eq!(result["record"], json!({ "signature": "valid", "issuer": "unknown" }));
    let rig = bench.remove().unwrap();
    assert_eq!(rig.card().tally().my_number_accesses, 0);
    let asked = Asked { attributes: &[Attribute::Name, Attribute::Birthdate], source: AttributeSource::Card };
    let verified = verified(&rig, &result, asked).unwrap();
    assert_eq!(verified.assurance, Assurance::HolderAsserted);
    assert_eq!(verified.attributes.name.as_deref(), Some("見本　花子"));
}

#[test]
fn each_question_says_what_it_is_about() {
    let bench = bench();
    let (_page, mut window, open) = asked(&bench, &["address", "gender"], "card");
    assert_eq!((&open["operation"], &open["origin"]), (&json!("readAttributes"), &json!(ORIGIN)));
    assert_eq!(open["discloses"], json!(["certificate", "address", "gender"]));
    assert_eq!((&open["pin"]["kind"], &open["question"]), (&json!("text"), &json!({ "number": 1, "of": 2 })));
    assert!(open["attributes"].is_null());
    window.accept("1234").unwrap();
    let look = last_look(&mut window);
    assert_eq!(look["attributes"], json!({ "address": "東京都架空市見本町一丁目２番３号", "gender": "female" }));
    assert_eq!((&look["pin"]["kind"], &look["question"]), (&json!("auth"), &json!({ "number": 2, "of": 2 })));
}

#[test]
fn the_card_is_read_without_the_my_number_and_left_deselected_each_time() {
    let bench = bench();
    handed_over(&bench, &["name"], "card");
    let commands = bench.trace.commands();
    let applications: Vec<&str> = commands.iter().map(String::as_str).filter(|c| c.starts_with("00A404")).collect();
    assert_eq!(applications, [SELECT_TEXT, DESELECT, SELECT_JPKI, DESELECT]);
    let text = &commands[..commands.iter().position(|command| command == DESELECT).unwrap()];
    // EF 0001 by its short identifier, or by SELECT.
    assert!(!text.iter().any(|c| c.starts_with("00B081") || c == "00A4020C020001"), "{text:?}");
    assert_eq!(text.iter().filter(|command| command.starts_with("00200091")).count(), 2, "a look and one VERIFY");
}

#[test]
fn nothing_that_was_not_asked_for_passes_the_loopback() {
    let holder = Holder::default();
    let birth = holder.birthdate.to_string();
    for source in ["card", "signatureCertificate"] {
        let bench = bench();
        let (mut page, mut window, _) = asked(&bench, &["gender"], source);
        window.accept(if source == "card" { "1234" } else { "ABC123" }).unwrap();
        last_look(&mut window);
        window.accept("1234").unwrap();
        let mut bytes = Vec::new();
        loop {
            let message = page.receive().unwrap();
            bytes.extend(seen(&message));
            if message.get("method").is_none() {
                break;
            }
        }
        assert!(holds(&bytes, b"female"), "the capture holds what was asked for");
        let digits: String = birth.chars().filter(char::is_ascii_digit).collect();
        for other in [&holder.name, &holder.address, &birth, &digits, &holder.my_number] {
            assert!(!holds(&bytes, other.as_bytes()), "{other} from {source}");
        }
        // The outer tags of the record and of its signature (EF 0002 and 0003).
        for tag in [&[0xFF, 0x20][..], &[0xFF, 0x30, 0x82], &[0xDF, 0x32, 0x20]] {
            assert!(!holds(&bytes, tag), "{tag:02X?} from {source}");
        }
    }
}

#[test]
fn all_four_of_the_certificate_are_vouched_for_by_its_issuer() {
    let mut bench = bench();
    let (mut page, mut window, open) =
        asked(&bench, &["name", "address", "birthdate", "gender"], "signatureCertificate");
    assert_eq!(open["pin"]["kind"], "sign");
    window.accept("abc123").unwrap();
    let look = last_look(&mut window);
    assert!(look["pin"].is_null(), "a yes is enough");
    assert!(bench.trace.commands().last().is_some_and(|command| command == DESELECT), "the card is closed by then");
    window.say(&json!({ "type": "accept" })).unwrap();
    let result = page.answer().unwrap()["result"].take();
    let rig = bench.remove().unwrap();
    let asked = Asked { attributes: &Attribute::ALL, source: AttributeSource::SignatureCertificate };
    let verified = verified(&rig, &result, asked).unwrap();
    assert_eq!(verified.assurance, Assurance::Certified);
    assert_eq!(rig.card().tally().verifications, 1);
}

#[test]
fn fewer_of_the_certificate_are_signed_by_the_authentication_key() {
    let mut bench = bench();
    let (result, look) = handed_over(&bench, &["address", "birthdate"], "signatureCertificate");
    assert_eq!(look["pin"]["kind"], "auth");
    let rig = bench.remove().unwrap();
    let asked = [Attribute::Birthdate, Attribute::Address];
    let asked = Asked { attributes: &asked, source: AttributeSource::SignatureCertificate };
    assert_eq!(verified(&rig, &result, asked).unwrap().assurance, Assurance::HolderAsserted);
    let mut swapped = result;
    swapped["attributes"]["birthdate"] = json!("2000-04-01");
    assert_eq!(verified(&rig, &swapped, asked).unwrap_err(), Refusal::SignatureInvalid);
}

#[test]
fn who_declines_or_takes_the_card_out_hands_over_nothing() {
    let mut bench = bench();
    let (mut page, mut window, _) = asked(&bench, &["name"], "card");
    window.accept("1234").unwrap();
    last_look(&mut window);
    window.cancel().unwrap();
    assert_eq!(page.error_word().unwrap(), "user_cancelled");
    drop((page, window));

    bench = self::bench();
    let (mut page, mut window, _) = asked(&bench, &["name"], "card");
    window.accept("1234").unwrap();
    last_look(&mut window);
    let rig = bench.remove().unwrap();
    assert_eq!(page.error_word().unwrap(), "card_removed");
    assert_eq!((rig.card().tally().signatures, rig.card().tally().verifications), (0, 1));
}

#[test]
fn a_wrong_pin_costs_one_attempt_of_its_own_counter() {
    let mut bench = bench();
    let (mut page, mut window, _) = asked(&bench, &["name"], "card");
    window.accept("9999").unwrap();
    assert_eq!(window.until_type("pinRejected").unwrap()["attemptsLeft"], 2);
    window.accept("1234").unwrap();
    last_look(&mut window);
    window.accept("9999").unwrap();
    assert_eq!(window.until_type("pinRejected").unwrap()["attemptsLeft"], 2, "the other PIN has its own count");
    window.accept("1234").unwrap();
    assert_eq!(page.answer().unwrap()["result"]["attributes"]["name"], "見本　花子");
    assert_eq!(bench.remove().unwrap().card().tally().verifications, 4);
}

#[test]
fn unusual_cards_give_what_stands_on_them() {
    let long = "東京都".to_owned() + &"架空".repeat(90);
    let born = |date: &str| Holder { birthdate: date.parse().unwrap(), ..Holder::default() };
    let cards = [
        (
            CardOptions { holder: Holder { address: long.clone(), ..Holder::default() }, ..CardOptions::default() },
            "address",
            json!(long),
        ),
        (CardOptions { attributes_filler: 300, ..CardOptions::default() }, "name", json!("見本　花子")),
        (CardOptions { holder: born("1950-00-00"), ..CardOptions::default() }, "birthdate", json!("1950-00-00")),
        (CardOptions { holder: born("1911-01-01"), ..CardOptions::default() }, "birthdate", json!("1911-01-01")),
        (
            CardOptions { holder: Holder { gender: Gender::Other, ..Holder::default() }, ..CardOptions::default() },
            "gender",
            json!("notApplicable"),
        ),
        (
            CardOptions { holder: Holder { gender: Gender::Unknown, ..Holder::default() }, ..CardOptions::default() },
            "gender",
            json!("unknown"),
        ),
    ];
    let mut bench = Bench::without_card().unwrap();
    for (options, attribute, value) in cards {
        for source in ["card", "signatureCertificate"] {
            bench.insert(rig(&options)).unwrap();
            let (result, _) = handed_over(&bench, &[attribute], source);
            assert_eq!(result["attributes"][attribute], value, "{source}");
            bench.remove().unwrap();
        }
    }
}

#[test]
fn cards_that_can_not_give_attributes_say_why() {
    let mut bench = Bench::without_card().unwrap();
    let mut word = |options: &CardOptions, source: &str| {
        bench.insert(rig(options)).unwrap();
        let mut page = bench.page().unwrap();
        page.request("readAttributes", &json!({ "challenge": CHALLENGE, "attributes": ["name"], "source": source }))
            .unwrap();
        let mut window = bench.person.window().unwrap();
        window
            .until(|said| said["type"] == "status" && (said["card"] != "none" || said["problem"].is_string()))
            .unwrap();
        window.accept(if source == "card" { "1234" } else { "ABC123" }).unwrap();
        let word = page.error_word().unwrap();
        let tally = bench.remove().unwrap().card().tally();
        (word, tally.verifications)
    };
    let child = CardOptions { child: true, ..CardOptions::default() };
    let expired = CardOptions { sign_expires: Some("2020-01-01".parse().unwrap()), ..CardOptions::default() };
    let broken = CardOptions { broken_record: true, ..CardOptions::default() };
    assert_eq!(word(&child, "signatureCertificate"), ("certificate_missing".to_owned(), 0));
    assert_eq!(word(&expired, "signatureCertificate"), ("certificate_expired".to_owned(), 1));
    assert_eq!(word(&broken, "card"), ("card_error".to_owned(), 1));
}
