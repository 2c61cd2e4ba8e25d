//! 日本語

use super::{
    Attribute, By, Card, CardKind, Decision, Headline, Language, Operation, PinCount, PinKind, ProgressState, Section,
    Source, Texts, Verdict,
};

pub(super) static TEXTS: Texts = Texts {
    language: Language::Ja,
    own_name: "日本語",

    skip: "本文へ進む",
    navigation: "メニュー",
    section: |section| match section {
        Section::Overview => "状態",
        Section::Sites => "サイト",
        Section::History => "履歴",
        Section::Diagnosis => "診断",
        Section::Settings => "設定",
        Section::Log => "ログ",
        Section::About => "このプログラムについて",
    },
    languages: "表示する言語",
    test_card: "テスト用カード",
    test_card_note: "テスト用カードを使っています。本人確認としての効力はありません。",
    undo: "元に戻す",
    lost: "JPKI Bridge との接続が切れました。表示は最新ではありません。",

    this_computer: "このコンピューター",
    operation: |operation| match operation {
        Operation::Authenticate => "本人確認",
        Operation::ReadAttributes => "カードの情報の読み取り",
        Operation::Sign => "電子署名",
        Operation::ChangePin => "暗証番号の変更",
    },
    done: "完了",
    declined: "取り消し",
    failed: "失敗",
    who: "求めた相手",
    what: "操作",
    when: "日時",
    outcome: "結果",

    headline: |headline| match headline {
        Headline::Unwatched => ("リーダーを確かめています", "しばらくお待ちください。"),
        Headline::NoService => (
            "ICカードのサービスが動いていません",
            "「診断」で原因と直し方を確かめてください。サービスが始まると、ここに表示されます。",
        ),
        Headline::NoReader => {
            ("カードリーダーがありません", "カードを使うときは、ICカードリーダーをパソコンにつないでください。")
        }
        Headline::NoCard => {
            ("準備ができています", "カードを使うときは、マイナンバーカードをリーダーに置いてください。")
        }
        Headline::BadCard => ("カードが応答しません", "カードの向きと表裏を確かめて、置き直してください。"),
        Headline::CardInUse => {
            ("ほかのプログラムがカードを使っています", "操作の前に、そのプログラムを終えてください。")
        }
        Headline::CardPresent => ("カードがあります", "サイトから求められた操作を行えます。"),
        Headline::Working => {
            ("操作を行っています", "確認の画面をご覧ください。終わるまでカードを動かさないでください。")
        }
    },
    readers: "リーダーとカード",
    no_readers: "リーダーは見つかっていません。",
    in_reader: "カード",
    card: |card| match card {
        Card::None => "なし",
        Card::Present => "あり",
        Card::Mute => "応答しないカード",
        Card::InUse => "使用中",
    },
    kind: "種類",
    card_kind: |kind| match kind {
        CardKind::MyNumber => "マイナンバーカード",
        CardKind::Other => "使えないカード",
    },
    attempts: |pin| match pin {
        PinKind::Auth => "利用者証明用の暗証番号",
        PinKind::Text => "券面事項入力補助用の暗証番号",
        PinKind::Sign => "署名用の暗証番号",
    },
    count: |count| match count {
        PinCount::Left(left) => format!("あと{left}回入力できます"),
        PinCount::Blocked => "ロックされています".to_owned(),
        PinCount::Unlimited => "回数の制限はありません".to_owned(),
        PinCount::NotReported => "残り回数は分かりません".to_owned(),
    },
    expires: "利用者証明用電子証明書の有効期限",
    expires_soon: |days| {
        format!("あと{days}日で期限が切れます。市区町村の窓口で更新してください（期限の3か月前から更新できます）。")
    },
    expired: "有効期限が切れています。市区町村の窓口で更新してください。",
    unknown_card: "種類や残り回数は、操作のときに確かめたものを表示します。",
    underway: "進行中の操作",
    none_underway: "進行中の操作はありません。",
    stage: "状況",
    stages: |state| match state {
        ProgressState::WaitingForUser => "確認の画面で入力を待っています",
        ProgressState::WaitingForCard => "カードを待っています",
        ProgressState::Working => "カードを読み取っています",
    },
    since: "開始",
    last: "前回の操作",
    none_last: "JPKI Bridge の起動後、操作はまだありません。",

    sites_intro: "許可したサイトでも、操作のたびに確認の画面が出ます。ブロックしたサイトの求めは、画面を出さずに断ります。",
    no_sites: "許可またはブロックしたサイトはありません。",
    site: "サイト",
    decision: "扱い",
    decided: |decision| match decision {
        Some(Decision::Allow) => "許可",
        Some(Decision::Block) => "ブロック",
        None => "毎回たずねる",
    },
    change: "変更",
    decide: |decision| match decision {
        Some(Decision::Allow) => "許可する",
        Some(Decision::Block) => "ブロックする",
        None => "取り消す",
    },
    decided_by: |by| match by {
        By::Person => "本人",
        By::Settings => "設定ファイル",
        By::Policy => "管理者による設定",
    },
    only_allowed: "管理者が許可したサイトのほかは、すべてブロックされます。",
    cannot_allow: |site, by| match by {
        By::Policy => format!("{site} は管理者がブロックしているため、許可できません。"),
        By::Settings | By::Person => {
            format!(
                "{site} は設定ファイルでブロックされているため、許可できません。設定ファイルの blocked から除いてください。"
            )
        }
    },
    add_site: "サイトを指定する",
    add_site_hint: "例：https://www.example.jp",
    site_decided: |site, decision| match decision {
        Some(Decision::Allow) => format!("{site} を許可しました。"),
        Some(Decision::Block) => format!("{site} をブロックしました。"),
        None => format!("{site} の指定を取り消しました。"),
    },
    not_a_site: "サイトのアドレスとして読み取れません。https://www.example.jp のように入力してください。",

    history_intro: "誰が、いつ、何を求め、どう終わったかの記録です。氏名などの値や文書の内容は記録しません。",
    no_history: "記録はありません。",
    not_kept: "履歴は記録されていません。",
    filter: "絞り込み",
    all_sites: "すべて",
    from_day: "この日から",
    show: "表示",
    export: "書き出し",
    details: "内容",
    attribute: |attribute| match attribute {
        Attribute::Name => "氏名",
        Attribute::Address => "住所",
        Attribute::Birthdate => "生年月日",
        Attribute::Gender => "性別",
    },
    and: "・",
    documents: |count| format!("文書{count}件"),
    pin: |pin| match pin {
        PinKind::Auth => "利用者証明用",
        PinKind::Text => "券面事項入力補助用",
        PinKind::Sign => "署名用",
    },
    shown: |shown, of| format!("{of}件のうち、新しい{shown}件を表示しています。書き出すとすべて含まれます。"),
    skipped: |count| format!("読み取れない行が{count}行ありました。"),
    erase: "履歴を消去する",
    erase_warning: "すべての記録を消去します。元に戻すことはできません。",
    erase_now: "すべて消去する",
    erased: |count| format!("{count}件の記録を消去しました。"),

    diagnosis_intro: "カードの操作に必要なものをすべて調べます。暗証番号は使わず、個人の情報も読み取りません。",
    examine: "診断する",
    examining: "調べています。数秒かかります。",
    examined: "調べた日時",
    found: |faults, warnings| match (faults, warnings) {
        (0, 0) => "異常はありません。".to_owned(),
        (0, warnings) => format!("異常はありません。注意が{warnings}件あります。"),
        (faults, warnings) => {
            format!("異常が{faults}件、注意が{warnings}件あります。このままではカードの操作を始められません。")
        }
    },
    check: "項目",
    verdict: "判定",
    verdicts: |verdict| match verdict {
        Verdict::Fault => "異常",
        Verdict::Attention => "注意",
        Verdict::Unknown => "不明",
        Verdict::Ok => "正常",
        Verdict::NotApplicable => "対象外",
    },
    finding: "分かったこと",
    remedy: "直し方",

    settings_intro: "JPKI Bridge の起動時に読み込まれた設定です。管理者による設定は変更できません。",
    setting: "項目",
    value: "値",
    source: "設定元",
    setting_name: |key| match key.name {
        "port" => "ポート番号",
        "prompt" => "確認の画面を出すプログラム",
        "timeout" => "回答を待つ時間（秒）",
        "tray" => "通知領域にアイコンを出す",
        "history" => "履歴を記録する",
        "log" => "ログの詳しさ",
        "developer" => "http://localhost のページも受け付ける（開発用）",
        "blocked" => "ブロックするサイト",
        "allowed" => "許可するサイト",
        "only_allowed" => "許可したサイトだけを受け付ける",
        name => name,
    },
    unset: |key| match (key.name, key.default) {
        ("port", _) => "39041（使えないときは 39042、39043）",
        ("prompt", _) => "付属の jpki-prompt",
        (_, "none") => "なし",
        (_, "true") => "はい",
        (_, "false") => "いいえ",
        (_, default) => default,
    },
    set_by: |source| match source {
        Source::Default => "初期値",
        Source::File(_) => "設定ファイル",
        Source::Environment => "環境変数",
        Source::Flag => "コマンドの指定",
        Source::Policy(_) => "管理者による設定",
    },
    yes_no: |yes| if yes { "はい" } else { "いいえ" },
    autostart: "ログイン時の起動",
    starts: |on| {
        if on {
            "ログインすると JPKI Bridge が起動します。"
        } else {
            "ログインしても JPKI Bridge は起動しません。"
        }
    },
    switch_start: |on| if on { "ログイン時に起動する" } else { "ログイン時に起動しない" },

    log_intro: "JPKI Bridge が起動してからのログの、新しい部分です。暗証番号やカードの内容は含まれません。",
    no_log: "ログはまだありません。",

    about_intro: "マイナンバーカードを使う本人確認を、このコンピューターのカードリーダーで行えるようにするプログラムです。",
    version: "バージョン",
    licence: "ライセンス",
    homepage: "ホームページ",
    privacy: "マイナンバーは読み取りません。このプログラムがインターネットと通信することはありません。",
    slint: "確認の画面は Slint（ロイヤリティフリーライセンス）で作られています。",

    locked: "このページを開く許可がありません",
    locked_note: "ログインしている本人が、次のコマンドで開いてください。",
};
