//! Why a card isn't accepted, in the words of the person who holds it.

use axum::http::StatusCode;
use jpki_trust::Refusal;

/// What a person can understand and do something about. The log has the exact reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The attempt is too old, was made before, or in another tab.
    Again,
    /// 失効: the certificate was revoked.
    Revoked,
    /// 有効期間満了: the certificate has expired.
    Expired,
    /// The certificate isn't valid yet.
    NotYetValid,
    /// A card of another issuer or environment.
    Foreign,
    /// Nothing is known against the card, but revocation can't be checked now.
    Uncheckable,
    /// What came isn't what a card makes for this page.
    Invalid,
    /// To bring an account over: the card is the new one again.
    SameCard,
    /// To bring an account over: the card opens no account.
    NoAccount,
}

/// What is said about it.
pub(crate) struct Words {
    /// A stable word for programs.
    pub(crate) code: &'static str,
    /// What happened, in Japanese and English.
    pub(crate) what: (&'static str, &'static str),
    /// What to do.
    pub(crate) remedy: (&'static str, &'static str),
}

impl Trouble {
    /// All of them.
    pub(crate) const ALL: [Self; 9] = [
        Self::Invalid,
        Self::Revoked,
        Self::Expired,
        Self::NotYetValid,
        Self::Foreign,
        Self::Again,
        Self::SameCard,
        Self::NoAccount,
        Self::Uncheckable,
    ];

    /// What a refusal means to the person.
    pub(crate) fn of(refusal: Refusal) -> Self {
        match refusal {
            Refusal::ChallengeUnknown | Refusal::ChallengeExpired => Self::Again,
            Refusal::Revoked => Self::Revoked,
            Refusal::CertificateExpired | Refusal::IssuerNotValid => Self::Expired,
            Refusal::CertificateNotYetValid => Self::NotYetValid,
            Refusal::IssuerUnknown | Refusal::IssuerKeyUnknown | Refusal::TestCertificate => Self::Foreign,
            other if other.is_temporary() => Self::Uncheckable,
            _ => Self::Invalid,
        }
    }

    /// The status of the answer.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Again | Self::SameCard | Self::NoAccount => StatusCode::CONFLICT,
            Self::Uncheckable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::FORBIDDEN,
        }
    }

    /// What is said about it.
    pub(crate) fn words(self) -> Words {
        let (code, what, remedy) = match self {
            Self::Again => (
                "challenge_used",
                ("本人確認をやり直してください", "Please verify again"),
                (
                    "読み取りから5分以上たったか、別の画面で先に手続きが進みました。もう一度カードを読み取ってください。",
                    "More than five minutes passed, or another tab went ahead. Read the card once more.",
                ),
            ),
            Self::Revoked => (
                "certificate_revoked",
                ("このカードの電子証明書は失効しています", "This card's certificate was revoked"),
                (
                    "住所地の市区町村の窓口で、電子証明書の再発行を受けてください。発行されたあとで、もう一度お試しください。",
                    "Have it reissued at your municipal office, then try again.",
                ),
            ),
            Self::Expired => (
                "certificate_expired",
                ("このカードの電子証明書は有効期間が過ぎています", "This card's certificate has expired"),
                (
                    "住所地の市区町村の窓口で、電子証明書を更新してください。更新のあとで、もう一度お試しください。",
                    "Have it renewed at your municipal office, then try again.",
                ),
            ),
            Self::NotYetValid => (
                "certificate_not_yet_valid",
                ("このカードの電子証明書はまだ有効になっていません", "This card's certificate isn't valid yet"),
                (
                    "発行された当日のときは、時間をおいてもう一度お試しください。",
                    "If it was issued today, try again later.",
                ),
            ),
            Self::Foreign => (
                "card_not_accepted",
                ("このカードはここでは使えません", "This card can't be used here"),
                (
                    "本番環境ではマイナンバーカード、接続確認環境ではテスト用カードをお使いください。",
                    "Use a My Number Card in production, a test card in the connection-test environment.",
                ),
            ),
            Self::Uncheckable => (
                "revocation_unavailable",
                ("ただいま電子証明書の有効性を確認できません", "The certificate's validity can't be checked now"),
                (
                    "カードに問題があるわけではありません。しばらくしてから、もう一度お試しください。",
                    "Nothing is wrong with your card. Please try again later.",
                ),
            ),
            Self::Invalid => (
                "token_invalid",
                ("カードから受け取った内容を確認できませんでした", "What came from the card couldn't be confirmed"),
                (
                    "この画面を開き直して、もう一度お試しください。続くときは運営者にお知らせください。",
                    "Reload this page and try again. If it goes on, tell the operator.",
                ),
            ),
            Self::SameCard => (
                "same_card",
                ("いま確認したものと同じカードです", "This is the card that was just verified"),
                (
                    "以前に登録したときのカードをリーダーに置いて、もう一度お試しください。",
                    "Put the card you registered with before into the reader and try again.",
                ),
            ),
            Self::NoAccount => (
                "card_without_account",
                ("このカードでは登録されていません", "Nobody is registered with this card"),
                (
                    "別のカードで登録したときは、そのカードを読み取ってください。登録したことがないときは、新しく登録できます。",
                    "If you registered with another card, read that one. If you never did, you can register now.",
                ),
            ),
        };
        Words { code, what, remedy }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_never_called_a_revocation() {
        for &refusal in Refusal::ALL {
            let trouble = Trouble::of(refusal);
            assert_eq!(trouble == Trouble::Uncheckable, refusal.is_temporary(), "{}", refusal.reason());
            assert_eq!(trouble.status() == StatusCode::SERVICE_UNAVAILABLE, refusal.is_temporary());
            assert!(Trouble::ALL.contains(&trouble), "{trouble:?}");
        }
        assert_eq!(Trouble::of(Refusal::Revoked), Trouble::Revoked);
        assert_eq!(Trouble::of(Refusal::CrlMissing), Trouble::Uncheckable);
    }

    #[test]
    fn what_the_person_can_do_something_about_has_words_of_its_own() {
        let table = [
            (Refusal::ChallengeExpired, Trouble::Again),
            (Refusal::CertificateExpired, Trouble::Expired),
            (Refusal::CertificateNotYetValid, Trouble::NotYetValid),
            (Refusal::IssuerUnknown, Trouble::Foreign),
            (Refusal::TestCertificate, Trouble::Foreign),
            (Refusal::CrlStale, Trouble::Uncheckable),
            (Refusal::SignatureInvalid, Trouble::Invalid),
            (Refusal::TokenMalformed, Trouble::Invalid),
        ];
        for (refusal, trouble) in table {
            assert_eq!(Trouble::of(refusal), trouble, "{}", refusal.reason());
        }
    }
}
