//! The settings as the agent would have them, and what is wrong with them, the list of sites or the history.

use std::io::ErrorKind;
use std::path::Path;

use jpki_protocol::Origin;

use crate::doctor::findings::{Barrier, Flaw, History};
use crate::files::{FileError, Owner};
use crate::settings::{Settings, SettingsError};
use crate::{Decision, Sites};

/// The levels of the log (see `cli`).
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// The settings, or those of nobody where they are flawed.
pub(super) fn settings(named: Option<&Path>) -> (Settings, Option<Flaw>) {
    let settings = match Settings::load(named, Settings::default()) {
        Ok(settings) => settings,
        Err(error) => return (Settings::default(), Some(flaw(error))),
    };
    let level = settings.log.clone().filter(|level| !LEVELS.contains(&level.to_ascii_lowercase().as_str()));
    (settings, level.map(Flaw::LogLevel))
}

pub(super) fn sites(folder: &Path) -> Option<Flaw> {
    Sites::open(folder).err().map(file_flaw)
}

/// The site to knock as, where the administrator admits only some: the first that the person didn't block.
pub(super) fn admitted_site<'a>(settings: &'a Settings, folder: Option<&Path>) -> Option<&'a Origin> {
    if settings.only_allowed != Some(true) {
        return None;
    }
    let persons = folder.and_then(|folder| Sites::open(folder).ok());
    let blocked = |site: &Origin| {
        let decision = persons.as_ref().and_then(|sites| sites.decision(site).ok().flatten());
        settings.blocked.contains(site) || decision == Some(Decision::Block)
    };
    settings.allowed.iter().find(|site| !blocked(site))
}

/// The history, if these settings keep one.
pub(super) fn history(settings: &Settings) -> History {
    if settings.history == Some(false) {
        return History::Off;
    }
    let reading = crate::settings::data_folder().map(|folder| crate::history::History::in_folder(&folder).read());
    match reading {
        Ok(Ok(reading)) => History::Sound { skipped: reading.skipped },
        Ok(Err(error)) => History::Flawed(file_flaw(error)),
        Err(error) => History::Flawed(flaw(error)),
    }
}

fn flaw(error: SettingsError) -> Flaw {
    match error {
        SettingsError::File(error) => file_flaw(error),
        SettingsError::Environment(name) => Flaw::Environment(name),
        SettingsError::NoHome => Flaw::NoHome,
        SettingsError::Missing(path) => Flaw::Missing { path: path.display().to_string() },
    }
}

fn file_flaw(error: FileError) -> Flaw {
    match error {
        FileError::Io { path, source } => {
            let barrier = match source.kind() {
                ErrorKind::PermissionDenied => barrier(&path),
                _ => Barrier::Other,
            };
            Flaw::Unreadable { path: path.display().to_string(), reason: source.to_string(), barrier }
        }
        FileError::Foreign { path, owner } => Flaw::Foreign {
            path: path.display().to_string(),
            owner: match owner {
                Owner::Person => "\"$USER\"",
                Owner::Administrator => "root",
            }
            .to_owned(),
        },
        FileError::Broken { path, detail } => Flaw::Broken { path: path.display().to_string(), detail },
        FileError::Newer { path, .. } => Flaw::Newer { path: path.display().to_string() },
    }
}

/// Whose rights keep the person from a file.
fn barrier(path: &Path) -> Barrier {
    match crate::os::is_own(path) {
        Ok(true) => Barrier::OwnRights,
        Ok(false) => Barrier::OthersRights,
        // One of the folders that it is in.
        Err(_) => Barrier::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(name: &str) -> Origin {
        Origin::try_from(format!("https://{name}.example")).unwrap()
    }

    #[test]
    fn a_site_to_knock_as_is_one_that_may() {
        let folder = tempfile::tempdir().unwrap();
        Sites::open(folder.path()).unwrap().set(&site("b"), Some(Decision::Block)).unwrap();
        let closed = Settings {
            only_allowed: Some(true),
            blocked: vec![site("a")],
            allowed: vec![site("a"), site("b"), site("c")],
            ..Settings::default()
        };
        assert_eq!(admitted_site(&closed, Some(folder.path())), Some(&site("c")));
        assert_eq!(admitted_site(&closed, None), Some(&site("b")));
        let open = Settings { only_allowed: None, ..closed };
        assert_eq!(admitted_site(&open, Some(folder.path())), None);
    }

    #[cfg(unix)]
    #[test]
    fn who_keeps_a_file_from_the_person_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let flaw = |path: &Path, kind: ErrorKind| {
            let Flaw::Unreadable { barrier, .. } =
                file_flaw(FileError::Io { path: path.to_owned(), source: kind.into() })
            else {
                panic!("{path:?}")
            };
            barrier
        };
        assert_eq!(flaw(folder.path(), ErrorKind::PermissionDenied), Barrier::OwnRights);
        assert_eq!(flaw(&folder.path().join("none"), ErrorKind::PermissionDenied), Barrier::Other);
        assert_eq!(flaw(folder.path(), ErrorKind::Other), Barrier::Other);
    }
}
