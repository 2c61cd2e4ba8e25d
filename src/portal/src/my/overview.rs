//! The first page: what is registered, and what waits.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::view::{Section, day, minute};
use crate::notices::{self, Page};
use crate::session::Session;
use crate::web::{Failure, Frame, Lang, show as page};
use crate::{App, account};

#[derive(Template)]
#[template(path = "my/overview.html")]
struct Overview {
    l: Lang,
    frame: Frame,
    section: Section,
    reference: String,
    opened: String,
    card: Option<CardLine>,
    until: String,
    unread: usize,
    links: usize,
}

/// The card that opens the account, as far as it is shown: never its number.
struct CardLine {
    added: String,
    expires: String,
    /// Whether it is time to renew: within three months of its end.
    ends_soon: bool,
}

/// Cards may be renewed from three months before their certificate ends (公的個人認証法施行規則).
const RENEWABLE: jiff::SignedDuration = jiff::SignedDuration::from_hours(90 * 24);

pub(super) async fn show(State(app): State<App>, session: Session, frame: Frame) -> Result<Response, Failure> {
    let (l, now) = (frame.l, app.now());
    let account = account::find(&app, &session.account).await?.ok_or(Failure::NotFound)?;
    let card = account::card_of(&app, &session.account).await?.map(|card| CardLine {
        added: day(l, card.added),
        expires: day(l, card.expires),
        ends_soon: card.expires.duration_since(now) < RENEWABLE,
    });
    let environment = app.config().environment();
    let (newest, _) = notices::list(app.store(), environment, &session.account, &Page::first(), now).await?;
    let unread = newest.iter().filter(|notice| notice.opened.is_none()).count();
    let links = account::links(&app, &session.account).await?.len();
    Ok(page(
        StatusCode::OK,
        &Overview {
            l,
            section: Section::Overview,
            reference: session.account.as_str().to_owned(),
            opened: day(l, account.opened),
            card,
            until: minute(l, session.expires),
            unread,
            links,
            frame,
        },
    ))
}
