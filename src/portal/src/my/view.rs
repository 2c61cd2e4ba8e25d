//! What the pages have in common: their menu, and how moments and names are written.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use jpki_protocol::Language;

use crate::App;
use crate::error::Result;
use crate::web::Lang;

/// 日本標準時: the portal's people live by it.
const TOKYO: Offset = Offset::constant(9);

/// The pages of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Notices,
    Links,
    Settings,
    Sessions,
    History,
}

impl Section {
    /// All, in their order.
    pub(super) const ALL: [Self; 6] =
        [Self::Overview, Self::Notices, Self::Links, Self::Settings, Self::Sessions, Self::History];

    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Overview => "/my",
            Self::Notices => "/my/notices",
            Self::Links => "/my/links",
            Self::Settings => "/my/settings",
            Self::Sessions => "/my/sessions",
            Self::History => "/my/history",
        }
    }

    /// Its title.
    pub(super) fn title(self, l: &Lang) -> &'static str {
        match self {
            Self::Overview => l.t("マイページ", "My page"),
            Self::Notices => l.t("お知らせ", "Notices"),
            Self::Links => l.t("つながっているサービス", "Linked services"),
            Self::Settings => l.t("外部システムとの連携設定", "Links with other systems"),
            Self::Sessions => l.t("ログイン中の端末", "Sign-ins"),
            Self::History => l.t("履歴", "History"),
        }
    }
}

/// A day in Japan.
pub(super) fn day(l: Lang, moment: Timestamp) -> String {
    write(l, moment, "%Y年%-m月%-d日", "%-d %B %Y")
}

/// A minute in Japan.
pub(super) fn minute(l: Lang, moment: Timestamp) -> String {
    write(l, moment, "%Y年%-m月%-d日 %-H時%M分", "%-d %B %Y, %H:%M JST")
}

fn write(l: Lang, moment: Timestamp, ja: &str, en: &str) -> String {
    let format = match l.0 {
        Language::Ja => ja,
        Language::En => en,
    };
    moment.to_zoned(TimeZone::fixed(TOKYO)).strftime(format).to_string()
}

/// The name of a service; its identifier if its registration is gone.
pub(super) async fn service_name(app: &App, l: Lang, client_id: &str) -> Result<String> {
    let registered = crate::clients::find(app, client_id).await?;
    Ok(registered.map_or_else(|| client_id.to_owned(), |service| l.t(&service.name_ja, &service.name_en).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_japan() {
        let moment = "2026-12-31T15:05:59Z".parse().unwrap();
        let (ja, en) = (Lang(Language::Ja), Lang(Language::En));
        assert_eq!((day(ja, moment).as_str(), day(en, moment).as_str()), ("2027年1月1日", "1 January 2027"));
        assert_eq!(minute(ja, moment), "2027年1月1日 0時05分");
        assert_eq!(minute(en, moment), "1 January 2027, 00:05 JST");
    }
}
