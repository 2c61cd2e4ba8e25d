//! `jpki-portal notice`: the operator sends a notice, or takes one back.

use std::io::Read as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::{Audience, Draft, IssuerKind, send, withdraw};
use crate::account::{self, AccountId};
use crate::error::{Error, Result};
use crate::{Environment, Store};

/// The most bytes read of a text: more is no notice.
const LONGEST_FILE: u64 = 64 * 1024;

/// What the operator does with notices.
#[derive(Debug, Subcommand)]
pub(crate) enum NoticeCommand {
    /// Send a notice to one person or to everybody who registered, and print its name.
    Send(Send),
    /// Take a notice back.
    Withdraw {
        /// The name that `send` printed.
        id: String,
    },
}

/// A notice to send.
#[derive(Debug, Args)]
pub(crate) struct Send {
    /// 国 (national) or 地方公共団体 (local).
    #[arg(long, value_enum)]
    issuer_kind: IssuerKind,
    /// 差出人: the body that sends it.
    #[arg(long)]
    issuer: String,
    /// 件名.
    #[arg(long)]
    subject: String,
    /// The text: a file in UTF-8, or - for the standard input. It never stands in an argument, which others on this machine see.
    #[arg(long, value_name = "FILE")]
    body: PathBuf,
    /// 保存期限: the days it is kept.
    #[arg(long, default_value_t = 90)]
    days: u32,
    #[command(flatten)]
    to: To,
}

/// Whom it is for.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct To {
    /// One person, by the reference that their My page shows.
    #[arg(long, value_name = "REFERENCE")]
    account: Option<String>,
    /// Everybody who registered.
    #[arg(long)]
    everybody: bool,
}

impl NoticeCommand {
    /// Does it.
    pub(crate) async fn run(self, store: &Store, environment: Environment, now: Timestamp) -> Result<()> {
        match self {
            Self::Send(notice) => {
                let id = notice.send(store, environment, now).await?;
                println!("{id}");
            }
            Self::Withdraw { id } => {
                if !withdraw(store, environment, &id).await? {
                    return Err(Error::Config(format!("there is no notice {id} in this environment")));
                }
            }
        }
        Ok(())
    }
}

impl Send {
    async fn send(self, store: &Store, environment: Environment, now: Timestamp) -> Result<String> {
        let body = self.read_body()?;
        let draft = Draft::new(self.issuer_kind, &self.issuer, &self.subject, &body, self.days)
            .map_err(|flaw| Error::Config(flaw.to_string()))?;
        let audience = match self.to.account {
            Some(account) => {
                let account = AccountId::stored(account);
                if !account::exists(store, environment, &account).await? {
                    return Err(Error::Config(format!(
                        "nobody with the reference {} is registered here",
                        account.as_str()
                    )));
                }
                Audience::Account(account)
            }
            None => Audience::Everybody,
        };
        send(store, environment, &audience, &draft, now).await
    }

    fn read_body(&self) -> Result<String> {
        let failed = |source| Error::File { path: self.body.clone(), source };
        let mut text = String::new();
        if self.body.as_os_str() == "-" {
            std::io::stdin().take(LONGEST_FILE).read_to_string(&mut text).map_err(failed)?;
        } else {
            let file = std::fs::File::open(&self.body).map_err(failed)?;
            file.take(LONGEST_FILE).read_to_string(&mut text).map_err(failed)?;
        }
        Ok(text)
    }
}
