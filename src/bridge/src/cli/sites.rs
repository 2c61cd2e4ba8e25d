//! `jpki-bridge sites`

use clap::Subcommand;
use jpki_protocol::{Origin, OriginPolicy};

use super::Failure;
use crate::settings;
use crate::{Decision, Sites};

#[derive(Debug, Subcommand)]
pub(super) enum SitesCommand {
    /// Show every site that was allowed or blocked.
    List {
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Ask without the "remember" question. The window still appears for each request.
    Allow {
        /// https://host[:port]
        origin: String,
    },
    /// Refuse every request of a site unseen.
    Block {
        /// https://host[:port]
        origin: String,
    },
    /// Treat a site as if it had never asked.
    Forget {
        /// https://host[:port]
        origin: String,
    },
}

pub(super) fn run(command: SitesCommand) -> Result<(), Failure> {
    let sites = Sites::open(&settings::folder()?)?;
    match command {
        SitesCommand::List { json } => list(&sites, json),
        SitesCommand::Allow { origin } => set(&sites, &origin, Some(Decision::Allow)),
        SitesCommand::Block { origin } => set(&sites, &origin, Some(Decision::Block)),
        SitesCommand::Forget { origin } => set(&sites, &origin, None),
    }
}

fn list(sites: &Sites, json: bool) -> Result<(), Failure> {
    let all = sites.all()?;
    if json {
        let rows = all.iter().map(|(origin, decision)| serde_json::json!({ "origin": origin, "decision": decision }));
        println!("{}", serde_json::Value::Array(rows.collect()));
    } else if all.is_empty() {
        println!("No site was allowed or blocked.");
    } else {
        for (origin, decision) in all {
            println!("{:8}{origin}", word(Some(decision)));
        }
    }
    Ok(())
}

fn set(sites: &Sites, origin: &str, decision: Option<Decision>) -> Result<(), Failure> {
    let origin = Origin::parse(origin, OriginPolicy::Developer)?;
    let before = sites.set(&origin, decision)?;
    println!("{origin}: {} (was: {})", word(decision), word(before));
    Ok(())
}

fn word(decision: Option<Decision>) -> &'static str {
    match decision {
        Some(Decision::Allow) => "allowed",
        Some(Decision::Block) => "blocked",
        None => "asked",
    }
}
