//! Ending a session everywhere: at the portal, and at every service in which the person signed on with it.
//! People come in from the portal's own pages, services send them here (OpenID Connect RP-Initiated Logout 1.0), other areas end sessions.
//! Nobody is logged out by a link alone: either the service shows who it means, or the person is asked.

mod back;
mod page;
mod request;
mod result;
mod services;
mod tell;

use axum::Router;
use axum::routing::get;

use crate::App;
use crate::error::Result;
use crate::oauth::{self, paths};
use crate::outbox;
use crate::session::{self, Session};

pub(crate) use tell::tell;

/// The pages of this area.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(paths::END_SESSION, get(request::by_query).post(request::by_form).head(oauth::no_look))
        .route("/sign-out", get(page::ask).post(page::sign_out))
        .route("/sign-out/{id}", get(result::page))
}

/// Ends a session that nobody watches: its services are told in the background.
pub(crate) async fn end(app: &App, session: &Session) -> Result<()> {
    begin(app, session, "", None).await?;
    app.outbox().ring();
    Ok(())
}

/// Ends a session and waits, for as long as a call may take, until its services were told. What didn't go through goes on in the background.
async fn end_and_tell(app: &App, session: &Session, topic: &str, but: Option<&str>) -> Result<()> {
    begin(app, session, topic, but).await?;
    let (app, topic) = (app.clone(), topic.to_owned());
    // On a task of its own: a browser that goes away doesn't stop it.
    let told = tokio::spawn(async move { outbox::deliver(&app, outbox::Due::Topic(&topic)).await });
    // A task ends otherwise than by itself only when the portal stops; the rows are there for the next replica.
    told.await.unwrap_or(Ok(()))
}

/// The messages first: were it the other way round, what happens in between could leave services that nobody tells.
async fn begin(app: &App, session: &Session, topic: &str, but: Option<&str>) -> Result<()> {
    let messages = services::to_tell(app, session, but).await?;
    outbox::put(app, topic, &messages).await?;
    // The session before its sign-ons: without it no code counts, so none that was used can count again.
    session::end(app, session).await?;
    oauth::forget_session(app.store(), &session.id, session.expires).await
}
