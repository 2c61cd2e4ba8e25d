//! `jpki-bridge sites`

use clap::Subcommand;
use jpki_protocol::{Origin, OriginPolicy};

use super::Failure;
use crate::settings::{self, Layers, Settings};
use crate::sites::By;
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
    let rules = Layers::load(None, Settings::default())?.rules();
    let sites = Sites::open(&settings::folder()?)?.under(rules);
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
        let rows = all.iter().map(|(origin, decision, by)| {
            let managed = *by == By::Policy;
            serde_json::json!({ "origin": origin, "decision": decision, "managed": managed })
        });
        println!("{}", serde_json::Value::Array(rows.collect()));
        return Ok(());
    }
    if all.is_empty() && !sites.only_allowed() {
        println!("No site was allowed or blocked.");
    }
    for (origin, decision, by) in all {
        let whose = match by {
            By::Person => "",
            By::Settings => " (in the settings file)",
            By::Policy => " (managed by the administrator)",
        };
        println!("{:8}{origin}{whose}", word(Some(decision)));
    }
    if sites.only_allowed() {
        println!("Every other site is blocked (managed by the administrator).");
    }
    Ok(())
}

fn set(sites: &Sites, origin: &str, decision: Option<Decision>) -> Result<(), Failure> {
    let origin = Origin::parse(origin, OriginPolicy::Developer)?;
    if decision == Some(Decision::Allow) {
        match sites.standing(&origin)? {
            Some((Decision::Block, By::Policy)) => {
                return Err(
                    format!("the administrator of this computer blocks {origin}: only they can allow it").into()
                );
            }
            Some((Decision::Block, By::Settings)) => {
                return Err(format!("the settings file blocks {origin}: take it out of `blocked` there").into());
            }
            _ => {}
        }
    }
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
