//! Service hours: stops added, moved and cancelled, maintenance announced, each with its reason for the public.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::SignedDuration;
use serde::Deserialize;

use super::Operator;
use crate::App;
use crate::audit::{self, Deed};
use crate::desk::FieldView;
use crate::hours::overrides::{self, Draft, Override, Refused, Wrong};
use crate::hours::{Schedule, Span};
use crate::lifecycle::in_japan;
use crate::web::{self, Failure, Form, Frame, Lang};

/// How far ahead planned stops are offered to be moved or cancelled.
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 200);

#[derive(Template)]
#[template(path = "operator/hours.html")]
struct Page {
    l: Lang,
    frame: Frame,
    changes: Vec<Override>,
    fields: Vec<FieldView>,
    fault: Option<String>,
}

impl Page {
    fn span(&self, change: &Override) -> String {
        let shown = |moment| in_japan(moment).strftime("%Y/%m/%d %H:%M").to_string();
        let span = change.change.span();
        format!("{} – {}", shown(span.start), shown(span.end))
    }
}

async fn page(
    app: &App,
    frame: Frame,
    draft: Option<&Draft>,
    wrong: &[Wrong],
    fault: Option<String>,
) -> Result<Response, Failure> {
    let l = frame.l;
    let now = app.now();
    let ahead = Span { start: now, end: now.saturating_add(AHEAD).unwrap_or(now) };
    let calendar = app.config().calendar();
    let schedule = Schedule::new(calendar, &[]);
    let systems: Vec<_> = calendar.systems().iter().map(|system| (system.id.clone(), system.name())).collect();
    let planned = calendar.systems().iter().flat_map(|system| schedule.planned(&system.id, ahead));
    let planned: Vec<_> = planned.map(|window| window.name).collect();
    let kinds = [
        ("announce", l.t("お知らせのみ（停止なし）", "Announce only")),
        ("close", l.t("システムを停止する", "Stop a system")),
        ("move", l.t("計画停止の日時を変える", "Move a planned stop")),
        ("cancel", l.t("計画停止を取りやめる", "Cancel a planned stop")),
    ];
    let value = |of: fn(&Draft) -> &str| draft.map_or("", of);
    let field = |name: &'static str, input, label: &str, value: &str| {
        let found = wrong.iter().find(|one| one.field == name);
        FieldView::new(name, input, label, value).wrong(found.map(|one| l.t(one.ja, one.en)))
    };
    let optional = |field: FieldView| FieldView { required: false, ..field };
    let fields = vec![
        field("kind", "select", l.t("種類", "Kind"), value(|draft| &draft.kind)).options(kinds),
        optional(field("system", "select", l.t("停止するシステム", "System to stop"), value(|draft| &draft.system)))
            .options(systems.iter().map(|(id, name)| (id.as_str(), name.of(l)))),
        optional(field(
            "window",
            "select",
            l.t("変更する計画停止", "Planned stop to change"),
            value(|draft| &draft.window),
        ))
        .options(planned.iter().map(|name| (name.as_str(), name.as_str()))),
        optional(field(
            "start",
            "datetime-local",
            l.t("開始（日本時間）", "Beginning (Japan time)"),
            value(|draft| &draft.start),
        )),
        optional(field(
            "end",
            "datetime-local",
            l.t("終了（日本時間）", "End (Japan time)"),
            value(|draft| &draft.end),
        )),
        field(
            "reason_ja",
            "text",
            l.t("利用者に示す理由（日本語）", "Reason for the public (Japanese)"),
            value(|draft| &draft.reason_ja),
        ),
        field(
            "reason_en",
            "text",
            l.t("利用者に示す理由（英語）", "Reason for the public (English)"),
            value(|draft| &draft.reason_en),
        ),
    ];
    let changes = overrides::list(app).await?;
    let status = if wrong.is_empty() && fault.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(web::show(status, &Page { l, frame, changes, fields, fault }))
}

/// The page.
pub(super) async fn show(State(app): State<App>, frame: Frame, _: Operator) -> Result<Response, Failure> {
    page(&app, frame, None, &[], None).await
}

async fn record(app: &App, operator: &Operator, what: &str, note: &str) -> Result<(), Failure> {
    let mut transaction = app.store().begin().await?;
    let deed = Deed { what, note, ..Deed::default() };
    audit::write(&mut transaction, app.now(), &operator.actor(), &deed).await?;
    transaction.commit().await.map_err(crate::Error::from)?;
    Ok(())
}

/// Makes a change; it holds at once.
pub(super) async fn add(
    State(app): State<App>,
    frame: Frame,
    operator: Operator,
    Form(draft): Form<Draft>,
) -> Result<Response, Failure> {
    match overrides::add(&app, &operator.name, &draft).await {
        Ok(made) => {
            record(&app, &operator, "change_hours", &format!("{} {}", made.change.kind().word(), made.id)).await?;
            Ok(Redirect::to("/operator/hours").into_response())
        }
        Err(Refused::Wrong(wrong)) => page(&app, frame, Some(&draft), &wrong, None).await,
        Err(Refused::Fault(error)) => Err(error.into()),
    }
}

#[derive(Deserialize)]
pub(super) struct Withdrawal {
    id: String,
    because: String,
}

/// Withdraws a change.
pub(super) async fn cancel(
    State(app): State<App>,
    frame: Frame,
    operator: Operator,
    Form(withdrawal): Form<Withdrawal>,
) -> Result<Response, Failure> {
    let l = frame.l;
    match overrides::cancel(&app, &withdrawal.id, &operator.name, &withdrawal.because).await {
        Ok(true) => {
            record(&app, &operator, "withdraw_hours", &withdrawal.id).await?;
            Ok(Redirect::to("/operator/hours").into_response())
        }
        Ok(false) => Err(Failure::NotFound),
        Err(Refused::Wrong(wrong)) => {
            let fault = wrong.first().map(|one| l.t(one.ja, one.en).to_owned()).unwrap_or_default();
            page(&app, frame, None, &[], Some(fault)).await
        }
        Err(Refused::Fault(error)) => Err(error.into()),
    }
}
