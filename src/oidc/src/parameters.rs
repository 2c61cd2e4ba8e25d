//! The parameters of a request, read once: doubles, overlong values and control characters are noted where they stand, what
//! isn't known is ignored unless it is there twice (RFC 6749, 3.1).

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Refusal;

/// Names and the most bytes of their values. A name that isn't here is ignored.
const KNOWN: &[(&str, usize)] = &[
    ("acr_values", 512),
    ("client_assertion", 8192),
    ("client_assertion_type", 128),
    ("client_id", 255),
    ("client_secret", 255),
    ("code", 8192),
    ("code_challenge", 128),
    ("code_challenge_method", 16),
    ("code_verifier", 128),
    ("display", 32),
    ("error", 128),
    ("error_description", 1024),
    ("grant_type", 128),
    ("id_token_hint", 8192),
    ("iss", 512),
    ("login_hint", 512),
    ("logout_hint", 512),
    ("logout_token", 8192),
    ("max_age", 16),
    ("nonce", 512),
    ("post_logout_redirect_uri", 512),
    ("prompt", 64),
    ("redirect_uri", 512),
    ("refresh_token", 512),
    ("registration", 8192),
    ("request", 16384),
    ("request_uri", 512),
    ("response_mode", 32),
    ("response_type", 64),
    ("scope", 1024),
    ("sid", 255),
    ("state", 1024),
    ("token", 8192),
    ("token_type_hint", 64),
    ("ui_locales", 128),
];

/// What is wrong with one parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    Double,
    Long(usize),
    Control,
}

/// The parameters of a request.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    known: BTreeMap<&'static str, Result<String, Flaw>>,
    /// Whether a name that isn't known is there more than once.
    has_unknown_double: bool,
}

impl Parameters {
    /// Reads a query or a form's body (`application/x-www-form-urlencoded`).
    pub fn parse(encoded: &[u8]) -> Self {
        Self::of(url::form_urlencoded::parse(encoded))
    }

    /// Takes names and values that were read elsewhere.
    pub fn of<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut found = BTreeMap::new();
        let mut unknown = BTreeSet::new();
        let mut has_unknown_double = false;
        for (name, value) in pairs {
            let Some(&(name, most)) = KNOWN.iter().find(|(known, _)| *known == name.as_ref()) else {
                has_unknown_double |= !unknown.insert(name.as_ref().to_owned());
                continue;
            };
            let value = value.as_ref();
            let read = if found.contains_key(name) {
                Err(Flaw::Double)
            } else if value.len() > most {
                Err(Flaw::Long(most))
            } else if value.chars().any(char::is_control) {
                Err(Flaw::Control)
            } else {
                Ok(value.to_owned())
            };
            found.insert(name, read);
        }
        Self { known: found, has_unknown_double }
    }

    /// Goes on only if no parameter is there more than once, whether anybody reads it or not (RFC 6749, 3.1 and 3.2).
    ///
    /// # Errors
    /// `invalid_request`.
    pub fn once(&self) -> Result<(), Refusal> {
        let double = self.known.iter().find(|(_, read)| matches!(read, Err(Flaw::Double)));
        match double {
            Some((name, _)) => Err(Refusal::invalid(format!("{name} is there more than once"))),
            None if self.has_unknown_double => Err(Refusal::invalid("a parameter is there more than once")),
            None => Ok(()),
        }
    }

    /// The value of a parameter. One without a value counts as missing (RFC 6749, 3.1).
    ///
    /// # Errors
    /// `invalid_request` if it is there twice, is too long, or holds control characters.
    pub fn get(&self, name: &str) -> Result<Option<&str>, Refusal> {
        debug_assert!(KNOWN.iter().any(|(known, _)| *known == name), "{name} is missing in the list of names");
        match self.known.get(name) {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value.as_str()).filter(|value| !value.is_empty())),
            Some(Err(Flaw::Double)) => Err(Refusal::invalid(format!("{name} is there more than once"))),
            Some(Err(Flaw::Long(most))) => {
                Err(Refusal::invalid(format!("{name} is too long: at most {most} bytes are accepted")))
            }
            Some(Err(Flaw::Control)) => Err(Refusal::invalid(format!("{name} holds control characters"))),
        }
    }

    /// The value of a parameter that must be there.
    ///
    /// # Errors
    /// As [`get`](Self::get), and if it is missing.
    pub fn require(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name)?.ok_or_else(|| Refusal::invalid(format!("{name} is missing")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parameter_is_there_once_short_and_readable() {
        let read = |text: &str| Parameters::parse(text.as_bytes()).get("state").map(|value| value.map(str::to_owned));
        assert_eq!(read("state=a%20b&other=1&other=2"), Ok(Some("a b".to_owned())));
        for missing in ["", "state", "state=", "STATE=a", "%"] {
            assert_eq!(read(missing), Ok(None), "{missing}");
        }
        let long = format!("state={}", "a".repeat(1025));
        for wrong in ["state=a&state=a", "state=&state=", "state=a%00", "state=a%0d%0aLocation:", &long] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_name_is_there_twice_whether_known_or_not() {
        let once = |text: &str| Parameters::parse(text.as_bytes()).once();
        for right in ["", "state=a&display=page&claims={}", "claims=a&Claims=b", "state=%00"] {
            assert_eq!(once(right), Ok(()), "{right}");
        }
        for wrong in ["display=a&display=b", "login_hint=&login_hint=", "claims=a&x=1&claims=a", "x&x", "%78=1&x=2"] {
            assert!(once(wrong).is_err(), "{wrong}");
        }
        assert_eq!(once("display=a&display=b").unwrap_err().description, "display is there more than once");
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_fail(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let parameters = Parameters::parse(&bytes);
            for (name, most) in KNOWN {
                if let Ok(Some(value)) = parameters.get(name) {
                    proptest::prop_assert!(value.len() <= *most && !value.chars().any(char::is_control));
                }
            }
        }
    }
}
