//! Takes the window's place in `--headless`: consents with the test card's PIN once the card is ready.

use std::io::{BufRead as _, Write as _, stdin, stdout};

use jpki_protocol::prompt::{Card, ToPrompt};
use serde_json::json;

use crate::Result;

/// The PIN of the test card, which is no secret.
pub(crate) const PIN: &str = "1234";

pub(crate) fn run() -> Result<()> {
    for line in stdin().lock().lines() {
        match serde_json::from_str(&line?)? {
            ToPrompt::Status(status) if status.card == Card::Ready => {
                writeln!(stdout(), "{}", json!({ "type": "accept", "pin": PIN }))?;
                stdout().flush()?;
            }
            ToPrompt::Close { .. } => break,
            ToPrompt::PinRejected { .. } => return Err("the test card's PIN is not what it should be".into()),
            ToPrompt::Open(_) | ToPrompt::Status(_) | ToPrompt::Working { .. } => {}
        }
    }
    Ok(())
}
