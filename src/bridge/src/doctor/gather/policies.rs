//! What browsers' policies say about loopback, whichever way a system keeps them.
//!
//! Chromium and its kin: enterprise policies `LoopbackNetworkBlockedForUrls` (over `LoopbackNetworkAllowedForUrls`, over
//! `LocalNetworkAccessBlockedForUrls`), `URLBlocklist`, `ProxySettings`. Firefox: `WebsiteFilter`, `Preferences`.
//!
//! `URLBlocklist` is about where the browser goes: what a page fetches passes it, and so does a WebSocket. Of the ways to the
//! agent it cuts off the redirect alone, whatever the policies about the local network say.

use serde_json::Value;

use crate::doctor::findings::PolicySays;

/// What a policy of Chromium or its kin says.
pub(super) fn chromium(policies: &Value) -> Vec<PolicySays> {
    let entries = |name: &str| strings(&policies[name]);
    let mut says = Vec::new();
    for policy in ["LoopbackNetworkBlockedForUrls", "LocalNetworkAccessBlockedForUrls"] {
        let blocked = entries(policy);
        // Of the two that are about loopback alone, the one that blocks wins; it wins over the general one anyhow.
        let overruled =
            policy == "LocalNetworkAccessBlockedForUrls" && !entries("LoopbackNetworkAllowedForUrls").is_empty();
        if !blocked.is_empty() {
            says.push(PolicySays::Blocks { policy, all_sites: blocked.contains(&"*") && !overruled });
        }
    }
    let blocks_loopback = entries("URLBlocklist").iter().any(|pattern| covers_loopback(pattern));
    let excepted = entries("URLAllowlist").iter().any(|pattern| covers_loopback(pattern));
    if blocks_loopback && !excepted {
        says.push(PolicySays::CutsRedirect { policy: "URLBlocklist", remedy: "URLAllowlist: [\"127.0.0.1\"]" });
    }
    let bypass = [&policies["ProxyBypassList"], &policies["ProxySettings"]["ProxyBypassList"]];
    if bypass.iter().filter_map(|list| list.as_str()).any(|list| list.contains("<-loopback>")) {
        says.push(PolicySays::Proxies("ProxyBypassList"));
    }
    says
}

/// What a policy of Firefox says.
#[cfg_attr(windows, allow(dead_code, reason = "not looked for in the registry"))]
pub(super) fn firefox(document: &Value) -> Vec<PolicySays> {
    let policies = &document["policies"];
    let mut says = Vec::new();
    let blocked = strings(&policies["WebsiteFilter"]["Block"]);
    let excepted = strings(&policies["WebsiteFilter"]["Exceptions"]);
    let covered =
        |patterns: &[&str]| patterns.iter().any(|pattern| *pattern == "<all_urls>" || covers_loopback(pattern));
    if covered(&blocked) && !covered(&excepted) {
        says.push(PolicySays::Blocks { policy: "WebsiteFilter", all_sites: true });
    }
    let preference = |name: &str| {
        let value = &policies["Preferences"][name];
        value.get("Value").unwrap_or(value)
    };
    // 2: deny (nsIPermissionManager.DENY_ACTION).
    if preference("permissions.default.loopback-network") == 2 {
        says.push(PolicySays::Blocks { policy: "permissions.default.loopback-network", all_sites: true });
    }
    if preference("network.proxy.allow_hijacking_localhost") == true {
        says.push(PolicySays::Proxies("network.proxy.allow_hijacking_localhost"));
    }
    says
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array().map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// Whether a URL pattern covers the agent: everything, or a loopback name whatever comes before and after it.
fn covers_loopback(pattern: &str) -> bool {
    let host = pattern.split_once("://").map_or(pattern, |(_, rest)| rest);
    let host = host.trim_start_matches('.').split('/').next().unwrap_or_default();
    let name = if host.starts_with('[') { host.split_inclusive(']').next() } else { host.split(':').next() };
    matches!(name.unwrap_or_default(), "*" | "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cuts_redirect() -> PolicySays {
        PolicySays::CutsRedirect { policy: "URLBlocklist", remedy: "URLAllowlist: [\"127.0.0.1\"]" }
    }

    fn blocks(policy: &'static str, all_sites: bool) -> Vec<PolicySays> {
        vec![PolicySays::Blocks { policy, all_sites }]
    }

    #[test]
    fn policies_of_chromium_block_all_sites_some_or_none() {
        for (policies, expected) in [
            (json!({ "LoopbackNetworkBlockedForUrls": ["*"] }), blocks("LoopbackNetworkBlockedForUrls", true)),
            (
                json!({ "LocalNetworkAccessBlockedForUrls": ["https://a.example"] }),
                blocks("LocalNetworkAccessBlockedForUrls", false),
            ),
            (
                json!({ "LocalNetworkAccessBlockedForUrls": ["*"], "LoopbackNetworkAllowedForUrls": ["https://a.example"] }),
                blocks("LocalNetworkAccessBlockedForUrls", false),
            ),
            (json!({ "URLBlocklist": ["http://127.0.0.1:*"] }), vec![cuts_redirect()]),
            (json!({ "URLBlocklist": ["*"], "LoopbackNetworkAllowedForUrls": ["*"] }), vec![cuts_redirect()]),
            (json!({ "URLBlocklist": ["*"], "URLAllowlist": ["localhost", "example.com"] }), vec![]),
            (json!({ "URLBlocklist": ["games.example"] }), vec![]),
            (json!({ "LoopbackNetworkAllowedForUrls": ["*"] }), vec![]),
            (
                json!({ "ProxySettings": { "ProxyBypassList": "<-loopback>" } }),
                vec![PolicySays::Proxies("ProxyBypassList")],
            ),
            (json!([]), vec![]),
        ] {
            assert_eq!(chromium(&policies), expected, "{policies}");
        }
    }

    #[test]
    fn policies_of_firefox_block_by_filter_or_preference() {
        for (policies, expected) in [
            (json!({ "WebsiteFilter": { "Block": ["<all_urls>"] } }), blocks("WebsiteFilter", true)),
            (json!({ "WebsiteFilter": { "Block": ["<all_urls>"], "Exceptions": ["*://127.0.0.1/*"] } }), vec![]),
            (
                json!({ "Preferences": { "permissions.default.loopback-network": { "Value": 2, "Status": "locked" } } }),
                blocks("permissions.default.loopback-network", true),
            ),
            (
                json!({ "Preferences": { "network.proxy.allow_hijacking_localhost": true } }),
                vec![PolicySays::Proxies("network.proxy.allow_hijacking_localhost")],
            ),
            (json!({ "LocalNetworkAccess": { "Enabled": true, "SkipDomains": ["*.example"] } }), vec![]),
        ] {
            assert_eq!(firefox(&json!({ "policies": policies })), expected, "{policies}");
        }
    }
}
