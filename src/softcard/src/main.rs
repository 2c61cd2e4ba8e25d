//! `jpki-softcard`: makes and serves software My Number Cards.
#![forbid(unsafe_code)]

mod cli;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match cli::run(cli::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("jpki-softcard: {error}");
            ExitCode::FAILURE
        }
    }
}
