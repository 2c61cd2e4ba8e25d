//! `jpki-bridge settings`

use serde_json::{Value, json};

use super::print::{line as print_line, print};
use super::{Failure, RunArguments};
use crate::settings::{Row, Source};

pub(super) fn run(arguments: &RunArguments, json: bool) -> Result<(), Failure> {
    let rows = arguments.layers()?.rows();
    if json {
        return print_line(Value::Array(rows.iter().map(described).collect()));
    }
    print(&rows.iter().map(|row| line(row) + "\n").collect::<String>())
}

/// `value` is null where nobody set anything; `default` says in words what holds then.
fn described(row: &Row) -> Value {
    let place = match &row.source {
        Source::File(path) | Source::Policy(path) => Some(path.display().to_string()),
        Source::Environment => row.key.variable.map(str::to_owned),
        Source::Flag => row.key.flag.map(str::to_owned),
        Source::Default => None,
    };
    json!({
        "name": row.key.name, "value": row.value, "default": row.key.default,
        "source": row.source.word(), "place": place, "managed": row.source.is_managed(),
    })
}

fn line(row: &Row) -> String {
    let value = match &row.value {
        None => row.key.default.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        Some(value) => value.to_string(),
    };
    let place = match &row.source {
        Source::Default => "default".to_owned(),
        Source::File(path) => path.display().to_string(),
        Source::Environment => row.key.variable.unwrap_or_default().to_owned(),
        Source::Flag => row.key.flag.unwrap_or_default().to_owned(),
        Source::Policy(path) => format!("managed by the administrator: {}", path.display()),
    };
    format!("{:14}{value}  ({place})", row.key.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::keys::Key;

    #[test]
    fn a_line_says_value_and_place() {
        let row = |name: &str, value: Option<Value>, source| Row { key: Key::named(name).unwrap(), value, source };
        for (row, want) in [
            (row("timeout", None, Source::Default), "timeout       180  (default)"),
            (row("log", Some("info".into()), Source::Environment), "log           info  (JPKI_BRIDGE_LOG)"),
            (row("tray", Some(false.into()), Source::Flag), "tray          false  (--no-tray)"),
            (
                row("blocked", Some(json!(["https://a.example", "https://b.example"])), Source::Policy("/p".into())),
                "blocked       https://a.example https://b.example  (managed by the administrator: /p)",
            ),
        ] {
            assert_eq!(line(&row), want);
        }
    }
}
