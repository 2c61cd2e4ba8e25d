//! macOS: a LaunchAgent in the person's library, or the switch of launchd for the installer's.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use directories::BaseDirs;
use rustix::process::getuid;

use super::launch_agent::{self, LABEL};
use super::{AutostartError, Changes, Status};
use crate::files::{self, FileError};

/// Start at login for this person and this program.
#[derive(Debug)]
pub(crate) struct Autostart {
    program: PathBuf,
    own: PathBuf,
    installed: PathBuf,
}

impl Autostart {
    /// For this person and this program.
    ///
    /// # Errors
    /// If there is no home folder, or the program doesn't know where it is.
    pub(crate) fn here() -> Result<Self, AutostartError> {
        let program = std::env::current_exe().map_err(|error| AutostartError::System("this program".into(), error))?;
        let folders = BaseDirs::new().ok_or(AutostartError::NoHome)?;
        let file = format!("Library/LaunchAgents/{LABEL}.plist");
        Ok(Self { program, own: folders.home_dir().join(&file), installed: Path::new("/").join(&file) })
    }

    /// How it stands.
    ///
    /// # Errors
    /// If a file can't be read, or launchd can't be asked.
    pub(crate) fn status(&self) -> Result<Status, AutostartError> {
        let (own, disabled) = (self.read()?, self.is_disabled()?);
        let by = if own.is_some() { Some(&self.own) } else { self.installed.exists().then_some(&self.installed) };
        let stale = own.as_deref().is_some_and(|text| {
            launch_agent::is_ours(text) && Some(text) != launch_agent::starting(&self.program).as_deref()
        });
        let trouble = stale.then(|| {
            format!(
                "it starts another program than this one, {}; jpki-bridge autostart on renews it",
                self.program.display()
            )
        });
        Ok(Status { on: by.is_some() && !disabled, by: by.map(|path| path.display().to_string()), trouble })
    }

    /// Switches it on or off, from the next login on; says what was changed.
    ///
    /// # Errors
    /// [`AutostartError`]; steps before the one that failed are done, and a second try goes on from there.
    pub(crate) fn set(&self, on: bool) -> Result<Changes, AutostartError> {
        let own = self.read()?;
        let ours = own.as_deref().is_none_or(launch_agent::is_ours);
        let mut changes = Vec::new();
        let wanted = launch_agent::starting(&self.program).ok_or_else(|| AutostartError::Path(self.program.clone()))?;
        if !on && !ours {
            return Err(AutostartError::Foreign(self.own.display().to_string()));
        }
        if ours && own.is_some() && (!on || self.installed.exists()) {
            fs::remove_file(&self.own).map_err(failed(&self.own))?;
            changes.push(format!("removed {}", self.own.display()));
        } else if ours && on && !self.installed.exists() && own.as_deref() != Some(wanted.as_str()) {
            files::replace(&self.own, wanted.as_bytes())?;
            changes.push(format!("wrote {}", self.own.display()));
        }
        if self.is_disabled()? == on && (on || self.installed.exists()) {
            let word = if on { "enable" } else { "disable" };
            launchctl(&[word, &target()])?;
            changes.push(format!("launchctl {word} {}", target()));
        }
        Ok(changes)
    }

    fn read(&self) -> Result<Option<String>, AutostartError> {
        match fs::read(&self.own) {
            Ok(text) => Ok(Some(String::from_utf8_lossy(&text).into_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&self.own)(error)),
        }
    }

    fn is_disabled(&self) -> Result<bool, AutostartError> {
        Ok(launch_agent::is_disabled(&launchctl(&["print-disabled", &session()])?))
    }
}

fn session() -> String {
    format!("gui/{}", getuid().as_raw())
}

fn target() -> String {
    format!("{}/{LABEL}", session())
}

fn launchctl(arguments: &[&str]) -> Result<String, AutostartError> {
    let failed = |error| AutostartError::System(format!("launchctl {}", arguments.join(" ")), error);
    let output = Command::new("/bin/launchctl").args(arguments).output().map_err(failed)?;
    if !output.status.success() {
        return Err(failed(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned())));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> AutostartError + '_ {
    |source| FileError::Io { path: path.to_owned(), source }.into()
}
