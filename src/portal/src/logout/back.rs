//! The way back to a service, on its journey through the page that asks.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::App;
use crate::error::Result;
use crate::web::Browser;

const LABEL: &str = "logout back";
/// How long the page that asks may lie open.
const LIFETIME: SignedDuration = SignedDuration::from_mins(30);

#[derive(Serialize, Deserialize)]
struct Sealed {
    to: String,
    browser: String,
}

/// Seals an address that was found registered, for this browser.
pub(super) fn seal(app: &App, browser: &Browser, to: String) -> Result<String> {
    let now = app.now();
    let sealed = Sealed { to, browser: browser.mark(app, LABEL) };
    app.secrets().sealer(LABEL).seal(&sealed, now.saturating_add(LIFETIME).unwrap_or(now))
}

/// The address again, if this browser was given it, and not too long ago.
pub(super) fn open(app: &App, browser: &Browser, sealed: &str) -> Option<String> {
    let sealed: Sealed = app.secrets().sealer(LABEL).open(sealed, app.now())?;
    (sealed.browser == browser.mark(app, LABEL)).then_some(sealed.to)
}
