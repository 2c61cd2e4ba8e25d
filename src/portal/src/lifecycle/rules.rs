//! The document that says what forms there are, what each phase needs, and what is checked. It changes without a new program:
//! `--forms FILE`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::forms::{Field, Form, FormId, Kind, Text};
use super::{NoticeKind, Phase};
use crate::error::{Error, Result};

/// The forms and requirements of guideline U 1.9.
const DEFAULT: &str = include_str!("forms.json");

/// The date that notices need.
pub(crate) const PLANNED: &str = "planned_on";

/// Fields that a client's registration is made of, which the sheets must have.
const SERVICE_FIELDS: [&str; 3] = ["service_name", "service_name_en", "scopes"];
const CONNECTION_FIELDS: [&str; 2] = ["redirect_uris", "jwks"];
/// The sheets themselves: 設シ1 for both environments, 設シ2, 設シ4.
const SHEETS: [(&str, &[&str]); 4] = [
    ("sheet1-test", &SERVICE_FIELDS),
    ("sheet1-production", &SERVICE_FIELDS),
    ("sheet2", &CONNECTION_FIELDS),
    ("sheet4", &CONNECTION_FIELDS),
];

/// Forms, requirements and what each phase needs.
#[derive(Debug, Clone)]
pub struct Rules {
    revision: String,
    notice_days: i32,
    requirements: Vec<Requirement>,
    consent: Text,
    needs: BTreeMap<Phase, Vec<FormId>>,
    changeable: Vec<FormId>,
    notices: BTreeMap<NoticeKind, FormId>,
    forms: Vec<Form>,
}

/// What an applicant must be or have (利用規約第4条第1項).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Requirement {
    pub(crate) id: String,
    /// Where the guideline names it.
    pub(crate) section: String,
    /// Where the terms of use name it.
    pub(crate) article: String,
    pub(crate) label: Text,
}

/// Whether a phase takes a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    /// It can't go on without it.
    Must,
    /// It may be revised.
    May,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    revision: String,
    notice_days: i32,
    requirements: Vec<Requirement>,
    consent: Text,
    needs: BTreeMap<Phase, Vec<FormId>>,
    changeable: Vec<FormId>,
    notices: BTreeMap<NoticeKind, FormId>,
    forms: Vec<WrittenForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenForm {
    id: FormId,
    number: String,
    title: Text,
    #[serde(default)]
    fields: Vec<Field>,
    #[serde(default)]
    like: Option<FormId>,
}

impl Rules {
    /// The forms of guideline U 1.9.
    ///
    /// # Errors
    /// None: a test reads them.
    pub fn built_in() -> Result<Self> {
        Self::parse(DEFAULT)
    }

    /// Reads a document of forms.
    ///
    /// # Errors
    /// [`Error::Config`] that names what is wrong with it.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |what: String| Error::Config(format!("the document of forms: {what}"));
        let document: Document = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let fields: BTreeMap<_, _> = document.forms.iter().map(|form| (&form.id, &form.fields)).collect();
        let forms = document.forms.iter().map(|form| {
            let fields = match &form.like {
                Some(other) => fields.get(other).copied().cloned().unwrap_or_default(),
                None => form.fields.clone(),
            };
            let (number, title) = (form.number.clone(), form.title.clone());
            Form { id: form.id.clone(), number, title, fields, like: form.like.clone() }
        });
        let rules = Self {
            forms: forms.collect(),
            revision: document.revision,
            notice_days: document.notice_days,
            requirements: document.requirements,
            consent: document.consent,
            needs: document.needs,
            changeable: document.changeable,
            notices: document.notices,
        };
        rules.check().map_err(wrong)?;
        Ok(rules)
    }

    fn check(&self) -> Result<(), String> {
        let needed = self.needs.values().flatten().chain(&self.changeable).chain(self.notices.values());
        for id in needed {
            self.form(id).ok_or_else(|| format!("there is no form {id}"))?;
        }
        for form in &self.forms {
            let plain = |name: &str| {
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            };
            if !plain(&form.id.0) || self.forms.iter().filter(|other| other.id == form.id).count() > 1 {
                return Err(format!("the name {} is there twice, or isn't of letters, digits, - and _", form.id));
            }
            if form.fields.is_empty() {
                return Err(format!("{} has no field", form.id));
            }
            for field in &form.fields {
                let twice = form.fields.iter().filter(|other| other.name == field.name).count() > 1;
                let chosen = matches!(field.kind, Kind::Choice | Kind::Choices);
                if twice || !plain(&field.name) || field.min > field.max || chosen == field.options.is_empty() {
                    return Err(format!("the field {} of {} makes no sense", field.name, form.id));
                }
            }
        }
        for kind in [NoticeKind::Suspend, NoticeKind::Resume, NoticeKind::Terminate] {
            let form = self.notices.get(&kind).and_then(|id| self.form(id));
            let date = form.and_then(|form| form.field(PLANNED));
            if !date.is_some_and(|field| field.kind == Kind::Date && field.required) {
                return Err(format!("a notice needs a form with the date {PLANNED}"));
            }
        }
        for (sheet, fields) in SHEETS {
            let form = self.form(&FormId::new(sheet)).ok_or_else(|| format!("there is no form {sheet}"))?;
            if let Some(name) = fields.iter().find(|name| form.field(name).is_none()) {
                return Err(format!("{sheet} lacks the field {name}"));
            }
        }
        if !(0..=365).contains(&self.notice_days) {
            return Err("notice_days is a number from 0 to 365".to_owned());
        }
        Ok(())
    }

    /// Which version of the document it is.
    pub(crate) fn revision(&self) -> &str {
        &self.revision
    }

    /// How many days lie at least between a notice and what it announces.
    pub(crate) fn notice_days(&self) -> i32 {
        self.notice_days
    }

    /// What an applicant must be or have.
    pub(crate) fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// What the approval of an application is called.
    pub(crate) fn consent(&self) -> &Text {
        &self.consent
    }

    /// A form by its name.
    pub(crate) fn form(&self, id: &FormId) -> Option<&Form> {
        self.forms.iter().find(|form| form.id == *id)
    }

    /// All forms, in their order.
    pub(crate) fn forms(&self) -> &[Form] {
        &self.forms
    }

    /// What must be filed in a phase.
    pub(crate) fn needs(&self, phase: Phase) -> &[FormId] {
        self.needs.get(&phase).map_or(&[], Vec::as_slice)
    }

    /// What may be revised in a change.
    pub(crate) fn changeable(&self) -> &[FormId] {
        &self.changeable
    }

    /// Whether a phase takes a form.
    pub(crate) fn wants(&self, phase: Phase, form: &FormId) -> Option<Wants> {
        if self.needs(phase).contains(form) {
            Some(Wants::Must)
        } else if phase == Phase::Changing && self.changeable.contains(form) {
            Some(Wants::May)
        } else {
            None
        }
    }

    /// The form of a notice.
    pub(crate) fn notice(&self, kind: NoticeKind) -> Option<&FormId> {
        self.notices.get(&kind)
    }
}
