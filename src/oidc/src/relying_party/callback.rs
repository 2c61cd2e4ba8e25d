//! The person comes back: is this the answer to the question that was asked, from the provider that was asked?

use super::{Login, Provider};
use crate::Parameters;
use crate::error::Refusal;

/// Why there is no code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// The answer can't be read.
    #[error(transparent)]
    Unreadable(Refusal),
    /// It isn't the answer to this browser's question.
    #[error("the answer's state isn't this login's: it was asked for elsewhere, or forged")]
    State,
    /// Another provider answered than was asked (RFC 9207).
    #[error("the answer comes from another provider than was asked")]
    Issuer,
    /// The provider says no.
    #[error("the provider refused: {error}")]
    Refused {
        /// Its word.
        error: String,
        /// Its sentence for developers.
        description: Option<String>,
    },
}

/// Reads the answer to a login: the code.
///
/// # Errors
/// [`CallbackError`]. Not even a refusal is believed from the wrong provider, or for the wrong login.
pub fn check_callback(parameters: &Parameters, provider: &Provider, login: &Login) -> Result<String, CallbackError> {
    let get = |name| parameters.get(name).map_err(CallbackError::Unreadable);
    if get("state")? != Some(login.state.as_str()) {
        return Err(CallbackError::State);
    }
    let issuer = get("iss")?;
    let is_missing = issuer.is_none() && provider.authorization_response_iss_parameter_supported;
    if provider.issuer != login.issuer || is_missing || issuer.is_some_and(|issuer| issuer != login.issuer) {
        return Err(CallbackError::Issuer);
    }
    if let Some(error) = get("error")? {
        let description = get("error_description")?.map(str::to_owned);
        return Err(CallbackError::Refused { error: error.to_owned(), description });
    }
    parameters.require("code").map(str::to_owned).map_err(CallbackError::Unreadable)
}
