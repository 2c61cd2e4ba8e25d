//! What `installer/setup.sh --tests` installs beside Debian's packages.

use std::path::PathBuf;

use crate::Result;

/// The path of something in the folder where it is installed, such as `axe/node_modules/axe-core/axe.min.js`.
///
/// # Errors
/// If it isn't there.
pub fn installed(path: &str) -> Result<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let found = cache.or_else(home).ok_or("no home folder")?.join("jpki-bridge").join(path);
    if found.exists() {
        return Ok(found);
    }
    Err(format!("{} is missing: run installer/setup.sh --tests", found.display()).into())
}

/// The checks that axe-core makes of a page, as a script.
///
/// # Errors
/// If it isn't installed.
pub fn axe() -> Result<String> {
    Ok(std::fs::read_to_string(installed("axe/node_modules/axe-core/axe.min.js")?)?)
}
