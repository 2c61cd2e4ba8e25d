//! Documents for administrators, made from the table of settings: a description, samples, and Group Policy templates.
//!
//! All are committed under `assets/policy/`; a test fails when they are stale, and
//! `cargo run -p jpki-bridge --features templates --example policy-templates` renews them. Nothing here is part of the agent.

mod browsers;
mod group_policy;
mod profile;
mod readme;
mod sample;
mod texts;
mod xml;

/// The documents, each with its name below `assets/policy`.
pub fn documents() -> Vec<(&'static str, String)> {
    vec![
        ("README.md", readme::text()),
        ("linux/policy.toml", sample::text()),
        ("macos/jpki-bridge.mobileconfig", profile::text()),
        ("windows/jpki-bridge.admx", group_policy::admx()),
        ("windows/en-US/jpki-bridge.adml", group_policy::adml(texts::English)),
        ("windows/ja-JP/jpki-bridge.adml", group_policy::adml(texts::Japanese)),
        ("browsers/chrome-edge.json", browsers::chromium()),
        ("browsers/firefox.json", browsers::firefox()),
    ]
}

/// A site of the samples.
const SITE: &str = "https://portal.example.jp";

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_documents_are_not_stale() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/policy");
        for (name, document) in super::documents() {
            let committed = std::fs::read_to_string(format!("{folder}/{name}")).unwrap_or_default();
            assert_eq!(
                committed, document,
                "{name} is stale: cargo run -p jpki-bridge --features templates --example policy-templates"
            );
        }
    }
}
