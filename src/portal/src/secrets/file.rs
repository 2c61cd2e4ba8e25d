//! Where the secret is kept: one file that only the portal's user can read.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::{Secrets, random};
use crate::error::{Error, Result};
use crate::private;

impl Secrets {
    /// Reads the secret from a file (32 bytes in base64), or makes it if there is none. Replicas of one portal need the
    /// same file; whoever loses it ends every session and every card's tie to its account.
    ///
    /// # Errors
    /// [`Error::File`] if it can't be read or made; [`Error::Config`] if others may read it or it is no secret.
    pub fn in_file(path: &Path) -> Result<Self> {
        let failed = |source| Error::File { path: path.to_owned(), source };
        match private::create_file(path) {
            Ok(mut file) => {
                let secret = random::<32>()?;
                writeln!(file, "{}", BASE64_STANDARD.encode(secret)).and_then(|()| file.sync_all()).map_err(failed)?;
                Ok(Self::new(&secret))
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let file = File::open(path).map_err(failed)?;
                check_private(path, &file)?;
                let mut text = String::new();
                file.take(128).read_to_string(&mut text).map_err(failed)?;
                let bytes = BASE64_STANDARD.decode(text.trim()).ok();
                let secret = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).ok_or_else(|| {
                    Error::Config(format!(
                        "{} holds no secret: 32 bytes in base64. Restore it from a backup; remove it only if the \
                         database is empty",
                        path.display()
                    ))
                })?;
                Ok(Self::new(&secret))
            }
            Err(error) => Err(failed(error)),
        }
    }
}

#[cfg(unix)]
fn check_private(path: &Path, file: &File) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = file.metadata().map_err(|source| Error::File { path: path.to_owned(), source })?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Error::Config(format!("others can read {0}: run chmod 600 {0}", path.display())))
}

#[cfg(not(unix))]
fn check_private(_: &Path, _: &File) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let made = Secrets::in_file(&path).unwrap();
        assert_eq!(made.hash("a", b"b"), Secrets::in_file(&path).unwrap().hash("a", b"b"));
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_that_others_read_or_that_is_none_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        Secrets::in_file(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Secrets::in_file(&path), Err(Error::Config(_))));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "AAAA").unwrap();
        assert!(matches!(Secrets::in_file(&path), Err(Error::Config(_))));
    }
}
