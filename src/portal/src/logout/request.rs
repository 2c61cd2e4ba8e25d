//! A logout that a service asks for (OpenID Connect RP-Initiated Logout 1.0).

use askama::Template;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use jpki_oidc::Parameters;
use jpki_oidc::error::Refusal;
use jpki_oidc::provider::{EndSession, check_end_session};
use url::form_urlencoded;

use super::{back, page, result};
use crate::clients::{self, Registered};
use crate::error::Result;
use crate::oauth::paths;
use crate::session::{Session, SessionCookie};
use crate::web::{Browser, Failure, Frame, Lang, show};
use crate::{App, account, keys};

/// The longest request that is sent on from POST to GET; an ID token is at most 8192 bytes of it.
const LONGEST: usize = 16 * 1024;

#[derive(Template)]
#[template(path = "logout/refused.html")]
struct Refused {
    l: Lang,
    frame: Frame,
    description: String,
}

/// A form that a service posts comes without the session's cookie, because it comes from another site. The same request as GET has it.
pub(super) async fn by_form(frame: Frame, body: Bytes) -> Response {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(form_urlencoded::parse(&body)).finish();
    if query.len() > LONGEST {
        return refused(frame, &Refusal::invalid("the request is too long"));
    }
    Redirect::to(&format!("{}?{query}", paths::END_SESSION)).into_response()
}

/// Logs out and sends back, or asks first.
pub(super) async fn by_query(
    State(app): State<App>,
    session: Option<Session>,
    browser: Browser,
    frame: Frame,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let ring = keys::ring(&app).await?;
    let wish = match check_end_session(&parameters, ring.public(), app.config().issuer()) {
        Ok(wish) => wish,
        Err(refusal) => return Ok(refused(frame, &refusal)),
    };
    let frame = match Lang::among(wish.ui_locales.iter().map(String::as_str)) {
        Some(l) => frame.in_language(l),
        None => frame,
    };
    let client = match &wish.client_id {
        Some(id) => clients::find(&app, id).await?,
        None => None,
    };
    let way_back = match way_back(&wish, client.as_ref()) {
        Ok(way_back) => way_back,
        Err(refusal) => return Ok(refused(frame, &refusal)),
    };
    let meant = match &session {
        Some(session) => meant(&app, &wish, session).await?,
        None => Meant::Unknown,
    };
    match (session, meant) {
        (None, _) => Ok(way_back.map_or_else(result::nothing_to_do, |to| Redirect::to(&to).into_response())),
        (Some(session), Meant::ThisPerson) => {
            // The service that sends the person ended its own session before.
            result::log_out(&app, &browser, &session, wish.client_id.as_deref(), way_back).await
        }
        (Some(_), Meant::Another | Meant::Unknown) => {
            let sealed = way_back.map(|to| back::seal(&app, &browser, to)).transpose()?;
            Ok(page::asking(frame, client.as_ref(), sealed))
        }
    }
}

/// Where a person goes afterwards. A service that may not sign people in at present isn't gone back to.
fn way_back(wish: &EndSession, client: Option<&Registered>) -> Result<Option<String>, Refusal> {
    if wish.client_id.is_some() && client.is_none() {
        return Err(Refusal::invalid("client_id is not known here"));
    }
    let to = wish.way_back(client.map(|client| &client.client))?;
    Ok(to.filter(|_| client.is_some_and(Registered::is_active)))
}

/// Whom the service means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meant {
    /// Whoever is signed in here.
    ThisPerson,
    /// Somebody else: its ID token is another person's.
    Another,
    /// It doesn't say.
    Unknown,
}

/// The same session, or at least the same person in a later one.
async fn meant(app: &App, wish: &EndSession, session: &Session) -> Result<Meant> {
    let (Some(client_id), Some(subject)) = (&wish.client_id, &wish.subject) else { return Ok(Meant::Unknown) };
    if wish.sid.as_deref() == Some(session.sid_for(app, client_id).as_str()) {
        return Ok(Meant::ThisPerson);
    }
    let link = account::link_with(app, &session.account, client_id).await?;
    Ok(if link.is_some_and(|link| link.subject == *subject) { Meant::ThisPerson } else { Meant::Another })
}

/// What a service did wrong is shown to the person, who can't mend it, with the developer's sentence.
fn refused(frame: Frame, refusal: &Refusal) -> Response {
    show(StatusCode::BAD_REQUEST, &Refused { l: frame.l, frame, description: refusal.to_string() })
}

/// An answer after which this browser's session is gone.
pub(super) fn without_session(app: &App, mut response: Response) -> Response {
    response.headers_mut().append(header::SET_COOKIE, SessionCookie::removal(app));
    response
}
