//! Processes, as far as `/proc` tells this user: who listens on a port, who has to do with cards.

use std::path::{Path, PathBuf};

use rustix::process::geteuid;

use super::super::text_of;
use crate::doctor::findings::Holder;

/// The state of a socket that listens (include/net/tcp_states.h).
const LISTEN: &str = "0A";

/// Who listens on a port, as far as this user may know.
pub(in super::super) fn holder(port: u16) -> Option<Holder> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| text_of(Path::new(table)).unwrap_or_default());
    let (user, inode) = tables.iter().find_map(|table| listener_in(table, port))?;
    let socket = format!("socket:[{inode}]");
    let has_socket = |process: &PathBuf| {
        // Others' descriptors, and those of the agent, which nobody may look into, can't be read.
        let files = std::fs::read_dir(process.join("fd")).ok();
        files.is_some_and(|files| {
            files
                .filter_map(Result::ok)
                .any(|file| std::fs::read_link(file.path()).is_ok_and(|to| to == Path::new(&socket)))
        })
    };
    let process = processes().find(has_socket);
    Some(Holder {
        program: process.as_deref().and_then(program),
        process: process.as_deref().and_then(number),
        other_user: user != geteuid().as_raw(),
    })
}

/// User and inode of the socket that listens on `port` (proc_pid_net(5): columns 2, 4, 8 and 10).
fn listener_in(table: &str, port: u16) -> Option<(u32, u64)> {
    let port = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let columns: Vec<_> = line.split_ascii_whitespace().collect();
        let listens = columns.get(1)?.ends_with(&port) && *columns.get(3)? == LISTEN;
        if !listens {
            return None;
        }
        Some((columns.get(7)?.parse().ok()?, columns.get(9)?.parse().ok()?))
    })
}

/// Whether an agent runs under this number.
pub(in super::super) fn is_agent(process: u32) -> bool {
    program(&Path::new("/proc").join(process.to_string())).is_some_and(|name| name == "jpki-bridge")
}

/// The programs, other than this one, that have the library of PC/SC loaded.
pub(in super::super) fn card_users() -> Vec<String> {
    let own = std::process::id();
    let loaded = |process: &PathBuf| text_of(&process.join("maps")).is_some_and(|maps| maps.contains("libpcsclite"));
    let others = processes().filter(|process| number(process) != Some(own)).filter(loaded);
    let mut names: Vec<_> = others.filter_map(|process| program(&process)).collect();
    names.sort();
    names.dedup();
    names
}

fn processes() -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| entry.path()).filter(|path| number(path).is_some())
}

fn number(process: &Path) -> Option<u32> {
    process.file_name()?.to_str()?.parse().ok()
}

fn program(process: &Path) -> Option<String> {
    Some(text_of(&process.join("comm"))?.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn the_program_that_listens_is_named() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let holder = holder(listener.local_addr().unwrap().port()).unwrap();
        assert_eq!((holder.process, holder.other_user), (Some(std::process::id()), false));
        assert!(holder.program.is_some());
    }

    #[test]
    fn a_connection_is_no_listener() {
        let table = "header\n 0: 0100007F:9881 0100007F:C350 01 0:0 00:0 0 1000 0 77 1\n \
            1: 00000000:9881 00000000:0000 0A 0:0 00:0 0 1001 0 78 1\n";
        assert_eq!(listener_in(table, 0x9881), Some((1001, 78)));
        assert_eq!(listener_in(table, 0x9882), None);
    }

    #[test]
    fn this_test_is_no_agent() {
        assert!(!is_agent(std::process::id()));
    }
}
