//! The handlers: each reads what happened, asks the state machine, and does what it says.

use axum::extract::{FromRequest as _, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::carrier::{Purpose, Underway};
use super::state::{Event, Place, Proof, Stage, Step, step};
use super::{Since, finish, next, next_of_holder, pages};
use crate::App;
use crate::account::{Account, Card, find_by_card};
use crate::api::Problem;
use crate::error::Error;
use crate::hours::{self, Closed, Service};
use crate::identity::{self, Trouble};
use crate::session::Session;
use crate::web::{Failure, Form};

/// A form with nothing but its token.
#[derive(Deserialize)]
pub(super) struct Pressed {}

/// What the card signed, in the form of the page's script.
#[derive(Deserialize)]
struct Signed {
    token: String,
}

type Answer = Result<Response, Failure>;

/// The way's own address, and addresses that only forms go to.
pub(super) async fn resume(on: Underway) -> Redirect {
    Redirect::to(&on.flow.here())
}

pub(super) async fn consent(State(app): State<App>, session: Option<Session>, on: Underway) -> Answer {
    follow(&app, on, session, Event::Visit(Place::Consent)).await
}

pub(super) async fn agree(State(app): State<App>, session: Option<Session>, on: Underway, _: Form<Pressed>) -> Answer {
    let next = match (&on.flow.purpose, &session) {
        (Purpose::Service { request, .. }, Some(session))
            if matches!(on.flow.stage, Stage::Consent { signed_in: true }) =>
        {
            Some(next(&app, request, Some((&session.account, Since::Before(session.auth_time)))).await?)
        }
        _ => None,
    };
    follow(&app, on, session, Event::Agree(next)).await
}

pub(super) async fn identity(State(app): State<App>, session: Option<Session>, on: Underway) -> Answer {
    follow(&app, on, session, Event::Visit(Place::Identity)).await
}

pub(super) async fn confirm(State(app): State<App>, session: Option<Session>, on: Underway) -> Answer {
    follow(&app, on, session, Event::Visit(Place::Confirm)).await
}

pub(super) async fn old_card(State(app): State<App>, on: Underway, _: Form<Pressed>) -> Answer {
    follow(&app, on, None, Event::HasOldCard).await
}

pub(super) async fn onward(State(app): State<App>, session: Option<Session>, on: Underway, _: Form<Pressed>) -> Answer {
    let signed_in = session.is_some();
    follow(&app, on, session, Event::Onward { signed_in }).await
}

pub(super) async fn stop(State(app): State<App>, session: Option<Session>, on: Underway, _: Form<Pressed>) -> Answer {
    follow(&app, on, session, Event::Stop).await
}

/// A challenge for the card, for the page's script.
pub(super) async fn challenge(State(app): State<App>, on: Underway) -> Result<Response, Problem> {
    if !is_from_here(&app, &on.headers) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "Challenges are for the portal's own pages.",
        ));
    }
    if !on.flow.stage.reads_cards() {
        let detail = "The person hasn't agreed yet. Show them the page of consent.";
        return Err(Problem::new(StatusCode::FORBIDDEN, "consent_missing", detail));
    }
    let (challenge, cookie) = identity::issue(&app, &on.flow.id, &on.browser)?;
    let headers = [(header::SET_COOKIE, cookie), (header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"))];
    Ok((headers, axum::Json(json!({ "challenge": challenge }))).into_response())
}

/// What the card signed: from the page's form, or in JSON from a program, which gets the next address in JSON.
pub(super) async fn verify(State(app): State<App>, session: Option<Session>, on: Underway, request: Request) -> Answer {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().is_some_and(|kind| kind.trim() == "application/json") {
        return Ok(verify_for_program(&app, session, on, request).await.unwrap_or_else(Problem::into_response));
    }
    let Form(Signed { token }) = Form::from_request(request, &app).await?;
    match judge(&app, &on, &token).await? {
        Ok(Judged::Go(event)) => follow(&app, on, session, event).await,
        Ok(Judged::Closed(closed)) => Ok(closed.page(&app, on.frame)),
        Err(trouble) => pages::identity(&app, &on.flow, on.frame, Some(trouble)),
    }
}

async fn verify_for_program(
    app: &App,
    session: Option<Session>,
    on: Underway,
    request: Request,
) -> Result<Response, Problem> {
    if !is_from_here(app, &on.headers) {
        return Err(Problem::new(StatusCode::FORBIDDEN, "foreign_origin", "Cards are read on the portal's own pages."));
    }
    let token = String::from_request(request, app)
        .await
        .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "token_invalid", "The body is no token in UTF-8."))?;
    let event = match judge(app, &on, &token).await? {
        Ok(Judged::Go(event)) => event,
        Ok(Judged::Closed(closed)) => return Err(closed.into()),
        Err(trouble) => return Err(problem(trouble)),
    };
    if let Step::Refused(trouble) = step(&on.flow.stage, event.clone(), app.now().as_second()) {
        return Err(problem(trouble));
    }
    let unavailable = |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "Try again.");
    let response = follow(app, on, session, event).await.map_err(unavailable)?;
    // A program follows no redirect of a form: it gets the address in JSON, and the cookies as they are.
    let Some(next) = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()) else {
        return Ok(response);
    };
    let mut answer = axum::Json(json!({ "next": next })).into_response();
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        answer.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    Ok(answer)
}

fn problem(trouble: Trouble) -> Problem {
    let words = trouble.words();
    let problem = Problem::new(trouble.status(), words.code, format!("{}. {}", words.what.1, words.remedy.1));
    if trouble == Trouble::Uncheckable { problem.retry_after(pages::RETRY_AFTER) } else { problem }
}

/// What came of a token that is in order.
enum Judged {
    Go(Event),
    Closed(Closed),
}

/// Judges a token, and finds out whose card it is.
async fn judge(app: &App, on: &Underway, token: &str) -> Result<Result<Judged, Trouble>, Error> {
    if !on.flow.stage.reads_cards() {
        return Ok(Err(Trouble::Again));
    }
    let card = match identity::verify(app, &on.headers, &on.flow.id, &on.browser, token).await? {
        Ok(card) => card,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let account = find_by_card(app, &card.hash).await?;
    let event = event(app, on, card, account).await?;
    // Somebody who can't be registered now is told before being asked to.
    if let Step::Go(Stage::Confirm { registers: true, .. }) = step(&on.flow.stage, event.clone(), app.now().as_second())
        && let Err(closed) = hours::gate(app, Service::Registration).await
    {
        return Ok(Ok(Judged::Closed(closed)));
    }
    Ok(Ok(Judged::Go(event)))
}

async fn event(app: &App, on: &Underway, card: Card, account: Option<Account>) -> Result<Event, Error> {
    if matches!(on.flow.stage, Stage::OldCard { .. }) {
        return Ok(Event::ProvenOld(card, account.map(|account| account.id)));
    }
    let now = app.now().as_second();
    let at = Timestamp::from_second(now).map_err(|_| Error::Damaged("the clock"))?;
    let next = next_of_holder(app, &on.flow.purpose, account.as_ref(), at).await?;
    Ok(Event::Proven(Proof { card, at: now }, next))
}

/// Does what the state machine says.
async fn follow(app: &App, on: Underway, session: Option<Session>, event: Event) -> Answer {
    let Underway { mut flow, frame, .. } = on;
    match step(&flow.stage, event, app.now().as_second()) {
        Step::Show(Place::Consent) => pages::consent(&flow, frame),
        Step::Show(Place::Identity) => pages::identity(app, &flow, frame, None),
        Step::Show(Place::Confirm) => pages::confirm(&flow, frame),
        Step::Go(stage) => {
            flow.stage = stage;
            flow.go(app)
        }
        Step::Stay => Ok(Redirect::to(&flow.here()).into_response()),
        Step::Refused(trouble) => pages::identity(app, &flow, frame, Some(trouble)),
        Step::Leave(ending) => {
            let mut response = finish::finish(app, &flow.purpose, ending, session, frame).await?;
            if response.status().is_redirection() {
                for cookie in flow.removal(app) {
                    response.headers_mut().append(header::SET_COOKIE, cookie);
                }
            }
            Ok(response)
        }
    }
}

/// Whether a script's request comes from a page of this portal, as far as the browser says.
fn is_from_here(app: &App, headers: &HeaderMap) -> bool {
    headers.get(header::ORIGIN).is_none_or(|origin| origin.as_bytes() == app.config().origin().as_str().as_bytes())
}
