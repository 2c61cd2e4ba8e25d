//! Errors of the APIs as problem details (RFC 9457): a stable word in `code`, a sentence for the developer in `detail`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;

use crate::Error;

/// An answer that says what went wrong.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Problem {
    /// Where the code is explained.
    #[schema(value_type = String)]
    r#type: Box<str>,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// A stable word for programs.
    code: &'static str,
    /// What happened and what to do, for the developer. Never repeats input.
    #[schema(value_type = String)]
    detail: Box<str>,
    /// When the service opens, if it is outside its hours.
    #[schema(format = DateTime, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    opens_at: Option<String>,
    #[serde(skip)]
    retry_after: Option<u64>,
    #[serde(skip)]
    challenge: Option<Box<HeaderValue>>,
}

impl Problem {
    /// A problem with a status, a stable word, and a sentence for the developer.
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            r#type: format!("/developers#{code}").into(),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code,
            detail: detail.into().into(),
            opens_at: None,
            retry_after: None,
            challenge: None,
        }
    }

    /// The stable word.
    #[cfg(test)]
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// Says how to be let in (RFC 9110, 11.6.1).
    #[must_use]
    pub(crate) fn challenge(mut self, how: HeaderValue) -> Self {
        self.challenge = Some(Box::new(how));
        self
    }

    /// Says when to try again, in seconds.
    #[must_use]
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Says when the service opens.
    #[must_use]
    pub(crate) fn opens_at(mut self, moment: Timestamp) -> Self {
        self.opens_at = Some(moment.to_string());
        self
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        tracing::error!(%error, "a call failed");
        match error {
            Error::Store(_) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "The portal can't answer at the moment. Try again.",
            )
            .retry_after(5),
            _ => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The portal failed. Its operator sees why."),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(how) = self.challenge {
            headers.insert(header::WWW_AUTHENTICATE, *how);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
