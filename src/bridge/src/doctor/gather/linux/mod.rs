//! Linux: files of `/proc`, `/sys` and `/etc`, and a few sockets.

mod browsers;
mod display;
mod policies;
mod processes;
mod service;
mod usb;

pub(super) use browsers::browsers;
pub(super) use display::display;
pub(super) use policies::policies;
pub(super) use processes::{card_users, holder, is_agent};
pub(super) use service::service;
pub(super) use usb::usb;

#[cfg(test)]
use super::Root;

/// A system of a test: these files in a folder.
#[cfg(test)]
fn root_with(files: &[(&str, &str)]) -> (tempfile::TempDir, Root) {
    let folder = tempfile::tempdir().unwrap();
    let root = Root(folder.path().to_owned());
    for (path, text) in files {
        let path = root.at(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    (folder, root)
}
