//! The command line: one file a command. Results go to standard output, everything else to standard
//! error; the exit code is 0 done, 1 failed with a message, 2 wrong usage.

mod autostart;
mod card;
mod doctor;
mod draft;
mod history;
mod instance;
mod open;
mod page;
mod pin;
mod print;
mod readers;
mod run;
mod settings;
mod sign;
mod sites;
mod surroundings;
mod task;
#[cfg(not(target_os = "macos"))]
mod tray;

use std::io::Write as _;
use std::process::ExitCode;

pub(crate) use instance::noted_agents;
pub(crate) use surroundings::prompt_program;

use clap::{Args, CommandFactory as _, Parser, Subcommand};

/// Lets web pages verify identity with a My Number Card in this computer's reader.
#[derive(Debug, Parser)]
#[command(name = "jpki-bridge", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the agent and serve pages until it is told to stop.
    Run(RunArguments),
    /// Show the card readers of this computer.
    Readers {
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Show what can be known of the cards without a PIN.
    Card {
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Open the page of the running agent: readers and card, sites, history, diagnosis, settings.
    Open {
        /// Print the address instead. It opens the page once, within a minute.
        #[arg(long)]
        print: bool,
        /// The agent that was started with this --port
        #[arg(long, value_name = "N")]
        port: Option<u16>,
    },
    /// Look at everything that a card operation needs, and say what stands in its way.
    Doctor(doctor::DoctorArguments),
    /// Sign documents with the card's signature key.
    Sign(sign::SignArguments),
    /// Show the attempts left on the card's PINs, or change one.
    #[command(subcommand)]
    Pin(pin::PinCommand),
    /// List, allow, block or forget sites.
    #[command(subcommand)]
    Sites(sites::SitesCommand),
    /// Show what was asked of the card, by whom, when and how it ended; or erase it.
    History(history::HistoryArguments),
    /// Start the agent at login, or not.
    #[command(subcommand)]
    Autostart(autostart::AutostartCommand),
    /// Show each setting, its value, and where that comes from, as `run` with the same options has it.
    Settings {
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        arguments: RunArguments,
    },
}

#[derive(Debug, Args)]
struct RunArguments {
    /// Use this port and no other [default: 39041, else 39042, else 39043; 0 lets the system choose]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Show no icon in the system tray.
    #[arg(long)]
    no_tray: bool,
    /// Also admit http:// pages on localhost and *.localhost, for developing a site.
    #[arg(long)]
    developer: bool,
    #[command(flatten)]
    surroundings: surroundings::Surroundings,
}

/// What a command ends with, if not well: a sentence for the person.
type Failure = Box<dyn std::error::Error>;

/// The command line as a description, for manual pages and completions.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    // Wrong usage ends here, with 2.
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Run(arguments) => run::run(arguments),
        Command::Readers { json } => readers::run(json),
        Command::Card { json } => card::run(json),
        Command::Open { print, port } => page::run(print, port),
        Command::Doctor(arguments) => match doctor::run(&arguments) {
            Ok(true) => Ok(()),
            // Said already, with the remedies.
            Ok(false) => return ExitCode::FAILURE,
            Err(failure) => Err(failure),
        },
        Command::Sign(arguments) => sign::run(arguments),
        Command::Pin(command) => pin::run(command),
        Command::Sites(command) => sites::run(command),
        Command::History(arguments) => history::run(arguments),
        Command::Autostart(command) => autostart::run(command),
        Command::Settings { json, arguments } => settings::run(&arguments, json),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Who can't be told needs the exit code all the more.
            let _ = writeln!(std::io::stderr(), "{}", told(failure.as_ref()));
            ExitCode::FAILURE
        }
    }
}

/// A failure with its causes, but for those that it names itself.
fn told(failure: &dyn std::error::Error) -> String {
    let mut text = format!("jpki-bridge: {failure}");
    let mut cause = failure.source();
    while let Some(error) = cause {
        let sentence = error.to_string();
        if !text.contains(&sentence) {
            text.push_str(&format!("\n  because: {sentence}"));
        }
        cause = error.source();
    }
    text
}
