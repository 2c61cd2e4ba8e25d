//! Scopes: what a service asks for, is allowed, and is granted.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The most scopes in one list.
const MOST: usize = 32;

/// A set of scopes; as text, words with one space between (RFC 6749, 3.3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scopes(BTreeSet<String>);

/// A text that is no list of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a list of at most 32 scopes: words of printable ASCII without quote and backslash, separated by one space"
)]
pub struct NotScopes;

impl Scopes {
    /// Reads a list of scopes.
    ///
    /// # Errors
    /// [`NotScopes`].
    pub fn parse(text: &str) -> Result<Self, NotScopes> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let mut scopes = BTreeSet::new();
        for word in text.split(' ') {
            let is_word = !word.is_empty()
                && word.len() <= 128
                && word.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
            if !is_word || scopes.len() == MOST {
                return Err(NotScopes);
            }
            scopes.insert(word.to_owned());
        }
        Ok(Self(scopes))
    }

    /// Whether a scope is among them.
    pub fn has(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// Whether all of them are among the others, too.
    pub fn are_within(&self, others: &Self) -> bool {
        self.0.is_subset(&others.0)
    }

    /// Those that are among the others, too.
    #[must_use]
    pub fn and(&self, others: &Self) -> Self {
        Self(self.0.intersection(&others.0).cloned().collect())
    }

    /// These and the others.
    #[must_use]
    pub fn or(&self, others: &Self) -> Self {
        Self(self.0.union(&others.0).cloned().collect())
    }

    /// Those that aren't among the others.
    #[must_use]
    pub fn without(&self, others: &Self) -> Self {
        Self(self.0.difference(&others.0).cloned().collect())
    }

    /// One after the other, in the order of the alphabet.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> FromIterator<&'a str> for Scopes {
    fn from_iter<I: IntoIterator<Item = &'a str>>(scopes: I) -> Self {
        Self(scopes.into_iter().map(str::to_owned).collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, scope) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

impl From<Scopes> for String {
    fn from(scopes: Scopes) -> Self {
        scopes.to_string()
    }
}

impl TryFrom<String> for Scopes {
    type Error = NotScopes;

    fn try_from(text: String) -> Result<Self, NotScopes> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_words_with_one_space_between() {
        assert_eq!(Scopes::parse("openid notices.read openid").unwrap().to_string(), "notices.read openid");
        let many: Vec<_> = (0..40).map(|number| format!("s{number}")).collect();
        for wrong in [" ", "a  b", " a", "a ", "a\tb", "a\"", "a\\", "名", &many.join(" ")] {
            assert_eq!(Scopes::parse(wrong), Err(NotScopes), "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_read_is_written_the_same(text in "\\PC{0,60}") {
            if let Ok(scopes) = Scopes::parse(&text) {
                proptest::prop_assert_eq!(Scopes::parse(&scopes.to_string()), Ok(scopes));
            }
        }
    }
}
