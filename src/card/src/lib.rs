//! Readers and their events, one exclusive session with a My Number Card (個人番号カード), and the
//! operations of its JPKI application (公的個人認証AP).
//!
//! The agent's card worker and its reader watcher come in through [`Backend`], [`Session`] and
//! [`operation`]; PC/SC itself is spoken in [`pcsc`] alone, so a software card can stand in.
//!
//! What never may: a second VERIFY for one typed PIN, an unlocked card left behind, a PIN in a log,
//! an answer of the card that is trusted before its length is, or anything asynchronous.
//!
//! # Commands an operation costs
//!
//! | operation | commands |
//! |---|---|
//! | [`operation::survey`], certificate known | SELECT application · retry query = 2 |
//! | [`operation::survey`], first time | the same · READ BINARY once per 256 bytes = 9 for 1.6 kB |
//! | [`Session::verify`] and [`Verified::sign`] after [`operation::survey_and_hold`] | VERIFY · COMPUTE SIGNATURE · SELECT issuer domain = 3 |
//! | [`operation::authenticate`] | SELECT application and the three = 4 |
//! | [`operation::deselect`] | SELECT issuer domain = 1 |
//!
//! So the agent signs in with 5 commands where the certificate is known, and with 12 the first time.
//! A card that refuses short file identifiers costs one SELECT more per file; one that answers
//! `6F00` to its first command after power-up costs two more (a throw-away command and a repeat).

#![forbid(unsafe_code)]

mod attempts;
mod backend;
mod certificate;
mod error;
mod file;
mod key;
mod link;
pub mod operation;
pub mod pcsc;
mod pin;
mod pinpad;
#[cfg(test)]
mod script;
mod session;
mod status;
mod verified;

pub use attempts::{Attempts, LastTryConfirmed};
pub use backend::{
    Backend, Canceller, CardPresence, Connection, ControlCode, Disposition, Insertion, ReaderState, ReaderWatch,
    Snapshot,
};
pub use certificate::{CERTIFICATE_LIMIT, Certificate};
pub use error::{Error, Step, VerifyError};
pub use key::{Auth, Key, Sign};
pub use operation::{Survey, authenticate, deselect, survey, survey_and_hold};
pub use pin::{Pin, PinFormatError, PinKind, Text};
pub use pinpad::Pinpad;
pub use session::{CardFacts, Session, TokenKind};
pub use verified::{SIGNATURE_LEN, Sha256Digest, Signature, Verified};
