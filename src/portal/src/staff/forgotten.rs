//! A forgotten password: a link by mail, good for one new password and one hour.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::rows;
use crate::App;
use crate::desk::{self, Address, Desk, FieldView, FormPage, Mail, Password, Patience, may_try};
use crate::lifecycle::is_mail;
use crate::web::{Failure, Form, Frame};

const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// Whose password may be changed, as long as it is the one it was.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reset {
    staff: String,
    mail: String,
    was: String,
}

#[derive(Deserialize)]
pub(super) struct Entry {
    mail: String,
}

#[derive(Deserialize)]
pub(super) struct NewPassword {
    password: String,
}

/// The form.
pub(super) async fn ask(frame: Frame) -> Response {
    let l = frame.l;
    FormPage {
        l,
        heading: l.t("パスワードの再設定", "Choose a new password").to_owned(),
        lead: l
            .t("アカウントのメールアドレスに、再設定のためのリンクを送ります。", "A link comes to your mail address.")
            .to_owned(),
        fault: None,
        fields: vec![
            FieldView::new("mail", "email", l.t("メールアドレス", "Mail address"), "").autocomplete("username"),
        ],
        action: "/apply/forgotten".to_owned(),
        button: l.t("リンクを送る", "Send the link").to_owned(),
        links: Vec::new(),
        frame,
    }
    .show()
}

/// Sends the link. The answer is the same whether or not the address has an account.
pub(super) async fn send(
    State(app): State<App>,
    frame: Frame,
    Address(address): Address,
    Form(entry): Form<Entry>,
) -> Result<Response, Failure> {
    let mail = entry.mail.trim().to_lowercase();
    if !may_try(&app, Patience::ADDRESS, &address).await? {
        return Ok(desk::too_often(frame));
    }
    if is_mail(&mail)
        && may_try(&app, Patience::MAILS, &mail).await?
        && let Some((staff, was)) = rows::by_mail(&app, &mail).await?
    {
        let token = desk::make(&app, &Reset { staff, mail: mail.clone(), was }, LIFETIME).await?;
        let url = app.config().url(&format!("/apply/reset/{token}"));
        let subject = "【マイナポータル】パスワードの再設定 / A new password".to_owned();
        let text = format!(
            "1時間以内に次のページを開いて、新しいパスワードを決めてください。心当たりがない場合は、このメールを破棄してください。\n\
                 Open this page within an hour to choose a new password. If you didn't ask for it, drop this mail.\n\n{url}\n"
        );
        desk::send(&app, Mail { to: mail, subject, text }).await?;
    }
    let l = frame.l;
    let (heading, text) = (
        l.t("メールをご確認ください", "Look at your mail"),
        l.t(
            "このアドレスのアカウントがあれば、再設定のリンクを送りました。1時間以内に開いてください。",
            "If the address has an account, a link is on its way. Open it within an hour.",
        ),
    );
    Ok(desk::message(frame, StatusCode::OK, heading, text, ("/apply/sign-in", l.t("ログインへ", "Sign in"))))
}

fn page(frame: Frame, token: &str, wrong: Option<&str>) -> Response {
    let l = frame.l;
    let field = FieldView::new("password", "password", l.t("新しいパスワード", "New password"), "")
        .autocomplete("new-password")
        .hint(l.t("12文字以上", "At least 12 characters"))
        .wrong(wrong);
    FormPage {
        l,
        heading: l.t("パスワードの再設定", "Choose a new password").to_owned(),
        lead: l.t("すべての端末からログアウトします。", "You are signed out everywhere.").to_owned(),
        fault: None,
        fields: vec![field],
        action: format!("/apply/reset/{token}"),
        button: l.t("パスワードを変更する", "Change the password").to_owned(),
        links: Vec::new(),
        frame,
    }
    .show()
}

fn over(frame: Frame) -> Response {
    let (heading, text) = (
        frame.l.t("このリンクは使えません", "This link can't be used"),
        frame.l.t("期限が過ぎたか、すでに使われています。", "It expired or was used."),
    );
    let link = ("/apply/forgotten", frame.l.t("もう一度手続きする", "Begin again"));
    desk::message(frame, StatusCode::NOT_FOUND, heading, text, link)
}

/// The link's page.
pub(super) async fn choose(
    State(app): State<App>,
    frame: Frame,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    match desk::look::<Reset>(&app, &token).await? {
        Some(_) => Ok(page(frame, &token, None)),
        None => Ok(over(frame)),
    }
}

/// Changes the password and ends all sessions.
pub(super) async fn chosen(
    State(app): State<App>,
    frame: Frame,
    Path(token): Path<String>,
    Form(new): Form<NewPassword>,
) -> Result<Response, Failure> {
    let Some(reset) = desk::look::<Reset>(&app, &token).await? else { return Ok(over(frame)) };
    let password = match Password::parse(&new.password, &[&reset.mail]) {
        Ok(password) => password.hash().await?,
        Err(fault) => {
            let wrong = fault.text(&frame.l);
            return Ok(page(frame, &token, Some(wrong)));
        }
    };
    let done =
        desk::take(&app, &token).await? && rows::change_password(&app, &reset.staff, &reset.was, &password).await?;
    if !done {
        return Ok(over(frame));
    }
    desk::end_all(&app, Desk::Staff, &reset.staff).await?;
    desk::forgive(&app, Patience::ACCOUNT, &reset.mail).await?;
    Ok(Redirect::to("/apply/sign-in").into_response())
}
