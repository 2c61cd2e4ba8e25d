//! What can be set, as one table: for the environment, the registry, `jpki-bridge settings`, and the templates.

use serde_json::{Map, Value};

/// One thing that can be set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    /// Its name in files, in the registry and in `jpki-bridge settings`.
    pub(crate) name: &'static str,
    /// What a value looks like.
    pub(crate) kind: Kind,
    /// What holds where nothing is set, in words.
    pub(crate) default: &'static str,
    /// The environment variable that sets it.
    pub(crate) variable: Option<&'static str>,
    /// The flag of `jpki-bridge run` that sets it.
    pub(crate) flag: Option<&'static str>,
    /// Whether the policy alone may say it.
    pub(crate) policy_alone: bool,
}

/// What a value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A whole number, both ends included.
    Number(u32, u32),
    /// `true` or `false`.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A program's path.
    Path,
    /// Origins, `https://host[:port]`.
    Sites,
}

/// The longest a person may be given to answer: an hour. Every page has given up by then.
const MAX_SECONDS: u32 = 3600;

/// Everything that can be set, in the order in which it is shown.
pub(crate) const KEYS: [Key; 10] = [
    Key {
        default: "39041, else 39042, else 39043",
        variable: Some("JPKI_BRIDGE_PORT"),
        flag: Some("--port"),
        ..Key::new("port", Kind::Number(0, 65_535))
    },
    Key {
        default: "jpki-prompt beside this program",
        variable: Some("JPKI_BRIDGE_PROMPT"),
        flag: Some("--prompt"),
        ..Key::new("prompt", Kind::Path)
    },
    Key { default: "180", variable: Some("JPKI_BRIDGE_TIMEOUT"), ..Key::new("timeout", Kind::Number(1, MAX_SECONDS)) },
    Key {
        default: "true",
        variable: Some("JPKI_BRIDGE_TRAY"),
        flag: Some("--no-tray"),
        ..Key::new("tray", Kind::Switch)
    },
    Key { default: "true", variable: Some("JPKI_BRIDGE_HISTORY"), ..Key::new("history", Kind::Switch) },
    Key {
        default: "warn",
        variable: Some("JPKI_BRIDGE_LOG"),
        ..Key::new("log", Kind::Choice(&["off", "error", "warn", "info", "debug", "trace"]))
    },
    Key {
        default: "false",
        variable: Some("JPKI_BRIDGE_DEVELOPER"),
        flag: Some("--developer"),
        ..Key::new("developer", Kind::Switch)
    },
    Key { default: "none", ..Key::new("blocked", Kind::Sites) },
    Key { default: "none", policy_alone: true, ..Key::new("allowed", Kind::Sites) },
    Key { default: "false", policy_alone: true, ..Key::new("only_allowed", Kind::Switch) },
];

impl Key {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, default: "", variable: None, flag: None, policy_alone: false }
    }

    /// The key of this name.
    #[cfg(any(windows, test))]
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// The value that a text means, as in the environment; none if it means none.
    pub(crate) fn value_of(&self, text: &str) -> Option<Value> {
        let value = match self.kind {
            Kind::Number(..) => text.parse::<u32>().ok()?.into(),
            Kind::Switch => text.parse::<bool>().ok()?.into(),
            Kind::Choice(_) | Kind::Path => text.into(),
            Kind::Sites => return None,
        };
        self.check(&value).is_ok().then_some(value)
    }

    /// Whether a value lies within what is allowed.
    fn check(&self, value: &Value) -> Result<(), String> {
        match self.kind {
            Kind::Number(least, most) => {
                let fits = value.as_u64().is_some_and(|n| (u64::from(least)..=u64::from(most)).contains(&n));
                fits.then_some(()).ok_or_else(|| format!("{} has to lie between {least} and {most}", self.name))
            }
            Kind::Choice(words) => {
                let fits = value.as_str().is_some_and(|word| words.contains(&word));
                fits.then_some(()).ok_or_else(|| format!("{} has to be one of {}", self.name, words.join(", ")))
            }
            Kind::Switch | Kind::Path | Kind::Sites => Ok(()),
        }
    }
}

/// Checks all values of one source; `policy` says whether it may say what the policy alone may.
///
/// # Errors
/// What is wrong, in words.
pub(super) fn check(values: &Map<String, Value>, policy: bool) -> Result<(), String> {
    for key in &KEYS {
        let Some(value) = values.get(key.name) else { continue };
        if key.policy_alone && !policy {
            return Err(format!("{} is for the administrator's policy alone", key.name));
        }
        key.check(value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;
    use serde_json::json;

    /// A value that the key's kind allows.
    fn sample(kind: Kind) -> Value {
        match kind {
            Kind::Number(_, most) => most.into(),
            Kind::Switch => true.into(),
            Kind::Choice(words) => words[0].into(),
            Kind::Path => "/usr/bin/true".into(),
            Kind::Sites => json!(["https://a.example"]),
        }
    }

    #[test]
    fn table_and_type_have_the_same_members() {
        let all: Map<String, Value> = KEYS.iter().map(|key| (key.name.to_owned(), sample(key.kind))).collect();
        let settings: Settings = serde_json::from_value(Value::Object(all.clone())).unwrap();
        assert_eq!(serde_json::to_value(settings).unwrap(), Value::Object(all.clone()), "nothing is lost on the way");
        assert_eq!(check(&all, true), Ok(()));
        let none = serde_json::to_value(Settings::default()).unwrap();
        assert_eq!(none, json!({}), "what is not set is not there");
    }

    #[test]
    fn the_table_has_every_member_of_the_type() {
        // A member that is missing in the table would be refused as unknown above; one missing in the type, here.
        let error = serde_json::from_value::<Settings>(json!({ "?": 1 })).unwrap_err().to_string();
        let expected = error.split("expected one of ").nth(1).unwrap();
        let members: Vec<&str> = expected.split(", ").map(|name| name.trim_matches('`')).collect();
        assert_eq!(members, KEYS.map(|key| key.name));
    }

    #[test]
    fn texts_mean_values_within_their_bounds() {
        let value = |name: &str, text: &str| Key::named(name).unwrap().value_of(text);
        assert_eq!(value("port", "39042"), Some(json!(39042)));
        assert_eq!(value("tray", "false"), Some(json!(false)));
        assert_eq!(value("log", "info"), Some(json!("info")));
        for (name, text) in [
            ("port", "65536"),
            ("port", "x"),
            ("timeout", "0"),
            ("timeout", "-1"),
            ("tray", "yes"),
            ("log", "loud"),
            ("history", "0"),
            ("blocked", "https://a.example"),
        ] {
            assert_eq!(value(name, text), None, "{name}={text}");
        }
    }

    #[test]
    fn only_the_policy_may_allow() {
        let allowed = json!({ "allowed": ["https://a.example"] });
        let Value::Object(values) = allowed else { panic!() };
        assert!(check(&values, false).unwrap_err().contains("administrator"));
        assert_eq!(check(&values, true), Ok(()));
    }
}
