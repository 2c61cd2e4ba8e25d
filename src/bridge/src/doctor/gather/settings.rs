//! The settings as the agent would have them, and what is wrong with them, the list of sites or the history.

use std::path::Path;

use crate::Sites;
use crate::doctor::findings::{Flaw, History};
use crate::files::{FileError, Owner};
use crate::settings::{Settings, SettingsError};

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
            Flaw::Unreadable { path: path.display().to_string(), reason: source.to_string() }
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
