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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_agent_hears_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = Instance::take(folder.path(), None).unwrap();
        first.note(39041).unwrap();
        let refusal = Instance::take(folder.path(), None).unwrap_err().to_string();
        assert!(refusal.contains("already running") && refusal.contains("port 39041"), "{refusal}");
        assert!(Instance::take(folder.path(), Some(4000)).is_ok());
        drop(first);
        assert!(Instance::take(folder.path(), None).is_ok());
    }
}
