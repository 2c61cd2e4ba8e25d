//! The attempts left on the card's PINs. A report says nothing of them but the verdict.

use jpki_card::Attempts;
use jpki_protocol::Language;

use super::card::{blame_for_card, card_of};
use super::{depends, words};
use crate::doctor::diagnosis::{Outcome, Verdict};
use crate::doctor::findings::{Findings, PinCount};

/// The page on PINs that are blocked.
const PAGE: &str = "https://www.jpki.go.jp/";

pub(super) fn auth(findings: &Findings, language: Language) -> Outcome {
    let Some(card) = card_of(findings) else { return depends(language, blame_for_card(findings)) };
    // Without this one nobody signs in.
    attempts(card.auth_pin, Verdict::Fault, language)
}

pub(super) fn sign(findings: &Findings, language: Language) -> Outcome {
    let Some(card) = card_of(findings) else { return depends(language, blame_for_card(findings)) };
    attempts(card.sign_pin, Verdict::Attention, language)
}

pub(super) fn text(findings: &Findings, language: Language) -> Outcome {
    let Some(card) = card_of(findings) else { return depends(language, blame_for_card(findings)) };
    attempts(card.text_pin, Verdict::Attention, language)
}

fn attempts(pin: PinCount, blocked: Verdict, language: Language) -> Outcome {
    match pin {
        PinCount::Counts(Attempts::Blocked) => blocked
            .because(words!(language, "ロックされています。", "It is blocked."))
            .remedy(words!(
                language,
                "市区町村の窓口、またはコンビニのキオスク端末とアプリで初期化してください。",
                "It can be reset at a municipal office, or with the app and a convenience-store kiosk."
            ))
            .page(PAGE),
        PinCount::Counts(attempts) if attempts.left() == Some(1) => Verdict::Attention
            .because(words!(
                language,
                "あと1回間違えるとロックされます。",
                "One attempt is left: the next mistake blocks it."
            ))
            .remedy(words!(
                language,
                "確かな番号だけを入れてください。正しく入れると回数は元に戻ります。分からないときは市区町村の窓口で初期化できます。",
                "Type it only if you are sure: the right one brings all attempts back. A municipal office can reset it."
            ))
            .page(PAGE),
        PinCount::Counts(attempts) => match attempts.left() {
            Some(left) => Verdict::Ok.because(words!(language, "あと{left}回試せます。", "{left} attempts are left.")),
            None => Verdict::Ok.because(words!(
                language,
                "残りの回数を、カードは答えません。",
                "The card does not say how many attempts are left."
            )),
        },
        PinCount::None => Verdict::NotApplicable
            .because(words!(language, "このカードにはありません。", "This card has none.")),
        PinCount::Unreadable => Verdict::Unknown.because(words!(
            language,
            "残りの回数を読み取れません。",
            "The attempts left could not be read."
        )),
    }
}
