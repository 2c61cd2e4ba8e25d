//! The language a person chose, kept as one word in a file of theirs: `ja` or `en`.
//!
//! The tray writes it; the command line and the agent read it at their start. Who chose none is spoken to as the
//! desktop is.

use std::path::{Path, PathBuf};

use jpki_protocol::Language;

use crate::files::{self, FileError, Owner};

/// The most bytes of the file.
const MAX_BYTES: u64 = 16;

/// The language that was chosen in this settings folder. None where none was, or what stands there is no language:
/// that is logged and keeps nobody from working.
pub(crate) fn chosen(folder: &Path) -> Option<Language> {
    let path = path(folder);
    let text = files::read_private(&path, Owner::Person, MAX_BYTES)
        .inspect_err(|error| tracing::warn!("the language that was chosen is not known: {error}"))
        .ok()??;
    let known = [Language::Ja, Language::En].into_iter();
    let language = known.into_iter().find(|language| text.trim_ascii() == language.tag().as_bytes());
    if language.is_none() {
        tracing::warn!("{} names no language that is spoken here. Write ja or en, or remove it", path.display());
    }
    language
}

/// Chooses a language from the next start on.
///
/// # Errors
/// [`FileError::Io`]; the old choice stands.
pub(crate) fn choose(folder: &Path, language: Language) -> Result<(), FileError> {
    files::replace(&path(folder), format!("{}\n", language.tag()).as_bytes())
}

fn path(folder: &Path) -> PathBuf {
    folder.join("language")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_lasts_until_the_next_one() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(chosen(folder.path()), None);
        for language in [Language::En, Language::Ja] {
            choose(folder.path(), language).unwrap();
            assert_eq!(chosen(folder.path()), Some(language));
        }
    }

    #[test]
    fn what_is_no_language_is_none() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "de", "jaen", "en\nen", "\u{feff}ja", "0123456789abcdefg"] {
            files::replace(&path(folder.path()), text.as_bytes()).unwrap();
            assert_eq!(chosen(folder.path()), None, "{text}");
        }
    }
}
