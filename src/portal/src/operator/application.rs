//! One application: what is filed, decisions with their reasons, access rights, notices, the suspension at once.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use jpki_oidc::Scopes;
use serde::Deserialize;

use super::Operator;
use super::account::{Proof, prove};
use crate::App;
use crate::Environment;
use crate::applications::{self, Act, Application, ApplicationId, Check, Filing};
use crate::apply::why;
use crate::audit;
use crate::enquiries::written;
use crate::lifecycle::{By, Event, Notice, Phase, Procedure, Requirement, Rules, State as Standing, Turn};
use crate::web::{self, Failure, Form, Frame, Lang};

/// The most characters of a reason.
const REASON: usize = 2000;

#[derive(Template)]
#[template(path = "operator/application.html")]
struct Page {
    l: Lang,
    frame: Frame,
    rules: Rules,
    application: Application,
    filings: Vec<Filing>,
    checks: Vec<Check>,
    requested: Vec<String>,
    granted: Vec<(&'static str, String)>,
    history: Vec<audit::Row>,
    fault: Option<String>,
}

impl Page {
    fn procedure(&self) -> Option<&Procedure> {
        self.application.state.procedure()
    }

    fn is_our_turn(&self) -> bool {
        self.procedure().is_some_and(|procedure| procedure.phase.turn() == Turn::Operator)
    }

    fn is_checking(&self) -> bool {
        self.procedure().is_some_and(|procedure| procedure.phase == Phase::DisclosureReview)
    }

    fn is_access(&self) -> bool {
        self.procedure().is_some_and(|procedure| procedure.phase.is_access())
    }

    fn check(&self, requirement: &Requirement) -> Option<&Check> {
        self.checks.iter().find(|check| check.requirement == requirement.id)
    }

    fn form_name(&self, filing: &Filing) -> String {
        self.rules.form(&filing.form).map_or_else(|| filing.form.to_string(), |form| form.name(&self.l))
    }

    fn can_send_form(&self) -> bool {
        matches!(self.application.state.notice(), Some(Notice::Asked(_)))
    }

    fn can_shorten(&self) -> bool {
        matches!(self.application.state.notice(), Some(Notice::Asked(_) | Notice::FormSent { short: false, .. }))
    }

    fn can_suspend(&self) -> bool {
        matches!(&self.application.state, Standing::Serving(serving) if serving.suspended != Some(By::Operator))
    }

    fn can_lift(&self) -> bool {
        matches!(&self.application.state, Standing::Serving(serving) if serving.suspended == Some(By::Operator))
    }
}

type Id = Result<Path<ApplicationId>, axum::extract::rejection::PathRejection>;

pub(super) async fn find(app: &App, id: &ApplicationId) -> Result<Application, Failure> {
    applications::find(app.store().pool(), id, None).await?.ok_or(Failure::NotFound)
}

async fn page(app: &App, frame: Frame, id: &ApplicationId, fault: Option<String>) -> Result<Response, Failure> {
    let application = find(app, id).await?;
    let mut granted = Vec::new();
    for environment in [Environment::Test, Environment::Production] {
        if let Some(scopes) = applications::granted(app, id, environment).await? {
            granted.push((environment.word(), scopes.iter().collect::<Vec<_>>().join(" ")));
        }
    }
    let filter = audit::Filter { application: id.as_str().to_owned(), ..audit::Filter::default() };
    let page = Page {
        l: frame.l,
        frame,
        rules: app.config().rules().clone(),
        filings: applications::filings(app, id).await?,
        checks: applications::checks(app, id).await?,
        requested: applications::requested(app, &application).await?,
        granted,
        history: audit::list(app, &filter, audit::PAGE).await?,
        fault,
        application,
    };
    let status = if page.fault.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    Ok(web::show(status, &page))
}

/// The page.
pub(super) async fn show(State(app): State<App>, frame: Frame, _: Operator, id: Id) -> Result<Response, Failure> {
    let Path(id) = id.map_err(|_| Failure::NotFound)?;
    page(&app, frame, &id, None).await
}

async fn done(
    app: &App,
    frame: Frame,
    operator: &Operator,
    id: &ApplicationId,
    act: Act<'_>,
) -> Result<Response, Failure> {
    match applications::act(app, id, None, &operator.actor(), &act).await {
        Ok(_) => Ok(Redirect::to(&format!("/operator/applications/{}", id.as_str())).into_response()),
        Err(fault) => {
            let fault = why(app, fault, &frame.l)?;
            page(app, frame, id, Some(fault)).await
        }
    }
}

/// A decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Approve,
    Return,
    Refuse,
    SendForm,
    AllowShortNotice,
    SuspendNow,
    LiftSuspension,
}

impl What {
    fn event(self) -> Event {
        match self {
            Self::Approve => Event::Approve,
            Self::Return => Event::Return,
            Self::Refuse => Event::Refuse,
            Self::SendForm => Event::SendForm { short: false },
            Self::AllowShortNotice => Event::SendForm { short: true },
            Self::SuspendNow => Event::SuspendNow,
            Self::LiftSuspension => Event::LiftSuspension,
        }
    }

    /// Whether it hurts people who use the service, or can't be undone.
    fn asks_password(self) -> bool {
        matches!(self, Self::Refuse | Self::SuspendNow | Self::LiftSuspension | Self::AllowShortNotice)
    }

    fn needs_reason(self) -> bool {
        !matches!(self, Self::Approve | Self::SendForm)
    }
}

#[derive(Deserialize)]
pub(super) struct Decision {
    deed: What,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    password: String,
}

/// Decides.
pub(super) async fn act(
    State(app): State<App>,
    frame: Frame,
    operator: Operator,
    id: Id,
    Form(decision): Form<Decision>,
) -> Result<Response, Failure> {
    let Path(id) = id.map_err(|_| Failure::NotFound)?;
    let l = frame.l;
    let reason = written(&decision.reason, REASON);
    if decision.deed.needs_reason() && reason.is_none() {
        let fault = l.t("理由を2000文字以内で記入してください。", "Give a reason of at most 2000 characters.");
        return page(&app, frame, &id, Some(fault.to_owned())).await;
    }
    if decision.deed.asks_password() {
        let fault = match prove(&app, &operator.name, &decision.password).await? {
            Proof::Known(_) => None,
            Proof::Unknown => Some(l.t("パスワードを確認できませんでした。", "The password is wrong.")),
            Proof::TooOften => Some(l.t("しばらく時間をおいてください。", "Too many tries. Wait a while.")),
        };
        if let Some(fault) = fault {
            return page(&app, frame, &id, Some(fault.to_owned())).await;
        }
    }
    let reason = reason.unwrap_or_default();
    done(&app, frame, &operator, &id, Act::new(decision.deed.event(), &reason)).await
}

#[derive(Deserialize)]
pub(super) struct Finding {
    requirement: String,
    met: String,
    #[serde(default)]
    evidence: String,
}

/// Records what was found of a requirement, and from which evidence.
pub(super) async fn check(
    State(app): State<App>,
    frame: Frame,
    operator: Operator,
    id: Id,
    Form(finding): Form<Finding>,
) -> Result<Response, Failure> {
    let Path(id) = id.map_err(|_| Failure::NotFound)?;
    let Some(evidence) = written(&finding.evidence, REASON) else {
        let fault = frame.l.t("確認した資料や根拠を記入してください。", "Write down the evidence.");
        return page(&app, frame, &id, Some(fault.to_owned())).await;
    };
    let event = Event::Check { requirement: finding.requirement, met: finding.met == "yes" };
    done(&app, frame, &operator, &id, Act::new(event, &evidence)).await
}

/// Sets access rights: some of those that the sheet asks for.
pub(super) async fn set_access(
    State(app): State<App>,
    frame: Frame,
    operator: Operator,
    id: Id,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let Path(id) = id.map_err(|_| Failure::NotFound)?;
    let application = find(&app, &id).await?;
    let requested = applications::requested(&app, &application).await?;
    let chosen: Vec<_> = pairs.iter().filter(|(name, _)| name == "scope").map(|(_, value)| value.as_str()).collect();
    let known = chosen.iter().all(|scope| requested.iter().any(|one| one == scope));
    let scopes = Scopes::parse(&chosen.join(" ")).ok().filter(|scopes| known && scopes.has("openid"));
    let Some(scopes) = scopes else {
        let fault = frame.l.t(
            "設定シートにあるスコープから、openid を含めて選んでください。",
            "Choose scopes of the sheet, openid among them.",
        );
        return page(&app, frame, &id, Some(fault.to_owned())).await;
    };
    done(&app, frame, &operator, &id, Act { scopes: Some(&scopes), ..Act::new(Event::SetAccess, "") }).await
}
