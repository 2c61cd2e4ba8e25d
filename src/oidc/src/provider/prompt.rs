//! What a service wants to be shown, or not (OpenID Connect Core, 3.1.2.1; Initiating User Registration 1.0).

use serde::{Deserialize, Serialize};

/// A word of `prompt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Nothing may be shown.
    None,
    /// The card is to be read again.
    Login,
    /// The person is to agree again.
    Consent,
    /// The card is to be read again: it is the card that selects an account.
    SelectAccount,
    /// A person without account is to be registered (利用者登録).
    Create,
}

impl Prompt {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::None, Self::Login, Self::Consent, Self::SelectAccount, Self::Create];

    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
            Self::Create => "create",
        }
    }

    /// Reads a list; `None` for a word that isn't known, and for `none` together with another.
    pub fn list(text: &str) -> Option<Vec<Self>> {
        let mut prompts = Vec::new();
        for word in text.split(' ') {
            let prompt = Self::ALL.into_iter().find(|prompt| prompt.word() == word)?;
            if !prompts.contains(&prompt) {
                prompts.push(prompt);
            }
        }
        (prompts.len() == 1 || !prompts.contains(&Self::None)).then_some(prompts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_stands_alone() {
        assert_eq!(Prompt::list("none"), Some(vec![Prompt::None]));
        assert_eq!(Prompt::list("login consent login"), Some(vec![Prompt::Login, Prompt::Consent]));
        for wrong in ["", " ", "none login", "Login", "login,consent", "login  consent"] {
            assert_eq!(Prompt::list(wrong), None, "{wrong}");
        }
    }
}
