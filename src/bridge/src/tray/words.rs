//! Every word of the tray, in each language.
//!
//! One struct holds them all, so a translation with a word missing does not compile.

use jpki_protocol::Language;
use jpki_protocol::page::ProgressState;
use jpki_protocol::prompt::{Operation, PinKind};

use super::alarm::Alarm;
use crate::live::Outcome;

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asker<'a> {
    /// The site with this host, and port if that isn't the usual one.
    Site(&'a str),
    /// A command on this computer.
    Command,
}

/// The words of one language.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) title_test_card: &'static str,
    /// What the state is.
    pub(super) ready: &'static str,
    pub(super) no_reader: &'static str,
    pub(super) card: &'static str,
    pub(super) foreign_card: &'static str,
    pub(super) working: fn(Asker<'_>, ProgressState) -> String,
    pub(super) alarm: fn(Alarm) -> String,
    /// How the last one ended, and when.
    pub(super) last: fn(Operation, Asker<'_>, Outcome, &str) -> String,
    pub(super) no_last: &'static str,
    /// The menu's entries.
    pub(super) open: &'static str,
    pub(super) sites: &'static str,
    pub(super) history: &'static str,
    pub(super) diagnose: &'static str,
    pub(super) language: &'static str,
    pub(super) start_at_login: &'static str,
    pub(super) about: &'static str,
    pub(super) quit: &'static str,
    /// Notifications: what happened, then what to do.
    pub(super) service_missing: (&'static str, &'static str),
    pub(super) test_card: (&'static str, &'static str),
    pub(super) certificate_ends: (fn(i64) -> String, &'static str),
    pub(super) certificate_ended: (&'static str, &'static str),
}

impl Words {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::Ja => &JA,
            Language::En => &EN,
        }
    }
}

static JA: Words = Words {
    title: "JPKI Bridge",
    title_test_card: "JPKI Bridge（テスト用カード）",
    ready: "準備ができています。カードをリーダーに置いてください",
    no_reader: "カードリーダーが接続されていません",
    card: "カードがリーダーにあります",
    foreign_card: "リーダーのカードはマイナンバーカードではありません",
    working: |asker, stage| {
        let (asker, space) = (asker_ja(asker), if matches!(asker, Asker::Site(_)) { " " } else { "" });
        let stage = match stage {
            ProgressState::WaitingForUser => "画面で答えてください",
            ProgressState::WaitingForCard => "カードをリーダーに置いてください",
            ProgressState::Working => "カードを読み取っています",
        };
        format!("{asker}{space}からの確認：{stage}")
    },
    alarm: |alarm| match alarm {
        Alarm::ServiceMissing => "スマートカードサービスが動いていません".to_owned(),
        Alarm::Mute => "カードが応答しません。向きと汚れを確かめてください".to_owned(),
        Alarm::Blocked(pin) => format!("{}がロックされています", pin_ja(pin)),
        Alarm::LastAttempt(pin) => format!("{}を入力できるのはあと1回です", pin_ja(pin)),
        Alarm::Expired => "カードの証明書の有効期限が切れています".to_owned(),
        Alarm::EndsIn(days) => format!("カードの証明書の有効期限まであと{days}日です"),
    },
    last: |kind, asker, outcome, when| {
        let kind = match kind {
            Operation::Authenticate => "本人確認",
            Operation::ReadAttributes => "カードの情報の読み取り",
            Operation::Sign => "電子署名",
            Operation::ChangePin => "暗証番号の変更",
        };
        let outcome = match outcome {
            Outcome::Done => "完了",
            declined if declined.is_declined() => "取りやめ",
            Outcome::Ended(_) => "失敗",
        };
        format!("前回：{kind}（{}）{outcome} {when}", asker_ja(asker))
    },
    no_last: "確認の求めはまだありません",
    open: "状態のページを開く",
    sites: "許可したサイト",
    history: "履歴",
    diagnose: "診断",
    language: "言語 / Language",
    start_at_login: "ログイン時に起動",
    about: "JPKI Bridge について",
    quit: "終了",
    service_missing: (
        "スマートカードサービスが動いていません",
        "カードを使うには必要です。メニューの「診断」に直し方があります。",
    ),
    test_card: ("テスト用カードを使っています", "本人確認としての効力はありません。"),
    certificate_ends: (
        |days| format!("証明書の有効期限まであと{days}日です"),
        "お住まいの市区町村の窓口で更新できます。",
    ),
    certificate_ended: ("証明書の有効期限が切れています", "お住まいの市区町村の窓口で更新できます。"),
};

fn asker_ja(asker: Asker<'_>) -> &str {
    match asker {
        Asker::Site(site) => site,
        Asker::Command => "このコンピューター",
    }
}

fn pin_ja(pin: PinKind) -> &'static str {
    match pin {
        PinKind::Auth => "利用者証明用の暗証番号",
        PinKind::Text => "券面事項入力補助用の暗証番号",
        PinKind::Sign => "署名用の暗証番号",
    }
}

static EN: Words = Words {
    title: "JPKI Bridge",
    title_test_card: "JPKI Bridge (test card)",
    ready: "Ready: put your card on the reader",
    no_reader: "No card reader is connected",
    card: "A card is in the reader",
    foreign_card: "The card in the reader is no My Number Card",
    working: |asker, stage| {
        let asker = asker_en(asker);
        match stage {
            ProgressState::WaitingForUser => format!("Request of {asker}: answer in the window"),
            ProgressState::WaitingForCard => format!("Request of {asker}: put your card on the reader"),
            ProgressState::Working => format!("Request of {asker}: the card is at work"),
        }
    },
    alarm: |alarm| match alarm {
        Alarm::ServiceMissing => "The smart card service is not running".to_owned(),
        Alarm::Mute => "The card does not answer: check its side, and clean it".to_owned(),
        Alarm::Blocked(pin) => format!("{} is blocked", pin_en(pin)),
        Alarm::LastAttempt(pin) => format!("{} has one attempt left", pin_en(pin)),
        Alarm::Expired => "The card's certificate has expired".to_owned(),
        Alarm::EndsIn(days) => format!("The card's certificate expires {}", in_days(days)),
    },
    last: |kind, asker, outcome, when| {
        let kind = match kind {
            Operation::Authenticate => "identity check",
            Operation::ReadAttributes => "reading the card",
            Operation::Sign => "signature",
            Operation::ChangePin => "change of a PIN",
        };
        let outcome = match outcome {
            Outcome::Done => "done",
            declined if declined.is_declined() => "declined",
            Outcome::Ended(_) => "failed",
        };
        format!("Last: {kind} for {}, {outcome} {when}", asker_en(asker))
    },
    no_last: "No request yet",
    open: "Open status page",
    sites: "Allowed sites",
    history: "History",
    diagnose: "Diagnose",
    language: "Language / 言語",
    start_at_login: "Start at login",
    about: "About JPKI Bridge",
    quit: "Quit",
    service_missing: (
        "The smart card service is not running",
        "Cards can't be used without it. \"Diagnose\" in the menu says how to start it.",
    ),
    test_card: ("A test card is in use", "What it signs proves nobody's identity."),
    certificate_ends: (
        |days| format!("The card's certificate expires {}", in_days(days)),
        "Renew it at the counter of your municipality.",
    ),
    certificate_ended: ("The card's certificate has expired", "Renew it at the counter of your municipality."),
};

fn asker_en(asker: Asker<'_>) -> &str {
    match asker {
        Asker::Site(site) => site,
        Asker::Command => "this computer",
    }
}

fn pin_en(pin: PinKind) -> &'static str {
    match pin {
        PinKind::Auth => "The PIN for identity checks",
        PinKind::Text => "The PIN for reading the card",
        PinKind::Sign => "The signature password",
    }
}

fn in_days(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days => format!("in {days} days"),
    }
}
