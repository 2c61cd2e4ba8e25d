//! The layers of settings, and where each value comes from.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::keys::{KEYS, Key, Kind};
use super::{Settings, SettingsError, folder, policy, read};
use crate::files::Owner;
use crate::sites::Rules;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nobody set it.
    Default,
    /// The person's file, or the one the command line names.
    File(PathBuf),
    /// The environment.
    Environment,
    /// The command line.
    Flag,
    /// The administrator, in this place.
    Policy(PathBuf),
}

impl Source {
    /// Its word in `jpki-bridge settings --json`.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::File(_) => "file",
            Self::Environment => "environment",
            Self::Flag => "flag",
            Self::Policy(_) => "policy",
        }
    }

    /// Whether the person can't change what comes from here.
    pub(crate) fn is_managed(&self) -> bool {
        matches!(self, Self::Policy(_))
    }
}

/// A value as it is shown.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) key: &'static Key,
    /// None where nobody set it.
    pub(crate) value: Option<Value>,
    pub(crate) source: Source,
}

/// All layers, in the order of growing weight.
#[derive(Debug)]
pub(crate) struct Layers(Vec<(Source, Settings)>);

impl Layers {
    /// Reads all sources. `named` is the file the command line names: it must exist.
    pub(crate) fn load(named: Option<&Path>, flags: Settings) -> Result<Self, SettingsError> {
        let (path, file) = match named {
            Some(path) => {
                let file = read::file(path, Owner::Person)?;
                (path.to_owned(), file.ok_or_else(|| SettingsError::Missing(path.to_owned()))?)
            }
            None => {
                let path = folder()?.join("config.toml");
                let file = read::file(&path, Owner::Person)?.unwrap_or_default();
                (path, file)
            }
        };
        let environment = read::environment(|name| std::env::var_os(name))?;
        let mut layers = vec![(Source::File(path), file), (Source::Environment, environment), (Source::Flag, flags)];
        layers.extend(policy::layers()?.into_iter().map(|(place, policy)| (Source::Policy(place), policy)));
        Ok(Self(layers))
    }

    /// All in one.
    pub(crate) fn merged(&self) -> Settings {
        self.0.iter().fold(Settings::default(), |under, (_, over)| under.under(over.clone()))
    }

    /// What is decided about sites beforehand.
    pub(crate) fn rules(&self) -> Rules {
        let mut rules = Rules::default();
        for (source, layer) in &self.0 {
            if source.is_managed() {
                rules.blocked_by_policy.extend(layer.blocked.iter().cloned());
                rules.allowed.extend(layer.allowed.iter().cloned());
                rules.only_allowed = layer.only_allowed.unwrap_or(rules.only_allowed);
            } else {
                rules.blocked.extend(layer.blocked.iter().cloned());
            }
        }
        rules
    }

    /// Every key with its value and where that comes from; a list has a row for each source that adds to it.
    pub(crate) fn rows(&self) -> Vec<Row> {
        KEYS.iter().flat_map(|key| self.rows_of(key)).collect()
    }

    fn rows_of(&self, key: &'static Key) -> Vec<Row> {
        let set = self.0.iter().filter_map(|(source, layer)| {
            let value = serde_json::to_value(layer).ok()?.get_mut(key.name)?.take();
            Some(Row { key, value: Some(value), source: source.clone() })
        });
        let mut rows: Vec<Row> = set.collect();
        if key.kind != Kind::Sites {
            rows.drain(..rows.len().saturating_sub(1));
        }
        if rows.is_empty() {
            rows.push(Row { key, value: None, source: Source::Default });
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jpki_protocol::Origin;

    fn layers() -> Layers {
        let site = |name: &str| Origin::try_from(format!("https://{name}.example")).unwrap();
        let file = Settings {
            port: Some(1),
            log: Some("info".into()),
            tray: Some(false),
            blocked: vec![site("a")],
            ..Settings::default()
        };
        let flags = Settings { tray: Some(true), ..Settings::default() };
        let policy = Settings {
            port: Some(2),
            blocked: vec![site("b")],
            allowed: vec![site("c")],
            only_allowed: Some(true),
            ..Settings::default()
        };
        Layers(vec![
            (Source::File("f".into()), file),
            (Source::Environment, Settings::default()),
            (Source::Flag, flags),
            (Source::Policy("p".into()), policy),
        ])
    }

    #[test]
    fn each_value_says_where_it_comes_from() {
        let rows: Vec<(&str, String, &str)> = layers()
            .rows()
            .iter()
            .map(|row| (row.key.name, row.value.as_ref().map(Value::to_string).unwrap_or_default(), row.source.word()))
            .collect();
        let row = |name: &'static str, value: &str, source: &'static str| (name, value.to_owned(), source);
        assert_eq!(
            rows,
            [
                row("port", "2", "policy"),
                row("prompt", "", "default"),
                row("timeout", "", "default"),
                row("tray", "true", "flag"),
                row("history", "", "default"),
                row("log", "\"info\"", "file"),
                row("developer", "", "default"),
                row("blocked", "[\"https://a.example\"]", "file"),
                row("blocked", "[\"https://b.example\"]", "policy"),
                row("allowed", "[\"https://c.example\"]", "policy"),
                row("only_allowed", "true", "policy"),
            ]
        );
    }

    #[test]
    fn rules_about_sites_know_whose_they_are() {
        let rules = layers().rules();
        let texts = |origins: &[Origin]| origins.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(texts(&rules.blocked), ["https://a.example"]);
        assert_eq!(texts(&rules.blocked_by_policy), ["https://b.example"]);
        assert_eq!(texts(&rules.allowed), ["https://c.example"]);
        assert!(rules.only_allowed);
        assert_eq!(layers().merged().port, Some(2));
    }
}
