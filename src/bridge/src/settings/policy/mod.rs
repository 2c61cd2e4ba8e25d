//! The administrator's policy, where each system keeps such a thing.
//!
//! Linux and macOS: `/etc/jpki-bridge/policy.toml`, and on macOS over it the managed preferences that a profile puts there.
//! Windows: the registry's policies alone, which only an administrator can write; every user may create folders where
//! programs keep files for all users, so no file there can be trusted. A policy that can't be read whole is refused.

#[cfg(any(target_os = "macos", test))]
mod preferences;
#[cfg(any(windows, test))]
mod registry;
#[cfg(windows)]
mod windows;

use std::path::PathBuf;

use super::Settings;
use crate::files::FileError;

/// The policy's file.
#[cfg(any(unix, test, feature = "templates"))]
pub(super) const FILE: &str = "/etc/jpki-bridge/policy.toml";

/// The key of the registry, under `HKEY_LOCAL_MACHINE`.
#[cfg(any(windows, test, feature = "templates"))]
pub(super) const REGISTRY_KEY: &str = r"Software\Policies\JPKI Bridge";

/// The domain of the managed preferences.
#[cfg(any(target_os = "macos", test, feature = "templates"))]
pub(super) const DOMAIN: &str = "example.jpki-bridge";

/// The policy's layers with their places, in the order of growing weight.
pub(super) fn layers() -> Result<Vec<(PathBuf, Settings)>, FileError> {
    #[cfg(unix)]
    let found = {
        let path = PathBuf::from(FILE);
        super::read::file(&path, crate::files::Owner::Administrator)?.map(|policy| (path, policy))
    };
    #[cfg(windows)]
    let found = windows::policy()?;
    let layers = found.into_iter();
    #[cfg(target_os = "macos")]
    let layers = layers.chain(preferences::policy()?);
    Ok(layers.collect())
}
