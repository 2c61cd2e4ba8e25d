//! アカウントの新規登録: an address, a password, who one is; then a mail whose link, with the password, makes the account.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::SignedDuration;
use serde::Deserialize;

use super::rows::{self, Candidate, KINDS};
use crate::App;
use crate::desk::{self, Address, Desk, FieldView, FormPage, Mail, Password, Patience, may_try};
use crate::lifecycle::is_mail;
use crate::web::{Failure, Form, Frame};

/// How long a link can be answered.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

#[derive(Default, Deserialize)]
pub(super) struct Entry {
    mail: String,
    name: String,
    organisation: String,
    kind: String,
    password: String,
}

/// What is wrong, by field.
#[derive(Default)]
struct Wrongs {
    mail: Option<String>,
    name: Option<String>,
    organisation: Option<String>,
    kind: Option<String>,
    password: Option<String>,
}

fn page(frame: Frame, entry: &Entry, wrongs: &Wrongs) -> Response {
    let l = frame.l;
    let kinds = KINDS.iter().map(|(word, ja, en)| (*word, l.t(ja, en)));
    let fields = vec![
        FieldView::new("mail", "email", l.t("メールアドレス", "Mail address"), &entry.mail)
            .autocomplete("username")
            .wrong(wrongs.mail.as_deref()),
        FieldView::new("password", "password", l.t("パスワード", "Password"), "")
            .autocomplete("new-password")
            .hint(l.t("12文字以上", "At least 12 characters"))
            .wrong(wrongs.password.as_deref()),
        FieldView::new("name", "text", l.t("氏名", "Your name"), &entry.name)
            .autocomplete("name")
            .wrong(wrongs.name.as_deref()),
        FieldView::new("organisation", "text", l.t("組織の名称", "Name of the organisation"), &entry.organisation)
            .autocomplete("organization")
            .wrong(wrongs.organisation.as_deref()),
        FieldView::new("kind", "select", l.t("組織の種類", "Kind of organisation"), &entry.kind)
            .options(kinds)
            .wrong(wrongs.kind.as_deref()),
    ];
    FormPage {
        l,
        heading: l.t("アカウントの新規登録", "New account").to_owned(),
        lead: l
            .t(
                "API利用申請フォームと問合せフォームで使うアカウントを作ります。登録したアドレスに確認のメールが届きます。",
                "An account for applications and enquiries. A mail comes to your address to confirm it.",
            )
            .to_owned(),
        fault: None,
        fields,
        action: "/apply/sign-up".to_owned(),
        button: l.t("確認のメールを送る", "Send the mail").to_owned(),
        links: vec![("/apply/sign-in".to_owned(), l.t("アカウントをお持ちの方", "You have an account").to_owned())],
        frame,
    }
    .show()
}

/// The form.
pub(super) async fn ask(frame: Frame) -> Response {
    page(frame, &Entry::default(), &Wrongs::default())
}

/// Sends the mail. The answer is the same whether or not the address has an account.
pub(super) async fn send(
    State(app): State<App>,
    frame: Frame,
    Address(address): Address,
    Form(entry): Form<Entry>,
) -> Result<Response, Failure> {
    let l = frame.l;
    let mail = entry.mail.trim().to_lowercase();
    let line = |text: &str, most: usize| {
        let count = text.trim().chars().count();
        let right = (1..=most).contains(&count) && !text.contains(char::is_control);
        (!right)
            .then(|| l.t("1行で、正しい長さで記入してください。", "Write one line of a sensible length.").to_owned())
    };
    let password = Password::parse(&entry.password, &[&mail, &entry.name, &entry.organisation]);
    let wrongs = Wrongs {
        mail: (!is_mail(&mail))
            .then(|| l.t("メールアドレスの形で記入してください。", "Write a mail address.").to_owned()),
        name: line(&entry.name, 100),
        organisation: line(&entry.organisation, 200),
        kind: (!KINDS.iter().any(|(word, ..)| *word == entry.kind))
            .then(|| l.t("選択肢から選んでください。", "Choose from the list.").to_owned()),
        password: password.as_ref().err().map(|fault| fault.text(&l).to_owned()),
    };
    let is_wrong = [&wrongs.mail, &wrongs.name, &wrongs.organisation, &wrongs.kind].into_iter().any(Option::is_some);
    let Ok(password) = password else { return Ok(page(frame, &entry, &wrongs)) };
    if is_wrong {
        return Ok(page(frame, &entry, &wrongs));
    }
    if !may_try(&app, Patience::ADDRESS, &address).await? {
        return Ok(desk::too_often(frame));
    }
    let candidate = Candidate {
        name: entry.name.trim().to_owned(),
        organisation: entry.organisation.trim().to_owned(),
        kind: entry.kind,
        password: password.hash().await?,
        mail,
    };
    // Who is written to too often isn't written to; that, too, shows nowhere.
    if may_try(&app, Patience::MAILS, &candidate.mail).await? {
        write(&app, &candidate).await?;
    }
    let (heading, text) = (
        l.t("メールをご確認ください", "Look at your mail"),
        l.t(
            "確認のメールを送りました。24時間以内に、メールにあるリンクを開いて登録を完了してください。",
            "A mail is on its way. Open its link within 24 hours to finish.",
        ),
    );
    Ok(desk::message(frame, StatusCode::OK, heading, text, ("/apply", l.t("API利用申請フォームへ", "Back"))))
}

async fn write(app: &App, candidate: &Candidate) -> Result<(), Failure> {
    let text = if rows::by_mail(app, &candidate.mail).await?.is_some() {
        let url = app.config().url("/apply/forgotten");
        format!(
            "このメールアドレスのアカウントはすでにあります。パスワードをお忘れの場合は、次のページから再設定できます。\n\
             This address has an account already. If you forgot the password, choose a new one here.\n\n{url}\n"
        )
    } else {
        let url = app.config().url(&format!("/apply/confirm/{}", desk::make(app, candidate, LIFETIME).await?));
        format!(
            "アカウントの登録を完了するには、24時間以内に次のページを開いてください。心当たりがない場合は、このメールを破棄してください。\n\
             To finish your account, open this page within 24 hours. If you didn't ask for it, drop this mail.\n\n{url}\n"
        )
    };
    let subject = "【マイナポータル】メールアドレスの確認 / Confirm your address".to_owned();
    Ok(desk::send(app, Mail { to: candidate.mail.clone(), subject, text }).await?)
}

fn over(frame: Frame) -> Response {
    let (heading, text) = (
        frame.l.t("このリンクは使えません", "This link can't be used"),
        frame.l.t(
            "期限が過ぎたか、すでに使われています。もう一度お手続きください。",
            "It expired or was used. Please begin again.",
        ),
    );
    let link = ("/apply", frame.l.t("API利用申請フォームへ", "Application form site"));
    desk::message(frame, StatusCode::NOT_FOUND, heading, text, link)
}

fn confirm_page(frame: Frame, token: &str, wrong: Option<&str>) -> Response {
    let l = frame.l;
    let field = FieldView::new("password", "password", l.t("パスワード", "Password"), "")
        .autocomplete("current-password")
        .wrong(wrong);
    FormPage {
        l,
        heading: l.t("登録の完了", "Finish your account").to_owned(),
        lead: l.t("新規登録で決めたパスワードを入力してください。", "Type the password you chose.").to_owned(),
        fault: None,
        fields: vec![field],
        action: format!("/apply/confirm/{token}"),
        button: l.t("登録を完了する", "Finish").to_owned(),
        links: Vec::new(),
        frame,
    }
    .show()
}

/// The link's page: programs that open links in mails make no account.
pub(super) async fn confirm(
    State(app): State<App>,
    frame: Frame,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    match desk::look::<Candidate>(&app, &token).await? {
        Some(_) => Ok(confirm_page(frame, &token, None)),
        None => Ok(over(frame)),
    }
}

#[derive(Deserialize)]
pub(super) struct Proof {
    password: String,
}

/// Makes the account for who knows the password: whoever signed up with somebody else's address doesn't get that person's help.
pub(super) async fn confirmed(
    State(app): State<App>,
    frame: Frame,
    Path(token): Path<String>,
    Form(proof): Form<Proof>,
) -> Result<Response, Failure> {
    let Some(candidate) = desk::look::<Candidate>(&app, &token).await? else { return Ok(over(frame)) };
    if !may_try(&app, Patience::ACCOUNT, &candidate.mail).await? {
        return Ok(desk::too_often(frame));
    }
    if !desk::verify(Some(candidate.password.clone()), &proof.password).await? {
        let wrong = frame.l.t("パスワードが違います。", "The password is wrong.");
        return Ok(confirm_page(frame, &token, Some(wrong)));
    }
    if !desk::take(&app, &token).await? {
        return Ok(over(frame));
    }
    let Some(id) = rows::create(&app, &candidate).await? else { return Ok(over(frame)) };
    desk::forgive(&app, Patience::ACCOUNT, &candidate.mail).await?;
    let cookie = desk::begin(&app, Desk::Staff, &id).await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/apply")).into_response())
}
