//! A My Number Card in software: files, counters, keys and certificates under a test CA of its own, reachable in
//! process ([`SoftCard`], [`Rig`]) or as a real PC/SC reader's card ([`vpcd`]). Tests, the demo and people without a
//! card come in; it shares no code with the driver it tests, so that a mistake of one can't hide in the other.
//! Nothing here may be linked into a released agent, and nothing here may hold or imitate a real person's data.
#![forbid(unsafe_code)]

pub mod ca;
pub mod card;
mod error;
pub mod fault;
mod hex;
pub mod holder;
mod keys;
pub mod rig;
pub mod trace;
pub mod vpcd;

pub use card::{CardFile, CardOptions, Profile, Quirks, SoftCard, Tally};
pub use error::Error;
pub use fault::{Fault, FaultSpec};
pub use holder::{Gender, Holder};
pub use keys::KeyStore;
pub use rig::{Latency, Outcome, Rig};
pub use trace::{Direction, FileTrace, MemoryTrace, TraceEvent, TraceSink};

/// The `rsa` crate whose key types the public functions of this crate take and give.
pub use rsa;
/// The `x509-cert` crate whose names and extensions [`ca::CertificateSpec`] is made of.
pub use x509_cert;
