//! Windows: the person's `Run` key.

use std::io;
use std::path::PathBuf;

use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE};
use windows_result::HRESULT;

use super::run_key;
use super::{AutostartError, Changes, Status};

/// The value's name.
const NAME: &str = "JPKI Bridge";

/// The key with what starts at login.
const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";

/// The key where Settings and Task Manager note what a person switched off there.
const APPROVED: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run";

/// `ERROR_FILE_NOT_FOUND`
const NOT_FOUND: HRESULT = HRESULT::from_win32(2);

/// Start at login for this person and this program.
#[derive(Debug)]
pub(crate) struct Autostart {
    program: PathBuf,
}

impl Autostart {
    /// For this person and this program.
    ///
    /// # Errors
    /// If the program doesn't know where it is.
    pub(crate) fn here() -> Result<Self, AutostartError> {
        let program = std::env::current_exe().map_err(|error| AutostartError::System("this program".into(), error))?;
        let quiet = program.with_file_name(run_key::QUIET);
        Ok(Self { program: if quiet.exists() { quiet } else { program } })
    }

    /// How it stands.
    ///
    /// # Errors
    /// If the registry can't be read.
    pub(crate) fn status(&self) -> Result<Status, AutostartError> {
        let own = text(CURRENT_USER)?;
        let everybodys = text(LOCAL_MACHINE)?.is_some();
        let on = everybodys || (own.is_some() && !switched_off()?);
        let by = if own.is_some() {
            Some(place("HKEY_CURRENT_USER"))
        } else {
            everybodys.then(|| place("HKEY_LOCAL_MACHINE"))
        };
        let stale = own.as_deref().is_some_and(|command| {
            run_key::is_ours(command) && Some(command) != run_key::command(&self.program).as_deref()
        });
        let trouble = stale.then(|| {
            format!(
                "it starts another program than this one, {}; jpki-bridge autostart on renews it",
                self.program.display()
            )
        });
        Ok(Status { on, by, trouble })
    }

    /// Switches it on or off; says what was changed.
    ///
    /// # Errors
    /// [`AutostartError`]; steps before the one that failed are done, and a second try goes on from there.
    pub(crate) fn set(&self, on: bool) -> Result<Changes, AutostartError> {
        let own = text(CURRENT_USER)?;
        if own.as_deref().is_some_and(|command| !run_key::is_ours(command)) {
            return Err(AutostartError::Foreign(place("HKEY_CURRENT_USER")));
        }
        let everybodys = text(LOCAL_MACHINE)?.is_some();
        let mut changes = Vec::new();
        if on && !everybodys {
            let command = run_key::command(&self.program).ok_or_else(|| AutostartError::Path(self.program.clone()))?;
            if own.as_deref() != Some(command.as_str()) {
                let key = CURRENT_USER.create(RUN).map_err(failed(RUN))?;
                key.set_string(NAME, &command).map_err(failed(RUN))?;
                changes.push(format!("set {}", place("HKEY_CURRENT_USER")));
            }
        } else if own.is_some() {
            remove(RUN)?;
            changes.push(format!("removed {}", place("HKEY_CURRENT_USER")));
        }
        if on && switched_off()? {
            remove(APPROVED)?;
            changes.push("took back that it was switched off in Settings or Task Manager".to_owned());
        }
        if !on && everybodys {
            return Err(AutostartError::ForEverybody(place("HKEY_LOCAL_MACHINE")));
        }
        Ok(changes)
    }
}

fn place(root: &str) -> String {
    format!(r"{root}\{RUN}\{NAME}")
}

/// The command of a root's `Run` key.
fn text(root: &Key) -> Result<Option<String>, AutostartError> {
    found(root.open(RUN).and_then(|key| key.get_string(NAME)), RUN)
}

fn switched_off() -> Result<bool, AutostartError> {
    let noted = found(CURRENT_USER.open(APPROVED).and_then(|key| key.get_value(NAME)), APPROVED)?;
    Ok(noted.is_some_and(|value| run_key::is_switched_off(&value)))
}

fn remove(path: &str) -> Result<(), AutostartError> {
    let key = CURRENT_USER.create(path).map_err(failed(path))?;
    key.remove_value(NAME).map_err(failed(path))
}

fn found<T>(result: windows_registry::Result<T>, path: &str) -> Result<Option<T>, AutostartError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.code() == NOT_FOUND => Ok(None),
        Err(error) => Err(failed(path)(error)),
    }
}

fn failed(path: &str) -> impl FnOnce(windows_result::Error) -> AutostartError + '_ {
    move |error| AutostartError::System(path.to_owned(), io::Error::from(error))
}
