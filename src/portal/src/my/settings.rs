//! Links with other systems (利用設定): the person switches them, services with a permission learn of them.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::view::Section;
use crate::App;
use crate::session::Session;
use crate::status::{self, Setting};
use crate::web::{Failure, Form, Frame, Lang, show as page};

#[derive(Template)]
#[template(path = "my/settings.html")]
struct Page {
    l: Lang,
    frame: Frame,
    section: Section,
    settings: Vec<(Setting, bool)>,
    is_saved: bool,
}

impl Page {
    fn name(&self, setting: &Setting) -> &'static str {
        let (ja, en) = setting.names();
        self.l.t(ja, en)
    }
}

pub(super) async fn show(
    State(app): State<App>,
    session: Session,
    RawQuery(query): RawQuery,
    frame: Frame,
) -> Result<Response, Failure> {
    let on = status::of(app.store(), &session.account).await?;
    let settings = Setting::ALL.map(|setting| (setting, on.is_on(setting))).to_vec();
    let is_saved = query.as_deref() == Some("saved");
    Ok(page(StatusCode::OK, &Page { l: frame.l, frame, section: Section::Settings, settings, is_saved }))
}

#[derive(Deserialize)]
pub(super) struct Switch {
    setting: String,
    to: String,
}

pub(super) async fn switch(
    State(app): State<App>,
    session: Session,
    Form(switch): Form<Switch>,
) -> Result<Response, Failure> {
    let setting = Setting::of_word(&switch.setting).ok_or(Failure::UnreadableForm)?;
    let is_on = match switch.to.as_str() {
        "on" => true,
        "off" => false,
        _ => return Err(Failure::UnreadableForm),
    };
    status::switch(app.store(), &session.account, setting, is_on, app.now()).await?;
    Ok(Redirect::to("/my/settings?saved").into_response())
}
