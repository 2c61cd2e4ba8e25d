//! Answers that a client may ask for again: it sends the tag of what it has, and is told if nothing changed (RFC 9110, 13).

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde::Serialize;

use crate::Error;

use super::Problem;

/// The client may keep a personal answer for itself, and asks each time whether it still holds.
const OWN: HeaderValue = HeaderValue::from_static("private, no-cache");

/// Answers with a document, or with 304 if the client has it.
///
/// # Errors
/// A document that has no JSON.
pub(crate) fn entity(request: &HeaderMap, document: &impl Serialize) -> Result<Response, Problem> {
    let body = serde_json::to_vec(document).map_err(|_| Error::Damaged("an answer"))?;
    let hash = digest(&SHA256, &body);
    let tag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]));
    let is_known = request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|tags| tags.split(','))
        .any(|known| known.trim() == "*" || known.trim().trim_start_matches("W/") == tag);
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CACHE_CONTROL, OWN),
        (header::VARY, HeaderValue::from_static("authorization")),
        (header::ETAG, HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""))),
    ];
    Ok(if is_known {
        (StatusCode::NOT_MODIFIED, headers).into_response()
    } else {
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        (headers, kind, body).into_response()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(known: Option<&str>, document: &str) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(known) = known {
            headers.insert(header::IF_NONE_MATCH, known.parse().unwrap());
        }
        entity(&headers, &document).unwrap()
    }

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        let first = ask(None, "a");
        assert_eq!(first.status(), StatusCode::OK);
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let answer = ask(Some(&known), "a");
            assert_eq!(answer.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(answer.headers()[header::ETAG], tag);
            assert!(!answer.headers().contains_key(header::CONTENT_TYPE));
        }
        assert_eq!(ask(Some(&tag), "b").status(), StatusCode::OK);
        assert_eq!(ask(Some("nonsense"), "a").status(), StatusCode::OK);
    }
}
