//! The command line: what people and scripts type, turned into calls of the library. Exit codes: 0 done, 1 failed with
//! a message on stderr, 2 wrong usage. Nothing here decides how a card behaves.

mod new;
mod serve;

use std::{
    error::Error,
    io::{self, Write as _},
    path::PathBuf,
};

use clap::{Parser, Subcommand};
use jpki_softcard::CardFile;

/// A My Number Card in software, with its own test CA.
///
/// For tests, demonstrations and people without a card: its certificates come from a test CA that no real service
/// trusts, and its holder is invented. Never put a real person's data or PIN on it.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::New),
    Serve(serve::Serve),
    Ca(Ca),
}

/// Print the test CA certificates of a card (PEM): what a verifier must be told to trust for this card.
///
/// All generations of both families: 01 to 03 for authentication, then 01 to 03 for signature.
#[derive(Debug, clap::Args)]
struct Ca {
    /// The card's file
    file: PathBuf,
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    match arguments.command {
        Command::New(new) => new.run(),
        Command::Serve(serve) => serve.run(),
        Command::Ca(ca) => {
            let card = CardFile::read(&ca.file)?;
            Ok(io::stdout().write_all(card.authorities_pem().as_bytes())?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn wrong_values_are_wrong_usage() {
        for line in ["serve c --fault 3:explode", "new c --birthdate 1990-02-30", "new c --gender x", "serve", ""] {
            let words = std::iter::once("jpki-softcard").chain(line.split_whitespace());
            assert_eq!(Arguments::try_parse_from(words).unwrap_err().exit_code(), 2, "{line}");
        }
    }
}
