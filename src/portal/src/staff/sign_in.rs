//! Signing in and out.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::{Staff, rows};
use crate::App;
use crate::desk::{self, Address, Desk, FieldView, FormPage, Patience, may_try};
use crate::web::{Failure, Form, Frame};

#[derive(Default, Deserialize)]
pub(super) struct Entry {
    mail: String,
    password: String,
}

fn page(frame: Frame, mail: &str, fault: Option<&str>) -> Response {
    let l = frame.l;
    FormPage {
        l,
        heading: l.t("ログイン", "Sign in").to_owned(),
        lead: l
            .t("API利用申請フォームのアカウントでログインします。", "With your account for applications.")
            .to_owned(),
        fault: fault.map(str::to_owned),
        fields: vec![
            FieldView::new("mail", "email", l.t("メールアドレス", "Mail address"), mail).autocomplete("username"),
            FieldView::new("password", "password", l.t("パスワード", "Password"), "").autocomplete("current-password"),
        ],
        action: "/apply/sign-in".to_owned(),
        button: l.t("ログイン", "Sign in").to_owned(),
        links: vec![
            ("/apply/sign-up".to_owned(), l.t("アカウントの新規登録", "New account").to_owned()),
            ("/apply/forgotten".to_owned(), l.t("パスワードをお忘れの方", "Forgot your password?").to_owned()),
        ],
        frame,
    }
    .show()
}

/// The form.
pub(super) async fn ask(frame: Frame) -> Response {
    page(frame, "", None)
}

/// Compares the password and begins a session.
pub(super) async fn sign_in(
    State(app): State<App>,
    frame: Frame,
    Address(address): Address,
    Form(entry): Form<Entry>,
) -> Result<Response, Failure> {
    let mail = entry.mail.trim().to_lowercase();
    let may = may_try(&app, Patience::ADDRESS, &address).await? && may_try(&app, Patience::ACCOUNT, &mail).await?;
    if !may {
        return Ok(desk::too_often(frame));
    }
    let (id, hash) = rows::by_mail(&app, &mail).await?.unzip();
    let known = desk::verify(hash, &entry.password).await?;
    let Some(id) = id.filter(|_| known) else {
        let fault = frame.l.t("メールアドレスまたはパスワードが違います。", "The address or the password is wrong.");
        return Ok(page(frame, &entry.mail, Some(fault)));
    };
    desk::forgive(&app, Patience::ACCOUNT, &mail).await?;
    let cookie = desk::begin(&app, Desk::Staff, &id).await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/apply")).into_response())
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// Ends this session.
pub(super) async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Failure> {
    let cookie = desk::end(&app, Desk::Staff, &headers).await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/apply")).into_response())
}

/// Ends all of this person's sessions.
pub(super) async fn sign_out_everywhere(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Failure> {
    desk::end_all(&app, Desk::Staff, &staff.id).await?;
    let cookie = desk::end(&app, Desk::Staff, &headers).await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/apply")).into_response())
}
