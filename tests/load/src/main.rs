//! Simulated cards and browsers that sign in to a portal as fast as it lets them, and what that costs: logins a second,
//! rows written a login, memory, size of the database.
//! Operators and developers of the portal come in here by `cargo run --release -p jpki-portal-load`.
//! Every card is made up and trusted by the portal under test alone, which is started here with a database of its own.
#![forbid(unsafe_code)]

mod browser;
mod card;
mod database;
mod load;
mod person;
mod portal;
mod service;

use std::process::ExitCode;

use clap::Parser;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Starts a portal of its own, lets simulated people sign in, and prints what it cost.
#[derive(Debug, Parser)]
#[command(name = "jpki-portal-load", version)]
struct Arguments {
    /// Logins to make, after everybody has registered.
    #[arg(long, default_value_t = 10_000)]
    logins: usize,
    /// People, each with a card.
    #[arg(long, default_value_t = 500)]
    people: usize,
    /// Accounts that are there besides, without ever signing in.
    #[arg(long, default_value_t = 0)]
    accounts: usize,
    /// Browsers at the same time.
    #[arg(long, default_value_t = 8)]
    browsers: usize,
    /// How often figures are printed, in logins.
    #[arg(long, default_value_t = 1_000)]
    every: usize,
    /// An empty PostgreSQL database, such as postgres://USER@HOST/NAME; without it, SQLite in a temporary folder.
    #[arg(long)]
    database: Option<String>,
}

fn main() -> ExitCode {
    match load::run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("jpki-portal-load: {error}");
            ExitCode::FAILURE
        }
    }
}
