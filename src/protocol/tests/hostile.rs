//! Whatever comes in from a page or a prompt is a message or an error, never a panic, and what was
//! accepted keeps its promises.

use jpki_protocol::page::parse;
use jpki_protocol::prompt::FromPrompt;
use jpki_protocol::text::Purpose;
use jpki_protocol::{Challenge, Origin, OriginPolicy};
use proptest::prelude::*;

/// Text that is nearly a message: pieces of messages in any order.
fn nearly_json() -> impl Strategy<Value = String> {
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\u0000",
        "\\ud800",
        "\"jsonrpc\":\"2.0\"",
        "\"id\":1",
        "\"id\":null",
        "\"method\":\"authenticate\"",
        "\"params\":",
        "\"challenge\":\"",
        "AAAAAAAAAAAAAAAAAAAAAA",
        "1e999",
        "-",
        "\u{feff}",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_breaks_the_parser_of_requests(text in prop_oneof![any::<String>(), nearly_json()]) {
        let _ = parse(&text);
    }

    #[test]
    fn no_bytes_break_the_parser_of_the_prompts_lines(line in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = FromPrompt::parse(&line);
    }

    #[test]
    fn an_accepted_origin_is_its_own_canonical_form(
        text in prop_oneof![any::<String>(), "https?://[a-zA-Z0-9.:@/\\[\\]%_-]{0,40}"],
    ) {
        if let Ok(origin) = Origin::parse(&text, OriginPolicy::Developer) {
            prop_assert_eq!(origin.as_str(), text.as_str());
            prop_assert!(text.is_ascii() && text == text.to_ascii_lowercase());
            prop_assert_eq!(Origin::of_url(&format!("{text}/a?b"), OriginPolicy::Developer), Ok(origin));
        }
    }

    #[test]
    fn an_accepted_text_keeps_its_bounds(text in any::<String>()) {
        if let Ok(challenge) = Challenge::parse(&text) {
            prop_assert!((44..=128).contains(&challenge.as_str().len()));
        }
        if let Ok(purpose) = Purpose::parse(&text) {
            prop_assert!(!purpose.as_str().chars().any(char::is_control));
        }
    }
}
