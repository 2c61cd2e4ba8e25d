//! `jpki-bridge pin`

use clap::{Subcommand, ValueEnum};
use jpki_card::{Attempts, PinStatus};
use jpki_protocol::prompt::PinKind;
use serde_json::{Value, json};

use super::print::line;
use super::readers::Look;
use super::surroundings::Surroundings;
use super::{Failure, task};
use crate::agent::Drafts;
use crate::operation::Task;

#[derive(Debug, Subcommand)]
pub(super) enum PinCommand {
    /// Show how often each PIN may still be tried. No PIN is needed, and no attempt is spent.
    Status {
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        surroundings: Surroundings,
    },
    /// Change a PIN: the old one is asked for, then the new one twice.
    Change {
        /// Which one
        pin: Name,
        #[command(flatten)]
        surroundings: Surroundings,
    },
}

/// The card's PINs, by the names of this command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Name {
    /// 利用者証明用電子証明書の暗証番号: 4 digits, 3 attempts
    Auth,
    /// 署名用電子証明書のパスワード: 6 to 16 of A-Z and 0-9, 5 attempts
    Sign,
    /// 券面事項入力補助用暗証番号: 4 digits, 3 attempts
    Text,
}

pub(super) fn run(command: PinCommand) -> Result<(), Failure> {
    match command {
        PinCommand::Status { json, surroundings } => status(&surroundings, json),
        PinCommand::Change { pin, surroundings } => change(&surroundings, pin),
    }
}

fn change(surroundings: &Surroundings, pin: Name) -> Result<(), Failure> {
    let kind = match pin {
        Name::Auth => PinKind::Auth,
        Name::Sign => PinKind::Sign,
        Name::Text => PinKind::Text,
    };
    task::run(surroundings, Task::ChangePin(kind), Drafts::default())?;
    line("The PIN is changed.")
}

fn status(surroundings: &Surroundings, json: bool) -> Result<(), Failure> {
    let look: Look<PinStatus> = Look {
        at: |backend, reader| jpki_card::pin_status(backend.connect(&reader.name, Some(reader.insertion))?),
        json: described,
        text: told,
    };
    look.print(surroundings.backend()?.0, json)
}

fn told(reader: &str, status: &PinStatus) -> String {
    let there = |attempts: Option<Attempts>| {
        attempts.map_or_else(|| "not on this card".to_owned(), |attempts| attempts.to_string())
    };
    let (sign, text) = (there(status.sign), there(status.text));
    format!("{reader}:\n  auth  {}\n  sign  {sign}\n  text  {text}\n", status.auth)
}

fn described(reader: &str, status: &PinStatus) -> Value {
    let one = |attempts: Attempts| json!({ "attemptsLeft": attempts.left(), "blocked": attempts == Attempts::Blocked });
    json!({
        "reader": reader, "auth": one(status.auth), "sign": status.sign.map(one), "text": status.text.map(one),
    })
}
