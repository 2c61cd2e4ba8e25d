//! How far somebody got, sealed in cookies of this way alone: two tabs with two requests don't mix, and a copied address is worth nothing
//! in another browser.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::{SignedDuration, Timestamp};
use jpki_oidc::provider::AuthorizationRequest;
use serde::{Deserialize, Serialize};

use super::pages;
use super::state::Stage;
use crate::error::{Error, Result};
use crate::secrets::fresh_id;
use crate::web::{Browser, Failure, Frame, Lang, cookie, set_cookie};
use crate::{App, identity};

/// How long the whole way may take.
const LIFETIME: SignedDuration = SignedDuration::from_mins(30);
const COOKIE: &str = "flow";
/// Of a way that is longer than one cookie may be, the rest: a service's own parameters can be that long.
const REST: &str = "flow-rest";
const LABEL: &str = "flow";
/// What a browser surely keeps in one cookie with its name and attributes (RFC 6265, 6.1).
const LONGEST: usize = 3900;

/// What the way is for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Purpose {
    /// A service asks. With its name, in Japanese and English.
    Service { request: Box<AuthorizationRequest>, name: [String; 2] },
    /// The person came by themselves, and goes on to this path.
    Own { back: String },
}

/// One way.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Flow {
    pub(super) id: String,
    browser: String,
    pub(super) purpose: Purpose,
    pub(super) stage: Stage,
    until: i64,
}

impl Flow {
    /// Begins one.
    pub(super) fn new(app: &App, browser: &Browser, purpose: Purpose, stage: Stage) -> Result<Self> {
        let until = app.now().saturating_add(LIFETIME).map_err(|_| Error::Damaged("the clock"))?.as_second();
        Ok(Self { id: fresh_id()?, browser: browser.mark(app, LABEL), purpose, stage, until })
    }

    /// The one with a name, if it began in this browser and isn't over.
    fn open(app: &App, headers: &HeaderMap, browser: &Browser, id: &str) -> Option<Self> {
        let sealed = cookie(headers, COOKIE)?;
        let open = |sealed: &str| app.secrets().sealer(LABEL).open(sealed, app.now());
        // A part opens nothing, so a rest from before is never taken for one of now.
        let flow: Self = open(sealed).or_else(|| open(&format!("{sealed}{}", cookie(headers, REST)?)))?;
        (flow.id == id && flow.browser == browser.mark(app, LABEL)).then_some(flow)
    }

    /// The path of its pages.
    pub(super) fn path(&self) -> String {
        format!("/flow/{}", self.id)
    }

    /// The path of the page that is its turn.
    pub(super) fn here(&self) -> String {
        format!("{}/{}", self.path(), self.stage.place().word())
    }

    /// Leads to the page of its stage, and keeps it.
    pub(super) fn go(&self, app: &App) -> Result<Response, Failure> {
        let mut response = Redirect::to(&self.here()).into_response();
        self.keep(app, &mut response)?;
        Ok(response)
    }

    /// Has the browser keep it.
    pub(super) fn keep(&self, app: &App, response: &mut Response) -> Result<(), Failure> {
        let until = Timestamp::from_second(self.until).map_err(|_| Error::Damaged("a way"))?;
        let sealed = app.secrets().sealer(LABEL).seal(self, until)?;
        // Base64url: any position is one between characters.
        let (first, rest) = sealed.split_at(sealed.len().min(LONGEST));
        if rest.len() > LONGEST {
            return Err(Failure::UnreadableForm);
        }
        let parts = [(COOKIE, first), (REST, rest)].into_iter().filter(|(_, part)| !part.is_empty());
        for (name, part) in parts {
            let cookie = set_cookie(name, part, &self.path(), None, app.config().is_secure());
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(())
    }

    /// The cookies that end it in the browser.
    pub(super) fn removal(&self, app: &App) -> [HeaderValue; 3] {
        let [flow, rest] =
            [COOKIE, REST].map(|name| set_cookie(name, "", &self.path(), Some(0), app.config().is_secure()));
        [flow, rest, identity::closed(app, &self.id)]
    }

    /// The language that the service asked for, unless the person chose one here.
    pub(super) fn frame(&self, headers: &HeaderMap, frame: Frame) -> Frame {
        let Purpose::Service { request, .. } = &self.purpose else { return frame };
        let asked = Lang::among(request.ui_locales.iter().map(String::as_str));
        match asked {
            Some(lang) if !Lang::is_chosen(headers) => frame.in_language(lang),
            _ => frame,
        }
    }
}

/// A request on a way: what every page of it needs.
pub(super) struct Underway {
    pub(super) flow: Flow,
    pub(super) browser: Browser,
    pub(super) frame: Frame,
    pub(super) headers: HeaderMap,
}

impl FromRequestParts<App> for Underway {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let failed = |failure: Failure| failure.into_response();
        let browser = Browser::from_request_parts(parts, app).await.map_err(failed)?;
        let frame = Frame::from_request_parts(parts, app).await.map_err(failed)?;
        let id = Path::<String>::from_request_parts(parts, app).await.map_err(|_| failed(Failure::NotFound))?;
        match Flow::open(app, &parts.headers, &browser, &id) {
            Some(flow) => {
                let frame = flow.frame(&parts.headers, frame);
                Ok(Self { flow, browser, frame, headers: parts.headers.clone() })
            }
            None => Err(pages::lost(frame)),
        }
    }
}
