//! Text that a site wrote and a person reads: bounded, and unable to disguise itself.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One line of text from a site, shown in the consent window.
///
/// 1 to `MAX` characters, without control characters, line breaks or the invisible characters that
/// reorder or hide text (Unicode TR 36, section 2.1): what is shown is what was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line<const MAX: usize>(String);

/// Why a site asks: shown under its origin.
pub type Purpose = Line<200>;

/// The name of a document to sign.
pub type DocumentName = Line<200>;

/// Why a text cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Empty, or only white space.
    #[error("the text is empty")]
    Empty,
    /// More than the number of characters named.
    #[error("the text has more than {0} characters")]
    TooLong(usize),
    /// Holds a control, bidirectional or invisible character.
    #[error("the text holds a control or invisible character (U+{0:04X})")]
    Forbidden(u32),
}

impl<const MAX: usize> Line<MAX> {
    /// Parses a line.
    ///
    /// # Errors
    /// [`LineError`] for an empty or long text, or one with a character that could disguise it.
    pub fn parse(text: &str) -> Result<Self, LineError> {
        if text.trim().is_empty() {
            return Err(LineError::Empty);
        }
        if text.chars().count() > MAX {
            return Err(LineError::TooLong(MAX));
        }
        match text.chars().find(|&c| disguises(c)) {
            Some(c) => Err(LineError::Forbidden(u32::from(c))),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// A line made of any text, such as a file's name: what could disguise it is shown as U+FFFD, what is too long is
    /// cut short.
    pub fn lossy(text: &str) -> Self {
        let shown = |c| if disguises(c) { char::REPLACEMENT_CHARACTER } else { c };
        let line: String = text.chars().map(shown).take(MAX).collect();
        Self::parse(&line).unwrap_or_else(|_| Self(char::REPLACEMENT_CHARACTER.to_string()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, line separators, bidirectional controls, zero-width characters, tags.
fn disguises(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

impl<const MAX: usize> fmt::Display for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> TryFrom<String> for Line<MAX> {
    type Error = LineError;
    fn try_from(text: String) -> Result<Self, LineError> {
        Self::parse(&text)
    }
}

impl<const MAX: usize> From<Line<MAX>> for String {
    fn from(line: Line<MAX>) -> Self {
        line.0
    }
}

#[cfg(feature = "schema")]
impl<const MAX: usize> schemars::JsonSchema for Line<MAX> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Line{MAX}").into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "minLength": 1, "maxLength": MAX,
            "description": "One line of visible text, without control or bidirectional characters."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_can_be_shown_without_its_disguise() {
        for (text, line) in [
            ("契約書.pdf", "契約書.pdf"),
            ("a\u{202e}fdp.exe", "a\u{fffd}fdp.exe"),
            ("", "\u{fffd}"),
            (" ", "\u{fffd}"),
        ] {
            assert_eq!(DocumentName::lossy(text).as_str(), line);
        }
        assert_eq!(DocumentName::lossy(&"あ".repeat(300)).as_str().chars().count(), 200);
    }

    #[test]
    fn text_that_could_disguise_itself_is_refused() {
        assert!(Purpose::parse("年齢の確認（会員登録）").is_ok());
        assert!(Purpose::parse(&"あ".repeat(200)).is_ok());
        assert_eq!(Purpose::parse(&"あ".repeat(201)), Err(LineError::TooLong(200)));
        assert_eq!(Purpose::parse(" \u{3000}"), Err(LineError::Empty));
        for c in ['\n', '\u{0}', '\u{7f}', '\u{202e}', '\u{200b}', '\u{2066}', '\u{feff}', '\u{e0041}'] {
            let text = format!("a{c}b");
            assert_eq!(Purpose::parse(&text), Err(LineError::Forbidden(c.into())), "{c:?}");
        }
    }
}
