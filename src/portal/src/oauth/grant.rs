//! How a request ends: with a code, or with the reason why there is none.

use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::Timestamp;
use jpki_oidc::error::Refusal;
use jpki_oidc::provider::{self, AuthorizationRequest, Code, denied, granted};

use crate::App;
use crate::account::Link;
use crate::error::{Error, Result};
use crate::secrets::{fresh_id, fresh_token};
use crate::session::Session;

/// Under what codes are sealed.
pub(super) const CODE: &str = "code";

/// What somebody gave a service.
#[derive(Debug)]
pub(crate) enum Granted<'a> {
    /// Somebody registered signs on by their link.
    Linked {
        /// In this session.
        session: &'a Session,
        /// Through this link, which covers what was asked for.
        link: &'a Link,
    },
    /// Somebody who isn't registered, and whose state alone is asked for. Nothing of it is kept but for minutes.
    Guest {
        /// When they proved themselves.
        auth_time: Timestamp,
    },
}

/// Answers a request with a code. The code is sealed: nothing is written until it is redeemed.
pub(crate) async fn grant(app: &App, request: &AuthorizationRequest, what: Granted<'_>) -> Result<Response> {
    let given = match what {
        Granted::Linked { session, link } => provider::Granted {
            subject: link.subject.clone(),
            account: Some(link.account.as_str().to_owned()),
            link: Some(link.id.clone()),
            scopes: request.scopes.clone(),
            since: session.auth_time,
            session: session.id.clone(),
            sid: session.sid_for(app, &request.client_id),
            session_ends: session.expires,
        },
        Granted::Guest { auth_time } => provider::Granted {
            // Nobody is known again who has no link: the next time they have another name.
            subject: fresh_token()?,
            account: None,
            link: None,
            scopes: request.scopes.clone(),
            since: auth_time,
            session: fresh_id()?,
            sid: fresh_token()?,
            session_ends: app.now(),
        },
    };
    let code = Code::answering(request, given, fresh_id()?, app.now());
    let sealed = app.secrets().sealer(CODE).seal(&code, code.expires)?;
    let address = granted(request, &sealed, app.config().issuer());
    redirect(&address)
}

/// Answers a request with the reason why there is no code.
pub(crate) fn deny(app: &App, request: &AuthorizationRequest, refusal: &Refusal) -> Response {
    let address = denied(&request.redirect_uri, request.state.as_deref(), refusal, app.config().issuer());
    Redirect::to(&address).into_response()
}

fn redirect(address: &str) -> Result<Response> {
    let response = Redirect::to(address).into_response();
    if response.status().is_redirection() { Ok(response) } else { Err(Error::Damaged("an address of a client")) }
}
