//! macOS: a process by its number, looked at again before each word to it.

use std::io;

use libproc::bsd_info::BSDInfo;
use libproc::proc_pid::pidinfo;
use rustix::process::{Pid, Signal, getuid, kill_process};

use super::PROGRAM;

/// See [`super`].
#[derive(Debug)]
pub(crate) struct Sibling(Pid);

impl Sibling {
    /// The process with this number, if it is one of this program and this user.
    ///
    /// # Errors
    /// None on this system: what can't be looked at is not ours.
    pub(crate) fn find(id: u32) -> io::Result<Option<Self>> {
        let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
        Ok(pid.filter(|pid| is_ours(*pid)).map(Self))
    }

    /// Asks it to end; `true` if that is possible on this system.
    ///
    /// # Errors
    /// The system's, for instance if it has ended.
    pub(crate) fn ask_to_end(&self) -> io::Result<bool> {
        self.send(Signal::TERM)?;
        Ok(true)
    }

    /// Ends it.
    ///
    /// # Errors
    /// The system's, for instance if it has ended.
    pub(crate) fn kill(&self) -> io::Result<()> {
        self.send(Signal::KILL)
    }

    fn send(&self, signal: Signal) -> io::Result<()> {
        if !is_ours(self.0) {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(kill_process(self.0, signal)?)
    }
}

fn is_ours(pid: Pid) -> bool {
    let Ok(info) = pidinfo::<BSDInfo>(pid.as_raw_nonzero().get(), 0) else { return false };
    let name = info.pbi_comm.iter().map(|byte| *byte as u8).take_while(|byte| *byte != 0);
    info.pbi_ruid == getuid().as_raw() && name.eq(PROGRAM.bytes())
}
