//! A
#![forbid(unsafe_code)]
pub mod ca;
mod error;
mod hex;
pub mod holder;
mod keys;
pub use error::Error;
pub use holder::{Gender, Holder};
pub use keys::KeyStore;
pub use rsa;
pub use x509_cert;
