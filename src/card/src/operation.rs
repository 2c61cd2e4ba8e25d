//! The operations the agent runs on a card.
//!
//! The agent's card worker comes in. It keeps the session of [`survey_and_hold`] while a person types:
//! an exclusive connection without a transaction, which no system takes back for being idle. Others
//! use [`survey`] and [`authenticate`] with a connection each; what the first learnt goes into the
//! second, so that it needs no command to find out again.

use crate::attempts::{Attempts, LastTryConfirmed};
use crate::backend::Connection;
use crate::certificate::Certificate;
use crate::error::{Error, VerifyError};
use crate::key::Auth;
use crate::link::Link;
use crate::pin::Pin;
use crate::session::{CardFacts, Session, leave};
use crate::verified::{Sha256Digest, Signature};

/// What is known of a card before a PIN is asked for. It holds for one insertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// How the card wants to be spoken to.
    pub facts: CardFacts,
    /// Attempts left on the authentication PIN. A wrong PIN makes this out of date: go on with
    /// what [`VerifyError::WrongPin`] tells.
    pub attempts: Attempts,
    /// The authentication certificate. Keep it for this insertion and hand it to the next
    /// [`survey`].
    pub certificate: Certificate,
}

/// Finds out what is needed to ask a person for the authentication PIN. Spends no attempt.
///
/// Commands: SELECT application, retry query, and READ BINARY per 256 bytes unless `known` is an
/// earlier survey of the same insertion. The card is left with nothing open: no deselect follows.
///
/// # Errors
///
/// As [`Session::open`], [`Session::attempts`] and [`Session::auth_certificate`].
pub fn survey(connection: Box<dyn Connection>, known: Option<Survey>) -> Result<Survey, Error> {
    let (survey, session) = survey_and_hold(connection, known)?;
    session.close();
    Ok(survey)
}

/// As [`survey`], and keeps the session: the card is exclusively ours until it is used or closed, so
/// that the attempts a person is shown are those that the PIN will meet.
///
/// # Errors
///
/// As [`survey`].
pub fn survey_and_hold(connection: Box<dyn Connection>, known: Option<Survey>) -> Result<(Survey, Session), Error> {
    let facts = known.as_ref().map(|survey| survey.facts).unwrap_or_default();
    let mut session = Session::open(connection, facts)?;
    let attempts = session.attempts::<Auth>()?;
    let certificate = match known {
        Some(survey) => survey.certificate,
        None => session.auth_certificate()?,
    };
    let facts = session.facts();
    Ok((Survey { facts, attempts, certificate }, session))
}

/// Verifies the authentication PIN and signs one digest.
///
/// Commands: SELECT application, VERIFY, COMPUTE DIGITAL SIGNATURE, SELECT issuer security domain.
/// The last is sent on every path on which a PIN was.
///
/// # Errors
///
/// [`VerifyError`]. After [`VerifyError::WrongPin`] the person may type again: that is another call,
/// with the attempts it told.
pub fn authenticate(
    connection: Box<dyn Connection>,
    facts: CardFacts,
    attempts: Attempts,
    pin: Pin<Auth>,
    confirmed: Option<LastTryConfirmed>,
    digest: &Sha256Digest,
) -> Result<Signature, VerifyError> {
    let session = Session::open(connection, facts)?;
    let mut key = session.verify(pin, attempts, confirmed)?;
    let signature = key.sign(digest);
    key.finish();
    Ok(signature?)
}

/// Deselects the application, for an operation that was cancelled between its two sessions.
///
/// Commands: SELECT issuer security domain; where that fails, the card loses its power.
pub fn deselect(connection: Box<dyn Connection>) {
    leave(Link::new(connection));
}

#[cfg(test)]
mod garbage;
#[cfg(test)]
mod tests;
