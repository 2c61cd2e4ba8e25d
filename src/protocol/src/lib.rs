//! Every message of JPKI Bridge as a type: page ↔ agent ([`page`]), agent ↔ prompt ([`prompt`]),
//! the token a server verifies ([`token`]), and the closed list of error codes ([`code`]).
//! Everyone comes in here, page, agent, window and verifier alike, so that a rule is written once.
//! No I/O, no clock and no policy ever live here: a value is either well formed or it is not.
#![forbid(unsafe_code)]

pub mod attributes;
pub mod challenge;
pub mod code;
pub mod lang;
pub mod origin;
pub mod page;
pub mod prompt;
#[cfg(feature = "schema")]
pub mod schema;
pub mod secret;
pub mod text;
pub mod token;

pub use attributes::{Attribute, AttributeSource, Attributes, Gender};
pub use challenge::Challenge;
pub use code::ErrorCode;
pub use lang::Language;
pub use origin::{Origin, OriginPolicy};
pub use secret::Secret;
pub use token::AuthToken;

/// The ports the agent tries, in this order, unless one is fixed (protocol, section 1).
pub const PORTS: [u16; 3] = [39041, 39042, 39043];

/// The version of the protocol that these types speak.
pub const PROTOCOL_VERSION: u32 = 1;
