//! The two languages everything a person reads exists in.

use serde::{Deserialize, Serialize};

/// A language of messages and windows. Japanese is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// 日本語
    #[default]
    Ja,
    /// English
    En,
}

impl Language {
    /// Chooses the language for a tag such as `ja`, `en-GB` or `en_US.UTF-8`: Japanese for Japanese,
    /// English for everything else, as a reader of neither is likelier to read English.
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_', '.']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("ja") { Self::Ja } else { Self::En }
    }

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_name_chooses_the_language() {
        for (tag, want) in [
            ("ja", Language::Ja),
            ("ja_JP.UTF-8", Language::Ja),
            ("JA-jp", Language::Ja),
            ("en-GB", Language::En),
            ("C", Language::En),
            ("jam", Language::En),
        ] {
            assert_eq!(Language::from_tag(tag), want, "{tag}");
        }
    }
}
