//! The words of OAuth 2.0 and OpenID Connect for what went wrong, exactly as the specifications spell them.

use std::fmt;

/// An error word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorWord {
    /// A parameter is missing, wrong, or there twice (RFC 6749, 4.1.2.1 and 5.2).
    InvalidRequest,
    /// The client isn't known or hasn't proved who it is (RFC 6749, 5.2).
    InvalidClient,
    /// A code or refresh token isn't valid, is used up, or is another client's (RFC 6749, 5.2).
    InvalidGrant,
    /// The client may not do this (RFC 6749, 4.1.2.1 and 5.2).
    UnauthorizedClient,
    /// (RFC 6749, 5.2).
    UnsupportedGrantType,
    /// The person or the provider said no (RFC 6749, 4.1.2.1).
    AccessDenied,
    /// (RFC 6749, 4.1.2.1).
    UnsupportedResponseType,
    /// A scope that isn't known or that the client isn't allowed (RFC 6749, 4.1.2.1).
    InvalidScope,
    /// (RFC 6749, 4.1.2.1).
    ServerError,
    /// Outside service hours, or overloaded (RFC 6749, 4.1.2.1).
    TemporarilyUnavailable,
    /// Nothing may be shown, but something would have to be (OpenID Connect Core, 3.1.2.6).
    InteractionRequired,
    /// Nothing may be shown, but nobody is logged in (OpenID Connect Core, 3.1.2.6).
    LoginRequired,
    /// Somebody else is logged in than the service asked for (OpenID Connect Core, 3.1.2.6).
    AccountSelectionRequired,
    /// Nothing may be shown, but the person hasn't agreed yet (OpenID Connect Core, 3.1.2.6).
    ConsentRequired,
    /// (RFC 9101, 6.3; RFC 9126, 2.3).
    InvalidRequestUri,
    /// (OpenID Connect Core, 3.1.2.6).
    RequestNotSupported,
    /// (OpenID Connect Core, 3.1.2.6).
    RequestUriNotSupported,
    /// (OpenID Connect Core, 3.1.2.6).
    RegistrationNotSupported,
    /// The person has no account at the portal, and the service didn't ask to register them. The portal's own word.
    UserNotRegistered,
    /// An access token isn't valid (RFC 6750, 3.1).
    InvalidToken,
    /// An access token doesn't reach that far (RFC 6750, 3.1).
    InsufficientScope,
}

impl ErrorWord {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InteractionRequired => "interaction_required",
            Self::LoginRequired => "login_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::ConsentRequired => "consent_required",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::UserNotRegistered => "user_not_registered",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
        }
    }
}

impl fmt::Display for ErrorWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A refusal as it stands in an answer: a word for programs, a sentence for developers. The sentence never repeats input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word}: {description}")]
pub struct Refusal {
    /// The word.
    pub word: ErrorWord,
    /// The sentence: ASCII without quotes and backslashes (RFC 6749, 5.2).
    pub description: String,
}

impl Refusal {
    /// A refusal.
    pub fn new(word: ErrorWord, description: impl Into<String>) -> Self {
        Self { word, description: description.into() }
    }

    /// A parameter is wrong.
    pub fn invalid(description: impl Into<String>) -> Self {
        Self::new(ErrorWord::InvalidRequest, description)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_the_same_in_an_answer_and_in_a_row() {
        for word in [ErrorWord::LoginRequired, ErrorWord::InvalidRequestUri, ErrorWord::UserNotRegistered] {
            assert_eq!(serde_json::to_value(word).unwrap(), word.word());
        }
    }
}
