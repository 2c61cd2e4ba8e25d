//! Errors as OAuth clients read them (RFC 6749, 5.2), and the form that they send.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jpki_oidc::error::Refusal;
use jpki_oidc::{ErrorWord, Parameters};
use serde_json::json;

use crate::api::Problem;
use crate::{App, Error};

/// An answer that says what went wrong.
#[derive(Debug)]
pub(crate) enum OAuthError {
    /// What was asked isn't done.
    Refused(Refusal),
    /// The client asks too often.
    TooOften(Problem),
}

impl From<Refusal> for OAuthError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Error> for OAuthError {
    fn from(error: Error) -> Self {
        tracing::error!(%error, "a client's call failed");
        let (word, text) = match error {
            Error::Store(_) => {
                (ErrorWord::TemporarilyUnavailable, "the portal can not answer at the moment: try again")
            }
            _ => (ErrorWord::ServerError, "the portal failed; its operator sees why"),
        };
        Self::Refused(Refusal::new(word, text))
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let Refusal { word, description } = match self {
            Self::Refused(refusal) => refusal,
            Self::TooOften(problem) => return problem.into_response(),
        };
        let status = match word {
            ErrorWord::InvalidClient | ErrorWord::InvalidToken => StatusCode::UNAUTHORIZED,
            ErrorWord::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
            ErrorWord::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        };
        let body = json!({ "error": word.word(), "error_description": description });
        let mut response = (status, [(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response();
        match word {
            ErrorWord::InvalidClient => {
                // The one scheme that a client can use in this header (RFC 6749, 5.2).
                let basic = HeaderValue::from_static("Basic realm=\"portal\", charset=\"UTF-8\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
            }
            ErrorWord::TemporarilyUnavailable => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        response
    }
}

/// The headers and the form of a client's call, in which nothing stands twice.
pub(crate) async fn read_form(request: Request, app: &App) -> Result<(HeaderMap, Parameters), OAuthError> {
    let headers = request.headers().clone();
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refusal::invalid("send a form: application/x-www-form-urlencoded").into());
    }
    let body = Bytes::from_request(request, app).await;
    let body = body.map_err(|_| Refusal::invalid("the form is too long, or did not arrive whole"))?;
    let parameters = Parameters::parse(&body);
    parameters.once()?;
    Ok((headers, parameters))
}
