//! The session's cookie: a random text, with the moment in front at which the session ends.

use axum::http::{HeaderMap, HeaderValue};
use jiff::Timestamp;

use crate::App;
use crate::secrets::Secrets;
use crate::web::{cookie, set_cookie};

/// The cookie's name. Over TLS a sibling host can't set it (RFC 6265bis, 4.1.3.2).
const NAME: (&str, &str) = ("session", "__Host-session");
/// The random part's length, in characters.
const LENGTH: usize = 43;

/// What a browser shows to be let in. The moment says where the row lies, and counts only with the hash of the whole.
pub(crate) struct SessionCookie {
    text: String,
    expires: Timestamp,
}

impl SessionCookie {
    pub(super) fn new(expires: Timestamp, token: &str) -> Self {
        Self { text: format!("{}.{token}", expires.as_second()), expires }
    }

    fn parse(text: &str) -> Option<Self> {
        let (expires, token) = text.split_once('.')?;
        let expires = Timestamp::from_second(expires.parse().ok()?).ok()?;
        (token.len() == LENGTH).then(|| Self { text: text.to_owned(), expires })
    }

    /// The cookie of a request.
    pub(super) fn of(app: &App, headers: &HeaderMap) -> Option<Self> {
        Self::parse(cookie(headers, name(app))?)
    }

    pub(super) fn expires(&self) -> Timestamp {
        self.expires
    }

    pub(super) fn hash(&self, secrets: &Secrets) -> String {
        secrets.hash("session", self.text.as_bytes())
    }

    /// Gives it to the browser, for as long as the browser runs.
    pub(crate) fn header(&self, app: &App) -> HeaderValue {
        set_cookie(name(app), &self.text, "/", None, app.config().is_secure())
    }

    /// Takes it away from the browser.
    pub(crate) fn removal(app: &App) -> HeaderValue {
        set_cookie(name(app), "", "/", Some(0), app.config().is_secure())
    }
}

fn name(app: &App) -> &'static str {
    if app.config().is_secure() { NAME.1 } else { NAME.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_could_have_been_made_here_is_looked_up() {
        let token = "A".repeat(LENGTH);
        assert!(SessionCookie::parse(&format!("1800000000.{token}")).is_some());
        for text in ["", ".", "1800000000", "1800000000.", "x.y", "99999999999999999999.A", "1800000000.AAA"] {
            assert!(SessionCookie::parse(text).is_none(), "{text}");
        }
        assert!(SessionCookie::parse(&format!("9223372036854775807.{token}")).is_none());
    }
}
