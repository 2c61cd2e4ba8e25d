//! What lets sites of a browser reach this computer without asking each person.

use serde_json::json;

use super::SITE;

/// Chrome, Edge and Chromium from 146 on.
pub(super) fn chromium() -> String {
    format!("{:#}\n", json!({ "LoopbackNetworkAllowedForUrls": [SITE] }))
}

/// Firefox from 151 on: hosts, not origins.
pub(super) fn firefox() -> String {
    let host = SITE.trim_start_matches("https://");
    format!("{:#}\n", json!({ "policies": { "LocalNetworkAccess": { "Enabled": true, "SkipDomains": [host] } } }))
}
