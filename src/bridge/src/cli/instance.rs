//! One agent for one person: a lock that the system takes back when the agent ends, however it ends, and beside it a
//! note that only this person can read: which process, which port, and the secret a second process shows to the first.
//!
//! The lock says whether an agent runs, the note where. A second process proves with the note's secret that it runs as the
//! same person (who can't read the file can't know it), and gets a key that opens the agent's page once ([`crate::onetime`]).
//! A first agent that holds the lock and doesn't answer is ended, but only if its process is one of this program and person.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::Failure;
use super::open::{self, Reply};
use crate::files::{self, Owner};
use crate::onetime::{Desk, Key};
use crate::os::{Sibling, lock_holder};

/// How long an agent that has just started may take to leave its note.
const NOTE_TIME: Duration = Duration::from_secs(3);

/// How long an agent that was asked to end may take; one that works puts the card away in that time.
const END_TIME: Duration = Duration::from_secs(5);

/// The most bytes of a note.
const MAX_BYTES: u64 = 4096;

/// The lock of the agent that runs; held until it ends.
#[derive(Debug)]
pub(super) struct Instance {
    _lock: File,
    note: PathBuf,
    secret: Key,
}

/// What an agent leaves for the next one that is started.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    version: u32,
    /// The agent's process.
    pub(crate) process: u32,
    /// Where it listens.
    pub(crate) port: u16,
    secret: String,
}

/// Whose turn it is.
#[derive(Debug)]
pub(super) enum Turn {
    /// Ours: no other agent runs.
    Ours(Instance),
    /// Another agent's: it runs, and answers.
    Theirs(Note),
}

impl Instance {
    /// Takes the lock in `folder`, or says which agent has it. Agents with a fixed port of their own are kept
    /// apart by port, as their person asked for each.
    ///
    /// # Errors
    /// If the folder can't be written, or an agent holds the lock that neither answers nor can be ended.
    pub(super) fn take(folder: &Path, fixed_port: Option<u16>) -> Result<Turn, Failure> {
        let (lock, note) = places(folder, fixed_port);
        let unusable = |error| -> Failure {
            format!(
                "{} can't be used: {error}. The agent needs it to run once alone; make room or the folder writable, \
                or name another one with XDG_RUNTIME_DIR",
                lock.display()
            )
            .into()
        };
        crate::os::create_private_folder(folder).map_err(unusable)?;
        let file = File::options().create(true).truncate(false).read(true).write(true).open(&lock).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => return Ok(Turn::Ours(Self::start(file, note)?)),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        let freed = wait_for(file);
        let first = match first_note(&note, &freed)? {
            First::Gone(lock) => return Ok(Turn::Ours(Self::start(lock, note)?)),
            First::Says(first) => first,
        };
        match first.ask() {
            Reply::Key(_) | Reply::Refused => Ok(Turn::Theirs(first)),
            Reply::Silent => Ok(Turn::Ours(Self::start(replace(&first, &freed)?, note)?)),
        }
    }

    fn start(lock: File, note: PathBuf) -> Result<Self, Failure> {
        // The note of an agent that was killed leads nowhere.
        match std::fs::remove_file(&note) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(format!("{}: {error}", note.display()).into());
            }
            _ => {}
        }
        Ok(Self { _lock: lock, note, secret: Key::random()? })
    }

    /// The desk for who can read the note.
    pub(super) fn desk(&self) -> Desk {
        Desk::new(&self.secret)
    }

    /// Notes where this agent listens, for the next one that is started.
    ///
    /// # Errors
    /// [`files::FileError`]; without the note the agent works, but no second process finds it.
    pub(super) fn leave_note(&self, port: u16) -> Result<(), Failure> {
        let secret = self.secret.as_str().to_owned();
        let text = serde_json::to_vec(&Note { version: 1, process: std::process::id(), port, secret })?;
        Ok(files::replace(&self.note, &text)?)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // A note that stays leads to an agent that doesn't hold its lock, and nobody reads it.
        let _ = std::fs::remove_file(&self.note);
    }
}

impl Note {
    /// The note of the agent that runs now; none if none runs.
    ///
    /// # Errors
    /// If it can't be told, or the agent's note is lost or can't be trusted.
    pub(super) fn of_running(folder: &Path, fixed_port: Option<u16>) -> Result<Option<Self>, Failure> {
        let (lock, note) = places(folder, fixed_port);
        let file = match File::options().read(true).write(true).open(&lock) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{}: {error}", lock.display()).into()),
        };
        match file.try_lock() {
            Ok(()) => Ok(None),
            Err(_) => Self::read(&note)?.map(Some).ok_or_else(|| without_note(&note)),
        }
    }

    fn read(path: &Path) -> Result<Option<Self>, Failure> {
        let Some(text) = files::read_private(path, Owner::Person, MAX_BYTES)? else { return Ok(None) };
        let note: Self = serde_json::from_slice(&text).map_err(|error| files::FileError::broken(path, &error))?;
        Ok(Some(note))
    }

    /// Asks the agent for a key to its page.
    pub(super) fn ask(&self) -> Reply {
        open::ask(self.port, &self.secret)
    }

    /// Tells the agent that the history was erased.
    pub(super) fn tell_of_erasure(&self) {
        open::tell_of_erasure(self.port, &self.secret);
    }
}

fn places(folder: &Path, fixed_port: Option<u16>) -> (PathBuf, PathBuf) {
    let name = match fixed_port {
        None | Some(0) => "agent".to_owned(),
        Some(port) => format!("agent-{port}"),
    };
    (folder.join(format!("{name}.lock")), folder.join(format!("{name}.json")))
}

/// The agents that left a note in `folder`. One that was killed leaves its note behind.
pub(crate) fn noted_agents(folder: &Path) -> Vec<Note> {
    let files = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let notes = files.filter(|file| {
        file.file_name().to_str().is_some_and(|name| name.starts_with("agent") && name.ends_with(".json"))
    });
    notes.filter_map(|file| Note::read(&file.path()).ok().flatten()).collect()
}

/// Waits for a lock beside everything else. The thread ends with the lock, or with the process.
fn wait_for(file: File) -> Receiver<std::io::Result<File>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let locked = file.lock().map(|()| file);
        // Who doesn't wait any more drops the lock with the file.
        let _ = sender.send(locked);
    });
    receiver
}

enum First {
    /// It ended while we looked.
    Gone(File),
    Says(Note),
}

/// Finds the note of the agent that holds the lock, also if it has only just started.
fn first_note(path: &Path, freed: &Receiver<std::io::Result<File>>) -> Result<First, Failure> {
    let patience = Instant::now() + NOTE_TIME;
    loop {
        if let Some(note) = Note::read(path)? {
            return Ok(First::Says(note));
        }
        // No system tells of a file that is written into a folder in the same way: this looks sixty times at most.
        match freed.recv_timeout(Duration::from_millis(50)) {
            Ok(lock) => return Ok(First::Gone(lock?)),
            Err(RecvTimeoutError::Timeout) if Instant::now() < patience => {}
            Err(_) => return Err(without_note(path)),
        }
    }
}

/// What is said of an agent that runs and whose note is not there.
fn without_note(path: &Path) -> Failure {
    let (who, how) = match lock_holder(&path.with_extension("lock")) {
        Some(process) => (format!(" (process {process})"), format!(" (kill {process})")),
        None => Default::default(),
    };
    format!(
        "JPKI Bridge is already running{who}, but has left no word where ({} is missing). End it first{how}, then start it \
        again with: jpki-bridge run",
        path.display()
    )
    .into()
}

/// Ends an agent that doesn't answer: politely, then by force. Gives its lock.
fn replace(first: &Note, freed: &Receiver<std::io::Result<File>>) -> Result<File, Failure> {
    let stuck = |what: &str| -> Failure {
        format!(
            "JPKI Bridge (process {}, port {}) is running but doesn't answer, and {what}. End it first",
            first.process, first.port
        )
        .into()
    };
    let sibling =
        Sibling::find(first.process).map_err(|error| stuck(&format!("its process can't be looked at: {error}")))?;
    let Some(sibling) = sibling else {
        // It may have ended since it was asked.
        let lock =
            freed.recv_timeout(END_TIME).map_err(|_| stuck("its process is not one of this program and person"))?;
        return Ok(lock?);
    };
    tracing::warn!("the agent that runs (process {}) doesn't answer and is replaced", first.process);
    // What has ended meanwhile can't be told anything, and its lock comes.
    if sibling.ask_to_end().unwrap_or(true)
        && let Ok(lock) = freed.recv_timeout(END_TIME)
    {
        return Ok(lock?);
    }
    let killed = sibling.kill();
    match freed.recv_timeout(END_TIME) {
        Ok(lock) => Ok(lock?),
        Err(_) => Err(match killed {
            Ok(()) => stuck("it doesn't end either"),
            Err(error) => stuck(&format!("it can't be ended: {error}")),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(folder: &Path, port: Option<u16>) -> Instance {
        match Instance::take(folder, port).unwrap() {
            Turn::Ours(instance) => instance,
            Turn::Theirs(note) => panic!("{note:?}"),
        }
    }

    #[test]
    fn agents_of_their_own_ports_do_not_know_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (ours(folder.path(), None), ours(folder.path(), Some(4000)));
        first.leave_note(39041).unwrap();
        second.leave_note(4000).unwrap();
        let port = |fixed| Note::of_running(folder.path(), fixed).unwrap().unwrap().port;
        assert_eq!((port(None), port(Some(0)), port(Some(4000))), (39041, 39041, 4000));
        assert!(Note::of_running(folder.path(), Some(4001)).unwrap().is_none());
        let mut noted: Vec<u16> = noted_agents(folder.path()).iter().map(|note| note.port).collect();
        noted.sort_unstable();
        assert_eq!(noted, [4000, 39041]);
    }

    #[test]
    fn the_note_goes_with_its_agent_and_one_that_stayed_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let first = ours(folder.path(), None);
        first.leave_note(39041).unwrap();
        let left = std::fs::read(folder.path().join("agent.json")).unwrap();
        drop(first);
        assert!(!folder.path().join("agent.json").exists());
        files::replace(&folder.path().join("agent.json"), &left).unwrap();
        assert!(Note::of_running(folder.path(), None).unwrap().is_none());
        let second = ours(folder.path(), None);
        // The old note is gone before the new one is there.
        let refusal = Note::of_running(folder.path(), None).unwrap_err().to_string();
        assert!(refusal.contains("already running") && refusal.contains("agent.json is missing"), "{refusal}");
        drop(second);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_note_or_leave_one() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let first = ours(folder.path(), None);
        first.leave_note(39041).unwrap();
        let note = folder.path().join("agent.json");
        assert_eq!(std::fs::metadata(&note).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&note, std::fs::Permissions::from_mode(0o622)).unwrap();
        let refusal = Note::of_running(folder.path(), None).unwrap_err().to_string();
        assert!(refusal.contains("could be changed by other users"), "{refusal}");
    }

    #[test]
    fn a_process_that_is_no_agent_is_not_ended() {
        // This test's own process: it holds the lock and answers on no port.
        let folder = tempfile::tempdir().unwrap();
        let first = ours(folder.path(), None);
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        first.leave_note(port).unwrap();
        let refusal = Instance::take(folder.path(), None).unwrap_err().to_string();
        assert!(refusal.contains("is not one of this program and person"), "{refusal}");
    }

    #[test]
    fn an_agent_that_ends_while_it_is_looked_at_makes_room() {
        let folder = tempfile::tempdir().unwrap();
        let first = ours(folder.path(), None);
        let path = folder.path().to_owned();
        let second = std::thread::spawn(move || matches!(Instance::take(&path, None).unwrap(), Turn::Ours(_)));
        drop(first);
        assert!(second.join().unwrap());
    }
}
