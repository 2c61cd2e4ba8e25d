//! What a form is: its number, its title, its fields (表6.1 各種設定シート様式集, 表6.2 各種申請等様式集).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::web::Lang;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Text {
    pub(crate) ja: String,
    pub(crate) en: String,
}

impl Text {
    /// The text in a reader's language.
    pub(crate) fn of(&self, l: &Lang) -> &str {
        l.t(&self.ja, &self.en)
    }
}

/// A form's name inside the portal, such as `sheet2`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct FormId(pub(crate) String);

impl FormId {
    /// A name as it stands.
    pub(crate) fn new(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl fmt::Display for FormId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A form that is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) id: FormId,
    /// 様式番号, such as `API－設シ4`; empty for one that has none.
    pub(crate) number: String,
    /// 様式名.
    pub(crate) title: Text,
    pub(crate) fields: Vec<Field>,
    /// The form whose fields this one has; what was filled in there is offered here.
    pub(crate) like: Option<FormId>,
}

impl Form {
    /// Number and title, as people cite it.
    pub(crate) fn name(&self, l: &Lang) -> String {
        format!("{} {}", self.number, self.title.of(l)).trim().to_owned()
    }

    /// A field by its name.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) required: bool,
    /// The fewest and the most characters; for lists of addresses their number.
    #[serde(default)]
    pub(crate) min: usize,
    #[serde(default = "longest")]
    pub(crate) max: usize,
    pub(crate) label: Text,
    #[serde(default)]
    pub(crate) hint: Option<Text>,
    /// What can be chosen.
    #[serde(default)]
    pub(crate) options: Vec<Choice>,
}

const fn longest() -> usize {
    200
}

/// One of the things that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: Text,
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// One line.
    Text,
    /// Several lines.
    Long,
    /// Digits alone.
    Digits,
    /// A mail address.
    Mail,
    /// A telephone number.
    Phone,
    /// An absolute http or https address.
    Url,
    /// Such addresses, one a line.
    Urls,
    /// A calendar date.
    Date,
    /// One of the options.
    Choice,
    /// Any number of the options.
    Choices,
    /// A box to tick.
    Agree,
    /// A JSON object.
    Json,
}

impl Kind {
    /// Whether it is written in several lines.
    pub(crate) fn is_long(self) -> bool {
        matches!(self, Self::Long | Self::Urls | Self::Json)
    }

    /// The type of the page's input.
    pub(crate) fn input(self) -> &'static str {
        match self {
            Self::Mail => "email",
            Self::Phone => "tel",
            Self::Url => "url",
            Self::Date => "date",
            _ => "text",
        }
    }
}
