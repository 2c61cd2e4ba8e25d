//! Telling one service (OpenID Connect Back-Channel Logout 1.0).

use axum::http::StatusCode;
use jpki_oidc::Client;
use jpki_oidc::provider::{LOGOUT_TOKEN, LogoutClaims};
use serde::Deserialize;
use url::Url;

use crate::error::Result;
use crate::outbound::{Answer, CallError};
use crate::outbox::Outcome;
use crate::secrets::fresh_id;
use crate::{App, keys};

/// Sends a service a logout token, made now: one that waited would be over.
pub(crate) async fn tell(app: &App, client: &Client, subject: &str, sid: &str) -> Result<Outcome> {
    let address = client.metadata().backchannel_logout_uri.as_deref().and_then(|uri| Url::parse(uri).ok());
    let Some(address) = address else { return Ok(Outcome::Failed) };
    let claims = LogoutClaims::new(app.config().issuer(), client.id(), subject, sid, fresh_id()?, app.now());
    let token = keys::ring(app).await?.sign(LOGOUT_TOKEN, &claims)?;
    let answer = app.outbound().post_form(&address, &[("logout_token", &token)]).await;
    if let Err(error) = &answer {
        tracing::info!(client = client.id(), %error, "a service couldn't be told of a logout");
    }
    Ok(outcome(answer))
}

/// How a service says that it understood and keeps its session (the portal's convention): 200 with this JSON.
#[derive(Deserialize)]
struct Said {
    logged_out: bool,
    #[serde(default)]
    reason: String,
}

fn outcome(answer: Result<Answer, CallError>) -> Outcome {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) if error.may_pass() => return Outcome::Again,
        Err(_) => return Outcome::Failed,
    };
    match answer.status {
        status if status.is_success() => match serde_json::from_slice::<Said>(&answer.body) {
            Ok(Said { logged_out: false, reason }) => Outcome::Declined(reason),
            // Most services say nothing (2.8), or something of their own.
            _ => Outcome::Done,
        },
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => Outcome::Again,
        status if status.is_server_error() => Outcome::Again,
        _ => Outcome::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_means_done_declined_failed_or_again() {
        let declined = |reason: &str| Outcome::Declined(reason.to_owned());
        let rows = [
            (200, "", Outcome::Done),
            (204, "", Outcome::Done),
            (200, "<html>", Outcome::Done),
            (200, "{}", Outcome::Done),
            (200, r#"{"logged_out":true}"#, Outcome::Done),
            (200, r#"{"logged_out":"false"}"#, Outcome::Done),
            (200, r#"{"logged_out":false}"#, declined("")),
            (200, r#"{"logged_out":false,"reason":"手続きの途中です","more":1}"#, declined("手続きの途中です")),
            (302, "", Outcome::Failed),
            (400, r#"{"error":"invalid_request"}"#, Outcome::Failed),
            (400, r#"{"logged_out":false}"#, Outcome::Failed),
            (404, "", Outcome::Failed),
            (408, "", Outcome::Again),
            (425, "", Outcome::Again),
            (429, "", Outcome::Again),
            (500, "", Outcome::Again),
            (503, "", Outcome::Again),
        ];
        for (status, body, expected) in rows {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(outcome(Ok(Answer { status, body: body.into() })), expected, "{status} {body}");
        }
        for (error, expected) in [
            (CallError::Name, Outcome::Again),
            (CallError::Unreachable, Outcome::Again),
            (CallError::Slow, Outcome::Again),
            (CallError::Address, Outcome::Failed),
            (CallError::Scheme, Outcome::Failed),
            (CallError::Large, Outcome::Failed),
        ] {
            assert_eq!(outcome(Err(error)), expected, "{error}");
        }
    }
}
