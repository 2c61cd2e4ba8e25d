//! A long list in pages: newest first, each page's cursor saying where the next begins.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;

use crate::api::{Parameters, Problem};

/// Where a page ends: at a notice of this moment and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(super) received: i64,
    pub(super) id: String,
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// After this place, towards the older.
    pub(crate) after: Option<Place>,
    /// Only what came then or later.
    pub(crate) since: Option<Timestamp>,
    /// At most so many.
    pub(crate) limit: u32,
}

impl Page {
    /// The most notices of one page, and how many come without a `limit`.
    pub(crate) const MOST: u32 = 100;

    /// The parameters that make up a page.
    const KNOWN: [&'static str; 3] = ["cursor", "since", "limit"];

    /// The newest notices.
    pub(crate) const fn first() -> Self {
        Self { after: None, since: None, limit: Self::MOST }
    }

    /// Reads `cursor`, `since` (RFC 3339) and `limit`.
    pub(crate) fn of(query: Option<&str>) -> Result<Self, Problem> {
        let parameters = Parameters::of(query, Self::KNOWN)?;
        let after = match parameters.get("cursor") {
            None => None,
            Some(cursor) => Some(Place::of(cursor).ok_or_else(|| {
                Problem::invalid_request("`cursor` is none that this portal gave out. Begin again without it.")
            })?),
        };
        let since = match parameters.get("since") {
            None => None,
            Some(since) => Some(since.parse::<Timestamp>().map_err(|_| {
                Problem::invalid_request("`since` is no moment as in RFC 3339, such as 2026-06-01T00:00:00Z.")
            })?),
        };
        let limit = match parameters.get("limit") {
            None => Self::MOST,
            Some(limit) => limit
                .parse()
                .ok()
                .filter(|limit| (1..=Self::MOST).contains(limit))
                .ok_or_else(|| Problem::invalid_request(format!("`limit` is a number from 1 to {}.", Self::MOST)))?,
        };
        Ok(Self { after, since, limit })
    }
}

impl Place {
    /// The cursor in an answer.
    pub(crate) fn cursor(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(format!("{}.{}", self.received, self.id))
    }

    fn of(cursor: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let (received, id) = text.split_once('.')?;
        // A database takes no NUL in a text.
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        is_id.then_some(Self { received: received.parse().ok()?, id: id.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_the_place_it_was_made_of() {
        let place = Place { received: 1_700_000_000, id: "q5dY0y1k8o0v3nS2mT4b7A".to_owned() };
        let page = Page::of(Some(&format!("cursor={}&limit=2&since=2026-06-01T09:00:00%2B09:00", place.cursor())));
        let since = "2026-06-01T00:00:00Z".parse().unwrap();
        assert_eq!(page.unwrap(), Page { after: Some(place), since: Some(since), limit: 2 });
        assert_eq!(Page::of(None).unwrap(), Page::first());
    }

    #[test]
    fn what_is_no_page_is_refused() {
        let nul = format!("cursor={}", BASE64_URL_SAFE_NO_PAD.encode("1.\0"));
        for query in [
            "cursor=",
            "cursor=!",
            "cursor=AAAA",
            &nul,
            "limit=0",
            "limit=101",
            "limit=-1",
            "limit=a",
            "limit=",
            "limit=1&limit=1",
            "since=yesterday",
            "since=",
            "since=2026-06-01",
        ] {
            assert_eq!(Page::of(Some(query)).unwrap_err().code(), "invalid_request", "{query}");
        }
    }
}
