//! What differs from one operating system to the next, and the only unsafe code of the agent.
//!
//! One file per system with the same function names. Nothing here decides anything about cards,
//! pages or people.
#![allow(unsafe_code)]

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::same_user;
mod sibling;
pub(crate) use sibling::{Sibling, lock_holder};
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
pub(crate) use macos::same_user;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use unix::harden;
#[cfg(unix)]
pub(crate) use unix::{create_private, create_private_folder, is_own, is_private, open};
#[cfg(windows)]
pub(crate) mod messages;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::harden;
#[cfg(windows)]
pub(crate) use windows::{
    claim_exclusively, create_private, create_private_folder, is_own, is_private, open, same_user,
};
