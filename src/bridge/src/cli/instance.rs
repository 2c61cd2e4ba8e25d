//! One agent for one person: a lock that the system takes back when the agent ends, however it ends.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

use super::Failure;

/// The lock of the agent that runs; held until it ends.
#[derive(Debug)]
pub(super) struct Instance(File);

impl Instance {
    /// Takes the lock, or says which agent has it. Agents with a fixed port of their own are kept
    /// apart by port, as their person asked for each.
    pub(super) fn take(folder: &Path, fixed_port: Option<u16>) -> Result<Self, Failure> {
        let name = match fixed_port {
            None | Some(0) => "agent.lock".to_owned(),
            Some(port) => format!("agent-{port}.lock"),
        };
        crate::os::create_private_folder(folder)?;
        let path = folder.join(name);
        let mut file = File::options().create(true).truncate(false).read(true).write(true).open(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => {
                let mut note = String::new();
                // The note is a courtesy: without it the sentence still stands.
                let _ = file.read_to_string(&mut note);
                let note = note.trim();
                let place = if note.is_empty() { String::new() } else { format!(" ({note})") };
                Err(format!("JPKI Bridge is already running{place}. End it first, or choose another port with --port")
                    .into())
            }
            Err(TryLockError::Error(error)) => Err(format!("{}: {error}", path.display()).into()),
        }
    }

    /// Notes where this agent listens, for the next one that is started.
    pub(super) fn note(&mut self, port: u16) -> std::io::Result<()> {
        self.0.set_len(0)?;
        self.0.rewind()?;
        writeln!(self.0, "process {}, port {port}", std::process::id())
    }
}

/// What an agent noted of itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) process: u32,
    pub(crate) port: u16,
}

/// The agents that left a note in `folder`. One that has ended leaves its note behind.
pub(crate) fn noted_agents(folder: &Path) -> Vec<Note> {
    let files = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let locks = files.filter(|file| {
        file.file_name().to_str().is_some_and(|name| name.starts_with("agent") && name.ends_with(".lock"))
    });
    let notes = locks.filter_map(|file| std::fs::read_to_string(file.path()).ok());
    notes.filter_map(|note| parse_note(note.trim())).collect()
}

fn parse_note(note: &str) -> Option<Note> {
    let (process, port) = note.strip_prefix("process ")?.split_once(", port ")?;
    Some(Note { process: process.parse().ok()?, port: port.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_agent_hears_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = Instance::take(folder.path(), None).unwrap();
        first.note(39041).unwrap();
        assert_eq!(noted_agents(folder.path()), [Note { process: std::process::id(), port: 39041 }]);
        let refusal = Instance::take(folder.path(), None).unwrap_err().to_string();
        assert!(refusal.contains("already running") && refusal.contains("port 39041"), "{refusal}");
        assert!(Instance::take(folder.path(), Some(4000)).is_ok());
        drop(first);
        assert!(Instance::take(folder.path(), None).is_ok());
    }
}
