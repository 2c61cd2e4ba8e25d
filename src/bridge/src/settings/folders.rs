//! Where files are kept.

use std::path::{Path, PathBuf};

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
/// it is on this machine's memory, so that neither a full disk nor a home folder that two machines share is in the way. A
/// program that was started outside a session (cron, su) doesn't know it by the environment, but has to find the same.
pub(crate) fn runtime_folder() -> Result<PathBuf, SettingsError> {
    let folders = folders()?;
    let local = if cfg!(target_os = "linux") { folders.config_dir() } else { folders.data_local_dir() };
    let session = folders.runtime_dir().map(Path::to_owned);
    Ok(session.or_else(|| session_folder(Path::new("/run/user"))).unwrap_or_else(|| local.to_owned()))
}

/// The agent's folder in that of the person's session, where there is one among `sessions` (pam_systemd(8)).
#[cfg(target_os = "linux")]
fn session_folder(sessions: &Path) -> Option<PathBuf> {
    let folder = sessions.join(rustix::process::geteuid().to_string());
    (folder.is_dir() && crate::os::is_own(&folder).unwrap_or(false)).then(|| folder.join("jpki-bridge"))
}

/// Other systems have one place for a person, in a session or not.
#[cfg(not(target_os = "linux"))]
fn session_folder(_: &Path) -> Option<PathBuf> {
    None
}

fn folders() -> Result<ProjectDirs, SettingsError> {
    ProjectDirs::from("", "", "jpki-bridge").ok_or(SettingsError::NoHome)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_a_session_is_found_without_the_environment() {
        let sessions = tempfile::tempdir().unwrap();
        assert_eq!(session_folder(sessions.path()), None);
        let own = sessions.path().join(rustix::process::geteuid().to_string());
        std::fs::write(&own, "").unwrap();
        assert_eq!(session_folder(sessions.path()), None);
        std::fs::remove_file(&own).unwrap();
        std::fs::create_dir(&own).unwrap();
        assert_eq!(session_folder(sessions.path()), Some(own.join("jpki-bridge")));
    }
}
