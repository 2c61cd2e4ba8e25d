//! Where browsers look for an administrator's policies on Linux.

use std::path::PathBuf;

use super::super::{Root, policies as judged, text_of};
use crate::doctor::findings::{Policy, PolicySays};

/// Folders of which every `*.json` counts.
const CHROMIUM: [(&str, &str); 5] = [
    ("Chrome", "/etc/opt/chrome/policies/managed"),
    ("Chromium", "/etc/chromium/policies/managed"),
    ("Chromium", "/etc/chromium-browser/policies/managed"),
    ("Edge", "/etc/opt/edge/policies/managed"),
    ("Brave", "/etc/brave/policies/managed"),
];

const FIREFOX: [&str; 4] = [
    "/etc/firefox/policies/policies.json",
    "/usr/lib/firefox/distribution/policies.json",
    "/usr/lib/firefox-esr/distribution/policies.json",
    "/usr/lib64/firefox/distribution/policies.json",
];

pub(in super::super) fn policies(root: &Root) -> Vec<Policy> {
    let mut found = Vec::new();
    for (browser, folder) in CHROMIUM {
        let entries = std::fs::read_dir(root.at(folder)).into_iter().flatten().filter_map(Result::ok);
        let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        for file in files {
            found.extend(read(browser, file, judged::chromium));
        }
    }
    for file in FIREFOX {
        found.extend(read("Firefox", root.at(file), judged::firefox));
    }
    found
}

fn read(browser: &'static str, file: PathBuf, judge: fn(&serde_json::Value) -> Vec<PolicySays>) -> Vec<Policy> {
    let Some(text) = text_of(&file) else { return Vec::new() };
    let says = match serde_json::from_str(&text) {
        Ok(policies) => judge(&policies),
        Err(_) => vec![PolicySays::Broken],
    };
    let place = file.display().to_string();
    says.into_iter().map(|says| Policy { browser, place: place.clone(), says }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::root_with;
    use super::*;

    #[test]
    fn each_browser_has_its_place() {
        let (_folder, root) = root_with(&[
            ("/etc/opt/chrome/policies/managed/a.json", r#"{"LoopbackNetworkBlockedForUrls":["*"]}"#),
            ("/etc/opt/chrome/policies/managed/a.json.bak", "{"),
            ("/etc/chromium/policies/managed/b.json", "{"),
            ("/etc/firefox/policies/policies.json", r#"{"policies":{"WebsiteFilter":{"Block":["<all_urls>"]}}}"#),
        ]);
        let found: Vec<_> = policies(&root).into_iter().map(|policy| (policy.browser, policy.says)).collect();
        let blocks = |policy| PolicySays::Blocks { policy, all_sites: true };
        assert_eq!(
            found,
            [
                ("Chrome", blocks("LoopbackNetworkBlockedForUrls")),
                ("Chromium", PolicySays::Broken),
                ("Firefox", blocks("WebsiteFilter")),
            ]
        );
    }
}
