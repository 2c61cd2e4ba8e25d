//! The settings: each with its value and who set it, and whether the agent starts at login.

use askama::Template;
use serde_json::Value;

use super::Frame;
use crate::autostart::Status;
use crate::settings::{Row, Source};
use crate::status::texts::Texts;

#[derive(Template)]
#[template(path = "status/settings.html")]
pub(in crate::status) struct SettingsPage {
    frame: Frame,
    rows: Vec<ShownSetting>,
    autostart: Result<ShownStart, String>,
}

struct ShownStart {
    on: bool,
    said: &'static str,
    /// What can be done about it.
    switch: &'static str,
    trouble: Option<String>,
}

struct ShownSetting {
    name: &'static str,
    value: String,
    source: &'static str,
    /// Where exactly: a file, a variable or a flag.
    place: Option<String>,
    managed: bool,
}

impl SettingsPage {
    pub(in crate::status) fn new(frame: Frame, rows: &[Row], autostart: Result<Status, String>) -> Self {
        let t = frame.t;
        let autostart = autostart.map(|Status { on, trouble, .. }| ShownStart {
            on,
            said: (t.starts)(on),
            switch: (t.switch_start)(!on),
            trouble,
        });
        let rows = rows.iter().map(|row| ShownSetting::new(t, row)).collect();
        Self { frame, rows, autostart }
    }
}

impl ShownSetting {
    fn new(t: &Texts, row: &Row) -> Self {
        let place = match &row.source {
            Source::File(path) | Source::Policy(path) => Some(path.display().to_string()),
            Source::Environment => row.key.variable.map(str::to_owned),
            Source::Flag => row.key.flag.map(str::to_owned),
            Source::Default => None,
        };
        Self {
            name: (t.setting_name)(row.key),
            value: row.value.as_ref().map_or_else(|| (t.unset)(row.key).to_owned(), |value| said(t, value)),
            source: (t.set_by)(&row.source),
            place,
            managed: row.source.is_managed(),
        }
    }
}

fn said(t: &Texts, value: &Value) -> String {
    match value {
        Value::Bool(yes) => (t.yes_no)(*yes).to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        value => value.to_string(),
    }
}
