//! Notices, read on the screen. Opening one is noted, as an opened letter is.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::view::{Section, day, minute};
use crate::App;
use crate::notices::{self, Notice, Page, Summary};
use crate::session::Session;
use crate::web::{Failure, Frame, Lang, show};

#[derive(Template)]
#[template(path = "my/notices.html")]
struct List {
    l: Lang,
    frame: Frame,
    section: Section,
    notices: Vec<Summary>,
    /// The cursor of the page with the older ones.
    older: Option<String>,
    is_first: bool,
}

impl List {
    fn minute(&self, notice: &Summary) -> String {
        minute(self.l, notice.received)
    }

    fn issuer_kind(&self, notice: &Summary) -> &'static str {
        let (ja, en) = notice.issuer.kind.names();
        self.l.t(ja, en)
    }
}

#[derive(Template)]
#[template(path = "my/notice.html")]
struct One {
    l: Lang,
    frame: Frame,
    section: Section,
    notice: Notice,
    received: String,
    retained_until: String,
}

impl One {
    fn issuer_kind(&self) -> &'static str {
        let (ja, en) = self.notice.summary.issuer.kind.names();
        self.l.t(ja, en)
    }

    /// The text's paragraphs, each of lines.
    fn paragraphs(&self) -> Vec<Vec<&str>> {
        self.notice.body.split("\n\n").map(|paragraph| paragraph.lines().collect()).collect()
    }
}

pub(super) async fn list(
    State(app): State<App>,
    session: Session,
    RawQuery(query): RawQuery,
    frame: Frame,
) -> Result<Response, Failure> {
    // A cursor that isn't one leads to the beginning.
    let mut page = Page::of(query.as_deref()).unwrap_or_else(|_| Page::first());
    page.limit = 20;
    let environment = app.config().environment();
    let (notices, older) = notices::list(app.store(), environment, &session.account, &page, app.now()).await?;
    let list = List {
        l: frame.l,
        frame,
        section: Section::Notices,
        notices,
        older: older.map(|place| place.cursor()),
        is_first: page.after.is_none(),
    };
    Ok(show(StatusCode::OK, &list))
}

pub(super) async fn one(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    frame: Frame,
) -> Result<Response, Failure> {
    let (store, environment, now) = (app.store(), app.config().environment(), app.now());
    let notice = notices::open(store, environment, &session.account, &id, now).await?.ok_or(Failure::NotFound)?;
    let l = frame.l;
    let one = One {
        l,
        frame,
        section: Section::Notices,
        received: minute(l, notice.summary.received),
        retained_until: day(l, notice.summary.retained_until),
        notice,
    };
    Ok(show(StatusCode::OK, &one))
}
