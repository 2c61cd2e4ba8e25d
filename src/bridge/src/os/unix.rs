//! Linux and macOS: what both have.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use crate::files::Owner;
use rustix::fs::OFlags;
use rustix::process::{Resource, Rlimit, geteuid, setrlimit};

/// Keeps this process's memory to itself: no core dump, and no debugger of the same user.
///
/// # Errors
/// The system's, where it refuses; the agent then doesn't start.
pub fn harden() -> io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// Whether a file belongs to its `owner` (the administrator counts as anyone) and nobody else may write it.
pub(crate) fn is_private(file: &File, owner: Owner) -> io::Result<bool> {
    let metadata = file.metadata()?;
    let ours = metadata.uid() == 0 || (owner == Owner::Person && metadata.uid() == geteuid().as_raw());
    Ok(ours && metadata.mode() & 0o022 == 0)
}

/// Opens a file for reading, and never waits for somebody to write into a pipe.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    File::options().read(true).custom_flags(OFlags::NONBLOCK.bits() as i32).open(path)
}

/// Whether what is at `path` belongs to the user of this process.
pub(crate) fn is_own(path: &Path) -> io::Result<bool> {
    Ok(std::fs::metadata(path)?.uid() == geteuid().as_raw())
}

/// Creates a file that only this user may read.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    File::options().write(true).create(true).truncate(true).mode(0o600).open(path)
}

/// Creates a folder, and those above it, that only this user may enter.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_file_that_others_may_write_is_not_private() {
        let folder = tempfile::tempdir().unwrap();
        let file = create_private(&folder.path().join("x")).unwrap();
        assert!(is_private(&file, Owner::Person).unwrap());
        for mode in [0o620, 0o602] {
            file.set_permissions(std::fs::Permissions::from_mode(mode)).unwrap();
            assert!(!is_private(&file, Owner::Person).unwrap(), "{mode:o}");
        }
    }
}
