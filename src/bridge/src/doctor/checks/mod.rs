//! The checks: one function each from what was found to a verdict with its remedy, in Japanese and English.
//!
//! Pure: nothing here looks at the computer. Where a fault explains others, only the first is one; what can't be known because
//! of it is `unknown`.

mod agent;
mod browser;
mod card;
mod certificate;
mod clock;
mod pin;
mod port;
mod prompt;
mod proxy;
mod reader;
mod service;
mod settings;

use jpki_protocol::Language;

use super::diagnosis::{Check, Diagnosis, Outcome, Verdict};
use super::findings::Findings;

/// A text in the language of the diagnosis. Both have to be there, or it doesn't compile.
macro_rules! words {
    ($language:expr, $ja:literal, $en:literal $(,)?) => {
        match $language {
            jpki_protocol::Language::Ja => format!($ja),
            jpki_protocol::Language::En => format!($en),
        }
    };
}
use words;

/// A check's name for programs, its names for people, and what decides it.
struct Entry(&'static str, &'static str, &'static str, fn(&Findings, Language) -> Outcome);

/// All checks, in the order in which a card operation needs what they look at.
const CHECKS: [Entry; 24] = [
    Entry("version", "バージョン", "Version", version),
    Entry("settings", "設定", "Settings", settings::settings),
    Entry("sites", "サイトの一覧", "List of sites", settings::sites),
    Entry("history", "履歴", "History", settings::history),
    Entry("service", "ICカードのサービス", "Smart card service", service::service),
    Entry("access", "サービスの利用権", "Access to the service", service::access),
    Entry("driver", "リーダーのドライバー", "Reader driver", reader::driver),
    Entry("reader", "カードリーダー", "Card reader", reader::reader),
    Entry("card", "カード", "Card", card::card),
    Entry("auth_certificate", "利用者証明用電子証明書", "Authentication certificate", certificate::auth),
    Entry("sign_certificate", "署名用電子証明書", "Signature certificate", certificate::sign),
    Entry("auth_pin", "利用者証明用の暗証番号", "Authentication PIN", pin::auth),
    Entry("sign_pin", "署名用パスワード", "Signature password", pin::sign),
    Entry("text_pin", "券面事項入力補助用の暗証番号", "Card information PIN", pin::text),
    Entry("clock", "時計", "Clock", clock::clock),
    Entry("port", "ポート", "Port", port::port),
    Entry("agent", "常駐プログラム", "Agent", agent::agent),
    Entry("endpoint", "常駐プログラムへの接続", "Connection to the agent", agent::endpoint),
    Entry("prompt", "確認画面のプログラム", "Prompt program", prompt::prompt),
    Entry("display", "画面", "Display", prompt::display),
    Entry("browsers", "ブラウザー", "Browsers", browser::browsers),
    Entry("browser_policy", "ブラウザーのポリシー", "Browser policies", browser::policies),
    Entry("sandbox", "ブラウザーの隔離", "Browser sandboxes", browser::sandboxes),
    Entry("proxy", "プロキシ", "Proxy", proxy::proxy),
];

pub(super) fn all(findings: &Findings, language: Language) -> Diagnosis {
    let checks: Vec<Check> = CHECKS
        .iter()
        .map(|Entry(id, ja, en, decide)| {
            let Outcome { verdict, found, remedy, public } = decide(findings, language);
            let title = match language {
                Language::Ja => ja,
                Language::En => en,
            };
            Check { id, title, verdict, found, remedy, public }
        })
        .collect();
    Diagnosis {
        version: env!("CARGO_PKG_VERSION"),
        platform: std::env::consts::OS,
        language,
        ready: checks.iter().all(|check| check.verdict != Verdict::Fault),
        checks,
    }
}

fn version(_: &Findings, language: Language) -> Outcome {
    let (version, architecture) = (env!("CARGO_PKG_VERSION"), std::env::consts::ARCH);
    let system = std::env::consts::OS;
    Verdict::Ok
        .because(words!(
            language,
            "JPKI Bridge {version}（{system}、{architecture}）",
            "JPKI Bridge {version} ({system}, {architecture})"
        ))
        .public()
}

/// What stands between the parts of a list.
const fn comma(language: Language) -> &'static str {
    match language {
        Language::Ja => "、",
        Language::En => ", ",
    }
}

/// For a check whose question has no answer before another check is mended.
fn depends(language: Language, other: &str) -> Outcome {
    let title = CHECKS.iter().find(|entry| entry.0 == other).map_or(other, |entry| match language {
        Language::Ja => entry.1,
        Language::En => entry.2,
    });
    Verdict::Unknown
        .because(words!(
            language,
            "調べられませんでした。先に「{title}」の項目を確かめてください。",
            "It could not be looked at. See \"{title}\" first."
        ))
        .public()
}

#[cfg(test)]
pub(super) mod tests;
