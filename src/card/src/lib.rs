//! Readers and their events, one exclusive session with a My Number Card (個人番号カード), and the
//! operations of its JPKI application (公的個人認証AP) and its text application (券面入力補助AP).
//!
//! The agent's card worker and its reader watcher come in through [`Backend`], [`Session`],
//! [`TextSession`] and [`operation`]; PC/SC itself is spoken in [`pcsc`] alone, so a software card
//! can stand in.
//!
//! What never may: a second VERIFY for one typed PIN, an unlocked card left behind, a PIN in a log,
//! the file with the My Number, an answer of the card that is trusted before its length is, or
//! anything asynchronous.
//!
//! # Commands an operation costs
//!
//! | operation | commands |
//! |---|---|
//! | [`operation::survey_and_hold`], certificate known | SELECT application · retry query = 2 |
//! | [`operation::survey_and_hold`], first time | the same · READ BINARY once per 256 bytes = 9 for 1.6 kB |
//! | then [`Session::verify`], [`Verified::sign`] | VERIFY · COMPUTE SIGNATURE · SELECT issuer domain = 3 |
//! | [`operation::survey_sign_and_hold`] | SELECT application · retry query · a refused READ BINARY = 3 |
//! | then [`Session::verify`], [`Verified::certificate`], [`Verified::sign`] of n documents | VERIFY · READ BINARY once per 256 bytes · n COMPUTE SIGNATURE · SELECT issuer domain = 2 + 7 + n for 1.7 kB |
//! | [`operation::survey_text_and_hold`] | SELECT application · retry query = 2 |
//! | then [`TextSession::verify`], [`TextVerified::basic_four`] | VERIFY · READ BINARY of three files, 6 · SELECT issuer domain = 8 |
//! | [`Verified::change_pin`], [`TextVerified::change_pin`] | SELECT of the PIN · CHANGE REFERENCE DATA = 2 |
//! | [`operation::pin_status`] | SELECT application · retry query twice · SELECT application · retry query = 5 |
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
mod selected;
mod session;
mod status;
mod text;
mod tlv;
mod verified;

pub use attempts::{Attempts, LastTryConfirmed};
pub use backend::{
    Backend, Canceller, CardPresence, Connection, ControlCode, Disposition, Insertion, ReaderState, ReaderWatch,
    Snapshot,
};
pub use certificate::{CERTIFICATE_LIMIT, Certificate};
pub use error::{Error, Step, VerifyError};
pub use key::{Auth, Key, Sign};
pub use operation::{
    PinStatus, SignSurvey, Survey, TextSurvey, pin_status, survey, survey_and_hold, survey_sign_and_hold,
    survey_text_and_hold,
};
pub use pin::{NewPin, Pin, PinFormatError, PinKind, Text};
pub use pinpad::Pinpad;
pub use selected::CardFacts;
pub use session::{Session, TokenKind};
pub use text::{BasicFour, RecordIssuer, TextSession, TextVerified};
pub use verified::{SIGNATURE_LEN, Sha256Digest, Signature, Verified};
