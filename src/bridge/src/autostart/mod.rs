//! Start at login: on, off, or as it is, in the way of this system.
//!
//! `jpki-bridge autostart` and the tray come in through [`Autostart`]. What is there is read into a small value, what to do
//! about it is a pure function of that value and the wish, and each system carries out its own steps. A file or an entry that
//! this program didn't write is never changed: it is named, and the person decides.

#[cfg(any(target_os = "linux", test))]
mod desktop_entry;
#[cfg(any(target_os = "macos", test))]
mod launch_agent;
#[cfg(any(windows, test))]
mod run_key;
#[cfg(any(target_os = "linux", test))]
mod steps;
#[cfg(any(target_os = "linux", test))]
mod user_unit;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::Autostart;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
pub(crate) use macos::Autostart;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use windows::Autostart;

use std::path::PathBuf;

use crate::files::FileError;

/// How it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Status {
    /// Whether the agent starts at login.
    pub(crate) on: bool,
    /// What says so: a file, or an entry of the registry; none where nothing is said at all.
    pub(crate) by: Option<String>,
    /// What is not as it should be, in words.
    pub(crate) trouble: Option<String>,
}

/// What was changed, a line each; none where everything was as wished.
pub(crate) type Changes = Vec<String>;

/// Why it could not be switched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AutostartError {
    /// Somebody else's file or entry stands where ours would.
    #[error("{0} was not written by this program, so it is left as it is. Move it away or change it yourself")]
    Foreign(String),
    /// The installation starts the agent for everybody, and this person has no say.
    #[cfg(windows)]
    #[error(
        "{0} starts JPKI Bridge for everybody on this computer. Switch it off in Settings > Apps > Startup, or ask the administrator"
    )]
    ForEverybody(String),
    /// The program's path can't be written into such a file.
    #[error("the path of this program, {0}, can't be written into a start file. Install it in another folder")]
    Path(PathBuf),
    /// There is no folder for it.
    #[cfg(unix)]
    #[error("there is no home folder to keep the start file in. Set HOME to a folder of this person")]
    NoHome,
    /// A file can't be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The system refuses.
    #[cfg(not(target_os = "linux"))]
    #[error("{0}: {1}")]
    System(String, std::io::Error),
}
