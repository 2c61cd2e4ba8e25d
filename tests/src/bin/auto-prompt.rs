//! A prompt without a person: it speaks the protocol of the real one and does what a script file says, so that tests
//! lead an operation to any end. The file is named by the environment variable `AUTO_PROMPT_SCRIPT`; the PIN stands in
//! the file, as it may stand in neither arguments nor environment. What the agent said is kept beside it, in `FILE.log`.
//!
//! One line of the script is one turn. A turn comes with each question, and another after each rejected PIN:
//!
//! ```text
//! accept 1234       consent with this PIN, once the card is ready
//! accept-last 1234  the same, and confirm that the last attempt may be spent
//! insist 1234       the same, also where the window says what stands in the way
//! change 1234 5678  consent to change the PIN, with the old one and the new one
//! yes               consent where no PIN is asked for
//! cancel            decline
//! block             decline and block the site
//! silence           do nothing until the agent closes the window
//! die               end without a word
//! ```

use std::fs::File;
use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;

use jpki_protocol::prompt::{Card, ToPrompt};
use serde_json::json;

fn main() -> e2e::Result<()> {
    let script = PathBuf::from(std::env::var_os("AUTO_PROMPT_SCRIPT").ok_or("AUTO_PROMPT_SCRIPT names no script")?);
    let text = std::fs::read_to_string(&script)?;
    let mut turns = text.lines();
    let mut log = File::create(script.with_added_extension("log"))?;
    let mut turn = None;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        writeln!(log, "{line}")?;
        let message: ToPrompt = serde_json::from_str(&line)?;
        match &message {
            ToPrompt::Open(_) | ToPrompt::PinRejected { .. } => turn = turns.next(),
            ToPrompt::Close { .. } => return Ok(()),
            ToPrompt::Status(_) | ToPrompt::Working { .. } => {}
        }
        let is_ready = matches!(&message, ToPrompt::Status(status) if status.card == Card::Ready)
            || matches!(message, ToPrompt::PinRejected { .. });
        let Some((action, pin)) = turn.map(|turn| turn.split_once(' ').unwrap_or((turn, ""))) else { continue };
        match action {
            "accept" | "accept-last" if is_ready => {
                let confirmed = action == "accept-last";
                say(&json!({ "type": "accept", "pin": pin, "remember": false, "lastTryConfirmed": confirmed }))?;
            }
            "insist" if is_ready || has_problem(&message) => say(&json!({ "type": "accept", "pin": pin }))?,
            "change" if is_ready => {
                let (old, new) = pin.split_once(' ').ok_or("a change needs two PINs")?;
                say(&json!({ "type": "accept", "pin": old, "newPin": new }))?;
            }
            "yes" if is_ready => say(&json!({ "type": "accept" }))?,
            "accept" | "accept-last" | "insist" | "change" | "yes" | "silence" => continue,
            "cancel" | "block" => say(&json!({ "type": action }))?,
            "die" => return Ok(()),
            _ => return Err(format!("the script has no action \"{action}\"").into()),
        }
        turn = None;
    }
    Ok(())
}

fn has_problem(message: &ToPrompt) -> bool {
    matches!(message, ToPrompt::Status(status) if status.problem.is_some())
}

fn say(message: &serde_json::Value) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{message}")?;
    stdout.flush()
}
