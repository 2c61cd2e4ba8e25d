//! What values of the registry mean: Group Policy writes switches as numbers and a list as a key of its own.

use serde_json::{Map, Value};

use crate::files::Owner;
use crate::settings::keys::{Key, Kind};
use crate::settings::{Settings, read};

/// A value of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Raw {
    /// `REG_DWORD`
    Number(u32),
    /// `REG_SZ`
    Text(String),
    /// Of a type that no setting has.
    Other,
}

/// The settings of a key's values, and of the keys under it: each a list.
///
/// # Errors
/// What is wrong, in words.
pub(super) fn settings(values: Vec<(String, Raw)>, lists: Vec<(String, Vec<Raw>)>) -> Result<Settings, String> {
    let mut found = Map::new();
    for (name, raw) in values {
        // The registry doesn't tell upper from lower case.
        let name = name.to_ascii_lowercase();
        let value = match (Key::named(&name).map(|key| key.kind), raw) {
            (Some(Kind::Switch), Raw::Number(n @ (0 | 1))) => Value::Bool(n == 1),
            (Some(Kind::Switch), _) => return Err(format!("{name} has to be 0 or 1")),
            (_, Raw::Number(n)) => n.into(),
            (_, Raw::Text(text)) => text.into(),
            (_, Raw::Other) => return Err(format!("{name} is neither REG_DWORD nor REG_SZ")),
        };
        found.insert(name, value);
    }
    for (name, entries) in lists {
        let name = name.to_ascii_lowercase();
        let entries: Option<Vec<Value>> = entries
            .into_iter()
            .map(|entry| if let Raw::Text(text) = entry { Some(text.into()) } else { None })
            .collect();
        found.insert(name.clone(), entries.ok_or_else(|| format!("{name} has an entry that is not REG_SZ"))?.into());
    }
    read::values(found, Owner::Administrator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: &str, raw: Raw) -> (String, Raw) {
        (name.to_owned(), raw)
    }

    #[test]
    fn numbers_switches_texts_and_lists_are_told_apart_by_their_key() {
        let values = vec![
            value("Port", Raw::Number(39042)),
            value("developer", Raw::Number(0)),
            value("only_allowed", Raw::Number(1)),
            value("log", Raw::Text("info".into())),
        ];
        let lists = vec![("allowed".to_owned(), vec![Raw::Text("https://a.example".into())])];
        let policy = settings(values, lists).unwrap();
        assert_eq!((policy.port, policy.developer, policy.only_allowed), (Some(39042), Some(false), Some(true)));
        assert_eq!((policy.log.as_deref(), policy.allowed.len()), (Some("info"), 1));
    }

    #[test]
    fn a_value_that_is_not_understood_refuses_the_policy() {
        for values in [
            vec![value("porto", Raw::Number(1))],
            vec![value("port", Raw::Number(70_000))],
            vec![value("port", Raw::Text("39041".into()))],
            vec![value("developer", Raw::Number(2))],
            vec![value("developer", Raw::Text("true".into()))],
            vec![value("log", Raw::Other)],
        ] {
            assert!(settings(values.clone(), Vec::new()).is_err(), "{values:?}");
        }
        for entry in [Raw::Number(1), Raw::Text("https://*.example".into())] {
            assert!(settings(Vec::new(), vec![("blocked".into(), vec![entry])]).is_err());
        }
        assert!(settings(Vec::new(), vec![("unknown".into(), Vec::new())]).is_err());
    }
}
