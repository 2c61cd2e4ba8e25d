//! PC/SC, readers and cards that come, go, or belong to somebody else: the page hears which it is, and what comes later works
//! without a new agent.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use e2e::bench::{Bench, card, card_with};
use e2e::page::Page;
use e2e::pcscd::{Pcscd, READER};
use e2e::person::Window;
use jpki_card::Backend as _;
use jpki_card::pcsc::PcscBackend;
use serde_json::json;

const ROLE: &str = "JPKI_E2E_OTHER_PROGRAM";

/// Holds the card exclusively until its standard input ends.
#[test]
#[ignore = "the other tests of this file start it as a process of its own"]
fn the_other_program() {
    if std::env::var_os(ROLE).is_none() {
        return;
    }
    let connection = PcscBackend::new().connect(READER, None).unwrap();
    println!("\nholding");
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
    drop(connection);
}

/// Another program that holds the card; lets go when dropped.
struct Holder(Child);

impl Holder {
    fn start(pcscd: &Pcscd) -> Self {
        let mut command = pcscd.command(std::env::current_exe().unwrap());
        command.args(["--exact", "the_other_program", "--ignored", "--nocapture"]).env(ROLE, "1");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let holds = output.lines().map_while(Result::ok).any(|line| line == "holding");
        assert!(holds, "the other program doesn't get the card");
        Self(child)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // It ends by itself now.
        let _ = self.0.wait();
    }
}

/// A page asks; what the window shows first of the readers.
fn opened(bench: &Bench) -> (Page, Window, serde_json::Value) {
    let mut page = bench.page().unwrap();
    page.authenticate().unwrap();
    let mut window = bench.person.window().unwrap();
    let status = window.until_type("status").unwrap();
    (page, window, status)
}

/// A person who consents at once gets this error.
fn fails_with(bench: &Bench, word: &str) {
    let (mut page, mut window, _) = opened(bench);
    window.accept("1234").unwrap();
    assert_eq!(page.error_word().unwrap(), word);
    let close = window.until_type("close").unwrap();
    assert_eq!((&close["result"], &close["code"]), (&json!("failed"), &json!(word)));
}

#[track_caller]
fn works(bench: &Bench) {
    let answer = bench.answer_to("1234").unwrap();
    assert!(answer["result"]["token"].is_object(), "{answer}");
}

#[test]
fn a_service_that_is_not_there_is_named_and_used_when_it_comes() {
    let mut pcscd = Pcscd::start().unwrap();
    pcscd.stop();
    let mut bench = Bench::adjusted(pcscd, |_| ()).unwrap();
    let (mut page, mut window, status) = opened(&bench);
    assert_eq!((&status["reader"], &status["problem"]), (&json!("none"), &json!("service_unavailable")));
    window.accept("1234").unwrap();
    assert_eq!(page.error_word().unwrap(), "service_unavailable");
    let (mut page, mut window, _) = opened(&bench);
    bench.pcscd.start_again().unwrap();
    bench.insert(card().unwrap()).unwrap();
    window.until_ready().unwrap();
    window.accept("1234").unwrap();
    page.token().unwrap();
}

#[test]
fn a_service_that_restarts_between_operations_and_during_one_is_used_again() {
    let mut bench = Bench::with(card().unwrap()).unwrap();
    works(&bench);
    bench.pcscd.stop();
    bench.pcscd.start_again().unwrap();
    works(&bench);
    let (mut page, mut window) = bench.asked().unwrap();
    bench.pcscd.stop();
    window.until(|message| message["problem"] == "service_unavailable").unwrap();
    bench.pcscd.start_again().unwrap();
    window.until_ready().unwrap();
    window.accept("1234").unwrap();
    page.token().unwrap();
}

#[test]
fn a_machine_without_a_reader_has_none() {
    let pcscd = Pcscd::start_without_reader().unwrap();
    let bench = Bench::adjusted(pcscd, |_| ()).unwrap();
    let (_, _, status) = opened(&bench);
    assert_eq!(status["reader"], "none");
    fails_with(&bench, "no_reader");
}

#[test]
fn an_empty_reader_has_no_card() {
    let bench = Bench::without_card().unwrap();
    let (_, _, status) = opened(&bench);
    assert_eq!((&status["reader"], &status["card"]), (&json!("present"), &json!("none")));
    fails_with(&bench, "no_card");
}

#[test]
fn another_kind_of_card_is_unsupported_and_a_right_one_in_its_place_works() {
    let mut bench = Bench::with(card_with(&["1+:sw=6A82"]).unwrap()).unwrap();
    let (mut page, mut window, _) = opened(&bench);
    window.until(|message| message["card"] == "unsupported").unwrap();
    bench.remove().unwrap();
    window.until(|message| message["card"] == "none").unwrap();
    bench.insert(card().unwrap()).unwrap();
    window.until_ready().unwrap();
    window.accept("1234").unwrap();
    page.token().unwrap();
    bench.remove().unwrap();
    bench.insert(card_with(&["1+:sw=6A82"]).unwrap()).unwrap();
    fails_with(&bench, "card_unsupported");
}

#[test]
fn a_card_that_another_program_holds_is_in_use_until_it_lets_go() {
    let bench = Bench::with(card().unwrap()).unwrap();
    works(&bench);
    let holder = Holder::start(&bench.pcscd);
    fails_with(&bench, "card_in_use");
    let (mut page, mut window, _) = opened(&bench);
    drop(holder);
    window.until_ready().unwrap();
    window.accept("1234").unwrap();
    page.token().unwrap();
}

#[test]
fn a_card_taken_out_while_the_window_is_open_may_come_back() {
    let mut bench = Bench::with(card().unwrap()).unwrap();
    let (mut page, mut window) = bench.asked().unwrap();
    let rig = bench.remove().unwrap();
    window.until(|message| message["card"] == "none").unwrap();
    bench.insert(rig).unwrap();
    window.until_ready().unwrap();
    window.accept("1234").unwrap();
    page.token().unwrap();
}

#[test]
fn a_pin_typed_for_a_card_that_left_goes_nowhere() {
    let mut bench = Bench::with(card().unwrap()).unwrap();
    let (mut page, mut window) = bench.asked().unwrap();
    let first = bench.remove().unwrap();
    window.until(|message| message["card"] == "none").unwrap();
    window.accept("1234").unwrap();
    assert_eq!(page.error_word().unwrap(), "no_card");
    assert_eq!(first.card().tally().verifications, 0);
}
