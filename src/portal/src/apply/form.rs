//! Filling in a form and filing it. What somebody typed is never lost: it comes back with what to change.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};

use super::application::own;
use super::why;
use crate::App;
use crate::applications::{self, Act, Application, ApplicationId, wrong_sheet};
use crate::desk::{FormPage, fields};
use crate::lifecycle::{Content, Event, Form as Sheet, FormId, Notice, PLANNED, Wrong, fill, today_in_japan};
use crate::staff::Staff;
use crate::web::{Failure, Form, Frame};

/// An application and one of its forms.
pub(super) type Place = Result<Path<(ApplicationId, FormId)>, axum::extract::rejection::PathRejection>;

async fn find(app: &App, staff: &Staff, place: Place) -> Result<(Application, Sheet), Failure> {
    let Path((id, form)) = place.map_err(|_| Failure::NotFound)?;
    let application = own(app, staff, Path(id)).await?;
    let form = app.config().rules().form(&form).ok_or(Failure::NotFound)?.clone();
    Ok((application, form))
}

fn page(
    frame: Frame,
    application: &Application,
    form: &Sheet,
    (content, wrong): (&Content, &[(String, Wrong)]),
    fault: Option<String>,
) -> Response {
    let l = frame.l;
    let place = format!("/apply/applications/{}", application.id.as_str());
    FormPage {
        l,
        heading: form.name(&l),
        lead: application.title.clone(),
        fault,
        fields: fields(form, content, wrong, &l),
        action: format!("{place}/forms/{}", form.id),
        button: l.t("この内容で保存する", "File this version").to_owned(),
        links: vec![(place, l.t("申請の状況に戻る", "Back to the application").to_owned())],
        frame,
    }
    .show()
}

/// The form, with what was filed last; a sheet for production begins with what the one for tests says.
pub(super) async fn ask(State(app): State<App>, frame: Frame, staff: Staff, place: Place) -> Result<Response, Failure> {
    let (application, form) = find(&app, &staff, place).await?;
    let mut last = applications::latest(&app, &application.id, &form.id).await?;
    if let (None, Some(other)) = (&last, &form.like) {
        last = applications::latest(&app, &application.id, other).await?;
    }
    let is_notice =
        application.state.notice().is_some_and(|notice| app.config().rules().notice(notice.kind()) == Some(&form.id));
    let content = last.filter(|_| !is_notice).map(|filing| filing.content).unwrap_or_default();
    Ok(page(frame, &application, &form, (&content, &[]), None))
}

/// What filing this form means now: a notice, if its form was sent, else a paper of the procedure.
fn event(app: &App, application: &Application, form: &FormId, content: &Content) -> Event {
    if let Some(Notice::FormSent { kind, .. }) = application.state.notice() {
        let planned = content.date(PLANNED);
        if let (true, Some(planned)) = (app.config().rules().notice(*kind) == Some(form), planned) {
            return Event::FileNotice { kind: *kind, planned, today: today_in_japan(app.now()) };
        }
    }
    Event::File(form.clone())
}

/// Files a version.
pub(super) async fn file(
    State(app): State<App>,
    frame: Frame,
    staff: Staff,
    place: Place,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let (application, form) = find(&app, &staff, place).await?;
    let (content, wrong) = fill(&form, &pairs).ok_or(Failure::UnreadableForm)?;
    if !wrong.is_empty() {
        return Ok(page(frame, &application, &form, (&content, &wrong), None));
    }
    if let Some(what) = wrong_sheet(&app, &form.id, &content) {
        let fault = format!("{} {what}", frame.l.t("このままでは登録できません。", "This can't be registered:"));
        return Ok(page(frame, &application, &form, (&content, &[]), Some(fault)));
    }
    let act = Act { filing: Some((&form.id, &content)), ..Act::new(event(&app, &application, &form.id, &content), "") };
    match applications::act(&app, &application.id, Some(&staff.organisation), &staff.actor(), &act).await {
        Ok(_) => Ok(Redirect::to(&format!("/apply/applications/{}", application.id.as_str())).into_response()),
        Err(fault) => {
            let fault = why(&app, fault, &frame.l)?;
            Ok(page(frame, &application, &form, (&content, &[]), Some(fault)))
        }
    }
}
