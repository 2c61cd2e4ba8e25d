//! The agent's ports: those that pages look at, and those of agents that left a note of themselves.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::sync::Arc;

use jpki_protocol::{Origin, PORTS};

use super::limit::{self, Part};
use super::{PATIENCE, dial, system};
use crate::doctor::findings::{DialAnswer, Endpoint, NotedAgent, Port};

/// Begins to look at the ports of an agent with this setting, and at those noted in `folder`.
fn begin_at(ports: Vec<u16>, folder: Option<PathBuf>, origin: Arc<str>) -> Part<Endpoint> {
    limit::begin(move || {
        let look_at = |port| look_at(port, Arc::clone(&origin));
        let notes = folder.as_deref().map(crate::cli::noted_agents).unwrap_or_default();
        let noted: Vec<_> = notes.iter().map(|note| (note.process, look_at(note.port))).collect();
        let ports: Vec<_> = ports.into_iter().map(look_at).collect();
        let wait = |part: Part<Port>| part.wait(PATIENCE);
        Endpoint {
            ports: ports.into_iter().filter_map(wait).collect(),
            noted: noted
                .into_iter()
                .filter_map(|(process, port)| {
                    Some(NotedAgent { process, port: wait(port)?, alive: system::is_agent(process) })
                })
                .collect(),
        }
    })
}

/// As [`begin_at`], for the port of the settings or those that are tried without one, as a page of a `site` that the agent
/// admits, where it admits only some.
pub(super) fn begin(setting: Option<u16>, folder: Option<PathBuf>, site: Option<&Origin>) -> Part<Endpoint> {
    // With 0 the system chooses: then only the note tells.
    let ports = setting.map_or(PORTS.to_vec(), |port| vec![port]);
    let origin = site.map_or(dial::ORIGIN.into(), |site| site.to_string().into());
    begin_at(ports.into_iter().filter(|&port| port != 0).collect(), folder, origin)
}

fn look_at(number: u16, origin: Arc<str>) -> Part<Port> {
    limit::begin(move || {
        let dial = |ip| dial::dial(ip, number, &origin);
        let (v4, v6) = (dial(Ipv4Addr::LOCALHOST.into()), dial(Ipv6Addr::LOCALHOST.into()));
        let silent = |answer| matches!(answer, DialAnswer::Free | DialAnswer::NoAddress);
        let holder = if silent(v4) && silent(v6) { None } else { system::holder(number) };
        Port { number, v4, v6, holder }
    })
}
