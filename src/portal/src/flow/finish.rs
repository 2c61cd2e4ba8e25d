//! How a way ends: what is written, all at once, and where the person goes.

use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::Timestamp;
use jpki_oidc::provider::{AuthorizationRequest, CODE_LIFE, Granted, Next};

use super::carrier::Purpose;
use super::state::{By, Ending};
use super::{CONSENT_VERSION, Since, next, pages, service};
use crate::account::{self, AccountId, Card, Consent, find_by_card};
use crate::error::{Error, Result};
use crate::hours::{self, Service};
use crate::secrets::{fresh_id, fresh_token};
use crate::session::{self, Begun, Session, SessionCookie};
use crate::web::{Failure, Frame};
use crate::{App, logout};

/// Ends a way.
pub(super) async fn finish(
    app: &App,
    purpose: &Purpose,
    ending: Ending,
    session: Option<Session>,
    frame: Frame,
) -> Result<Response, Failure> {
    if let Purpose::Service { request, .. } = purpose
        && service::names(app, request).await?.is_none()
    {
        // Suspended or gone while the person read.
        return Ok(pages::lost(frame));
    }
    app.observe().metrics.login(ending.word());
    match ending {
        Ending::Denied(refusal) => Ok(match purpose {
            Purpose::Service { request, .. } => service::deny(app, request, &refusal),
            Purpose::Own { .. } => Redirect::to("/").into_response(),
        }),
        Ending::Guest(proof) => match purpose {
            Purpose::Service { request, .. } => {
                Ok(service::grant(app, request, guest(app, request, second(proof.at)?)?).await?)
            }
            Purpose::Own { .. } => Err(Failure::Internal),
        },
        Ending::SignOn(by) => sign_on(app, purpose, by, session, frame).await,
        Ending::Join(by) => join(app, purpose, by, session, frame).await,
    }
}

/// Signs in somebody who is registered and linked: one row.
async fn sign_on(
    app: &App,
    purpose: &Purpose,
    by: By,
    before: Option<Session>,
    frame: Frame,
) -> Result<Response, Failure> {
    let By::Card { proof, .. } = &by else {
        let Some(session) = before else { return Ok(pages::lost(frame)) };
        return leave(app, purpose, &session, None).await;
    };
    // Closed between the card and here.
    let Some(account) = find_by_card(app, &proof.card.hash).await? else { return Ok(pages::lost(frame)) };
    let mut connection = app.store().pool().acquire().await.map_err(Error::from)?;
    let begun = signed_in(app, &mut connection, &account.id, second(proof.at)?, before.as_ref()).await?;
    drop(connection);
    enter(app, purpose, begun, before).await
}

/// Registers if need be, links, and signs in: all of it or nothing.
async fn join(
    app: &App,
    purpose: &Purpose,
    by: By,
    before: Option<Session>,
    frame: Frame,
) -> Result<Response, Failure> {
    let (proof, takes_over) = match by {
        By::Session => {
            let Some(session) = before else { return Ok(pages::lost(frame)) };
            let consent =
                missing_consent(app, purpose, Some(&session.account), Since::Session(session.auth_time)).await?;
            let mut transaction = app.store().begin().await?;
            if !account::hold(&mut transaction, &session.account).await? {
                return Ok(pages::lost(frame));
            }
            if let Some(consent) = consent {
                account::link(app, &mut transaction, &session.account, consent).await?;
            }
            transaction.commit().await.map_err(Error::from)?;
            return leave(app, purpose, &session, None).await;
        }
        By::Card { proof, takes_over } => (proof, takes_over),
    };
    let at = second(proof.at)?;
    // A second click, or another replica, may have registered the card just now: then it is found the second time.
    for _ in 0..2 {
        let known = find_by_card(app, &proof.card.hash).await?.map(|account| account.id);
        if known.is_none()
            && takes_over.is_none()
            && let Err(closed) = hours::gate(app, Service::Registration).await
        {
            return Ok(closed.page(app, frame));
        }
        let consent = missing_consent(app, purpose, known.as_ref().or(takes_over.as_ref()), Since::Card(at)).await?;
        let mut transaction = app.store().begin().await?;
        let Some(account) = account_of(app, &mut transaction, known, takes_over.as_ref(), &proof.card).await? else {
            transaction.rollback().await.map_err(Error::from)?;
            continue;
        };
        if let Some(consent) = consent {
            account::link(app, &mut transaction, &account, consent).await?;
        }
        let begun = signed_in(app, &mut transaction, &account, at, before.as_ref()).await?;
        transaction.commit().await.map_err(Error::from)?;
        return enter(app, purpose, begun, before).await;
    }
    Ok(pages::lost(frame))
}

/// The account that goes on: the card's own, or that of the card before it, or a new one.
async fn account_of(
    app: &App,
    connection: &mut sqlx::AnyConnection,
    known: Option<AccountId>,
    takes_over: Option<&AccountId>,
    card: &Card,
) -> Result<Option<AccountId>> {
    match (known, takes_over) {
        (Some(account), _) => Ok(account::hold(connection, &account).await?.then_some(account)),
        (None, Some(account)) => {
            let done = account::hold(connection, account).await?
                && account::replace_card(app, connection, account, card, CONSENT_VERSION).await?;
            Ok(done.then(|| account.clone()))
        }
        (None, None) => account::open(app, connection, card, CONSENT_VERSION).await,
    }
}

/// The consent by which a service is to be linked, unless the person agreed to all of it since the request came: a second click adds
/// nothing. Asked before a transaction begins: inside of one, a second connection might never come free.
async fn missing_consent(
    app: &App,
    purpose: &Purpose,
    account: Option<&AccountId>,
    since: Since,
) -> Result<Option<Consent>> {
    let Purpose::Service { request, .. } = purpose else { return Ok(None) };
    let agreed = match account {
        Some(account) => {
            account::link_with(app, account, &request.client_id).await?.is_some()
                && next(app, request, Some((account, since))).await? == Next::Grant
        }
        None => false,
    };
    Ok((!agreed).then(|| Consent::to_service(&request.client_id, request.scopes.clone(), CONSENT_VERSION)))
}

/// The session in which the holder of a card goes on: that of the browser, if it is theirs, or a new one.
async fn signed_in(
    app: &App,
    connection: &mut sqlx::AnyConnection,
    account: &AccountId,
    at: Timestamp,
    before: Option<&Session>,
) -> Result<Begun> {
    if let Some(before) = before.filter(|before| before.account == *account)
        && let Some(renewed) = session::renew(app, connection, before, at).await?
    {
        return Ok(renewed);
    }
    session::begin(app, connection, account, at).await
}

/// Goes on in a session. That of somebody else, who sat here before, ends everywhere.
async fn enter(app: &App, purpose: &Purpose, begun: Begun, before: Option<Session>) -> Result<Response, Failure> {
    if let Some(before) = before.filter(|before| before.id != begun.session.id) {
        logout::end(app, &before).await?;
    }
    leave(app, purpose, &begun.session, Some(&begun.cookie)).await
}

/// To the service, or to where the person wanted to go.
async fn leave(
    app: &App,
    purpose: &Purpose,
    session: &Session,
    cookie: Option<&SessionCookie>,
) -> Result<Response, Failure> {
    let mut response = match purpose {
        Purpose::Service { request, .. } => grant(app, request, session).await?,
        Purpose::Own { back } => Redirect::to(back).into_response(),
    };
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie.header(app));
    }
    Ok(response)
}

async fn grant(app: &App, request: &AuthorizationRequest, session: &Session) -> Result<Response, Failure> {
    let link = account::link_with(app, &session.account, &request.client_id).await?.ok_or(Failure::Internal)?;
    let granted = Granted {
        subject: link.subject,
        account: Some(session.account.as_str().to_owned()),
        link: Some(link.id),
        scopes: request.scopes.clone(),
        since: session.auth_time,
        session: session.id.clone(),
        sid: session.sid_for(app, &request.client_id),
        session_ends: session.expires,
    };
    Ok(service::grant(app, request, granted).await?)
}

/// For somebody without account: a name that nobody will ever see again, and no session to come back to.
fn guest(app: &App, request: &AuthorizationRequest, since: Timestamp) -> Result<Granted> {
    let session_ends = app.now().saturating_add(CODE_LIFE).map_err(|_| Error::Damaged("the clock"))?;
    Ok(Granted {
        subject: fresh_token()?,
        account: None,
        link: None,
        scopes: request.scopes.clone(),
        since,
        session: fresh_id()?,
        sid: fresh_id()?,
        session_ends,
    })
}

fn second(at: i64) -> Result<Timestamp> {
    Timestamp::from_second(at).map_err(|_| Error::Damaged("a way"))
}
