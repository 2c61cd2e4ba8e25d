//! The command `jpki-verify`: what a server would say of a token, attributes or a document, said to a person or a
//! script. It reads files, calls the library, and prints; no check is made here that the library doesn't make.
//! It opens no connection, keeps nothing, and never writes what it was given back to the terminal unescaped.
#![forbid(unsafe_code)]

mod args;
mod document;
mod input;
mod report;

use std::process::ExitCode;

use clap::Parser as _;
use jpki_trust::{Asked, Clock as _, FixedClock, Refusal, SystemClock, VerifiedAttributes, VerifiedToken, Verifier};

use args::{Arguments, AttributesArguments, Command, Judging, Session, TokenArguments};
use input::{Basis, InputError};

/// Refused; a script tells it from [`WRONG_USAGE`].
const REFUSED: u8 = 1;
/// The command couldn't be run as it was given.
const WRONG_USAGE: u8 = 2;

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Token(arguments) => token(&arguments),
        Command::Attributes(arguments) => attributes(&arguments),
        Command::Document(arguments) => document::run(&arguments),
    };
    done.unwrap_or_else(|error| {
        report::err(&format!("jpki-verify: {error}"));
        ExitCode::from(WRONG_USAGE)
    })
}

fn token(arguments: &TokenArguments) -> Result<ExitCode, InputError> {
    let token = input::message(&arguments.token)?;
    let basis = Basis::read(&arguments.judging)?;
    let verify = |verifier: Verifier| verifier.verify(&token, &arguments.session.challenge);
    let verified: Result<VerifiedToken, _> = verifier(&arguments.session, &arguments.judging, basis).and_then(verify);
    Ok(report::verdict(&verified, arguments.judging.json))
}

fn attributes(arguments: &AttributesArguments) -> Result<ExitCode, InputError> {
    let result = input::message(&arguments.result)?;
    let basis = Basis::read(&arguments.judging)?;
    let asked = Asked { attributes: &arguments.ask, source: arguments.source };
    let verify = |verifier: Verifier| verifier.verify_attributes(&result, asked, &arguments.session.challenge);
    let verified: Result<VerifiedAttributes, _> =
        verifier(&arguments.session, &arguments.judging, basis).and_then(verify);
    Ok(report::verdict(&verified, arguments.judging.json))
}

fn verifier(session: &Session, judging: &Judging, basis: Basis) -> Result<Verifier, Refusal> {
    let revocation = basis.revocation()?;
    Ok(Verifier::new(session.origin.clone(), basis.roots, revocation).with_clock(clock(judging)))
}

fn clock(judging: &Judging) -> FixedClock {
    FixedClock(judging.at.unwrap_or_else(|| SystemClock.now()))
}
