//! A browser's processes and its profile folder, which end together.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

use crate::Result;

/// How long a browser may take to come up on a busy machine.
const START: Duration = Duration::from_secs(60);

/// A running browser with a folder of its own.
pub(super) struct Process {
    child: Child,
    _profile: TempDir,
}

impl Process {
    /// Starts `command` and gives what follows `announcement` in the first line of its standard error that holds it.
    pub(super) fn start(mut command: Command, profile: TempDir, announcement: &'static str) -> Result<(Self, String)> {
        // A process group of its own takes the browser's children with it.
        let mut child = command
            // What a browser leaves behind stays in here.
            .env("HOME", profile.path())
            .env("TMPDIR", profile.path())
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{:?} doesn't start: {error}", command.get_program()))?;
        let stderr = child.stderr.take().ok_or("no standard error")?;
        let process = Self { child, _profile: profile };
        let (found, wanted) = mpsc::channel();
        // Reads on after the line, as a full pipe would stop the browser.
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(std::result::Result::ok) {
                if let Some((_, rest)) = line.split_once(announcement) {
                    // Only the first line is waited for.
                    let _ = found.send(rest.trim().to_owned());
                }
            }
        });
        let address = wanted.recv_timeout(START).map_err(|_| format!("no line \"{announcement}\" from the browser"))?;
        Ok((process, address))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing can be done about a failure here, and the group may be gone already.
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}
