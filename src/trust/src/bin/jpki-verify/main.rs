//! The command `jpki-verify`: what a server would say of a token, said to a person or a script.
//! It reads files, calls the library, and prints; no check is made here that the library doesn't make.
//! It opens no connection, keeps nothing, and never writes what it was given back to the terminal unescaped.
#![forbid(unsafe_code)]

mod args;
mod input;
mod report;

use std::process::ExitCode;

use clap::Parser as _;
use jpki_trust::{Clock as _, CrlFiles, FixedClock, NotChecked, Refusal, SystemClock, VerifiedToken, Verifier};

use args::{Arguments, Command, TokenArguments};
use input::{Input, InputError};

/// Refused; a script tells it from [`WRONG_USAGE`].
const REFUSED: u8 = 1;
/// The command couldn't be run as it was given.
const WRONG_USAGE: u8 = 2;

fn main() -> ExitCode {
    let Command::Token(arguments) = Arguments::parse().command;
    let input = match Input::read(&arguments) {
        Ok(input) => input,
        Err(error) => return wrong_usage(&error),
    };
    match verify(&arguments, input) {
        Ok(verified) if arguments.json => report::json(&report::Accepted::of(&verified)),
        Ok(verified) => report::text(&verified),
        Err(refusal) => {
            if arguments.json {
                report::json(&report::Refused::of(refusal));
            }
            report::refused(refusal);
            return ExitCode::from(REFUSED);
        }
    }
    ExitCode::SUCCESS
}

fn verify(arguments: &TokenArguments, input: Input) -> Result<VerifiedToken, Refusal> {
    let clock = FixedClock(arguments.at.unwrap_or_else(|| SystemClock.now()));
    let origin = arguments.origin.clone();
    let verifier = if input.crls.is_empty() {
        Verifier::new(origin, input.roots, NotChecked)
    } else {
        let mut lists = CrlFiles::new();
        input.crls.iter().try_for_each(|file| lists.add(file, &input.roots))?;
        Verifier::new(origin, input.roots, lists)
    };
    verifier.with_clock(clock).verify(&input.token, &arguments.challenge)
}

fn wrong_usage(error: &InputError) -> ExitCode {
    eprintln!("jpki-verify: {error}");
    ExitCode::from(WRONG_USAGE)
}
