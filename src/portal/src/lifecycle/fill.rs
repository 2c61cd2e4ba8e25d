//! What somebody filled in, checked field by field. Nothing is lost when something is wrong: the values come back with what
//! to change.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use url::Url;

use super::forms::{Field, Form, Kind};

/// The most bytes of a text before it is looked at.
const LONGEST: usize = 64 * 1024;

/// A form's values by the names of its fields. A field with several values has one a line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Content(BTreeMap<String, String>);

impl Content {
    /// What stands in a field; nothing is an empty text.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The lines of a field.
    pub(crate) fn lines(&self, name: &str) -> impl Iterator<Item = &str> {
        self.get(name).lines().map(str::trim).filter(|line| !line.is_empty())
    }

    /// Whether a field holds a value, among others.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.lines(name).any(|line| line == value)
    }

    /// The date in a field.
    pub(crate) fn date(&self, name: &str) -> Option<Date> {
        self.get(name).parse().ok()
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// It must be filled in.
    Empty,
    /// It has too few characters.
    Short(usize),
    /// It has too many.
    Long(usize),
    /// It has too many lines.
    Many(usize),
    /// It isn't what the field takes.
    NotA(Kind),
}

/// Reads what a page sent for a form: pairs of names and values, the same name more than once only where several may be chosen.
/// `None` if that isn't what the form's page sends.
pub(crate) fn fill(form: &Form, pairs: &[(String, String)]) -> Option<(Content, Vec<(String, Wrong)>)> {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in pairs.iter().filter(|(name, _)| name != "form_token") {
        let field = form.field(name)?;
        if value.len() > LONGEST {
            return None;
        }
        let value = clean(field.kind, value);
        match values.get_mut(name) {
            None => {
                values.insert(name.clone(), value);
            }
            Some(before) if field.kind == Kind::Choices => {
                before.push('\n');
                before.push_str(&value);
            }
            Some(_) => return None,
        }
    }
    let content = Content(values.into_iter().filter(|(_, value)| !value.is_empty()).collect());
    let wrong = form.fields.iter().filter_map(|field| {
        let wrong = check(field, content.get(&field.name)).err()?;
        Some((field.name.clone(), wrong))
    });
    let wrong = wrong.collect();
    Some((content, wrong))
}

/// Browsers end lines with CR LF, and people with spaces.
fn clean(kind: Kind, value: &str) -> String {
    let value = value.replace("\r\n", "\n").replace('\r', "\n");
    let value: String = value.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect();
    let value = value.trim();
    if kind == Kind::Urls {
        value.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    } else {
        value.to_owned()
    }
}

fn check(field: &Field, value: &str) -> Result<(), Wrong> {
    let kind = field.kind;
    if value.is_empty() {
        return if field.required { Err(Wrong::Empty) } else { Ok(()) };
    }
    let right = |is: bool| is.then_some(()).ok_or(Wrong::NotA(kind));
    let counts = value.chars().count();
    match kind {
        Kind::Urls => {
            if value.lines().count() > field.max {
                return Err(Wrong::Many(field.max));
            }
            return right(value.lines().all(|line| line.len() <= 512 && is_address(line)));
        }
        Kind::Choices => return right(value.lines().all(|one| is_option(field, one))),
        Kind::Choice => return right(is_option(field, value)),
        Kind::Agree => return right(value == "yes"),
        _ => {}
    }
    if counts < field.min {
        return Err(Wrong::Short(field.min));
    }
    if counts > field.max {
        return Err(Wrong::Long(field.max));
    }
    right(match kind {
        Kind::Text => !value.contains('\n'),
        Kind::Digits => value.bytes().all(|byte| byte.is_ascii_digit()),
        Kind::Mail => is_mail(value),
        Kind::Phone => value.bytes().all(|byte| byte.is_ascii_digit() || b"+-() ".contains(&byte)),
        Kind::Url => is_address(value),
        Kind::Date => value.len() == 10 && value.parse::<Date>().is_ok(),
        Kind::Json => serde_json::from_str::<serde_json::Map<_, _>>(value).is_ok(),
        _ => true,
    })
}

fn is_option(field: &Field, value: &str) -> bool {
    field.options.iter().any(|option| option.value == value)
}

fn is_address(text: &str) -> bool {
    let url = Url::parse(text);
    url.is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
        && !text.contains(char::is_whitespace)
}

/// Whether a text can be a mail address: one `@` between two parts that no header would misread.
pub(crate) fn is_mail(text: &str) -> bool {
    let plain = |part: &str, also: &[u8]| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || also.contains(&byte))
    };
    text.len() <= 254
        && text.split_once('@').is_some_and(|(local, host)| {
            plain(local, b"!#$%&'*+-/=?^_`{|}~.")
                && host.split('.').count() >= 2
                && host.split('.').all(|label| plain(label, b"-"))
        })
}
