//! A policy file to start from.

use super::SITE;
use super::texts::{English, Japanese, Text};
use crate::settings::keys::{KEYS, Key, Kind};
use crate::settings::policy::FILE;

/// Every setting with its description, each commented out.
pub(super) fn text() -> String {
    let mut text = format!(
        "# JPKI Bridge: the administrator's policy. Copy this file to {FILE}, take away the # before\n\
        # what is to hold, and keep it root's alone: chown root:root, chmod 644. A file that others may write, or that can't be\n\
        # understood whole, is refused, and the agent doesn't start. `jpki-bridge settings` shows what holds, and why.\n"
    );
    for key in &KEYS {
        let words = Text::of(key.name);
        text.push_str(&format!(
            "\n# {}\n# {}\n# (default: {})\n#{} = {}\n",
            words.explanation(English),
            words.explanation(Japanese),
            key.default,
            key.name,
            example(key)
        ));
    }
    text
}

/// A value of the setting, in TOML.
pub(super) fn example(key: &Key) -> String {
    match key.kind {
        Kind::Number(..) => key.default.split(',').next().unwrap_or_default().to_owned(),
        Kind::Switch => (key.default != "true").to_string(),
        Kind::Choice(words) => format!("\"{}\"", words[words.len() / 2]),
        Kind::Path => "\"/usr/bin/jpki-prompt\"".to_owned(),
        Kind::Sites if key.policy_alone => format!("[\"{SITE}\"]"),
        Kind::Sites => "[\"https://blocked.example.com\"]".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn the_sample_is_a_policy_as_it_is_and_with_everything_in_it() {
        let sample = text();
        assert_eq!(toml::from_str::<Settings>(&sample).unwrap(), Settings::default());
        let full: String = sample.lines().map(|line| format!("{}\n", uncommented(line))).collect();
        let settings = toml::from_str::<Settings>(&full).unwrap();
        assert_eq!(serde_json::to_value(settings).unwrap().as_object().unwrap().len(), KEYS.len());
    }

    fn uncommented(line: &str) -> &str {
        line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line)
    }
}
