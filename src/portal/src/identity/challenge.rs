//! The open challenge of a flow: sealed in a cookie that only the flow's own pages are sent, and marked as used in the database
//! before anything signed with it is read.

use axum::http::{HeaderMap, HeaderValue};
use jpki_protocol::Challenge;
use jpki_trust::{CHALLENGE_LIFETIME, fresh_challenge};
use serde::{Deserialize, Serialize};

use super::marks::Mark;
use crate::App;
use crate::error::{Error, Result};
use crate::web::{Browser, cookie, set_cookie};

const COOKIE: &str = "challenge";
const LABEL: &str = "challenge";

#[derive(Serialize, Deserialize)]
struct Open {
    challenge: String,
    flow: String,
    browser: String,
    used: Mark,
}

/// A fresh challenge for a flow in a browser, and its cookie. It counts for five minutes, once, and instead of any before.
pub(crate) fn issue(app: &App, flow: &str, browser: &Browser) -> Result<(Challenge, HeaderValue)> {
    let challenge = fresh_challenge().map_err(|_| Error::NoRandomness)?;
    let until = app.now().saturating_add(CHALLENGE_LIFETIME).map_err(|_| Error::Damaged("the clock"))?;
    let open = Open {
        challenge: challenge.as_str().to_owned(),
        flow: flow.to_owned(),
        browser: browser.mark(app, LABEL),
        used: app.marks().next(app.now())?,
    };
    let sealed = app.secrets().sealer(LABEL).seal(&open, until)?;
    let seconds = u32::try_from(CHALLENGE_LIFETIME.as_secs()).ok();
    Ok((challenge, set_cookie(COOKIE, &sealed, &path(flow), seconds, app.config().is_secure())))
}

/// Uses up the open challenge of a flow, by one statement. Nothing if there is none for this flow and browser, or if it was used.
pub(super) async fn redeem(app: &App, headers: &HeaderMap, flow: &str, browser: &Browser) -> Result<Option<Challenge>> {
    let sealed = cookie(headers, COOKIE);
    let open: Option<Open> = sealed.and_then(|sealed| app.secrets().sealer(LABEL).open(sealed, app.now()));
    let Some(open) = open.filter(|open| open.flow == flow && open.browser == browser.mark(app, LABEL)) else {
        return Ok(None);
    };
    let is_first = open.used.use_up(app).await?;
    Ok(is_first.then_some(open.challenge).and_then(|challenge| Challenge::parse(&challenge).ok()))
}

/// Takes the cookie of a used challenge away.
pub(crate) fn closed(app: &App, flow: &str) -> HeaderValue {
    set_cookie(COOKIE, "", &path(flow), Some(0), app.config().is_secure())
}

fn path(flow: &str) -> String {
    format!("/flow/{flow}")
}
