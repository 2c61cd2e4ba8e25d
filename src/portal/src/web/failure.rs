//! The page for what went wrong: what happened, and what to do.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jpki_protocol::Language;

use super::{Lang, show};
use crate::Error;

/// Why a page isn't shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// There is no such page.
    NotFound,
    /// The page is there, but isn't asked for in this way: an address that only a form goes to, typed or reloaded.
    NoSuchMethod,
    /// A form that doesn't come from a page of this portal in this browser, or whose page is too old.
    ForeignForm,
    /// A form that can't be read.
    UnreadableForm,
    /// Too many requests of one address or browser.
    TooMany {
        /// After how many seconds to try again.
        seconds: u64,
    },
    /// The database doesn't answer.
    Unavailable,
    /// The portal failed.
    Internal,
}

impl Failure {
    fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NoSuchMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::ForeignForm => StatusCode::FORBIDDEN,
            Self::UnreadableForm => StatusCode::BAD_REQUEST,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Heading and text, in Japanese and in English.
    fn texts(self) -> [(&'static str, &'static str); 2] {
        match self {
            Self::NotFound => [
                ("ページが見つかりません", "Page not found"),
                ("アドレスをお確かめください。", "Please check the address."),
            ],
            Self::NoSuchMethod => [
                ("この画面は直接開けません", "This page can't be opened directly"),
                (
                    "前の画面に戻って、ボタンからもう一度お試しください。入力された内容は送られていません。",
                    "Go back to the page before and use its button. Nothing that you entered was sent.",
                ),
            ],
            Self::ForeignForm => [
                ("この操作は受け付けられませんでした", "This wasn't accepted"),
                (
                    "画面が古いか、このポータル以外の画面から送られました。前の画面を開き直して、もう一度お試しください。",
                    "The page was too old, or this came from somewhere else. Open the page again and try once more.",
                ),
            ],
            Self::UnreadableForm => [
                ("入力内容を読み取れませんでした", "The form couldn't be read"),
                ("前の画面に戻って、もう一度お試しください。", "Go back and try once more."),
            ],
            Self::TooMany { .. } => [
                ("アクセスが集中しています", "Too many requests"),
                ("少し時間をおいてから、もう一度お試しください。", "Please wait a moment and try again."),
            ],
            Self::Unavailable => [
                ("ただいまご利用いただけません", "Not available at the moment"),
                (
                    "しばらくしてから、もう一度お試しください。入力された内容は登録されていません。",
                    "Please try again shortly. Nothing was registered.",
                ),
            ],
            Self::Internal => [
                ("ポータルで問題が発生しました", "Something went wrong here"),
                (
                    "もう一度お試しください。続くときは運営者にお知らせください。",
                    "Please try again. If it goes on, tell the operator.",
                ),
            ],
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        tracing::error!(%error, "a page failed");
        match error {
            Error::Store(_) => Self::Unavailable,
            _ => Self::Internal,
        }
    }
}

/// The page is complete without a frame: it must work where nothing else does. Both languages, for the same reason.
#[derive(Template)]
#[template(path = "failure.html")]
struct Page {
    l: Lang,
    texts: [(&'static str, &'static str); 2],
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = show(self.status(), &Page { l: Lang(Language::Ja), texts: self.texts() });
        let retry_after = match self {
            Self::Unavailable => Some(5),
            Self::TooMany { seconds } => Some(seconds),
            _ => None,
        };
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
