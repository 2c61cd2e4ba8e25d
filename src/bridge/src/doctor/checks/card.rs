//! The card in the reader, and which kind it is.

use jpki_protocol::Language;

use super::service::blame;
use super::{comma, depends, words};
use crate::doctor::diagnosis::{Outcome, Verdict};
use crate::doctor::findings::{Card, CardKind, Contents, Findings, Reader};

/// The card that an operation would work with: a My Number Card before any other.
pub(super) fn card_of(findings: &Findings) -> Option<&Card> {
    let cards = || {
        findings.readers.iter().flatten().filter_map(|reader| match &reader.contents {
            Contents::Card(card) => Some(card),
            _ => None,
        })
    };
    cards().find(|card| card.kind == CardKind::MyNumberCard).or_else(|| cards().next())
}

/// Which check explains that no card was read.
pub(super) fn blame_for_card(findings: &Findings) -> &'static str {
    match &findings.readers {
        None => blame(findings),
        Some(readers) if readers.is_empty() => "reader",
        Some(_) => "card",
    }
}

pub(super) fn card(findings: &Findings, language: Language) -> Outcome {
    if let Some(card) = card_of(findings) {
        return kind(card.kind, language).public();
    }
    let Some(readers) = &findings.readers else { return depends(language, blame(findings)) };
    // The reader with most to say: one that holds something, before an empty one.
    match readers.iter().find(|reader| reader.contents != Contents::Empty).or(readers.first()) {
        None => depends(language, "reader"),
        Some(reader) => unusable(reader, language),
    }
}

fn kind(kind: CardKind, language: Language) -> Outcome {
    let fault = |found: String| {
        Verdict::Fault.because(found).remedy(words!(
            language,
            "マイナンバーカードを置いてください。",
            "Use a My Number Card."
        ))
    };
    match kind {
        CardKind::MyNumberCard => {
            Verdict::Ok.because(words!(language, "マイナンバーカードです。", "This is a My Number Card."))
        }
        CardKind::ResidentCard => fault(words!(
            language,
            "住民基本台帳カードです。電子証明書は使えません。",
            "This is a former resident card (Juki Card). Its certificates are no longer of use."
        )),
        CardKind::Phone => fault(words!(
            language,
            "スマートフォンの電子証明書です。このプログラムはまだ対応していません。",
            "This is a phone's electronic certificate, which this program does not support yet."
        )),
        CardKind::Unknown => Verdict::Attention
            .because(words!(
                language,
                "公的個人認証の機能がありますが、種類の分からないカードです。",
                "This card has the JPKI application, but is of an unknown kind."
            ))
            .remedy(words!(
                language,
                "うまくいかないときは、マイナンバーカードを使ってください。",
                "If something fails, use a My Number Card."
            )),
    }
}

fn unusable(reader: &Reader, language: Language) -> Outcome {
    let again = || {
        words!(
            language,
            "カードを裏返すか、IC部分を拭いて、置き直してください。",
            "Turn the card over, or clean its contacts, and put it in again."
        )
    };
    match &reader.contents {
        Contents::Empty | Contents::Card(_) => Verdict::Fault
            .because(words!(language, "リーダーにカードがありません。", "There is no card in the reader."))
            .public()
            .remedy(words!(
                language,
                "マイナンバーカードをリーダーに置いてください。",
                "Put your My Number Card on or into the reader."
            )),
        Contents::Mute => Verdict::Fault
            .because(words!(
                language,
                "カードはありますが、応答しません。向きが逆か、IC部分が汚れているか、ICカードではありません。",
                "There is a card, but it does not answer: it is upside down, dirty, or no smart card."
            ))
            .public()
            .remedy(again()),
        Contents::OtherCard => Verdict::Fault
            .because(words!(
                language,
                "マイナンバーカードではないカードです（公的個人認証の機能がありません）。",
                "This is no My Number Card: it has no JPKI application."
            ))
            .public()
            .remedy(words!(language, "マイナンバーカードを置いてください。", "Use a My Number Card.")),
        Contents::InUse(programs) => in_use(programs, language),
        Contents::Silent => Verdict::Fault
            .because(words!(language, "カードが時間内に応答しません。", "The card did not answer in time."))
            .public()
            .remedy(words!(
                language,
                "カードを取り出し、リーダーをつなぎ直してください。",
                "Take the card out and reconnect the reader."
            )),
        Contents::Failed(word) => Verdict::Fault
            .because(words!(language, "カードを読み取れません（{word}）。", "The card could not be read ({word})."))
            .public()
            .remedy(again()),
    }
}

fn in_use(programs: &[String], language: Language) -> Outcome {
    let outcome = if programs.is_empty() {
        Verdict::Fault.because(words!(
            language,
            "ほかのプログラムがカードを使っています。",
            "Another program is using the card."
        ))
    } else {
        let list = programs.join(comma(language));
        Verdict::Fault.because(words!(
            language,
            "ほかのプログラムがカードを使っています。いまICカードの機能を使っているもの：{list}",
            "Another program is using the card. These have to do with cards now: {list}"
        ))
    };
    outcome.public_as("in use by another program").remedy(words!(
        language,
        "そのプログラムを終えてください。",
        "Close that program."
    ))
}
