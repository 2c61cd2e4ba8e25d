//! What a person reads when the card can't be read at all: what happened, and what to do. The page's script shows the part whose
//! word the page module reports.

/// Help for some of the words with which the page module fails.
pub(crate) struct Help {
    codes: &'static [&'static str],
    /// What happened, in Japanese and English.
    pub(crate) what: (&'static str, &'static str),
    /// What to do.
    pub(crate) remedy: (&'static str, &'static str),
    /// Whether the other way to the agent, by navigation, may help.
    pub(crate) other_way: bool,
}

impl Help {
    /// The words, separated by spaces.
    pub(crate) fn codes(&self) -> String {
        self.codes.join(" ")
    }
}

/// Every word, once.
pub(crate) const HELP: &[Help] = &[
    Help {
        codes: &["not_running", "connection_lost"],
        what: ("JPKI Bridge が見つかりません", "JPKI Bridge was not found"),
        remedy: (
            "このパソコンに JPKI Bridge をインストールし、起動してから、もう一度お試しください。",
            "Install JPKI Bridge on this computer, start it, and try again.",
        ),
        other_way: true,
    },
    Help {
        codes: &["permission_denied", "permission_pending"],
        what: ("ブラウザーが接続を許可していません", "The browser doesn't allow the connection"),
        remedy: (
            "アドレスバーのサイト設定で「このデバイス上のアプリ」への接続を許可するか、別の方法で開いてください。",
            "Allow connections to apps on this device in the site settings, or open it the other way.",
        ),
        other_way: true,
    },
    Help {
        codes: &["blocked", "origin_refused", "site_blocked"],
        what: ("JPKI Bridge につながりません", "JPKI Bridge can't be reached"),
        remedy: (
            "広告ブロックなどの拡張機能をこのサイトで止めるか、JPKI Bridge でこのサイトのブロックを解除してください。",
            "Turn off ad blockers for this site, or unblock this site in JPKI Bridge.",
        ),
        other_way: true,
    },
    Help {
        codes: &["too_old", "page_too_old", "unsupported", "invalid_request"],
        what: ("JPKI Bridge の版が合いません", "JPKI Bridge has another version"),
        remedy: ("JPKI Bridge を新しい版に更新してから、もう一度お試しください。", "Update JPKI Bridge and try again."),
        other_way: false,
    },
    Help {
        codes: &["no_reader", "service_unavailable"],
        what: ("ICカードリーダーが見つかりません", "No card reader was found"),
        remedy: (
            "ICカードリーダーをパソコンにつないでから、もう一度お試しください。",
            "Connect a card reader to the computer and try again.",
        ),
        other_way: false,
    },
    Help {
        codes: &["no_card", "card_removed"],
        what: ("カードがありません", "There is no card"),
        remedy: (
            "マイナンバーカードをリーダーに置き、終わるまで離さないでください。",
            "Put your My Number Card on the reader and leave it there until the end.",
        ),
        other_way: false,
    },
    Help {
        codes: &["card_in_use", "busy"],
        what: ("ほかの操作が進行中です", "Something else is under way"),
        remedy: (
            "カードを使っているほかの画面やアプリを閉じ、しばらくしてから、もう一度お試しください。",
            "Close other pages and apps that use the card, wait a little, and try again.",
        ),
        other_way: false,
    },
    Help {
        codes: &["card_unsupported", "card_error", "certificate_missing"],
        what: ("カードを読み取れませんでした", "The card couldn't be read"),
        remedy: (
            "利用者証明用電子証明書のあるマイナンバーカードを、リーダーに置き直してください。",
            "Put a My Number Card with an authentication certificate on the reader again.",
        ),
        other_way: false,
    },
    Help {
        codes: &["certificate_expired"],
        what: ("このカードの電子証明書は有効期間が過ぎています", "This card's certificate has expired"),
        remedy: (
            "住所地の市区町村の窓口で、電子証明書を更新してください。",
            "Have it renewed at your municipal office.",
        ),
        other_way: false,
    },
    Help {
        codes: &["pin_attempts_exhausted"],
        what: ("暗証番号を続けて間違えたため、ロックされました", "Too many wrong PINs: the PIN is locked now"),
        remedy: (
            "住所地の市区町村の窓口で、暗証番号の初期化を受けてください。",
            "Have the PIN reset at your municipal office.",
        ),
        other_way: false,
    },
    Help {
        codes: &["pin_blocked"],
        what: ("暗証番号がロックされています", "The PIN is locked"),
        remedy: (
            "住所地の市区町村の窓口で、暗証番号の初期化を受けてください。",
            "Have the PIN reset at your municipal office.",
        ),
        other_way: false,
    },
    Help {
        codes: &["user_cancelled", "aborted"],
        what: ("読み取りを中止しました", "Reading was cancelled"),
        remedy: ("続けるときは、もう一度「カードを読み取る」を押してください。", "To go on, press the button again."),
        other_way: false,
    },
    Help {
        codes: &["timeout"],
        what: ("時間内に操作が終わりませんでした", "It wasn't finished in time"),
        remedy: ("もう一度「カードを読み取る」を押してください。", "Press the button again."),
        other_way: false,
    },
    Help {
        codes: &["internal", "invalid_answer", "file_unreadable", "page_failed"],
        what: ("問題が発生しました", "Something went wrong"),
        remedy: (
            "この画面を開き直して、もう一度お試しください。続くときは運営者にお知らせください。",
            "Reload this page and try again. If it goes on, tell the operator.",
        ),
        other_way: false,
    },
];

#[cfg(test)]
mod tests {
    use jpki_protocol::ErrorCode;

    use super::*;

    #[test]
    fn every_failure_of_agent_and_page_module_has_help_once() {
        let count = |word: &str| HELP.iter().flat_map(|help| help.codes).filter(|code| **code == word).count();
        let mut words: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        // The module's own table of remedies is the list of its words.
        let module = include_str!("../../../web/jpki-bridge.js");
        let (_, table) = module.split_once("const REMEDIES = {").unwrap();
        let (table, _) = table.split_once("\n};").unwrap();
        words.extend(table.lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix(": {")));
        assert!(words.len() > 25, "{words:?}");
        for word in words {
            assert_eq!(count(word), 1, "{word}");
        }
    }
}
