//! macOS: preferences that a configuration profile manages.
//!
//! The system keeps them as a property list, in its binary form as a rule. `plutil`, which every macOS has, turns it into
//! JSON: one process at the start of the agent instead of a parser of our own for a format of somebody else's.

#[cfg(target_os = "macos")]
use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::files::Owner;
use crate::settings::{Settings, read};

/// The policy of the profile; none if there is none.
///
/// # Errors
/// If it can't be read, or isn't one.
#[cfg(target_os = "macos")]
pub(super) fn policy() -> Result<Option<(PathBuf, Settings)>, crate::files::FileError> {
    use crate::files::{self, FileError};
    let path = PathBuf::from(format!("/Library/Managed Preferences/{}.plist", super::DOMAIN));
    let Some(list) = files::read_private(&path, Owner::Administrator, read::MAX_BYTES)? else { return Ok(None) };
    let json = json_of(&list).map_err(|source| FileError::Io { path: path.clone(), source })?;
    let policy = parse(&json).map_err(|error| FileError::broken(&path, &error))?;
    Ok(Some((path, policy)))
}

#[cfg(target_os = "macos")]
fn json_of(list: &[u8]) -> std::io::Result<Vec<u8>> {
    use std::io::{Seek as _, Write as _};
    use std::process::{Command, Stdio};
    // The bytes whose owner was checked, and no others.
    let mut file = tempfile::tempfile()?;
    file.write_all(list)?;
    file.rewind()?;
    let mut plutil = Command::new("/usr/bin/plutil");
    let output = plutil.args(["-convert", "json", "-o", "-", "-"]).stdin(Stdio::from(file)).output()?;
    if !output.status.success() {
        return Err(std::io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    Ok(output.stdout)
}

fn parse(json: &[u8]) -> Result<Settings, String> {
    let mut values: Map<String, Value> = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    // What describes the profile and not the program.
    values.retain(|name, _| !name.starts_with("Payload"));
    read::values(values, Owner::Administrator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_read_without_what_describes_it() {
        let json = br#"{"port":39042,"only_allowed":true,"allowed":["https://a.example"],"PayloadUUID":"x"}"#;
        let policy = parse(json).unwrap();
        assert_eq!((policy.port, policy.only_allowed, policy.allowed.len()), (Some(39042), Some(true), 1));
        for broken in [r#"{"porto":1}"#, r#"{"port":"39042"}"#, r#"{"port":70000}"#, "[]", ""] {
            assert!(parse(broken.as_bytes()).is_err(), "{broken}");
        }
    }
}
