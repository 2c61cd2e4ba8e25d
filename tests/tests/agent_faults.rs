//! A card that fails at any moment: the page gets an error of the closed list or a token, and the next request with a card
//! that works succeeds, always with the same agent.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use e2e::bench::{Bench, card, card_with};
use jpki_protocol::ErrorCode;
use serde_json::Value;

/// As many commands as the first authentication takes, and one that is never reached.
const MOMENTS: std::ops::RangeInclusive<u32> = 1..=14;

/// The person consents at once, whatever the window shows of the card.
fn answer(bench: &Bench) -> Value {
    let mut page = bench.page().unwrap();
    page.authenticate().unwrap();
    let mut window = bench.person.window().unwrap();
    window.accept("1234").unwrap();
    page.answer().unwrap()
}

/// What comes of the first authentication if the card fails so at each of its commands; after each the same card, put
/// back, gives a token.
fn outcomes(fault: &str) -> Vec<String> {
    let mut bench = Bench::without_card().unwrap();
    let mut words = Vec::new();
    for moment in MOMENTS {
        bench.insert(card_with(&[&format!("{moment}:{fault}")]).unwrap()).unwrap();
        let answer_to_fault = answer(&bench);
        let word = match answer_to_fault["error"]["data"]["code"].as_str() {
            Some(word) => {
                assert!(ErrorCode::from_word(word).is_some_and(|code| code != ErrorCode::Internal), "{word}");
                word.to_owned()
            }
            None => {
                assert!(answer_to_fault["result"]["token"].is_object(), "{answer_to_fault}");
                "token".to_owned()
            }
        };
        words.push(word);
        let mut rig = bench.remove().unwrap();
        rig.set_faults([]);
        bench.insert(rig).unwrap();
        let healed = bench.answer_to("1234").unwrap();
        assert!(healed["result"]["token"].is_object(), "after {moment}:{fault}: {healed}");
        bench.remove().unwrap();
    }
    bench.agent.terminate().unwrap();
    let (status, log) = bench.agent.ended().unwrap();
    assert!(status.success() && !log.contains("panicked"), "{status} {log}");
    words
}

#[test]
fn a_card_that_fails_at_any_moment_ends_in_a_word_of_the_list_and_is_forgotten() {
    let faults: [(&str, &[&str]); 9] = [
        ("remove", &["card_removed", "no_card"]),
        ("remove-return=500ms", &["card_removed", "no_card"]),
        ("reset", &["card_error", "card_removed"]),
        ("sw=6F00", &["card_error"]),
        ("sw=6982", &["card_error", "card_unsupported"]),
        ("sw=6A82", &["card_error", "card_unsupported"]),
        ("truncate=1", &["card_error"]),
        ("truncate=2", &["card_error"]),
        ("garbage", &["card_error"]),
    ];
    // Each waits for its reader most of the time.
    std::thread::scope(|scope| {
        for (fault, errors) in faults {
            scope.spawn(move || {
                let words = outcomes(fault);
                let known = |word: &String| word == "token" || errors.contains(&word.as_str());
                assert!(words.iter().all(known), "{fault}: {words:?}");
                assert!(words.iter().any(|word| word != "token"), "{fault} does nothing");
                assert_eq!(words.last().unwrap(), "token", "{fault} after the last command");
            });
        }
    });
}

#[test]
fn a_card_that_hangs_is_given_up_and_another_one_works() {
    let mut bench = Bench::with(card_with(&["ins=2A:hang"]).unwrap()).unwrap();
    // The card has 30 seconds; nothing else waits for it.
    assert_eq!(answer(&bench)["error"]["data"]["code"], "card_error");
    bench.remove().unwrap();
    bench.insert(card().unwrap()).unwrap();
    assert!(answer(&bench)["result"]["token"].is_object());
}
