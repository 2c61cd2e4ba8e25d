//! `jpki-bridge autostart`

use clap::Subcommand;
use serde_json::json;

use super::Failure;
use super::print::{line, print};
use crate::autostart::{Autostart, Changes};

#[derive(Debug, Subcommand)]
pub(super) enum AutostartCommand {
    /// Start the agent when this person logs in.
    On {
        /// By a unit of the person's systemd, for a session that reads no autostart entries.
        #[cfg(target_os = "linux")]
        #[arg(long)]
        systemd: bool,
    },
    /// Don't start it, also where the installation would.
    Off,
    /// Show whether it starts at login, and what says so.
    Status {
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(command: AutostartCommand) -> Result<(), Failure> {
    let autostart = Autostart::here()?;
    match command {
        #[cfg(target_os = "linux")]
        AutostartCommand::On { systemd: true } => switch(&autostart.by_systemd(), true),
        AutostartCommand::On { .. } => switch(&autostart, true),
        AutostartCommand::Off => switch(&autostart, false),
        AutostartCommand::Status { json } => status(&autostart, json),
    }
}

fn switch(autostart: &Autostart, on: bool) -> Result<(), Failure> {
    let changes: Changes = autostart.set(on)?;
    let (state, undo) = if on { ("starts at login", "off") } else { ("doesn't start at login", "on") };
    if changes.is_empty() {
        return line(format_args!("JPKI Bridge {state}: nothing had to be changed."));
    }
    let mut text = format!("JPKI Bridge {state} from now on. To undo: jpki-bridge autostart {undo}\n");
    changes.iter().for_each(|change| text.push_str(&format!("  {change}\n")));
    print(&text)
}

fn status(autostart: &Autostart, json: bool) -> Result<(), Failure> {
    let status = autostart.status()?;
    if json {
        return line(json!({ "on": status.on, "by": status.by, "trouble": status.trouble }));
    }
    let by = status.by.map(|place| format!(" ({place})")).unwrap_or_default();
    let trouble = status.trouble.map(|trouble| format!("\n  {trouble}")).unwrap_or_default();
    line(format_args!("{}{by}{trouble}", if status.on { "on" } else { "off" }))
}
