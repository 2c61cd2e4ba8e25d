//! The one page, in two states and two languages.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use jpki_protocol::Language;
use jpki_trust::{Environment, Revocation, VerifiedToken};

use super::Site;
use super::session::SessionId;

/// 日本標準時: the certificates' dates are those of Japan.
const TOKYO: Offset = Offset::constant(9);

#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    language: Language,
    agent_port: Option<u16>,
    member: Option<VerifiedToken>,
}

impl Page {
    /// The text in the page's language.
    fn t<'a>(&self, ja: &'a str, en: &'a str) -> &'a str {
        match self.language {
            Language::Ja => ja,
            Language::En => en,
        }
    }

    fn date(&self, moment: &Timestamp) -> String {
        moment.to_zoned(TimeZone::fixed(TOKYO)).strftime(self.t("%Y年%-m月%-d日", "%-d %B %Y")).to_string()
    }

    fn is_test(&self, member: &VerifiedToken) -> bool {
        member.certificate.environment == Environment::Test
    }

    fn is_checked(&self, member: &VerifiedToken) -> bool {
        member.revocation != Revocation::NotChecked
    }
}

/// Shows the page: the button, or what the site learned of the person who signed in.
pub(super) async fn show(State(site): State<Arc<Site>>, headers: HeaderMap, language: Language) -> Response {
    let member = SessionId::of(&headers).and_then(|session| site.signed_in.get(&session, Timestamp::now()));
    match (Page { language, agent_port: site.agent_port, member }).render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
