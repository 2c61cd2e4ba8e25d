//! The service's pages, in the browser's language.

use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use jiff::tz::{Offset, TimeZone};
use jpki_protocol::Language;

use super::handlers::Failure;
use super::portal::{Notice, NoticeLine};
use super::visits::Member;

/// 日本標準時.
const TOKYO: Offset = Offset::constant(9);

/// The states' names, in the order of the guideline.
const STATES: [(&str, &str, &str); 4] = [
    (
        "health_insurance",
        "オンライン資格確認等システムとのデータ連携設定",
        "Data link with the online qualification system",
    ),
    ("eshishobako", "e-私書箱との「もっとつながる」設定", "Link with e-Shishobako"),
    ("mypost", "MyPostとの「もっとつながる」設定", "Link with MyPost"),
    (
        "furusato_etax",
        "ふるさと納税e-tax連携サービスとの「もっとつながる」設定",
        "Link with the furusato-nozei e-Tax service",
    ),
];

struct Frame {
    language: Language,
}

impl Frame {
    fn t<'a>(&self, ja: &'a str, en: &'a str) -> &'a str {
        match self.language {
            Language::Ja => ja,
            Language::En => en,
        }
    }

    fn yes_or_no(&self, is_so: &bool) -> &'static str {
        match (self.language, is_so) {
            (Language::Ja, true) => "あり",
            (Language::Ja, false) => "なし",
            (Language::En, true) => "yes",
            (Language::En, false) => "no",
        }
    }

    fn minute(&self, notice: &NoticeLine) -> String {
        let format = self.t("%Y年%-m月%-d日 %-H時%M分", "%-d %B %Y, %H:%M JST");
        notice.received.to_zoned(TimeZone::fixed(TOKYO)).strftime(format).to_string()
    }
}

#[derive(Template)]
#[template(path = "service/home.html")]
struct Home {
    frame: Frame,
    member: Option<Member>,
}

impl Home {
    /// The states that the portal told, by their names. One that this service doesn't know is left out.
    fn states(&self, member: &Member) -> Vec<(&'static str, bool)> {
        let told = |(word, ja, en): &(&str, &'static str, &'static str)| {
            member.told.status.settings.get(*word).map(|is_set| (self.frame.t(ja, en), *is_set))
        };
        STATES.iter().filter_map(told).collect()
    }
}

#[derive(Template)]
#[template(path = "service/notice.html")]
struct NoticePage {
    frame: Frame,
    notice: Notice,
}

#[derive(Template)]
#[template(path = "service/failure.html")]
struct FailurePage {
    frame: Frame,
    title: &'static str,
    text: &'static str,
}

/// The browser's language, of those spoken here.
pub(super) fn language(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = accepted.split(',').find_map(|tag| match tag.trim().get(..2) {
        Some("ja") => Some(Language::Ja),
        Some("en") => Some(Language::En),
        _ => None,
    });
    first.unwrap_or(Language::Ja)
}

pub(super) fn home(headers: &HeaderMap, member: Option<Member>) -> Response {
    show(StatusCode::OK, &Home { frame: frame(headers), member })
}

pub(super) fn notice(headers: &HeaderMap, notice: Notice) -> Response {
    show(StatusCode::OK, &NoticePage { frame: frame(headers), notice })
}

/// Says what happened and what to do. The developer learns the rest from the program's output.
pub(super) fn failure(headers: &HeaderMap, failure: &Failure) -> Response {
    let frame = frame(headers);
    let (status, [title, text]) = match failure {
        Failure::Refused(word) => (StatusCode::OK, refused(word)),
        Failure::NotAnswered => (
            StatusCode::BAD_REQUEST,
            [
                ("手続きの途中ではありません", "Nothing is under way"),
                ("お手数ですが、はじめからお試しください。", "Please begin again."),
            ],
        ),
        Failure::Trouble(error) => {
            eprintln!("example service: {error}");
            (
                StatusCode::BAD_GATEWAY,
                [
                    ("マイナポータルを呼び出せませんでした", "The portal couldn't be asked"),
                    ("しばらくしてから、もう一度お試しください。", "Please try again shortly."),
                ],
            )
        }
    };
    let (title, text) = (frame.t(title.0, title.1), frame.t(text.0, text.1));
    show(status, &FailurePage { title, text, frame })
}

/// What each of the portal's errors means to a person.
fn refused(word: &str) -> [(&'static str, &'static str); 2] {
    match word {
        "access_denied" => [
            ("連携をやめました", "Not linked"),
            (
                "何も登録されていません。いつでも、もう一度お試しいただけます。",
                "Nothing was registered. You can try again at any time.",
            ),
        ],
        "user_not_registered" => [
            ("マイナポータルの利用者登録が必要です", "Registration in the portal is needed"),
            ("「マイナポータルの利用者登録」からお進みください。", "Please go on with the registration."),
        ],
        "temporarily_unavailable" => [
            ("マイナポータルはただいま利用できません", "The portal is closed at the moment"),
            (
                "サービス提供時間をご確認のうえ、もう一度お試しください。",
                "Please look at its service hours and try again.",
            ),
        ],
        _ => [
            ("マイナポータルでの手続きが終わりませんでした", "The portal couldn't finish"),
            ("もう一度お試しください。", "Please try again."),
        ],
    }
}

fn frame(headers: &HeaderMap) -> Frame {
    Frame { language: language(headers) }
}

fn show(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
