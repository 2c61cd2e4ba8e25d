//! `jpki-portal operator`: the accounts of the console.

use std::io::IsTerminal as _;

use clap::Subcommand;
use jiff::Timestamp;
use jpki_protocol::Language;

use super::account;
use crate::Store;
use crate::desk::Password;
use crate::error::{Error, Result};
use crate::web::Lang;

/// What is done with the accounts of the console.
#[derive(Debug, Subcommand)]
pub(crate) enum OperatorCommand {
    /// Make an account, or give it a new password. The password is one line of the input, never an argument.
    Add {
        /// The name to sign in with.
        name: String,
    },
    /// Remove an account and end its sessions.
    Remove {
        /// Its name.
        name: String,
    },
    /// Show the names of all accounts.
    List,
}

impl OperatorCommand {
    /// Does it.
    pub(crate) async fn run(self, store: &Store, now: Timestamp) -> Result<()> {
        match self {
            Self::Add { name } => add(store, &name, &typed()?, now).await,
            Self::Remove { name } => match account::remove(store, &name, now).await? {
                true => Ok(()),
                false => Err(Error::Config(format!("{name} has no account: see jpki-portal operator list"))),
            },
            Self::List => {
                for name in account::names(store).await? {
                    println!("{name}");
                }
                Ok(())
            }
        }
    }
}

fn typed() -> Result<String> {
    let failed = |error: std::io::Error| Error::Config(format!("the password can't be read: {error}"));
    if std::io::stdin().is_terminal() {
        return rpassword::prompt_password("Password: ").map_err(failed);
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(failed)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Makes an account of the console, or gives it a new password and ends its sessions.
///
/// # Errors
/// [`Error::Config`] for a name or a password that can't be used, and those of the database.
pub(crate) async fn add(store: &Store, name: &str, password: &str, now: Timestamp) -> Result<()> {
    let plain =
        (1..=64).contains(&name.chars().count()) && !name.contains(|c: char| c.is_control() || c.is_whitespace());
    if !plain {
        return Err(Error::Config("a name has 1 to 64 characters and no spaces".to_owned()));
    }
    let password = Password::parse(password, &[name])
        .map_err(|fault| Error::Config(fault.text(&Lang(Language::En)).to_owned()))?;
    account::put(store, name, &password.hash().await?, now).await
}

/// Makes an account of the console: for whoever starts a portal with its operator, such as a demonstration.
///
/// # Errors
/// [`Error::Config`] for a name or a password that can't be used, and those of the database.
pub async fn add_operator(app: &crate::App, name: &str, password: &str) -> Result<(), Error> {
    add(app.store(), name, password, app.now()).await
}
