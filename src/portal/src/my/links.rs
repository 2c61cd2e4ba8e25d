//! Linked services: what each may do, and how that is withdrawn.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::view::{Section, day, service_name};
use crate::account::{self, Link};
use crate::session::Session;
use crate::web::{Failure, Form, Frame, Lang, show};
use crate::{App, flow};

/// A link as it is shown.
struct LinkLine {
    id: String,
    name: String,
    linked: String,
    agreed: String,
    may: Vec<&'static str>,
}

impl LinkLine {
    async fn of(app: &App, l: Lang, link: Link) -> Result<Self, Failure> {
        Ok(Self {
            name: service_name(app, l, &link.client).await?,
            linked: day(l, link.linked),
            agreed: day(l, link.agreed),
            may: flow::scope_words(&link.scopes, l),
            id: link.id,
        })
    }
}

#[derive(Template)]
#[template(path = "my/links.html")]
struct List {
    l: Lang,
    frame: Frame,
    section: Section,
    links: Vec<LinkLine>,
    is_withdrawn: bool,
}

#[derive(Template)]
#[template(path = "my/withdraw.html")]
struct Withdraw {
    l: Lang,
    frame: Frame,
    section: Section,
    link: LinkLine,
}

pub(super) async fn list(
    State(app): State<App>,
    session: Session,
    RawQuery(query): RawQuery,
    frame: Frame,
) -> Result<Response, Failure> {
    let mut links = Vec::new();
    for link in account::links(&app, &session.account).await? {
        links.push(LinkLine::of(&app, frame.l, link).await?);
    }
    let is_withdrawn = query.as_deref() == Some("withdrawn");
    Ok(show(StatusCode::OK, &List { l: frame.l, frame, section: Section::Links, links, is_withdrawn }))
}

/// Says what withdrawing means, before it happens.
pub(super) async fn confirm(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    frame: Frame,
) -> Result<Response, Failure> {
    let links = account::links(&app, &session.account).await?;
    let link = links.into_iter().find(|link| link.id == id).ok_or(Failure::NotFound)?;
    let link = LinkLine::of(&app, frame.l, link).await?;
    Ok(show(StatusCode::OK, &Withdraw { l: frame.l, frame, section: Section::Links, link }))
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// Withdraws (属性連携解除): the consent, the name and the tokens of this link are gone. Whoever is signed in at the service stays so
/// (guideline for delivery services, 2.2.2 (2)).
pub(super) async fn withdraw(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Failure> {
    // Withdrawn in another tab already: it is as wanted.
    account::unlink(&app, &session.account, &id).await?;
    Ok(Redirect::to("/my/links?withdrawn").into_response())
}
