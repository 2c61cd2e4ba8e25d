//! 問合せ of a company's staff.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::App;
use crate::desk::{Desk, FieldView, FormPage};
use crate::enquiries::{self, Enquiry, MESSAGE, Message, SUBJECT, written};
use crate::staff::Staff;
use crate::web::{self, Failure, Form, Frame, Lang};

#[derive(Default, Deserialize)]
pub(super) struct Entry {
    subject: String,
    content: String,
}

fn page(frame: Frame, entry: &Entry, check: bool) -> Response {
    let l = frame.l;
    let wrong = |text: &str, most: usize| {
        let limit =
            l.t("{}文字以内で記入してください。", "Write at most {} characters.").replace("{}", &most.to_string());
        (check && written(text, most).is_none()).then_some(limit)
    };
    let fields = vec![
        FieldView::new("subject", "text", l.t("件名", "Subject"), &entry.subject)
            .wrong(wrong(&entry.subject, SUBJECT).as_deref()),
        FieldView::new("content", "textarea", l.t("内容", "Question"), &entry.content)
            .wrong(wrong(&entry.content, MESSAGE).as_deref()),
    ];
    FormPage {
        l,
        heading: l.t("問合せ", "Enquiry").to_owned(),
        lead: l.t("いつでもお問い合わせいただけます。", "Ask at any time.").to_owned(),
        fault: None,
        fields,
        action: "/apply/enquiries".to_owned(),
        button: l.t("送信する", "Send").to_owned(),
        links: vec![("/apply".to_owned(), l.t("一覧に戻る", "Back").to_owned())],
        frame,
    }
    .show()
}

/// The form.
pub(super) async fn ask(frame: Frame, _: Staff) -> Response {
    page(frame, &Entry::default(), false)
}

/// Begins an enquiry.
pub(super) async fn write(
    State(app): State<App>,
    frame: Frame,
    staff: Staff,
    Form(entry): Form<Entry>,
) -> Result<Response, Failure> {
    let subject = written(&entry.subject, SUBJECT).filter(|subject| !subject.contains('\n'));
    let (Some(subject), Some(content)) = (subject, written(&entry.content, MESSAGE)) else {
        return Ok(page(frame, &entry, true));
    };
    let id = enquiries::begin(&app, &staff.organisation, &staff.actor(), &subject, &content).await?;
    Ok(Redirect::to(&format!("/apply/enquiries/{id}")).into_response())
}

#[derive(Template)]
#[template(path = "apply/enquiry.html")]
struct Page {
    l: Lang,
    frame: Frame,
    enquiry: Enquiry,
    messages: Vec<Message>,
    fields: Vec<FieldView>,
    action: String,
    back: &'static str,
}

/// A conversation, with a field to write more.
pub(crate) fn conversation(
    frame: Frame,
    (enquiry, messages): (Enquiry, Vec<Message>),
    desk: Desk,
    wrong: bool,
) -> Response {
    let l = frame.l;
    let limit = l.t("4000文字以内で記入してください。", "Write 1 to 4000 characters.");
    let field = FieldView::new("content", "textarea", l.t("返信", "Reply"), "").wrong(wrong.then_some(limit));
    let (back, action) = match desk {
        Desk::Staff => ("/apply", format!("/apply/enquiries/{}", enquiry.id)),
        Desk::Operator => ("/operator", format!("/operator/enquiries/{}", enquiry.id)),
    };
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    web::show(status, &Page { l, frame, enquiry, messages, fields: vec![field], action, back })
}

/// A conversation of this organisation.
pub(super) async fn show(
    State(app): State<App>,
    frame: Frame,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let found = enquiries::find(&app, &id, Some(&staff.organisation)).await?.ok_or(Failure::NotFound)?;
    Ok(conversation(frame, found, Desk::Staff, false))
}

#[derive(Deserialize)]
pub(crate) struct Reply {
    pub(crate) content: String,
}

/// Writes more.
pub(super) async fn answer(
    State(app): State<App>,
    frame: Frame,
    staff: Staff,
    Path(id): Path<String>,
    Form(reply): Form<Reply>,
) -> Result<Response, Failure> {
    let found = enquiries::find(&app, &id, Some(&staff.organisation)).await?.ok_or(Failure::NotFound)?;
    let Some(content) = written(&reply.content, MESSAGE) else {
        return Ok(conversation(frame, found, Desk::Staff, true));
    };
    enquiries::answer(&app, &found.0, Desk::Staff, &staff.actor(), &content).await?;
    Ok(Redirect::to(&format!("/apply/enquiries/{id}")).into_response())
}
