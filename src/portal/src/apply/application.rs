//! One application: where it stands, what is next and who must act, what was filed, notices.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::why;
use crate::App;
use crate::applications::{self, Act, Application, ApplicationId, Filing};
use crate::lifecycle::{
    By, Event, Form as Sheet, Notice, NoticeKind, Procedure, Rules, State as Standing, Turn, Wants,
};
use crate::staff::Staff;
use crate::web::{self, Failure, Form, Frame, Lang};

#[derive(Template)]
#[template(path = "apply/application.html")]
struct Page {
    l: Lang,
    frame: Frame,
    rules: Rules,
    application: Application,
    filings: Vec<Filing>,
    issuer: String,
    fault: Option<String>,
}

/// A form that the present phase takes.
struct Wanted<'a> {
    form: &'a Sheet,
    is_needed: bool,
    is_filed: bool,
}

impl Page {
    fn procedure(&self) -> Option<&Procedure> {
        self.application.state.procedure()
    }

    fn stages(&self) -> Vec<(&'static str, bool)> {
        self.procedure().map(|procedure| procedure.round.stages(procedure.phase, &self.l)).unwrap_or_default()
    }

    fn is_our_turn(&self) -> bool {
        self.procedure().is_some_and(|procedure| procedure.phase.turn() == Turn::Applicant)
    }

    fn wanted(&self) -> Vec<Wanted<'_>> {
        let Some(procedure) = self.procedure().filter(|_| self.is_our_turn()) else { return Vec::new() };
        let wanted = |form| {
            let wants = self.rules.wants(procedure.phase, &form)?;
            let form = self.rules.form(&form)?;
            Some(Wanted { form, is_needed: wants == Wants::Must, is_filed: procedure.filed.contains(&form.id) })
        };
        self.rules.forms().iter().filter_map(|form| wanted(form.id.clone())).collect()
    }

    fn can_submit(&self) -> bool {
        self.procedure().is_some_and(|procedure| procedure.missing(&self.rules).is_empty())
    }

    fn form_name(&self, filing: &Filing) -> String {
        self.rules.form(&filing.form).map_or_else(|| filing.form.to_string(), |form| form.name(&self.l))
    }

    fn can_change(&self) -> bool {
        matches!(&self.application.state, Standing::Serving(serving) if serving.suspended.is_none() && serving.change.is_none())
    }

    fn can_announce(&self) -> Vec<NoticeKind> {
        match &self.application.state {
            Standing::Serving(serving) if serving.notice.is_none() => match serving.suspended {
                None => vec![NoticeKind::Suspend, NoticeKind::Terminate],
                Some(By::Applicant) => vec![NoticeKind::Resume, NoticeKind::Terminate],
                Some(By::Operator) => vec![NoticeKind::Terminate],
            },
            _ => Vec::new(),
        }
    }

    fn notice_form(&self) -> Option<&Sheet> {
        match self.application.state.notice() {
            Some(Notice::FormSent { kind, .. }) => self.rules.form(self.rules.notice(*kind)?),
            _ => None,
        }
    }
}

/// The application of this staff's organisation.
pub(super) async fn own(app: &App, staff: &Staff, Path(id): Path<ApplicationId>) -> Result<Application, Failure> {
    let found = applications::find(app.store().pool(), &id, Some(&staff.organisation)).await?;
    found.ok_or(Failure::NotFound)
}

/// The path of an application's parts.
pub(super) type Id = Result<Path<ApplicationId>, axum::extract::rejection::PathRejection>;

/// The page.
pub(super) async fn show_application(
    app: &App,
    frame: Frame,
    application: Application,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let filings = applications::filings(app, &application.id).await?;
    let status = if fault.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let (rules, issuer) = (app.config().rules().clone(), app.config().issuer().to_owned());
    Ok(web::show(status, &Page { l: frame.l, frame, rules, application, filings, issuer, fault }))
}

/// The page of an application.
pub(super) async fn show(State(app): State<App>, frame: Frame, staff: Staff, id: Id) -> Result<Response, Failure> {
    let application = own(&app, &staff, id.map_err(|_| Failure::NotFound)?).await?;
    show_application(&app, frame, application, None).await
}

/// What staff do besides filing forms.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Submit,
    Withdraw,
    BeginChange,
    AskSuspend,
    AskResume,
    AskTerminate,
    CancelNotice,
}

#[derive(Deserialize)]
pub(super) struct Deed {
    deed: What,
    /// A box to tick for what can't be taken back.
    #[serde(default)]
    sure: String,
}

/// Does it.
pub(super) async fn act(
    State(app): State<App>,
    frame: Frame,
    staff: Staff,
    id: Id,
    Form(deed): Form<Deed>,
) -> Result<Response, Failure> {
    let application = own(&app, &staff, id.map_err(|_| Failure::NotFound)?).await?;
    let event = match deed.deed {
        What::Submit => Event::Submit,
        What::Withdraw => Event::Withdraw,
        What::BeginChange => Event::BeginChange,
        What::AskSuspend => Event::AskNotice(NoticeKind::Suspend),
        What::AskResume => Event::AskNotice(NoticeKind::Resume),
        What::AskTerminate => Event::AskNotice(NoticeKind::Terminate),
        What::CancelNotice => Event::CancelNotice,
    };
    if event == Event::Withdraw && deed.sure != "yes" {
        let fault =
            frame.l.t("取り下げるには、確認の欄にチェックしてください。", "Tick the box to withdraw.").to_owned();
        return show_application(&app, frame, application, Some(fault)).await;
    }
    let id = application.id.clone();
    match applications::act(&app, &id, Some(&staff.organisation), &staff.actor(), &Act::new(event, "")).await {
        Ok(_) => Ok(Redirect::to(&format!("/apply/applications/{}", id.as_str())).into_response()),
        Err(fault) => {
            let fault = why(&app, fault, &frame.l)?;
            show_application(&app, frame, application, Some(fault)).await
        }
    }
}
