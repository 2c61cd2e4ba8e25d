//! What a server does with what a card signed: tokens, attributes, documents; certificates, pinned roots, revocation.
//! Servers and the command `jpki-verify` come in through [`Verifier`] and [`document`]; everything they get back is a
//! [`VerifiedToken`], [`VerifiedAttributes`] or a [`Refusal`] with a stable word. No network but through a trait, no card, no state, and no
//! input, however broken, that ends in a panic.
//!
//! ```
//! use jpki_protocol::{Origin, OriginPolicy};
//! use jpki_trust::{ChallengeStore, Environment, MemoryChallengeStore, NotChecked, SystemClock, TrustStore, Verifier};
//! # use jpki_trust::Clock;
//!
//! # fn run(root_pem: &str, token: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let mut roots = TrustStore::new();
//! roots.add_pem(root_pem, Environment::Production)?;
//! let origin = Origin::parse("https://shop.example", OriginPolicy::Secure)?;
//! let verifier = Verifier::new(origin, roots, NotChecked);
//!
//! let store = MemoryChallengeStore::new();
//! let challenge = store.issue("session-1", SystemClock.now())?; // to the page, which asks the agent for a token
//! let verified = verifier.verify_in_session(token, &store, "session-1")?;
//! # Ok(()) }
//! ```
#![forbid(unsafe_code)]

mod attributes;
mod binding;
mod certificate;
mod challenge;
mod clock;
mod der;
#[cfg(feature = "document")]
pub mod document;
mod key;
mod profile;
mod refusal;
mod revocation;
mod roots;
mod token;
mod verified;
mod verifier;

pub use attributes::{Asked, Assurance, VerifiedAttributes};
pub use binding::{AccountId, BindingKey};
pub use challenge::{CHALLENGE_LIFETIME, ChallengeStore, Issued, MemoryChallengeStore, NoRandomness, fresh_challenge};
pub use clock::{Clock, FixedClock, SystemClock};
pub use profile::{Environment, Kind};
pub use refusal::{Refusal, Remedy};
pub use revocation::{
    CrlFiles, NonceSource, NotChecked, OCSP_REQUEST_MEDIA_TYPE, Ocsp, OcspRules, OcspTransport, Revocation,
    RevocationChecker, RevocationSource, Subject, SystemNonce, TransportError,
};
pub use roots::{Root, RootError, TrustStore};
pub use verified::{CertificateFacts, Generation, VerifiedToken};
pub use verifier::Verifier;
