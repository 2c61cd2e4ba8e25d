//! The WebSocket as a page meets it: what the agent makes of messages and frames, well formed or not, and how one request
//! lives beside others.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use std::io::Write as _;

use e2e::bench::{Bench, card};
use e2e::page::{CHALLENGE, ORIGIN, Page};
use serde_json::{Value, json};
use tungstenite::Message;
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::coding::CloseCode;

const OTHER_ORIGIN: &str = "https://other.example";
const LONGEST: usize = 64 * 1024;

fn authenticate(params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":7,"method":"authenticate","params":{params}}}"#)
}

/// The agent still listens to this page, and says who it is.
fn is_alive(page: &mut Page) {
    page.request("bridge.info", &json!({})).unwrap();
    assert_eq!(page.answer().unwrap()["result"]["protocol"], 1);
}

/// A page has its window open.
fn waiting(bench: &Bench, page: &mut Page) -> (Value, e2e::person::Window) {
    page.authenticate().unwrap();
    let mut window = bench.person.window().unwrap();
    (window.until_type("open").unwrap(), window)
}

#[test]
fn the_agent_says_who_it_is_and_what_it_can() {
    let bench = Bench::without_card().unwrap();
    let mut page = bench.page().unwrap();
    page.request("bridge.info", &json!({})).unwrap();
    let expected = json!({
        "version": env!("CARGO_PKG_VERSION"), "protocol": 1, "platform": "linux",
        "operations": ["authenticate", "readAttributes", "sign"],
    });
    assert_eq!(page.answer().unwrap()["result"], expected);
}

#[test]
fn each_wrong_message_is_answered_with_what_is_wrong_and_opens_no_window() {
    let bench = Bench::without_card().unwrap();
    let mut page = bench.page().unwrap();
    let challenge = |text: &str| authenticate(&format!(r#"{{"challenge":"{text}"}}"#));
    let more = |member: &str| authenticate(&format!(r#"{{"challenge":"{CHALLENGE}",{member}}}"#));
    let trials: Vec<(String, i32, Value)> = vec![
        ("{".into(), -32700, Value::Null),
        ("".into(), -32700, Value::Null),
        (r#"{"jsonrpc":"2.0","id":1,"method":"bridge.info"}{}"#.into(), -32700, Value::Null),
        ("[]".into(), -32600, Value::Null),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"bridge.info"}]"#.into(), -32600, Value::Null),
        ("\"text\"".into(), -32600, Value::Null),
        (r#"{"id":1,"method":"bridge.info"}"#.into(), -32600, json!(1)),
        (r#"{"jsonrpc":"1.0","id":1,"method":"bridge.info"}"#.into(), -32600, json!(1)),
        (r#"{"jsonrpc":"2.0","id":null,"method":"bridge.info"}"#.into(), -32600, Value::Null),
        (r#"{"jsonrpc":"2.0","id":[1],"method":"bridge.info"}"#.into(), -32600, Value::Null),
        (r#"{"jsonrpc":"2.0","id":"a","method":5}"#.into(), -32600, json!("a")),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"nothing"}"#.into(), -32601, json!(1.5)),
        (r#"{"jsonrpc":"2.0","id":"a","method":"rpc.discover"}"#.into(), -32601, json!("a")),
        (r#"{"jsonrpc":"2.0","id":1,"method":"bridge.info","params":[]}"#.into(), -32602, json!(1)),
        (r#"{"jsonrpc":"2.0","id":1,"method":"bridge.info","params":{"a":1}}"#.into(), -32602, json!(1)),
        (authenticate("{}"), -32602, json!(7)),
        (authenticate("[]"), -32602, json!(7)),
        (challenge(&"A".repeat(43)), -32602, json!(7)),
        (challenge(&"A".repeat(129)), -32602, json!(7)),
        (challenge(&"A".repeat(45)), -32602, json!(7)),
        (challenge(&"-".repeat(44)), -32602, json!(7)),
        (challenge(&format!("{}\\n", "A".repeat(44))), -32602, json!(7)),
        (authenticate(r#"{"challenge":44}"#), -32602, json!(7)),
        (more(r#""lang":"fr""#), -32602, json!(7)),
        (more(r#""lang":"JA""#), -32602, json!(7)),
        (more(&format!(r#""purpose":"{}""#, "x".repeat(201))), -32602, json!(7)),
        (more(r#""purpose":"two\nlines""#), -32602, json!(7)),
        (more(r#""purpose":"\u202Ebackwards""#), -32602, json!(7)),
        (more(r#""origin":"https://bank.example""#), -32602, json!(7)),
        (more(r#""pin":"1234""#), -32602, json!(7)),
        (r#"{"jsonrpc":"2.0","id":3,"method":"cancel","params":{}}"#.into(), -32602, json!(3)),
    ];
    for (text, code, id) in trials {
        page.send(&text).unwrap();
        let answer = page.receive().unwrap();
        assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(code), &id), "{text}");
        assert!(answer["error"]["data"]["remedy"].is_string(), "{answer}");
    }
    is_alive(&mut page);
    assert!(!bench.person.sees_another_window());
}

#[test]
fn ids_come_back_as_they_were() {
    let bench = Bench::without_card().unwrap();
    let mut page = bench.page().unwrap();
    for id in ["1", "0", "-1", "1.5", "18446744073709551615", r#""""#, r#""日本""#, r#""1""#] {
        page.send(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"bridge.info"}}"#)).unwrap();
        assert_eq!(page.receive().unwrap()["id"], serde_json::from_str::<Value>(id).unwrap());
    }
}

#[test]
fn notifications_are_neither_answered_nor_obeyed() {
    let bench = Bench::without_card().unwrap();
    let mut page = bench.page().unwrap();
    for method in ["bridge.info", "authenticate", "nothing"] {
        page.send(&json!({ "jsonrpc": "2.0", "method": method, "params": { "challenge": CHALLENGE } }).to_string())
            .unwrap();
    }
    let id = page.request("bridge.info", &json!({})).unwrap();
    assert_eq!(page.receive().unwrap()["id"], id);
    assert!(!bench.person.sees_another_window());
}

/// A frame by RFC 6455, section 5.2, under the mask of all zeros unless `masked` is false.
fn frame(first: u8, masked: bool, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    let mask_bit = if masked { 0x80 } else { 0 };
    match u16::try_from(payload.len()) {
        Ok(length @ ..=125) => frame.push(mask_bit | length as u8),
        Ok(length) => {
            frame.push(mask_bit | 126);
            frame.extend(length.to_be_bytes());
        }
        Err(_) => {
            frame.push(mask_bit | 127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend(std::iter::repeat_n(0, if masked { 4 } else { 0 }));
    frame.extend(payload);
    frame
}

const INFO: &[u8] = br#"{"jsonrpc":"2.0","id":1,"method":"bridge.info"}"#;

#[test]
fn frames_that_break_the_rules_close_the_connection_with_the_reason() {
    let bench = Bench::without_card().unwrap();
    let too_long_in_parts: Vec<u8> =
        [frame(0x01, true, &vec![b' '; LONGEST / 2]), frame(0x80, true, &vec![b' '; LONGEST / 2 + 1])].concat();
    let trials: [(&str, Vec<u8>, u16); 10] = [
        ("binary", frame(0x82, true, b"\0\x01"), 1003),
        ("too long", frame(0x81, true, &vec![b' '; LONGEST + 1]), 1009),
        ("far too long, by its head", [0x81, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0].into(), 1009),
        ("too long in parts", too_long_in_parts, 1009),
        ("not masked", frame(0x81, false, INFO), 1002),
        ("not UTF-8", frame(0x81, true, b"\"\xC3\x28\""), 1007),
        ("a reserved bit", frame(0xC1, true, INFO), 1002),
        ("a reserved opcode", frame(0x83, true, INFO), 1002),
        ("a part of nothing", frame(0x80, true, INFO), 1002),
        ("a ping in parts", frame(0x09, true, b"x"), 1002),
    ];
    for (what, bytes, code) in trials {
        let mut page = bench.page().unwrap();
        // The agent may close before it has taken all of it.
        let _ = page.stream().write_all(&bytes);
        assert_eq!(page.close_code().unwrap(), Some(code), "{what}");
    }
    is_alive(&mut bench.page().unwrap());
}

#[test]
fn a_message_may_have_any_length_up_to_the_limit_and_come_in_parts() {
    let bench = Bench::without_card().unwrap();
    let mut page = bench.page().unwrap();
    let mut longest = INFO.to_vec();
    longest.resize(LONGEST, b' ');
    page.send(std::str::from_utf8(&longest).unwrap()).unwrap();
    assert_eq!(page.receive().unwrap()["result"]["protocol"], 1);
    let (start, end) = INFO.split_at(20);
    let parts =
        [frame(0x01, true, start), frame(0x89, true, b"between"), frame(0x00, true, b""), frame(0x80, true, end)];
    page.stream().write_all(&parts.concat()).unwrap();
    assert_eq!(page.receive_message().unwrap(), Message::Pong("between".into()));
    assert_eq!(page.receive().unwrap()["result"]["protocol"], 1);
    for byte in frame(0x81, true, INFO) {
        page.stream().write_all(&[byte]).unwrap();
    }
    assert_eq!(page.receive().unwrap()["result"]["protocol"], 1);
}

#[test]
fn a_goodbye_is_answered() {
    let bench = Bench::without_card().unwrap();
    let mut page = bench.page().unwrap();
    let goodbye = CloseFrame { code: CloseCode::Normal, reason: "".into() };
    page.send_message(Message::Close(Some(goodbye))).unwrap();
    assert_eq!(page.close_code().unwrap(), Some(1000));
}

#[test]
fn progress_is_told_in_order_and_nothing_of_cards_before_consent() {
    let mut bench = Bench::without_card().unwrap();
    let mut page = bench.page().unwrap();
    let (_, mut window) = waiting(&bench, &mut page);
    let progress =
        |state: &str| json!({ "jsonrpc": "2.0", "method": "progress", "params": { "id": 1, "state": state } });
    assert_eq!(page.receive().unwrap(), progress("waiting_for_user"));
    window.until_type("status").unwrap();
    window.accept("1234").unwrap();
    assert_eq!(page.receive().unwrap(), progress("waiting_for_card"));
    bench.insert(card().unwrap()).unwrap();
    assert_eq!(page.receive().unwrap(), progress("working"));
    let answer = page.receive().unwrap();
    assert_eq!(answer["id"], 1);
    let token = &answer["result"]["token"];
    assert_eq!((&token["format"], &token["algorithm"]), (&json!("web-eid:1.0"), &json!("RS256")));
}

#[test]
fn the_window_says_what_the_page_asked() {
    let bench = Bench::without_card().unwrap();
    let mut page = bench.page().unwrap();
    page.request("authenticate", &json!({ "challenge": CHALLENGE, "purpose": "年齢の確認", "lang": "en" })).unwrap();
    let open = bench.person.window().unwrap().until_type("open").unwrap();
    assert_eq!(
        (&open["origin"], &open["purpose"], &open["lang"], &open["remembered"]),
        (&json!(ORIGIN), &json!("年齢の確認"), &json!("en"), &json!(false))
    );
    assert!(!open.to_string().contains(CHALLENGE));
}

#[test]
fn a_closed_socket_closes_its_window() {
    let bench = Bench::without_card().unwrap();
    let mut page = bench.page().unwrap();
    let (_, mut window) = waiting(&bench, &mut page);
    drop(page);
    assert_eq!(window.until_type("close").unwrap()["result"], "cancelled");
    drop(window);
    // Once is no offence, and nothing is left of it.
    let mut page = bench.page().unwrap();
    waiting(&bench, &mut page);
}

#[test]
fn a_request_is_cancelled_by_its_page_alone_and_both_are_answered() {
    let bench = Bench::without_card().unwrap();
    let (mut page, mut other) = (bench.page().unwrap(), bench.page().unwrap());
    let (_, mut window) = waiting(&bench, &mut page);
    other.request("cancel", &json!({ "id": 1 })).unwrap();
    assert_eq!(other.answer().unwrap()["result"], json!({ "cancelled": false }));
    page.request("cancel", &json!({ "id": "1" })).unwrap();
    assert_eq!(page.answer().unwrap()["result"], json!({ "cancelled": false }));
    let id = page.request("cancel", &json!({ "id": 1 })).unwrap();
    let answer = page.answer().unwrap();
    assert_eq!((&answer["id"], &answer["result"]), (&json!(id), &json!({ "cancelled": true })));
    let answer = page.answer().unwrap();
    assert_eq!((&answer["id"], &answer["error"]["data"]["code"]), (&json!(1), &json!("user_cancelled")));
    assert_eq!(window.until_type("close").unwrap()["result"], "cancelled");
}

#[test]
fn a_second_request_is_busy_on_the_same_page_and_on_another() {
    let bench = Bench::without_card().unwrap();
    let mut page = bench.page().unwrap();
    let mut others = [bench.page().unwrap(), Page::open(bench.agent.port(), OTHER_ORIGIN).unwrap()];
    let (_, mut window) = waiting(&bench, &mut page);
    page.receive().unwrap();
    for page in std::iter::once(&mut page).chain(&mut others) {
        page.authenticate().unwrap();
        let error = page.answer().unwrap()["error"].take();
        assert_eq!(error["data"]["code"], "busy");
        assert_eq!(error["data"].get("retryAfter"), None);
    }
    window.cancel().unwrap();
    assert_eq!(page.error_word().unwrap(), "user_cancelled");
}

#[test]
fn a_site_whose_request_was_declined_waits_and_another_does_not() {
    let bench = Bench::without_card().unwrap();
    let mut page = bench.page().unwrap();
    let (_, mut window) = waiting(&bench, &mut page);
    window.cancel().unwrap();
    assert_eq!(page.error_word().unwrap(), "user_cancelled");
    page.authenticate().unwrap();
    let error = page.answer().unwrap()["error"].take();
    assert_eq!(error["data"]["code"], "busy");
    let seconds = error["data"]["retryAfter"].as_u64().unwrap();
    assert!((1..=2).contains(&seconds), "{seconds}");
    waiting(&bench, &mut Page::open(bench.agent.port(), OTHER_ORIGIN).unwrap());
}

#[test]
fn a_blocked_site_gets_no_window_and_then_no_connection() {
    let bench = Bench::without_card().unwrap();
    let mut page = bench.page().unwrap();
    let (_, mut window) = waiting(&bench, &mut page);
    window.say(&json!({ "type": "block" })).unwrap();
    assert_eq!(page.error_word().unwrap(), "site_blocked");
    page.authenticate().unwrap();
    assert_eq!(page.error_word().unwrap(), "site_blocked");
    assert!(!bench.person.sees_another_window());
    let refusal = bench.page().unwrap_err().to_string();
    assert!(refusal.contains("403"), "{refusal}");
    Page::open(bench.agent.port(), OTHER_ORIGIN).unwrap();
}

#[test]
fn a_site_is_remembered_only_if_the_card_has_signed_for_it() {
    let bench = Bench::with(card().unwrap()).unwrap();
    let accept = json!({ "type": "accept", "pin": "9999", "remember": true, "lastTryConfirmed": false });
    for pin in ["9999", "1234"] {
        let mut page = bench.page().unwrap();
        let (open, mut window) = waiting(&bench, &mut page);
        assert_eq!(open["remembered"], false);
        window.until_ready().unwrap();
        let mut accept = accept.clone();
        accept["pin"] = pin.into();
        window.say(&accept).unwrap();
        if pin == "1234" {
            page.token().unwrap();
        } else {
            window.until_type("pinRejected").unwrap();
            page.request("cancel", &json!({ "id": 1 })).unwrap();
            window.until_type("close").unwrap();
        }
    }
    let mut page = bench.page().unwrap();
    let (open, _window) = waiting(&bench, &mut page);
    assert_eq!(open["remembered"], true);
}
