//! The program that asks the person, when it doesn't behave: the page gets its answer and no process stays.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use std::path::Path;

use e2e::agent::{Agent, program};
use e2e::bench::{Bench, card, relay_prompt};
use e2e::page::{ORIGIN, Page};
use e2e::pcscd::Pcscd;
use e2e::person::{Person, SOCKET_VARIABLE, Window};
use jpki_protocol::prompt::MAX_LINE;
use serde_json::json;

fn open(bench: &Bench) -> (Page, Window) {
    let mut page = bench.page().unwrap();
    page.authenticate().unwrap();
    let mut window = bench.person.window().unwrap();
    window.until_type("open").unwrap();
    (page, window)
}

#[test]
fn a_prompt_that_dies_is_a_cancel() {
    let bench = Bench::without_card().unwrap();
    let (mut page, window) = open(&bench);
    window.kill().unwrap();
    assert_eq!(page.error_word().unwrap(), "user_cancelled");
}

#[test]
fn a_prompt_that_closes_its_output_is_a_cancel_and_hears_the_end_of_its_input() {
    let bench = Bench::without_card().unwrap();
    let (mut page, window) = open(&bench);
    window.close_output().unwrap();
    assert_eq!(page.error_word().unwrap(), "user_cancelled");
    window.ended().unwrap();
}

#[test]
fn a_prompt_that_is_not_there_is_an_internal_error_and_named_in_the_log() {
    let pcscd = Pcscd::start().unwrap();
    let agent = Agent::start(&pcscd, Path::new("/nonexistent/prompt")).unwrap();
    for _ in 0..2 {
        let mut page = Page::open(agent.port(), ORIGIN).unwrap();
        page.authenticate().unwrap();
        assert_eq!(page.error_word().unwrap(), "internal");
    }
    agent.terminate().unwrap();
    let (_, log) = agent.ended().unwrap();
    assert!(log.contains("/nonexistent/prompt") && log.contains("--prompt"), "{log}");
}

#[test]
fn a_prompt_that_breaks_its_protocol_is_ended_and_the_next_one_works() {
    let bench = Bench::with(card().unwrap()).unwrap();
    let giant = vec![b'x'; MAX_LINE];
    let trials: [&[u8]; 6] =
        [b"hello\n", b"\n", b"{\"type\":\"accept\",\"pin\":1234}\n", b"{\"type\":\"open\"}\n", b"\xFF\xFE\n", &giant];
    for bytes in trials {
        let (mut page, mut window) = open(&bench);
        window.say_bytes(bytes).unwrap();
        assert_eq!(page.error_word().unwrap(), "internal", "{:?}", bytes.escape_ascii().to_string());
    }
    assert_eq!(bench.trace.commands().iter().filter(|command| command.starts_with("0020009804")).count(), 0);
    assert!(bench.answer_to("1234").unwrap()["result"]["token"].is_object());
}

#[test]
fn a_message_may_come_byte_by_byte() {
    let bench = Bench::with(card().unwrap()).unwrap();
    let (mut page, mut window) = bench.asked().unwrap();
    for byte in "{\"type\":\"accept\",\"pin\":\"1234\"}\n".bytes() {
        window.say_bytes(&[byte]).unwrap();
    }
    page.token().unwrap();
}

#[test]
fn a_prompt_that_accepts_twice_sends_one_pin() {
    let mut bench = Bench::with(card().unwrap()).unwrap();
    let (mut page, mut window) = bench.asked().unwrap();
    let accept = |pin| format!("{}\n", json!({ "type": "accept", "pin": pin }));
    window.say_bytes(format!("{}{}", accept("1234"), accept("9999")).as_bytes()).unwrap();
    page.token().unwrap();
    let tally = bench.remove().unwrap().card().tally();
    assert_eq!((tally.verifications, tally.signatures), (1, 1));
}

#[test]
fn a_prompt_that_ignores_its_close_is_ended_in_time() {
    let bench = Bench::without_card().unwrap();
    let (page, mut window) = open(&bench);
    drop(page);
    window.until_type("close").unwrap();
    // Not hung up: the process would live on. A window may stay for ten seconds and has ten to end.
    window.ended().unwrap();
}

#[test]
fn a_prompt_that_ignores_its_close_is_ended_by_the_next_request() {
    let bench = Bench::without_card().unwrap();
    let (page, mut window) = open(&bench);
    drop(page);
    window.until_type("close").unwrap();
    let _next = open(&bench);
    window.ended().unwrap();
}

#[test]
fn a_prompt_is_ended_with_the_agent() {
    let bench = Bench::without_card().unwrap();
    let (_page, window) = open(&bench);
    bench.agent.terminate().unwrap();
    assert!(bench.agent.ended().unwrap().0.success());
    window.ended().unwrap();
}

#[test]
fn a_prompt_that_keeps_its_input_unread_holds_nobody_up() {
    let bench = Bench::with(card().unwrap()).unwrap();
    let (mut page, mut window) = open(&bench);
    window.accept("1234").unwrap();
    page.token().unwrap();
}

#[test]
fn the_environment_names_a_prompt_too() {
    let pcscd = Pcscd::start().unwrap();
    let person = Person::new().unwrap();
    let home = tempfile::tempdir().unwrap();
    let agent = Agent::start_with(&pcscd, Path::new("unused"), |command| {
        *command = pcscd.command(program("jpki-bridge").unwrap());
        command
            .args(["run", "--port", "0", "--no-tray"])
            .env("HOME", home.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .env("XDG_RUNTIME_DIR", home.path().join(".config"));
        command.env("JPKI_BRIDGE_PROMPT", relay_prompt().unwrap()).env(SOCKET_VARIABLE, person.socket());
    })
    .unwrap();
    let mut page = Page::open(agent.port(), ORIGIN).unwrap();
    page.authenticate().unwrap();
    person.window().unwrap().until_type("open").unwrap();
}
