//! The pages of the way, as templates and their values.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::carrier::{Flow, Purpose};
use super::scope_words;
use super::state::{By, Stage};
use crate::App;
use crate::identity::{HELP, Help, Trouble};
use crate::web::{Failure, Frame, KeptFormAction, Lang, show};

/// When to try again after revocation couldn't be checked, in seconds.
pub(super) const RETRY_AFTER: u64 = 300;

/// Who asks for what, in the person's words.
struct Asked {
    service: Option<String>,
    scopes: Vec<&'static str>,
    registers: bool,
}

impl Asked {
    fn of(purpose: &Purpose, l: Lang) -> Self {
        match purpose {
            Purpose::Service { request, name: [ja, en] } => Self {
                service: Some(l.t(ja, en).to_owned()),
                scopes: scope_words(&request.scopes, l),
                registers: request.registers(),
            },
            Purpose::Own { .. } => Self { service: None, scopes: Vec::new(), registers: true },
        }
    }
}

#[derive(Template)]
#[template(path = "flow/consent.html")]
struct Consent<'a> {
    l: Lang,
    frame: Frame,
    path: String,
    asked: Asked,
    signed_in: bool,
    version: &'a str,
}

/// Page 2 of the guideline's five: who asks for what, and the consent to use the portal.
pub(super) fn consent(flow: &Flow, frame: Frame) -> Result<Response, Failure> {
    let page = Consent {
        l: frame.l,
        asked: Asked::of(&flow.purpose, frame.l),
        path: flow.path(),
        signed_in: matches!(flow.stage, Stage::Consent { signed_in: true }),
        version: super::CONSENT_VERSION,
        frame,
    };
    Ok(leaving(show(StatusCode::OK, &page)))
}

#[derive(Template)]
#[template(path = "flow/identity.html")]
struct Identity {
    l: Lang,
    frame: Frame,
    path: String,
    service: Option<String>,
    purpose: String,
    /// The older card is asked for.
    older: bool,
    /// The card was read too long ago.
    again: bool,
    trouble: Option<Told>,
    help: &'static [Help],
    ports: Option<u16>,
    redirect: &'static str,
    unchecked: bool,
}

struct Told {
    what: String,
    remedy: String,
}

/// Page 3: the card is read.
pub(super) fn identity(app: &App, flow: &Flow, frame: Frame, trouble: Option<Trouble>) -> Result<Response, Failure> {
    let l = frame.l;
    let service = Asked::of(&flow.purpose, l).service;
    let purpose = match &service {
        Some(service) => format!("{}: {service}", l.t("本人確認", "Identity verification")),
        None => l.t("マイナポータルへのログイン", "Signing in to the portal").to_owned(),
    };
    let told = trouble.map(|trouble| {
        let words = trouble.words();
        Told {
            what: l.t(words.what.0, words.what.1).to_owned(),
            remedy: l.t(words.remedy.0, words.remedy.1).to_owned(),
        }
    });
    let page = Identity {
        l,
        path: flow.path(),
        // The agent's window shows at most 200 characters.
        purpose: purpose.chars().take(200).collect(),
        service,
        older: matches!(flow.stage, Stage::OldCard { .. }),
        again: matches!(flow.stage, Stage::Identity { again: true }),
        trouble: told,
        help: HELP,
        ports: app.config().agent_port(),
        redirect: if frame.path().ends_with("?way=redirect") { "only" } else { "auto" },
        unchecked: !app.config().checks_revocation(),
        frame,
    };
    let mut response = leaving(show(trouble.map_or(StatusCode::OK, Trouble::status), &page));
    if trouble == Some(Trouble::Uncheckable) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER));
    }
    Ok(response)
}

#[derive(Template)]
#[template(path = "flow/confirm.html")]
struct Confirm {
    l: Lang,
    frame: Frame,
    path: String,
    asked: Asked,
    registers: bool,
    takes_over: bool,
    by_card: bool,
}

/// Page 4: 「マイナポータル 外部サービスとの連携」.
pub(super) fn confirm(flow: &Flow, frame: Frame) -> Result<Response, Failure> {
    let Stage::Confirm { by, registers } = &flow.stage else { return Err(Failure::Internal) };
    let page = Confirm {
        l: frame.l,
        asked: Asked::of(&flow.purpose, frame.l),
        path: flow.path(),
        registers: *registers,
        takes_over: matches!(by, By::Card { takes_over: Some(_), .. }),
        by_card: matches!(by, By::Card { .. }),
        frame,
    };
    Ok(leaving(show(StatusCode::OK, &page)))
}

#[derive(Template)]
#[template(path = "flow/lost.html")]
struct Lost {
    l: Lang,
    frame: Frame,
}

/// For a way that is over, never was, or is another browser's.
pub(super) fn lost(frame: Frame) -> Response {
    show(StatusCode::GONE, &Lost { l: frame.l, frame })
}

/// All these pages have a form that can end at the service.
fn leaving(mut response: Response) -> Response {
    response.extensions_mut().insert(KeptFormAction);
    response
}
