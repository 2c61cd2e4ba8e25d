//! What can be used or not.

use serde::{Deserialize, Serialize};

use super::Text;

/// A service of the portal that has hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Service {
    /// 利用者登録: registration of a person.
    Registration,
    /// 民間送達: linking with private delivery services, and what they deliver.
    PrivateDelivery,
    /// 利用者状態: the user status API.
    UserStatus,
    /// お知らせ: notices.
    Notices,
}

impl Service {
    /// Every service.
    pub(crate) const ALL: [Self; 4] = [Self::Registration, Self::PrivateDelivery, Self::UserStatus, Self::Notices];

    /// Its word in the API.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::PrivateDelivery => "private_delivery",
            Self::UserStatus => "user_status",
            Self::Notices => "notices",
        }
    }

    /// The service with a word.
    pub(crate) fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.word() == word)
    }

    /// Its name for people.
    pub(crate) fn name(self) -> Text {
        match self {
            Self::Registration => Text::new("利用者登録", "Registration"),
            Self::PrivateDelivery => Text::new("民間送達サービスとの連携", "Private delivery services"),
            Self::UserStatus => Text::new("利用者状態の確認", "User status"),
            Self::Notices => Text::new("お知らせ", "Notices"),
        }
    }
}
