//! What the end-to-end tests share.
#![forbid(unsafe_code)]

pub mod agent;
pub mod bench;
pub mod browser;
pub mod look;
pub mod page;
pub mod pcscd;
pub mod person;
pub mod portal;
pub mod served;
pub mod tls;
pub mod tools;
pub mod vectors;
pub mod visit;

/// A failure of a harness: always reported to the person who runs the tests, never handled.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;
