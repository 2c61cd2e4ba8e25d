//! Settings from a file and from the environment.

use std::ffi::OsString;
use std::path::Path;

use serde_json::{Map, Value};

use super::keys::{self, KEYS};
use super::{Settings, SettingsError};
use crate::files::{self, FileError, Owner};

/// The most bytes of a settings file.
pub(super) const MAX_BYTES: u64 = 64 * 1024;

/// A TOML file of its owner; none if there is none.
pub(super) fn file(path: &Path, owner: Owner) -> Result<Option<Settings>, FileError> {
    let Some(text) = files::read_private(path, owner, MAX_BYTES)? else { return Ok(None) };
    let text = std::str::from_utf8(&text).map_err(|error| FileError::broken(path, &error))?;
    let settings = toml::from_str(text).map_err(|error| FileError::broken(path, &error.message()))?;
    checked(settings, owner).map(Some).map_err(|error| FileError::broken(path, &error))
}

/// Settings from values by name, as other sources than files have them.
pub(super) fn values(values: Map<String, Value>, owner: Owner) -> Result<Settings, String> {
    let settings = serde_json::from_value(Value::Object(values)).map_err(|error| error.to_string())?;
    checked(settings, owner)
}

fn checked(settings: Settings, owner: Owner) -> Result<Settings, String> {
    if let Ok(Value::Object(values)) = serde_json::to_value(&settings) {
        keys::check(&values, owner == Owner::Administrator)?;
    }
    Ok(settings)
}

/// The variables that [`KEYS`] names.
pub(super) fn environment(variable: impl Fn(&str) -> Option<OsString>) -> Result<Settings, SettingsError> {
    let mut found = Map::new();
    for key in &KEYS {
        let Some(name) = key.variable else { continue };
        let Some(text) = variable(name) else { continue };
        let value = text.to_str().and_then(|text| key.value_of(text)).ok_or(SettingsError::Environment(name))?;
        found.insert(key.name.to_owned(), value);
    }
    // Values that fit their keys one by one make settings.
    values(found, Owner::Person).map_err(|_| SettingsError::Environment("JPKI_BRIDGE_…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_read_and_checked() {
        let settings = environment(|name| (name == "JPKI_BRIDGE_PORT").then(|| "4000".into())).unwrap();
        assert_eq!(settings, Settings { port: Some(4000), ..Settings::default() });
        for (variable, value) in [("JPKI_BRIDGE_PORT", "70000"), ("JPKI_BRIDGE_LOG", "loud"), ("JPKI_BRIDGE_TRAY", "")]
        {
            let error = environment(|name| (name == variable).then(|| value.into())).unwrap_err();
            assert!(error.to_string().contains(variable), "{error}");
        }
    }

    #[test]
    fn a_file_that_says_what_it_must_not_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        for (text, named) in [
            ("port = 39041\nporto = 1\n", "porto"),
            ("timeout = 0\n", "timeout"),
            ("log = \"loud\"\n", "log"),
            ("blocked = [\"https://*.example\"]\n", "https://host"),
            ("allowed = [\"https://a.example\"]\n", "administrator"),
            ("only_allowed = true\n", "administrator"),
            ("timeout = 3601\n", "timeout"),
        ] {
            files::replace(&path, text.as_bytes()).unwrap();
            let error = file(&path, Owner::Person).unwrap_err().to_string();
            assert!(error.contains("config.toml") && error.contains(named), "{error}");
        }
        files::replace(&path, b"port = 39041\ndeveloper = true\n").unwrap();
        assert_eq!(file(&path, Owner::Person).unwrap().unwrap().developer, Some(true));
        files::replace(&path, b"\xFF").unwrap();
        assert!(file(&path, Owner::Person).is_err());
    }
}
