//! The operations the agent runs on a card, as far as they go before a PIN.
//!
//! The agent's card worker comes in. It keeps the session that a `…_and_hold` gives while a person
//! types: an exclusive connection without a transaction, which no system takes back for being idle.
//! Nothing here ever sends a PIN.

use crate::attempts::Attempts;
use crate::backend::Connection;
use crate::certificate::Certificate;
use crate::error::Error;
use crate::key::{Auth, Key as _, Sign};
use crate::selected::{Application, CardFacts, Selected};
use crate::session::Session;
use crate::text::{self, TextSession};

/// What is known of a card before the authentication PIN is asked for. It holds for one insertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// How the card wants to be spoken to.
    pub facts: CardFacts,
    /// Attempts left on the authentication PIN. A wrong PIN makes this out of date: go on with
    /// what [`crate::VerifyError::WrongPin`] tells.
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

/// What is known of a card before the signature password is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignSurvey {
    /// How the card wants to be spoken to.
    pub facts: CardFacts,
    /// Attempts left on the signature password.
    pub attempts: Attempts,
}

/// Finds out what is needed to ask a person for the signature password, and keeps the session as
/// [`survey_and_hold`] does. Spends no attempt.
///
/// Commands: SELECT application, retry query, and one read that the card refuses where it has a
/// signature certificate.
///
/// # Errors
///
/// [`Error::CertificateMissing`] where the card has no signature certificate or no password for it,
/// as a child's card; and those of [`Session::open`], [`Session::attempts`] and
/// [`Session::has_sign_certificate`].
pub fn survey_sign_and_hold(connection: Box<dyn Connection>, facts: CardFacts) -> Result<(SignSurvey, Session), Error> {
    let mut session = Session::open(connection, facts)?;
    let attempts = session.attempts_if_any::<Sign>()?.ok_or(Error::CertificateMissing)?;
    if !session.has_sign_certificate()? {
        return Err(Error::CertificateMissing);
    }
    let facts = session.facts();
    Ok((SignSurvey { facts, attempts }, session))
}

/// What is known of a card before the PIN of the text application is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextSurvey {
    /// How the card wants to be spoken to.
    pub facts: CardFacts,
    /// Attempts left on the PIN of the text application.
    pub attempts: Attempts,
}

/// Finds out what is needed to ask a person for the PIN of the text application, and keeps the
/// session as [`survey_and_hold`] does. Spends no attempt.
///
/// Commands: SELECT application, retry query.
///
/// # Errors
///
/// As [`TextSession::open`] and [`TextSession::attempts`].
pub fn survey_text_and_hold(
    connection: Box<dyn Connection>,
    facts: CardFacts,
) -> Result<(TextSurvey, TextSession), Error> {
    let mut session = TextSession::open(connection, facts)?;
    let attempts = session.attempts()?;
    let facts = session.facts();
    Ok((TextSurvey { facts, attempts }, session))
}

/// The attempts left on the PINs of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinStatus {
    /// 利用者証明用電子証明書の暗証番号.
    pub auth: Attempts,
    /// 署名用電子証明書のパスワード; a card may have none.
    pub sign: Option<Attempts>,
    /// 券面事項入力補助用暗証番号; a phone has none.
    pub text: Option<Attempts>,
}

/// Asks how many attempts each PIN has left. Spends none.
///
/// Commands: SELECT of both applications and three retry queries. The card is left with nothing open.
///
/// # Errors
///
/// As [`Session::open`] and [`Session::attempts`].
pub fn pin_status(connection: Box<dyn Connection>) -> Result<PinStatus, Error> {
    let mut card = Selected::open(connection, Application::Jpki, CardFacts::default())?;
    let auth = card.attempts(Auth::PIN)?;
    let sign = card.attempts_if_any(Sign::PIN)?;
    let text = match card.switch(Application::Text) {
        Ok(()) => card.attempts_if_any(text::PIN)?,
        Err(Error::CardUnsupported(_)) => None,
        Err(error) => return Err(error),
    };
    Ok(PinStatus { auth, sign, text })
}

#[cfg(test)]
mod garbage;
#[cfg(test)]
mod tests;
