//! What reaches the card, command by command: no more than is needed, never a PIN twice, and nothing left open.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use e2e::bench::{Bench, card, card_with};
use e2e::person::Window;
use jpki_softcard::{CardOptions, MemoryTrace, Quirks, Rig, SoftCard};
use serde_json::json;

const SELECT: &str = "00A4040C0AD392F000260100000001";
const ATTEMPTS: &str = "00200098";
const VERIFY: &str = "0020009804********";
const SIGN: &str = "802A0097";
const DESELECT: &str = "00A4040C07A0000001510000";

/// The commands so far; of a signature only the header, as its data differ each time.
fn commands(trace: &MemoryTrace) -> Vec<String> {
    let short = |command: String| if command.starts_with(SIGN) { SIGN.to_owned() } else { command };
    trace.commands().into_iter().map(short).collect()
}

/// How many VERIFY commands carried a PIN.
fn verifications(trace: &MemoryTrace) -> usize {
    trace.commands().iter().filter(|command| *command == VERIFY).count()
}

/// What an authentication sends the first time a card is there.
fn first_time(rig: &Rig) -> Vec<String> {
    let certificate = rig.card().file().auth_certificate().len();
    let reads = (0..certificate.div_ceil(256)).map(|page| match page {
        0 => "00B08A0000".to_owned(),
        page => format!("00B0{page:02X}00{:02X}", (certificate - page * 256).min(256) % 256),
    });
    let mut all: Vec<String> = [SELECT, ATTEMPTS].map(str::to_owned).into();
    all.extend(reads);
    all.extend([VERIFY, SIGN, DESELECT].map(str::to_owned));
    all
}

/// Ends the agent, which leaves its cards in order first, and gives the last command.
fn last_command(bench: Bench) -> String {
    bench.agent.terminate().unwrap();
    let (status, log) = bench.agent.ended().unwrap();
    assert!(status.success(), "{log}");
    bench.trace.commands().pop().unwrap()
}

fn accept_last(window: &mut Window, pin: &str) {
    window.say(&json!({ "type": "accept", "pin": pin, "remember": false, "lastTryConfirmed": true })).unwrap();
}

#[test]
fn the_first_time_takes_twelve_commands_and_the_next_five() {
    let rig = card().unwrap();
    let expected = first_time(&rig);
    let bench = Bench::with(rig).unwrap();
    assert!(bench.answer_to("1234").unwrap()["result"]["token"].is_object());
    assert_eq!(commands(&bench.trace), expected);
    assert!(expected.len() <= 15);
    bench.trace.clear();
    assert!(bench.answer_to("1234").unwrap()["result"]["token"].is_object());
    assert_eq!(commands(&bench.trace), [SELECT, ATTEMPTS, VERIFY, SIGN, DESELECT]);
}

#[test]
fn a_card_that_refuses_its_first_command_takes_two_more() {
    let quirks = Quirks { first_command_fails: true, ..Quirks::default() };
    let rig = Rig::new(SoftCard::for_tests(&CardOptions::default()).unwrap().with_quirks(quirks));
    let mut expected = first_time(&rig);
    expected.splice(1..1, ["00A40000", SELECT].map(str::to_owned));
    let bench = Bench::with(rig).unwrap();
    assert!(bench.answer_to("1234").unwrap()["result"]["token"].is_object());
    assert_eq!(commands(&bench.trace), expected);
    assert!(expected.len() <= 15);
}

#[test]
fn a_wrong_pin_costs_exactly_one_attempt_and_leaves_the_card_deselected() {
    let mut bench = Bench::with(card().unwrap()).unwrap();
    let (mut page, mut window) = bench.asked().unwrap();
    bench.trace.clear();
    window.accept("9999").unwrap();
    assert_eq!(window.until_type("pinRejected").unwrap()["attemptsLeft"], 2);
    assert_eq!(commands(&bench.trace), [VERIFY, DESELECT]);
    window.accept("1234").unwrap();
    page.token().unwrap();
    // The attempts are counted anew: another program may have had the card meanwhile.
    assert_eq!(commands(&bench.trace)[2..], [SELECT, ATTEMPTS, VERIFY, SIGN, DESELECT]);
    assert_eq!(bench.remove().unwrap().card().tally().verifications, 2);
}

#[test]
fn what_is_no_pin_never_reaches_the_card() {
    let bench = Bench::with(card().unwrap()).unwrap();
    let (mut page, mut window) = bench.asked().unwrap();
    bench.trace.clear();
    for typed in ["", "123", "12345", "12a4", "abcd", "１２３", " 123"] {
        window.accept(typed).unwrap();
        assert_eq!(window.until_type("pinRejected").unwrap()["attemptsLeft"], 3, "{typed}");
    }
    assert!(bench.trace.commands().is_empty());
    window.accept("1234").unwrap();
    page.token().unwrap();
    assert_eq!(verifications(&bench.trace), 1);
}

#[test]
fn a_cancelled_operation_leaves_the_card_deselected() {
    let bench = Bench::with(card().unwrap()).unwrap();
    let (mut page, mut window) = bench.asked().unwrap();
    window.cancel().unwrap();
    assert_eq!(page.error_word().unwrap(), "user_cancelled");
    assert_eq!(verifications(&bench.trace), 0);
    assert_eq!(last_command(bench), DESELECT);
}

#[test]
fn a_page_that_went_away_leaves_the_card_deselected() {
    let bench = Bench::with(card().unwrap()).unwrap();
    let (page, mut window) = bench.asked().unwrap();
    drop(page);
    window.until_type("close").unwrap();
    assert_eq!(verifications(&bench.trace), 0);
    assert_eq!(last_command(bench), DESELECT);
}

#[test]
fn a_verify_is_never_repeated_whatever_the_card_answers() {
    let trials = [
        ("sw=6C04", "card_error"),
        ("sw=6104", "card_error"),
        ("sw=6700", "card_error"),
        ("sw=6F00", "card_error"),
        ("sw=6982", "card_error"),
        ("sw=6983", "pin_blocked"),
        ("sw=63C0", "pin_attempts_exhausted"),
        ("garbage", "card_error"),
        ("truncate=1", "card_error"),
        ("reset", "card_error"),
        ("remove", "card_removed"),
    ];
    let mut bench = Bench::without_card().unwrap();
    for (fault, word) in trials {
        bench.trace.clear();
        // The first command with this instruction asks for the attempts left.
        bench.insert(card_with(&[&format!("ins=20#2:{fault}")]).unwrap()).unwrap();
        let answer = bench.answer_to("1234").unwrap_or_else(|error| panic!("{fault}: {error}"));
        assert_eq!(answer["error"]["data"]["code"], word, "{fault}");
        assert_eq!(verifications(&bench.trace), 1, "{fault}");
        bench.remove().unwrap();
    }
}

#[test]
fn the_last_attempt_is_spent_only_after_it_was_confirmed() {
    let bench = Bench::with(card().unwrap()).unwrap();
    let (mut page, mut window) = bench.asked().unwrap();
    for left in [2, 1] {
        window.accept("9999").unwrap();
        assert_eq!(window.until_type("pinRejected").unwrap()["attemptsLeft"], left);
    }
    bench.trace.clear();
    window.accept("9999").unwrap();
    assert_eq!(window.until_ready().unwrap()["attemptsLeft"], 1);
    assert!(bench.trace.commands().is_empty());
    accept_last(&mut window, "9999");
    assert_eq!(page.error_word().unwrap(), "pin_attempts_exhausted");
    assert_eq!(commands(&bench.trace), [SELECT, ATTEMPTS, VERIFY, DESELECT]);

    // Blocked now: even a confirmed PIN stays here.
    let (mut page, mut window) = {
        let mut page = bench.page().unwrap();
        page.authenticate().unwrap();
        (page, bench.person.window().unwrap())
    };
    let status = window.until_ready().unwrap();
    assert_eq!((&status["blocked"], &status["attemptsLeft"]), (&json!(true), &json!(0)));
    accept_last(&mut window, "1234");
    assert_eq!(page.error_word().unwrap(), "pin_blocked");
    assert_eq!(verifications(&bench.trace), 1);
}

#[test]
fn a_right_pin_on_the_last_attempt_gives_all_attempts_back() {
    let mut bench = Bench::with(card().unwrap()).unwrap();
    let (mut page, mut window) = bench.asked().unwrap();
    for _ in 0..2 {
        window.accept("9999").unwrap();
        window.until_type("pinRejected").unwrap();
    }
    accept_last(&mut window, "1234");
    page.token().unwrap();
    let (page, window) = bench.asked().unwrap();
    drop((page, window));
    let rig = bench.remove().unwrap();
    let tally = rig.card().tally();
    assert_eq!((tally.verifications, tally.signatures, tally.my_number_accesses), (3, 1, 0));
}
