//! The language of a page: Japanese first, English too. Each text stands in both where it is read, so none can be missing.

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use jpki_protocol::Language;

use super::browser::{cookie, set_cookie};

/// The cookie that keeps a choice.
const COOKIE: &str = "lang";

/// The language of the person who reads. In templates: `{{ l.t("次へ", "Next") }}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lang(pub(crate) Language);

impl Lang {
    /// The text in this language.
    pub(crate) fn t<'a>(&self, ja: &'a str, en: &'a str) -> &'a str {
        match self.0 {
            Language::Ja => ja,
            Language::En => en,
        }
    }

    /// The language's tag (BCP 47).
    pub(crate) fn tag(&self) -> &'static str {
        self.0.tag()
    }

    /// The first of the languages in a list like that of `ui_locales` (OpenID Connect Core 3.1.2.1) that is spoken here.
    pub(crate) fn among<'a>(tags: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        tags.into_iter().find_map(|tag| {
            let primary = tag.trim().split(['-', ';', '_']).next()?;
            [Language::Ja, Language::En].into_iter().find(|known| known.tag().eq_ignore_ascii_case(primary)).map(Self)
        })
    }

    /// The language of a header (RFC 9110, 12.5.4) that has the most weight among those that are spoken here.
    fn preferred(header: &str) -> Option<Self> {
        let weighed = header.split(',').filter_map(|range| {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let weight = match parameters.trim().strip_prefix("q=") {
                Some(weight) => weight.trim().parse::<f32>().ok()?,
                None => 1.0,
            };
            Some((Self::among([tag])?, weight)).filter(|_| weight > 0.0)
        });
        // Of equal ones the first.
        weighed.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(lang, _)| lang)
    }

    /// Whether the person chose a language here.
    pub(crate) fn is_chosen(headers: &HeaderMap) -> bool {
        cookie(headers, COOKIE).is_some()
    }

    /// What a request says: the choice made here, else the browser's first language that is spoken here, else Japanese.
    pub(crate) fn of(parts: &Parts) -> Self {
        let chosen = cookie(&parts.headers, COOKIE).and_then(|tag| Self::among([tag]));
        let accepted = || Self::preferred(parts.headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?);
        chosen.or_else(accepted).unwrap_or(Self(Language::Ja))
    }
}

impl<S: Sync> FromRequestParts<S> for Lang {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts))
    }
}

/// The cookie that keeps a choice for a year.
pub(crate) fn language_cookie(lang: Lang, secure: bool) -> HeaderValue {
    set_cookie(COOKIE, lang.tag(), "/", Some(365 * 24 * 60 * 60), secure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_s_weights_count_before_their_order() {
        let preferred = |header: &str| Lang::preferred(header).map(|lang| lang.tag());
        assert_eq!(preferred("en-US,en;q=0.9,ja;q=0.8"), Some("en"));
        assert_eq!(preferred("en;q=0.1,ja;q=0.9"), Some("ja"));
        assert_eq!(preferred("ja;q=0.1, en;q=0.9"), Some("en"));
        assert_eq!(preferred("en;q=0, ja"), Some("ja"));
        assert_eq!(preferred("ja; q=0.5,en; q=0.5"), Some("ja"));
        for none in ["en;q=0", "fr,*;q=0.1", "", "en;q=x", ";;,"] {
            assert_eq!(preferred(none), None, "{none}");
        }
    }

    #[test]
    fn the_first_language_that_is_spoken_here_counts() {
        let among = |list: &'static str| Lang::among(list.split(',')).map(|lang| lang.tag());
        assert_eq!(among("en-US,en;q=0.9,ja;q=0.8"), Some("en"));
        assert_eq!(among("de-DE, JA-jp"), Some("ja"));
        assert_eq!(among("fr,x,,*"), None);
    }
}
