//! Linux: a process held by a descriptor, so that its number can't pass to another one meanwhile.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, getuid, pidfd_open, pidfd_send_signal};

use super::PROGRAM;

/// See [`super`].
#[derive(Debug)]
pub(crate) struct Sibling(OwnedFd);

impl Sibling {
    /// The process with this number, if it is one of this program and this user.
    ///
    /// # Errors
    /// The system's, where it can't say.
    pub(crate) fn find(id: u32) -> io::Result<Option<Self>> {
        let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) else { return Ok(None) };
        let process = match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(process) => process,
            Err(Errno::SRCH | Errno::INVAL) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        // Everyone may read this file, also of a process that lets nobody look into it.
        let status = match std::fs::read_to_string(format!("/proc/{id}/status")) {
            Ok(status) => status,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(is_ours(&status, getuid().as_raw()).then_some(Self(process)))
    }

    /// Asks it to end; `true` if that is possible on this system.
    ///
    /// # Errors
    /// The system's, for instance if it has ended.
    pub(crate) fn ask_to_end(&self) -> io::Result<bool> {
        pidfd_send_signal(&self.0, Signal::TERM)?;
        Ok(true)
    }

    /// Ends it.
    ///
    /// # Errors
    /// The system's, for instance if it has ended.
    pub(crate) fn kill(&self) -> io::Result<()> {
        Ok(pidfd_send_signal(&self.0, Signal::KILL)?)
    }
}

/// The process of this program and this user that holds the lock on `file`, where the system tells.
pub(crate) fn lock_holder(file: &Path) -> Option<u32> {
    let file = std::fs::metadata(file).ok()?.ino();
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    holders(&locks, file).find(|&process| matches!(Sibling::find(process), Ok(Some(_))))
}

/// The processes that hold a whole file's lock on the one with this number (proc_locks(5): columns 2, 5 and 6). Another file
/// system may have a file of that number, too.
fn holders(locks: &str, file: u64) -> impl Iterator<Item = u32> {
    locks.lines().filter_map(move |line| {
        let mut columns = line.split_ascii_whitespace().skip(1);
        // Who waits for a lock has an arrow in this column.
        if columns.next()? != "FLOCK" {
            return None;
        }
        let process = columns.nth(2)?.parse().ok()?;
        let locked = columns.next()?.rsplit(':').next()?;
        (locked.parse() == Ok(file)).then_some(process)
    })
}

/// Name and real user of a process (proc_pid_status(5)).
fn is_ours(status: &str, user: u32) -> bool {
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":\t"));
    let owner = field("Uid").and_then(|ids| ids.split('\t').next()?.parse().ok());
    field("Name") == Some(PROGRAM) && owner == Some(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_holds_a_lock_is_read_from_the_system_s_table() {
        let locks = "1: POSIX  ADVISORY  WRITE 10 00:1a:77 0 EOF\n\
            2: FLOCK  ADVISORY  WRITE 11 00:1a:77 0 EOF\n\
            2: -> FLOCK  ADVISORY  WRITE 12 00:1a:77 0 EOF\n\
            3: FLOCK  ADVISORY  WRITE 13 00:1a:78 0 EOF\n";
        assert_eq!(holders(locks, 77).collect::<Vec<_>>(), [11]);
        assert_eq!(holders(locks, 79).next(), None);
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().lock().unwrap();
        let table = std::fs::read_to_string("/proc/locks").unwrap();
        let number = file.as_file().metadata().unwrap().ino();
        assert!(holders(&table, number).any(|process| process == std::process::id()));
        assert_eq!(lock_holder(file.path()), None, "these tests are no agent");
    }

    #[test]
    fn name_and_user_both_have_to_be_ours() {
        let status = |name: &str, uid: &str| format!("Name:\t{name}\nUmask:\t0022\nUid:\t{uid}\t0\t0\t0\n");
        for (text, ours) in [
            (status("jpki-bridge", "1000"), true),
            (status("jpki-bridge", "1001"), false),
            (status("jpki-bridge2", "1000"), false),
            (status("bash", "1000"), false),
            (String::new(), false),
        ] {
            assert_eq!(is_ours(&text, 1000), ours, "{text}");
        }
    }
}
