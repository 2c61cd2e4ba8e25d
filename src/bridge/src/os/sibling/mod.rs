//! Another process of this program and this user, and its end: for a first agent that doesn't answer any more.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::{Sibling, lock_holder};
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
pub(crate) use macos::Sibling;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use windows::Sibling;

/// What this program is called wherever a system names processes.
const PROGRAM: &str = "jpki-bridge";

/// The process of this program and this user that holds the lock on a file: these systems don't tell without unsafe code.
#[cfg(not(target_os = "linux"))]
pub(crate) fn lock_holder(_: &std::path::Path) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_is_another_program_is_no_sibling() {
        // The program of these tests has a name of its own.
        assert!(Sibling::find(std::process::id()).unwrap().is_none());
    }

    #[test]
    fn a_process_that_is_not_there_is_no_sibling() {
        for id in [0, u32::MAX, i32::MAX as u32] {
            assert!(Sibling::find(id).unwrap().is_none(), "{id}");
        }
    }
}
