//! OpenID Provider and client core as pure state machines.
//! The portal and the delivery service come in here with requests already read and rows already fetched.
//! No HTTP, no database, no clock: what is decided here depends on its arguments alone.
#![forbid(unsafe_code)]

pub mod address;
pub mod client;
pub mod error;
pub mod jwks;
pub mod jwt;
pub mod parameters;
pub mod pkce;
pub mod provider;
pub mod relying_party;
pub mod scope;

pub use client::{AuthMethod, Client, Metadata};
pub use error::ErrorWord;
pub use jwks::{Jwk, JwkSet};
pub use parameters::Parameters;
pub use scope::Scopes;

/// The level of a login by card (認証コンテキスト). Services that know the Agency's API ask for it as `aal3`.
pub const ACR_CARD: &str = "https://jpki-bridge.example/acr/card";
/// All names of that level, as they are accepted in `acr_values`.
pub const ACR_VALUES: [&str; 2] = [ACR_CARD, "aal3"];
/// How a person proved themselves with a card and its PIN (RFC 8176).
pub const AMR_CARD: [&str; 4] = ["sc", "pin", "hwk", "mfa"];
