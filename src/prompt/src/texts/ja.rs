//! 日本語

use super::{Disclosure, Operation, PinKind, PinRule, Step, Texts};

pub(super) static TEXTS: Texts = Texts {
    window_title: "マイナンバーカードの確認 – JPKI Bridge",
    test_card: "テスト用カードです。本人確認としての効力はありません。",
    heading: |operation| match operation {
        Operation::Authenticate => "次のサイトが本人確認を求めています",
        Operation::ReadAttributes => "次のサイトがカードの情報を求めています",
        Operation::Sign => "次のサイトが電子署名を求めています",
    },
    decoded: |name| format!("日本語での表記：{name}"),
    doubtful: "日本語以外の文字を使った名前です。よく似た文字で別のサイトを装うことがあります。上のアドレスを確かめてください。",
    purpose: "目的（サイトが書いた文章です）",
    discloses: "このサイトに伝わるもの",
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
    waiting: ("リーダーを確かめています", "しばらくお待ちください。"),
    no_reader: ("カードリーダーがありません", "ICカードリーダーをパソコンにつないでください。"),
    no_card: ("カードを置いてください", "マイナンバーカードをリーダーに置いてください。"),
    unsupported: ("このカードは使えません", "マイナンバーカードを置いてください。"),
    ready: ("カードの準備ができました", "終わるまでカードを動かさないでください。"),
    reading: ("カードを確かめています", "カードを動かさずにお待ちください。"),
    problem: "カードを使えません",
    blocked: "暗証番号がロックされています",
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
    pin_typed: |typed| format!("{typed}文字入力済み"),
    attempts: |left| format!("あと{left}回入力できます"),
    rejected: "暗証番号が違います。",
    remember: "このサイトを記憶する（確認は毎回表示されます）",
    submit: "同意して送る",
    cancel: "キャンセル",
    close: "閉じる",
    back: "戻る",
    block: "このサイトをブロック",
    about: "このソフトについて",
    last_try: (
        "最後の1回です",
        "この暗証番号が違っていると、カードの暗証番号はロックされ、市区町村の窓口などで初期化するまで使えません。自信がないときは「戻る」を選んでください。",
    ),
    last_try_submit: "この暗証番号を送る",
    block_question: (
        "このサイトをブロックしますか",
        "今回の求めを断り、今後このサイトからの求めを表示しません。ブロックは jpki-bridge sites forget で解除できます。",
    ),
    block_submit: "ブロックする",
    working: |step| match step {
        None => "カードに問い合わせています",
        Some(Step::Reading) => "カードを読み取っています",
        Some(Step::Signing) => "カードで署名しています",
    },
    keep_card: "カードを離さないでください",
    done: ("完了しました", "カードをリーダーから外せます。ブラウザーに戻ってください。"),
    cancelled: ("取り消されました", "サイトには何も伝わっていません。"),
    failed: "完了できませんでした",
    code: |code| format!("コード：{code}"),
    about_text: (
        "JPKI Bridge",
        "ウェブサイトの求めに応じて、この端末のリーダーでマイナンバーカードによる本人確認を行います。暗証番号はカードだけに送られ、サイトにも記録にも残りません。",
    ),
    terminal_keys: "Enter 同意して送る ／ Tab 記憶の切り替え ／ Ctrl-B ブロック ／ Esc キャンセル",
    terminal_remember: |on| match on {
        true => "[x] このサイトを記憶する（確認は毎回表示されます）",
        false => "[ ] このサイトを記憶する（確認は毎回表示されます）",
    },
    terminal_confirm: "y はい ／ n 戻る",
};
