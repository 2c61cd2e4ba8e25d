//! Entries in the person's language.

use jpki_protocol::attributes::Attribute;
use jpki_protocol::prompt::{Operation, PinKind};
use jpki_protocol::{ErrorCode, Language};

use super::Entry;
use crate::live::Outcome;

impl Entry {
    /// What was asked, in a few words.
    pub fn deed(&self, language: Language) -> String {
        let attributes = || self.attributes.iter().map(|attribute| name(*attribute, language)).collect::<Vec<_>>();
        let count = self.documents;
        match (language, self.asked) {
            (Language::Ja, Operation::Authenticate) => "本人確認".to_owned(),
            (Language::En, Operation::Authenticate) => "Identity".to_owned(),
            (Language::Ja, Operation::ReadAttributes) => format!("情報の提供（{}）", attributes().join("・")),
            (Language::En, Operation::ReadAttributes) => format!("Information: {}", attributes().join(", ")),
            (Language::Ja, Operation::Sign) => format!("文書への電子署名（{count}件）"),
            (Language::En, Operation::Sign) => {
                format!("Signature of {count} document{}", if count == 1 { "" } else { "s" })
            }
            (_, Operation::ChangePin) => change(self.pin, language).to_owned(),
        }
    }

    /// Who asked, in a few words.
    pub fn asker(&self, language: Language) -> &str {
        self.site.as_ref().map_or(
            match language {
                Language::Ja => "この端末のコマンド",
                Language::En => "A command here",
            },
            |site| site.as_str(),
        )
    }
}

impl Outcome {
    /// How it ended, in a few words; for a failure with the code by which its remedy is found.
    pub fn words(self, language: Language) -> String {
        match (language, self) {
            (Language::Ja, Self::Done) => "完了".to_owned(),
            (Language::En, Self::Done) => "Done".to_owned(),
            (Language::Ja, Self::Ended(ErrorCode::UserCancelled)) => "取り消し".to_owned(),
            (Language::En, Self::Ended(ErrorCode::UserCancelled)) => "Cancelled".to_owned(),
            (Language::Ja, Self::Ended(ErrorCode::SiteBlocked)) => "ブロック".to_owned(),
            (Language::En, Self::Ended(ErrorCode::SiteBlocked)) => "Blocked".to_owned(),
            (Language::Ja, Self::Ended(code)) => format!("失敗 {code}"),
            (Language::En, Self::Ended(code)) => format!("Failed {code}"),
        }
    }
}

const fn name(attribute: Attribute, language: Language) -> &'static str {
    match (language, attribute) {
        (Language::Ja, Attribute::Name) => "氏名",
        (Language::En, Attribute::Name) => "name",
        (Language::Ja, Attribute::Address) => "住所",
        (Language::En, Attribute::Address) => "address",
        (Language::Ja, Attribute::Birthdate) => "生年月日",
        (Language::En, Attribute::Birthdate) => "date of birth",
        (Language::Ja, Attribute::Gender) => "性別",
        (Language::En, Attribute::Gender) => "gender",
    }
}

const fn change(pin: Option<PinKind>, language: Language) -> &'static str {
    match (language, pin) {
        (Language::Ja, Some(PinKind::Auth)) => "利用者証明用の暗証番号の変更",
        (Language::En, Some(PinKind::Auth)) => "Change of the authentication PIN",
        (Language::Ja, Some(PinKind::Text)) => "券面事項入力補助用の暗証番号の変更",
        (Language::En, Some(PinKind::Text)) => "Change of the text information PIN",
        (Language::Ja, Some(PinKind::Sign)) => "署名用の暗証番号の変更",
        (Language::En, Some(PinKind::Sign)) => "Change of the signature password",
        (Language::Ja, None) => "暗証番号の変更",
        (Language::En, None) => "Change of a PIN",
    }
}
