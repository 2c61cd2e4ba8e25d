//! `jpki-bridge sites`

use clap::Subcommand;
use jpki_protocol::{Origin, OriginPolicy};

use super::Failure;
use super::print::{line, print};
use crate::files::FileError;
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
            serde_json::json!({ "origin": origin, "decision": decision, "by": by, "managed": managed })
        });
        return line(serde_json::Value::Array(rows.collect()));
    }
    let mut text = String::new();
    if all.is_empty() && !sites.only_allowed() {
        text.push_str("No site was allowed or blocked.\n");
    }
    for (origin, decision, by) in all {
        text.push_str(&format!("{:8}{origin}{}\n", word(Some(decision)), whose(by)));
    }
    if sites.only_allowed() {
        text.push_str(&format!("Every other site is blocked{}.\n", whose(By::Policy)));
    }
    print(&text)
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
    print(&changed(sites, &origin, decision)?)
}

/// Writes down what the person decided, and says what holds now: settings and policy may say otherwise.
fn changed(sites: &Sites, origin: &Origin, decision: Option<Decision>) -> Result<String, FileError> {
    let before = sites.standing(origin)?.map(|(decision, _)| decision);
    sites.set(origin, decision)?;
    let after = sites.standing(origin)?;
    let by = after.map_or(By::Person, |(_, by)| by);
    let after = after.map(|(decision, _)| decision);
    Ok(format!("{origin}: {}{} (was: {})\n", word(after), whose(by), word(before)))
}

fn whose(by: By) -> &'static str {
    match by {
        By::Person => "",
        By::Settings => " (in the settings file)",
        By::Policy => " (managed by the administrator)",
    }
}

fn word(decision: Option<Decision>) -> &'static str {
    match decision {
        Some(Decision::Allow) => "allowed",
        Some(Decision::Block) => "blocked",
        None => "asked",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sites::Rules;

    #[test]
    fn what_is_said_of_a_site_is_what_holds() {
        let folder = tempfile::tempdir().unwrap();
        let site = |name: &str| Origin::parse(&format!("https://{name}.example"), OriginPolicy::Secure).unwrap();
        let rules = Rules {
            blocked: vec![site("a")],
            blocked_by_policy: vec![site("b")],
            allowed: vec![site("c")],
            ..Rules::default()
        };
        let sites = Sites::open(folder.path()).unwrap().under(rules);
        for (name, decision, said) in [
            ("a", None, "blocked (in the settings file) (was: blocked)"),
            ("b", None, "blocked (managed by the administrator) (was: blocked)"),
            ("c", Some(Decision::Block), "blocked (was: allowed)"),
            ("c", None, "allowed (managed by the administrator) (was: blocked)"),
            ("d", Some(Decision::Block), "blocked (was: asked)"),
            ("d", None, "asked (was: blocked)"),
        ] {
            let text = changed(&sites, &site(name), decision).unwrap();
            assert_eq!(text, format!("https://{name}.example: {said}\n"));
        }
    }
}
