//! Settings: from the configuration file, the environment, the command line and the policy, in that
//! order of growing weight (protocol, section 6).

use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use jpki_protocol::Origin;
use serde::Deserialize;

use crate::files::{self, FileError, Owner};

/// The most bytes of a settings file.
const MAX_BYTES: u64 = 64 * 1024;

/// Where the administrator's policy stands.
#[cfg(unix)]
const POLICY: &str = "/etc/jpki-bridge/policy.toml";
#[cfg(windows)]
const POLICY: &str = r"C:\ProgramData\jpki-bridge\policy.toml";

/// What can be set; what is not set is left to the next layer, or to its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The only port to use.
    pub(crate) port: Option<u16>,
    /// The program that asks the person, or `terminal`.
    pub(crate) prompt: Option<PathBuf>,
    /// Whether `http://localhost` origins are admitted.
    pub(crate) developer: Option<bool>,
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub(crate) log: Option<String>,
    /// How many seconds a person has to answer.
    pub(crate) timeout: Option<u64>,
    /// Sites that are refused whatever the person decides; each layer adds to them.
    #[serde(default)]
    pub(crate) blocked: Vec<Origin>,
}

/// Why settings could not be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("the environment variable {0} has a value that can't be used")]
    Environment(&'static str),
    #[error("there is no home folder to keep settings in. Set HOME, or XDG_CONFIG_HOME")]
    NoHome,
    #[error("there is no file {0}")]
    Missing(PathBuf),
}

impl Settings {
    /// All layers in one. `named` is the file the command line names: it must exist.
    pub(crate) fn load(named: Option<&Path>, flags: Self) -> Result<Self, SettingsError> {
        let file = match named {
            Some(path) => read(path, Owner::Person)?.ok_or_else(|| SettingsError::Missing(path.to_owned()))?,
            None => read(&folder()?.join("config.toml"), Owner::Person)?.unwrap_or_default(),
        };
        let policy = read(Path::new(POLICY), Owner::Administrator)?.unwrap_or_default();
        Ok(file.under(environment(|name| std::env::var(name).ok())?).under(flags).under(policy))
    }

    /// This layer under a weightier one.
    fn under(self, over: Self) -> Self {
        Self {
            port: over.port.or(self.port),
            prompt: over.prompt.or(self.prompt),
            developer: over.developer.or(self.developer),
            log: over.log.or(self.log),
            timeout: over.timeout.or(self.timeout),
            blocked: self.blocked.into_iter().chain(over.blocked).collect(),
        }
    }
}

/// The folder of the person's settings and decisions.
pub(crate) fn folder() -> Result<PathBuf, SettingsError> {
    let folders = ProjectDirs::from("", "", "jpki-bridge").ok_or(SettingsError::NoHome)?;
    Ok(folders.config_dir().to_owned())
}

/// The folder of what the agent keeps by itself.
pub(crate) fn data_folder() -> Result<PathBuf, SettingsError> {
    let folders = ProjectDirs::from("", "", "jpki-bridge").ok_or(SettingsError::NoHome)?;
    Ok(folders.data_local_dir().to_owned())
}

/// The folder of what lasts as long as an agent: its lock and its note. Where the system has one for a session, that one:
/// it is on this machine's memory, so that neither a full disk nor a home folder that two machines share is in the way.
pub(crate) fn runtime_folder() -> Result<PathBuf, SettingsError> {
    let folders = ProjectDirs::from("", "", "jpki-bridge").ok_or(SettingsError::NoHome)?;
    let local = if cfg!(target_os = "linux") { folders.config_dir() } else { folders.data_local_dir() };
    Ok(folders.runtime_dir().unwrap_or(local).to_owned())
}

fn read(path: &Path, owner: Owner) -> Result<Option<Settings>, FileError> {
    let Some(text) = files::read_private(path, owner, MAX_BYTES)? else { return Ok(None) };
    let text = std::str::from_utf8(&text).map_err(|error| FileError::broken(path, &error))?;
    toml::from_str(text).map(Some).map_err(|error| FileError::broken(path, &error.message()))
}

fn environment(variable: impl Fn(&str) -> Option<String>) -> Result<Settings, SettingsError> {
    Ok(Settings {
        port: parsed("JPKI_BRIDGE_PORT", &variable)?,
        prompt: variable("JPKI_BRIDGE_PROMPT").map(Into::into),
        developer: parsed("JPKI_BRIDGE_DEVELOPER", &variable)?,
        log: variable("JPKI_BRIDGE_LOG"),
        timeout: parsed("JPKI_BRIDGE_TIMEOUT", &variable)?,
        blocked: Vec::new(),
    })
}

fn parsed<T: std::str::FromStr>(
    name: &'static str,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<T>, SettingsError> {
    variable(name).map(|text| text.parse()).transpose().map_err(|_| SettingsError::Environment(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weightier_layer_wins_member_by_member() {
        let site = |name: &str| Origin::try_from(format!("https://{name}.example")).unwrap();
        let file =
            Settings { port: Some(1), log: Some("info".into()), blocked: vec![site("a")], ..Settings::default() };
        let policy = Settings { port: Some(2), blocked: vec![site("b")], ..Settings::default() };
        let both = file.under(policy);
        assert_eq!((both.port, both.log.as_deref()), (Some(2), Some("info")));
        assert_eq!(both.blocked, [site("a"), site("b")]);
    }

    #[test]
    fn the_environment_is_read_and_checked() {
        let settings = environment(|name| (name == "JPKI_BRIDGE_PORT").then(|| "4000".into())).unwrap();
        assert_eq!(settings.port, Some(4000));
        let error = environment(|name| (name == "JPKI_BRIDGE_PORT").then(|| "70000".into())).unwrap_err();
        assert!(error.to_string().contains("JPKI_BRIDGE_PORT"));
    }

    #[test]
    fn a_file_with_an_unknown_key_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        files::replace(&path, b"port = 39041\nporto = 1\n").unwrap();
        let error = read(&path, Owner::Person).unwrap_err().to_string();
        assert!(error.contains("config.toml") && error.contains("porto"), "{error}");
        files::replace(&path, b"port = 39041\ndeveloper = true\n").unwrap();
        assert_eq!(read(&path, Owner::Person).unwrap().unwrap().developer, Some(true));
    }
}
