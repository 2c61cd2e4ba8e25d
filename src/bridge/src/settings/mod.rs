//! Settings: from the configuration file, the environment, the command line and the policy, in that
//! order of growing weight (protocol, section 6).
//!
//! Every command comes in through [`Layers::load`] or [`Settings::load`]; what can be set at all stands in [`keys`], once
//! for all readers, and the administrators' templates are made from the same table. A file that is broken, or that others
//! could have written, is refused and nothing starts in its place: half a policy would be none (threat 21).

mod folders;
pub(crate) mod keys;
mod layers;
mod policy;
mod read;
#[cfg(any(test, feature = "templates"))]
pub(crate) mod templates;

use std::path::{Path, PathBuf};

use jpki_protocol::Origin;
use serde::{Deserialize, Serialize};

use crate::files::FileError;
pub(crate) use folders::{data_folder, folder, runtime_folder};
pub(crate) use layers::{Layers, Row, Source};

/// What can be set; what is not set is left to the next layer, or to its default. [`keys::KEYS`] describes each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// The only port to use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) port: Option<u16>,
    /// The program that asks the person, or `terminal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) prompt: Option<PathBuf>,
    /// How many seconds a person has to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timeout: Option<u64>,
    /// Whether an icon stands in the system tray.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tray: Option<bool>,
    /// Whether what was asked of the card is kept in the history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) history: Option<bool>,
    /// `off`, `error`, `warn`, `info`, `debug` or `trace`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) log: Option<String>,
    /// Whether `http://localhost` origins are admitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) developer: Option<bool>,
    /// Sites that are refused whatever the person decides; each layer adds to them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) blocked: Vec<Origin>,
    /// Sites whose window comes without the "remember" question. The policy's alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) allowed: Vec<Origin>,
    /// Whether every site that is not among `allowed` is refused. The policy's alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) only_allowed: Option<bool>,
}

/// Why settings could not be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("the environment variable {0} has a value that can't be used")]
    Environment(&'static str),
    #[error("there is no home folder to keep settings in. Set HOME to a folder of this person")]
    NoHome,
    #[error("there is no file {0}")]
    Missing(PathBuf),
}

impl Settings {
    /// All layers in one. `named` is the file the command line names: it must exist.
    pub(crate) fn load(named: Option<&Path>, flags: Self) -> Result<Self, SettingsError> {
        Ok(Layers::load(named, flags)?.merged())
    }

    /// This layer under a weightier one.
    fn under(self, over: Self) -> Self {
        Self {
            port: over.port.or(self.port),
            prompt: over.prompt.or(self.prompt),
            timeout: over.timeout.or(self.timeout),
            tray: over.tray.or(self.tray),
            history: over.history.or(self.history),
            log: over.log.or(self.log),
            developer: over.developer.or(self.developer),
            blocked: self.blocked.into_iter().chain(over.blocked).collect(),
            allowed: self.allowed.into_iter().chain(over.allowed).collect(),
            only_allowed: over.only_allowed.or(self.only_allowed),
        }
    }
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
}
