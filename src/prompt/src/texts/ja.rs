//! 日本語

use super::{
    Attribute, Birthdate, Disclosure, ErrorCode, Fault, Field, Gender, Keys, Operation, PinKind, PinRule, Step, Texts,
};

pub(super) static TEXTS: Texts = Texts {
    window_title: "マイナンバーカードの確認 – JPKI Bridge",
    test_card: "テスト用カードです。本人確認としての効力はありません。",
    heading: |operation| match operation {
        Operation::Authenticate => "次のサイトが本人確認を求めています",
        Operation::ReadAttributes => "次のサイトがカードの情報を求めています",
        Operation::Sign => "次のサイトが電子署名を求めています",
        Operation::ChangePin => "暗証番号を変更します",
    },
    command: "このコンピューターで実行されたコマンドの確認です",
    command_does: |operation, pin| match (operation, pin) {
        (Operation::Authenticate, _) => "本人確認",
        (Operation::ReadAttributes, _) => "カードの情報の読み取り",
        (Operation::Sign, _) => "文書への電子署名",
        (Operation::ChangePin, Some(PinKind::Auth)) => "利用者証明用の暗証番号の変更",
        (Operation::ChangePin, Some(PinKind::Text)) => "券面事項入力補助用の暗証番号の変更",
        (Operation::ChangePin, Some(PinKind::Sign)) => "署名用の暗証番号の変更",
        (Operation::ChangePin, None) => "暗証番号の変更",
    },
    command_note: "心当たりがないときは、キャンセルしてください。",
    question: |number, of| format!("確認 {number} / {of}"),
    decoded: |name| format!("日本語での表記：{name}"),
    doubtful: "日本語以外の文字を使った名前です。よく似た文字で別のサイトを装うことがあります。上のアドレスを確かめてください。",
    details: "確認する内容",
    purpose: "目的（サイトが書いた文章です）",
    discloses: |site| match site {
        true => "このサイトに伝わるもの",
        false => "署名に付くもの（文書を受け取る人に伝わります）",
    },
    disclosure: |disclosure, pin| match (disclosure, pin) {
        (Disclosure::Certificate, PinKind::Sign) => {
            ("署名用電子証明書", "氏名・住所・生年月日・性別と、カードを見分ける番号が入っています。")
        }
        (Disclosure::Certificate, PinKind::Auth | PinKind::Text) => {
            ("利用者証明用電子証明書", "カードを見分ける番号です。氏名・住所・マイナンバーは入っていません。")
        }
        (Disclosure::Name, _) => ("氏名", ""),
        (Disclosure::Address, _) => ("住所", ""),
        (Disclosure::Birthdate, _) => ("生年月日", ""),
        (Disclosure::Gender, _) => ("性別", ""),
    },
    and: "・",
    values: "このサイトに渡す内容です。確かめてください",
    attribute: |attribute| match attribute {
        Attribute::Name => "氏名",
        Attribute::Address => "住所",
        Attribute::Birthdate => "生年月日",
        Attribute::Gender => "性別",
    },
    gender: |gender| match gender {
        Gender::Male => "男性",
        Gender::Female => "女性",
        Gender::Unknown => "不明",
        Gender::NotApplicable => "適用なし",
    },
    birthdate: |Birthdate { year, month, day }| {
        let part = |number: Option<u16>, unit| number.map(|number| format!("{number}{unit}"));
        let parts = [part(year, "年"), part(month, "月"), part(day, "日")];
        let unknown: Vec<_> = ["年", "月", "日"].into_iter().zip(&parts).filter(|(_, part)| part.is_none()).collect();
        let unknown: String = unknown.iter().map(|(unit, _)| *unit).collect();
        let known: String = parts.into_iter().flatten().collect();
        match (known.as_str(), unknown.as_str()) {
            (_, "") => known,
            ("", _) => "不詳".to_owned(),
            _ => format!("{known}（{unknown}は不詳）"),
        }
    },
    substitutes: |mark| format!("{mark}の前の文字は、電子証明書で使えない文字の代わりに入っている文字です。"),
    documents: |count| format!("署名する文書（{count}件）"),
    digest_later: "ハッシュ値は署名するときに決まります",
    show_digests: "ハッシュ値を全部表示",
    hide_digests: "ハッシュ値を短く表示",
    pledge: "署名した文書は、法律上、本人の署名や押印のある文書と同じように扱われます（電子署名法第3条）。署名には氏名・住所・生年月日・性別の入った証明書が付きます。",
    waiting: ("リーダーを確かめています", "しばらくお待ちください。"),
    no_reader: ("カードリーダーがありません", "ICカードリーダーをパソコンにつないでください。"),
    no_card: ("カードを置いてください", "マイナンバーカードをリーダーに置いてください。"),
    unsupported: ("このカードは使えません", "マイナンバーカードを置いてください。"),
    ready: ("カードの準備ができました", "終わるまでカードを動かさないでください。"),
    reading: ("カードを確かめています", "カードを動かさずにお待ちください。"),
    problem: "カードを使えません",
    remedy: |code, site, pin| match (code, site, pin) {
        (ErrorCode::CertificateMissing, _, Some(PinKind::Sign)) => Some(
            "このカードには署名用電子証明書がありません。15歳未満の方には原則として発行されません。ほかの方は、市区町村の窓口で発行を受けられます。",
        ),
        (ErrorCode::PinBlocked, _, Some(PinKind::Text)) => {
            Some("券面事項入力補助用の暗証番号がロックされています。住民票のある市区町村の窓口で初期化してください。")
        }
        (ErrorCode::PinAttemptsExhausted, _, Some(PinKind::Text)) => Some(
            "暗証番号を続けて間違えたため、券面事項入力補助用の暗証番号がロックされました。住民票のある市区町村の窓口で初期化してください。",
        ),
        (ErrorCode::UserCancelled, false, _) => {
            Some("操作が取り消されました。もう一度行うには、コマンドを実行し直してください。")
        }
        (ErrorCode::InvalidRequest, false, _) => Some("コマンドの指定が正しくありません。指定を確かめてください。"),
        _ => None,
    },
    blocked: |_| "暗証番号がロックされています",
    blocked_steps: |pin| match pin {
        PinKind::Auth | PinKind::Sign => [
            "住民票のある市区町村の窓口で初期化できます。カードをお持ちください。",
            "もう一方の暗証番号が分かるときは、スマートフォンの専用アプリとコンビニのキオスク端末でも初期化できます。",
        ],
        PinKind::Text => [
            "住民票のある市区町村の窓口で初期化できます。カードをお持ちください。",
            "この暗証番号は、コンビニのキオスク端末では初期化できません。",
        ],
    },
    pin: |pin| match pin {
        PinKind::Auth => "利用者証明用電子証明書の暗証番号",
        PinKind::Text => "券面事項入力補助用の暗証番号",
        PinKind::Sign => "署名用電子証明書の暗証番号",
    },
    pin_form: |PinRule { kind, min, max, .. }| match kind {
        PinKind::Auth | PinKind::Text if min == max => format!("{min}桁の数字"),
        PinKind::Auth | PinKind::Text => format!("{min}～{max}桁の数字"),
        PinKind::Sign => format!("{min}～{max}文字の英数字（小文字は大文字として扱います）"),
    },
    field: |field, _| match field {
        Field::Pin => "今の暗証番号",
        Field::New => "新しい暗証番号",
        Field::Again => "新しい暗証番号（もう一度）",
    },
    pin_first: |pin| match pin {
        PinKind::Text => {
            "次の画面で、読み取った内容を確かめて、もう1つの利用者証明用の暗証番号を入力します。2つは別の暗証番号です（同じ番号のこともあります）。"
        }
        PinKind::Auth | PinKind::Sign => "次の画面で、読み取った内容を確かめてから渡します。",
    },
    pin_second: |before| match before {
        PinKind::Text => "先ほどの券面事項入力補助用とは別です（同じ番号のこともあります）。",
        PinKind::Auth => "先ほどの利用者証明用とは別の暗証番号です。",
        PinKind::Sign => "先ほどの署名用とは別の暗証番号です。",
    },
    show_pin: "入力した文字を表示",
    hide_pin: "入力した文字を隠す",
    fault: |fault| match fault {
        Fault::Same => "今と違う暗証番号にしてください。",
        Fault::Unmixed => "英字と数字の両方を入れてください。",
        Fault::Differs => "新しい暗証番号と一致していません。",
    },
    attempts: |left| format!("あと{left}回入力できます"),
    rejected: |operation, _| match operation {
        Operation::ChangePin => "今の暗証番号が違います。",
        Operation::Authenticate | Operation::ReadAttributes | Operation::Sign => "暗証番号が違います。",
    },
    remember: "このサイトを記憶する（確認は毎回表示されます）",
    submit: |operation, values| match operation {
        Operation::ReadAttributes if values => "この内容を渡す",
        Operation::ReadAttributes => "同意して読み取る",
        Operation::Authenticate => "同意して送る",
        Operation::Sign => "同意して署名する",
        Operation::ChangePin => "変更する",
    },
    not_yet: "カードの準備と入力が済むと押せます。",
    cancel: "キャンセル",
    close: "閉じる",
    back: "戻る",
    block: "このサイトをブロック",
    about: "このソフトについて",
    last_try: |_| {
        (
            "最後の1回です",
            "この暗証番号が違っていると、カードの暗証番号はロックされ、市区町村の窓口などで初期化するまで使えません。自信がないときは「戻る」を選んでください。",
        )
    },
    last_try_submit: |_| "この暗証番号を送る",
    block_question: (
        "このサイトをブロックしますか",
        "今回の求めを断り、今後このサイトからの求めを表示しません。ブロックは jpki-bridge sites forget で解除できます。",
    ),
    block_submit: "ブロックする",
    working: |operation, _, step| match (operation, step) {
        (Operation::ChangePin, _) => "暗証番号を変更しています",
        (_, None) => "カードに問い合わせています",
        (_, Some(Step::Reading)) => "カードを読み取っています",
        (_, Some(Step::Signing)) => "カードで署名しています",
    },
    keep_card: "カードを離さないでください",
    handing_over: "サイトに渡しています",
    done: |site| match site {
        true => ("完了しました", "カードをリーダーから外せます。ブラウザーに戻ってください。"),
        false => ("完了しました", "カードをリーダーから外せます。"),
    },
    cancelled: |site| match site {
        true => ("取り消されました", "サイトには何も伝わっていません。"),
        false => ("取り消されました", "カードをリーダーから外せます。"),
    },
    failed: "完了できませんでした",
    code: |code| format!("コード：{code}"),
    about_text: (
        "JPKI Bridge",
        "ウェブサイトやコマンドの求めに応じて、この端末のリーダーでマイナンバーカードによる本人確認や電子署名を行います。暗証番号はカードだけに送られ、サイトにも記録にも残りません。",
    ),
    keys: Keys {
        next_field: "次の欄", remember: "記憶の切り替え", block: "ブロック", cancel: "キャンセル"
    },
    terminal_remember: |on| match on {
        true => "[x] このサイトを記憶する（確認は毎回表示されます）",
        false => "[ ] このサイトを記憶する（確認は毎回表示されます）",
    },
    terminal_confirm: "y はい ／ n 戻る",
};
