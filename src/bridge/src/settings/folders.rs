//! Where files are kept.

use std::path::PathBuf;

use directories::ProjectDirs;

use super::SettingsError;

/// The folder of the person's settings and decisions.
pub(crate) fn folder() -> Result<PathBuf, SettingsError> {
    Ok(folders()?.config_dir().to_owned())
}

/// The folder of what the agent keeps by itself.
pub(crate) fn data_folder() -> Result<PathBuf, SettingsError> {
    Ok(folders()?.data_local_dir().to_owned())
}

/// The folder of what lasts as long as an agent: its lock and its note. Where the system has one for a session, that one:
/// it is on this machine's memory, so that neither a full disk nor a home folder that two machines share is in the way.
pub(crate) fn runtime_folder() -> Result<PathBuf, SettingsError> {
    let folders = folders()?;
    let local = if cfg!(target_os = "linux") { folders.config_dir() } else { folders.data_local_dir() };
    Ok(folders.runtime_dir().unwrap_or(local).to_owned())
}

fn folders() -> Result<ProjectDirs, SettingsError> {
    ProjectDirs::from("", "", "jpki-bridge").ok_or(SettingsError::NoHome)
}
