//! Takes the window's place in `--headless`: consents to each question with the test card's PIN once the card is ready.

use std::io::{BufRead, Write, stdin, stdout};

use jpki_protocol::prompt::{Card, PinKind, ToPrompt};
use serde_json::json;

use crate::Result;

/// The test card's PINs and password, which are no secrets.
pub(crate) const fn pin(kind: PinKind) -> &'static str {
    match kind {
        PinKind::Auth | PinKind::Text => "1234",
        PinKind::Sign => "ABC123",
    }
}

pub(crate) fn run() -> Result<()> {
    answer(stdin().lock(), stdout())
}

/// Answers each question once: at once where a yes is enough, else when the card is ready.
fn answer(questions: impl BufRead, mut answers: impl Write) -> Result<()> {
    let mut asked = None;
    for line in questions.lines() {
        let accept = match serde_json::from_str(&line?)? {
            ToPrompt::Open(open) => {
                asked = open.pin.map(|rule| rule.kind);
                asked.is_none().then(|| json!({ "type": "accept" }))
            }
            ToPrompt::Status(status) if status.card == Card::Ready => {
                asked.take().map(|kind| json!({ "type": "accept", "pin": pin(kind) }))
            }
            ToPrompt::Close { .. } => break,
            ToPrompt::PinRejected { .. } => return Err("the test card's PIN is not what it should be".into()),
            ToPrompt::Status(_) | ToPrompt::Working { .. } => None,
        };
        if let Some(accept) = accept {
            writeln!(answers, "{accept}")?;
            answers.flush()?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_question_is_answered_once_with_the_pin_it_asks_for() {
        let open = |pin: &str| {
            format!(
                r#"{{"type":"open","version":1,"operation":"readAttributes","origin":"https://shop.example",
                     "discloses":["name"],{pin}"lang":"ja","virtualCard":true}}"#
            )
            .replace('\n', "")
        };
        let auth = open(r#""pin":{"kind":"auth","min":4,"max":4,"charset":"digits"},"#);
        let sign = open(r#""pin":{"kind":"sign","min":6,"max":16,"charset":"alphanumeric"},"#);
        let status = |card| format!(r#"{{"type":"status","reader":"present","card":"{card}"}}"#);
        let (none, ready) = (status("none"), status("ready"));
        let working = r#"{"type":"working","step":"reading","percent":10}"#.to_owned();
        let close = r#"{"type":"close","result":"done"}"#.to_owned();
        let questions =
            [&*auth, &none, &ready, &ready, &working, &open(""), &ready, &sign, &ready, &close, "after the end"];

        let mut answers = Vec::new();
        answer(questions.join("\n").as_bytes(), &mut answers).unwrap();
        assert_eq!(
            String::from_utf8(answers).unwrap(),
            "{\"pin\":\"1234\",\"type\":\"accept\"}\n{\"type\":\"accept\"}\n{\"pin\":\"ABC123\",\"type\":\"accept\"}\n"
        );
    }
}
