//! Windows: the policies of the registry, which only an administrator can write.

use std::path::PathBuf;

use windows_registry::{Key, LOCAL_MACHINE, Type, Value};
use windows_result::HRESULT;

use super::REGISTRY_KEY;
use super::registry::{Raw, settings};
use crate::files::FileError;
use crate::settings::Settings;

/// `ERROR_FILE_NOT_FOUND`
const NOT_FOUND: HRESULT = HRESULT::from_win32(2);

/// The policy; none if there is none.
///
/// # Errors
/// If it can't be read, or isn't one.
pub(super) fn policy() -> Result<Option<(PathBuf, Settings)>, FileError> {
    let path = PathBuf::from(format!(r"HKEY_LOCAL_MACHINE\{REGISTRY_KEY}"));
    let unreadable = |error: windows_result::Error| FileError::Io { path: path.clone(), source: error.into() };
    let key = match LOCAL_MACHINE.open(REGISTRY_KEY) {
        Ok(key) => key,
        Err(error) if error.code() == NOT_FOUND => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let values = key.values().map_err(unreadable)?.map(|(name, value)| (name, raw(value))).collect();
    let list = |name: String| -> Result<(String, Vec<Raw>), windows_result::Error> {
        let list: Key = key.open(&name)?;
        Ok((name, list.values()?.map(|(_, value)| raw(value)).collect()))
    };
    let lists = key.keys().map_err(unreadable)?.map(list).collect::<Result<_, _>>().map_err(unreadable)?;
    let policy = settings(values, lists).map_err(|error| FileError::broken(&path, &error))?;
    Ok(Some((path, policy)))
}

fn raw(value: Value) -> Raw {
    match value.ty() {
        Type::U32 => u32::try_from(value).map_or(Raw::Other, Raw::Number),
        Type::String => String::try_from(value).map_or(Raw::Other, Raw::Text),
        _ => Raw::Other,
    }
}
