//! The three pages, each in two states and two languages.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use jpki_protocol::Language;
use jpki_trust::{Assurance, CertificateFacts, Environment, Revocation, VerifiedAttributes, VerifiedToken};

use super::Site;
use super::document::{SignedDocument, order};

/// 日本標準時: the certificates' dates are those of Japan.
const TOKYO: Offset = Offset::constant(9);

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    SignIn,
    Attributes,
    Document,
}

impl Page {
    /// All pages, in the order of their links.
    pub(super) const ALL: [Self; 3] = [Self::SignIn, Self::Attributes, Self::Document];

    pub(super) const fn path(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::SignIn, Language::Ja) => "/",
            (Self::SignIn, Language::En) => "/en",
            (Self::Attributes, Language::Ja) => "/attributes",
            (Self::Attributes, Language::En) => "/en/attributes",
            (Self::Document, Language::Ja) => "/document",
            (Self::Document, Language::En) => "/en/document",
        }
    }

    const fn title(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::SignIn, Language::Ja) => "ログイン",
            (Self::SignIn, Language::En) => "Sign in",
            (Self::Attributes, Language::Ja) => "氏名と住所",
            (Self::Attributes, Language::En) => "Name and address",
            (Self::Document, Language::Ja) => "文書に署名",
            (Self::Document, Language::En) => "Sign a document",
        }
    }
}

/// What all pages need.
struct Frame {
    page: Page,
    language: Language,
    agent_port: Option<u16>,
}

impl Frame {
    fn path(&self, page: &Page) -> &'static str {
        page.path(self.language)
    }

    fn title(&self, page: &Page) -> &'static str {
        page.title(self.language)
    }

    /// The path of this page in the other language.
    fn other_language(&self) -> &'static str {
        self.t(self.page.path(Language::En), self.page.path(Language::Ja))
    }

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

    /// A member that is there wherever this site asks for it.
    fn text<'a>(&self, member: &'a Option<String>) -> &'a str {
        member.as_deref().unwrap_or_default()
    }

    fn is_test(&self, certificate: &CertificateFacts) -> bool {
        certificate.environment == Environment::Test
    }

    fn is_checked(&self, revocation: &Revocation) -> bool {
        *revocation != Revocation::NotChecked
    }
}

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignIn {
    frame: Frame,
    member: Option<VerifiedToken>,
}

#[derive(Template)]
#[template(path = "attributes.html")]
struct Attributes {
    frame: Frame,
    person: Option<VerifiedAttributes>,
}

#[derive(Template)]
#[template(path = "document.html")]
struct Document {
    frame: Frame,
    document: Option<SignedDocument>,
    /// The order before it has a number.
    order: String,
}

/// Shows a page: the button, or what the site learned of the person who pressed it.
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    page: Page,
    language: Language,
) -> Response {
    let visit = site.visits.of(&headers);
    let frame = Frame { page, language, agent_port: site.agent_port };
    let html = match page {
        Page::SignIn => SignIn { frame, member: visit.member }.render(),
        Page::Attributes => Attributes { frame, person: visit.person }.render(),
        Page::Document => order("…").and_then(|order| Document { frame, document: visit.document, order }.render()),
    };
    match html {
        Ok(html) => Html(html).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
