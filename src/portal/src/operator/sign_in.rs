//! Signing in to the console, and out.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::account::{Proof, prove};
use crate::App;
use crate::desk::{self, Address, Desk, FieldView, FormPage, Patience, may_try};
use crate::web::{Failure, Form, Frame};

#[derive(Deserialize)]
pub(super) struct Entry {
    name: String,
    password: String,
}

fn page(frame: Frame, name: &str, fault: Option<&str>) -> Response {
    let l = frame.l;
    FormPage {
        l,
        heading: l.t("運営者のログイン", "Operator's sign-in").to_owned(),
        lead: String::new(),
        fault: fault.map(str::to_owned),
        fields: vec![
            FieldView::new("name", "text", l.t("名前", "Name"), name).autocomplete("username"),
            FieldView::new("password", "password", l.t("パスワード", "Password"), "").autocomplete("current-password"),
        ],
        action: "/operator/sign-in".to_owned(),
        button: l.t("ログイン", "Sign in").to_owned(),
        links: Vec::new(),
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
    if !may_try(&app, Patience::ADDRESS, &address).await? {
        return Ok(desk::too_often(frame));
    }
    match prove(&app, entry.name.trim(), &entry.password).await? {
        Proof::TooOften => Ok(desk::too_often(frame)),
        Proof::Unknown => {
            let fault = frame.l.t("名前またはパスワードが違います。", "The name or the password is wrong.");
            Ok(page(frame, &entry.name, Some(fault)))
        }
        Proof::Known(operator) => {
            let cookie = desk::begin(&app, Desk::Operator, &operator.id).await?;
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/operator")).into_response())
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// Ends the session.
pub(super) async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Failure> {
    let cookie = desk::end(&app, Desk::Operator, &headers).await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/operator/sign-in")).into_response())
}
