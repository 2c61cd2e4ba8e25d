//! A My Number Card in software: files, counters, keys and certificates under a test CA of its own, reachable in
//! process ([`SoftCard`], [`Rig`]) or as a real PC/SC reader's card ([`vpcd`]). Tests, the demo and people without a
//! card come in; it shares no code with the driver it tests, so that a mistake of one can't hide in the other.
//! Nothing here may be linked into a released agent, and nothing here may hold or imitate a real person's data.
//!
//! ```
//! use jpki_softcard::{CardOptions, Outcome, Rig, SoftCard};
//!
//! let card = SoftCard::for_tests(&CardOptions::default())?;
//! let mut reader = Rig::new(card).with_faults(["3:remove".parse()?]);
//! reader.power_on();
//! let select = b"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01";
//! assert_eq!(reader.exchange(select), Outcome::Answer(vec![0x90, 0x00]));
//! let attempts_left = b"\x00\x20\x00\x98";
//! assert_eq!(reader.exchange(attempts_left), Outcome::Answer(vec![0x63, 0xC3]));
//! assert_eq!(reader.exchange(select), Outcome::Removed { back_after: None });
//! # Ok::<(), jpki_softcard::Error>(())
//! ```
#![forbid(unsafe_code)]

mod birthdate;
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

pub use birthdate::Birthdate;
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
