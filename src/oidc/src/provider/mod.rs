//! The provider's decisions: what a request asks for, what happens next, what a code and a token are worth.
//! The portal's handlers come in with parameters, a client and rows already read; they get a value or an error word back.
//! Nothing is sent, stored or timed here.

mod assertion;
mod authorization;
mod code;
mod decision;
mod end_session;
mod metadata;
mod prompt;
mod respond;
mod token;
mod tokens;

pub use assertion::{Assertion, ClientProof, LONGEST_ASSERTION, claimed_client, not_proved};
pub use authorization::{AuthorizationRequest, Channel, Rejection, Situation, check};
pub use code::{CODE_LIFE, Code, Granted};
pub use decision::{Link, Next, Session, View, decide};
pub use end_session::{EndSession, check_end_session};
pub use metadata::{Endpoints, discovery};
pub use prompt::Prompt;
pub(crate) use respond::address;
pub use respond::{denied, granted};
pub use token::{TokenRequest, check_exchange, check_narrowing, no_such_code};
pub use tokens::{
    ACCESS_TOKEN, AccessClaims, ID_TOKEN, IdClaims, LOGOUT_EVENT, LOGOUT_TOKEN, LogoutClaims, TOKEN_LIFE,
};
pub use tokens::{at_hash, id_token_hint};

#[cfg(test)]
mod tests;
