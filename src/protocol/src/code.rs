//! The closed list of reasons an operation ends without a result, each with its remedy.

use serde::{Deserialize, Serialize};

use crate::lang::Language;

/// Why an operation failed, as the page learns it in `data.code` (protocol, section 2).
///
/// The list is closed on purpose: a code helps the person or the site's developer to the next step
/// and tells an attacker nothing more (threat 20).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The person said no, closed the window, or the window died.
    UserCancelled,
    /// The person or the administrator blocked this site.
    SiteBlocked,
    /// Another operation runs, or this site has to wait after cancelled requests.
    Busy,
    /// The person did not answer in time.
    Timeout,
    /// The PC/SC service is not running or refuses us.
    ServiceUnavailable,
    /// No card reader is connected.
    NoReader,
    /// The reader holds no card.
    NoCard,
    /// The card was taken away in the middle.
    CardRemoved,
    /// Another program holds the card.
    CardInUse,
    /// The card is not one this program knows.
    CardUnsupported,
    /// The card or the reader answered something unexpected.
    CardError,
    /// The PIN was blocked before this operation began.
    PinBlocked,
    /// The last attempt was spent in this operation.
    PinAttemptsExhausted,
    /// The card carries no certificate for this operation.
    CertificateMissing,
    /// The card's certificate has expired.
    CertificateExpired,
    /// The request is malformed.
    InvalidRequest,
    /// This version does not do that.
    Unsupported,
    /// A defect of this program.
    Internal,
}

impl ErrorCode {
    /// Every code, in the order of the protocol document.
    pub const ALL: [Self; 18] = [
        Self::UserCancelled,
        Self::SiteBlocked,
        Self::Busy,
        Self::Timeout,
        Self::ServiceUnavailable,
        Self::NoReader,
        Self::NoCard,
        Self::CardRemoved,
        Self::CardInUse,
        Self::CardUnsupported,
        Self::CardError,
        Self::PinBlocked,
        Self::PinAttemptsExhausted,
        Self::CertificateMissing,
        Self::CertificateExpired,
        Self::InvalidRequest,
        Self::Unsupported,
        Self::Internal,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserCancelled => "user_cancelled",
            Self::SiteBlocked => "site_blocked",
            Self::Busy => "busy",
            Self::Timeout => "timeout",
            Self::ServiceUnavailable => "service_unavailable",
            Self::NoReader => "no_reader",
            Self::NoCard => "no_card",
            Self::CardRemoved => "card_removed",
            Self::CardInUse => "card_in_use",
            Self::CardUnsupported => "card_unsupported",
            Self::CardError => "card_error",
            Self::PinBlocked => "pin_blocked",
            Self::PinAttemptsExhausted => "pin_attempts_exhausted",
            Self::CertificateMissing => "certificate_missing",
            Self::CertificateExpired => "certificate_expired",
            Self::InvalidRequest => "invalid_request",
            Self::Unsupported => "unsupported",
            Self::Internal => "internal",
        }
    }

    /// The code for a word on the wire.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == word)
    }

    /// What happened and what to do, in one or two sentences for the person.
    pub const fn remedy(self, language: Language) -> &'static str {
        match language {
            Language::Ja => self.remedy_ja(),
            Language::En => self.remedy_en(),
        }
    }

    const fn remedy_ja(self) -> &'static str {
        match self {
            Self::UserCancelled => "操作が取り消されました。もう一度行うには、サイトで始めからやり直してください。",
            Self::SiteBlocked => {
                "このサイトはブロックされています。解除するには jpki-bridge sites forget を使ってください。"
            }
            Self::Busy => "ほかの操作が進行中か、取り消しの直後です。しばらく待ってからやり直してください。",
            Self::Timeout => "時間内に操作が終わりませんでした。もう一度やり直してください。",
            Self::ServiceUnavailable => {
                "ICカードのサービスが動いていません。Linux では pcscd、Windows では Smart Card サービスを開始してください。"
            }
            Self::NoReader => "ICカードリーダーが見つかりません。リーダーをパソコンにつないでからやり直してください。",
            Self::NoCard => "カードが見つかりません。マイナンバーカードをリーダーに置いてからやり直してください。",
            Self::CardRemoved => "途中でカードが離れました。終わるまでカードを置いたまま、もう一度やり直してください。",
            Self::CardInUse => "ほかのプログラムがカードを使っています。そのプログラムを終えてからやり直してください。",
            Self::CardUnsupported => "このカードは使えません。マイナンバーカードを置いてください。",
            Self::CardError => "カードを読み取れませんでした。カードを置き直して、もう一度やり直してください。",
            Self::PinBlocked => {
                "暗証番号がロックされています。市区町村の窓口、またはコンビニのキオスク端末とアプリで初期化してください。"
            }
            Self::PinAttemptsExhausted => {
                "暗証番号を続けて間違えたため、ロックされました。市区町村の窓口、またはコンビニのキオスク端末とアプリで初期化してください。"
            }
            Self::CertificateMissing => "カードに必要な電子証明書がありません。市区町村の窓口で発行を受けてください。",
            Self::CertificateExpired => {
                "カードの電子証明書の有効期限が切れています。市区町村の窓口で更新してください。"
            }
            Self::InvalidRequest => "サイトからの要求が正しくありません。サイトの運営者にお知らせください。",
            Self::Unsupported => "この版では対応していない操作です。新しい版があるか確かめてください。",
            Self::Internal => "プログラムの内部で問題が起きました。続くときは、診断結果を添えてお知らせください。",
        }
    }

    const fn remedy_en(self) -> &'static str {
        match self {
            Self::UserCancelled => "The request was cancelled. To try again, start over on the site.",
            Self::SiteBlocked => "This site is blocked. To lift the block, use jpki-bridge sites forget.",
            Self::Busy => "Another operation is running, or one was just cancelled. Wait a moment and try again.",
            Self::Timeout => "The operation was not finished in time. Please try again.",
            Self::ServiceUnavailable => {
                "The smart card service is not running. Start pcscd on Linux, or the Smart Card service on Windows."
            }
            Self::NoReader => "No card reader was found. Connect a reader to this computer and try again.",
            Self::NoCard => "No card was found. Place your My Number Card on the reader and try again.",
            Self::CardRemoved => "The card was removed too early. Leave it on the reader until the end and try again.",
            Self::CardInUse => "Another program is using the card. Close that program and try again.",
            Self::CardUnsupported => "This card cannot be used. Place a My Number Card on the reader.",
            Self::CardError => "The card could not be read. Place it on the reader again and try once more.",
            Self::PinBlocked => {
                "The PIN is blocked. It can be reset at a municipal office, or with the app and a convenience-store kiosk."
            }
            Self::PinAttemptsExhausted => {
                "The PIN was wrong too often and is now blocked. It can be reset at a municipal office, or with the app and a convenience-store kiosk."
            }
            Self::CertificateMissing => {
                "The card does not carry the certificate this needs. A municipal office can issue it."
            }
            Self::CertificateExpired => "The card's certificate has expired. A municipal office can renew it.",
            Self::InvalidRequest => "The site's request is not valid. Please tell the site's operator.",
            Self::Unsupported => {
                "This version does not support the operation. Check whether a newer version is available."
            }
            Self::Internal => {
                "Something went wrong inside the program. If it happens again, report it with the diagnosis."
            }
        }
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_what_serde_writes() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert_eq!(ErrorCode::from_word(code.as_str()), Some(code));
        }
    }

    #[test]
    fn each_remedy_is_a_sentence_of_its_own() {
        for language in [Language::Ja, Language::En] {
            let mut seen = std::collections::HashSet::new();
            for code in ErrorCode::ALL {
                let text = code.remedy(language);
                assert!(text.ends_with(['。', '.']), "{code}");
                assert!(seen.insert(text), "{code} repeats another remedy");
            }
        }
    }
}
