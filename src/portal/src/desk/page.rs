//! The two pages that most of a desk is made of: a form, and a message. And the fields of forms.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::lifecycle::{Content, Form, Kind, Wrong};
use crate::web::{Frame, Lang, show};

/// A field as a page shows it.
#[derive(Debug, Clone, Default)]
pub(crate) struct FieldView {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) hint: Option<String>,
    pub(crate) wrong: Option<String>,
    /// The type of an `input`, or `textarea`, `select`, `agree`.
    pub(crate) input: &'static str,
    pub(crate) autocomplete: &'static str,
    pub(crate) value: String,
    pub(crate) required: bool,
    pub(crate) options: Vec<OptionView>,
}

/// Something that can be chosen.
#[derive(Debug, Clone)]
pub(crate) struct OptionView {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

impl FieldView {
    /// A field that must be filled in.
    pub(crate) fn new(name: &str, input: &'static str, label: &str, value: &str) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            input,
            autocomplete: "off",
            value: value.to_owned(),
            required: true,
            ..Self::default()
        }
    }

    /// What a browser may fill in by itself.
    #[must_use]
    pub(crate) fn autocomplete(mut self, what: &'static str) -> Self {
        self.autocomplete = what;
        self
    }

    /// A sentence above the field.
    #[must_use]
    pub(crate) fn hint(mut self, hint: &str) -> Self {
        self.hint = Some(hint.to_owned());
        self
    }

    /// What is wrong with the value.
    #[must_use]
    pub(crate) fn wrong(mut self, wrong: Option<&str>) -> Self {
        self.wrong = wrong.map(str::to_owned);
        self
    }

    /// What can be chosen.
    #[must_use]
    pub(crate) fn options<'a>(mut self, options: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let option = |(value, label): (&str, &str)| OptionView {
            value: value.to_owned(),
            label: label.to_owned(),
            chosen: value == self.value,
        };
        self.options = options.into_iter().map(option).collect();
        self
    }

    /// Whether it is a group of boxes.
    pub(crate) fn is_group(&self) -> bool {
        matches!(self.input, "checkbox" | "radio")
    }

    /// Whether sentences belong to it.
    pub(crate) fn is_described(&self) -> bool {
        self.hint.is_some() || self.wrong.is_some()
    }

    /// Their names.
    pub(crate) fn described(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let wrong = self.wrong.as_ref().map(|_| format!("{}-wrong", self.name));
        hint.into_iter().chain(wrong).collect::<Vec<_>>().join(" ")
    }
}

/// The fields of a guideline's form, with what was filled in and what is wrong with it.
pub(crate) fn fields(form: &Form, content: &Content, wrong: &[(String, Wrong)], l: &Lang) -> Vec<FieldView> {
    let view = |field: &crate::lifecycle::Field| {
        let options = field.options.iter().map(|option| OptionView {
            value: option.value.clone(),
            label: option.label.of(l).to_owned(),
            chosen: content.has(&field.name, &option.value),
        });
        FieldView {
            name: field.name.clone(),
            label: field.label.of(l).to_owned(),
            hint: field.hint.as_ref().map(|hint| hint.of(l).to_owned()),
            wrong: wrong.iter().find(|(name, _)| *name == field.name).map(|(_, wrong)| wrong.text(l)),
            input: match field.kind {
                Kind::Agree => "agree",
                Kind::Choices => "checkbox",
                Kind::Choice => "select",
                kind if kind.is_long() => "textarea",
                kind => kind.input(),
            },
            autocomplete: "off",
            value: content.get(&field.name).to_owned(),
            required: field.required,
            options: options.collect(),
        }
    };
    form.fields.iter().map(view).collect()
}

/// Whether something is wrong with a field.
pub(crate) fn any_wrong(fields: &[FieldView]) -> bool {
    fields.iter().any(|field| field.wrong.is_some())
}

/// A page with a form.
#[derive(Template)]
#[template(path = "desk/form.html")]
pub(crate) struct FormPage {
    pub(crate) l: Lang,
    pub(crate) frame: Frame,
    pub(crate) heading: String,
    pub(crate) lead: String,
    /// What is wrong with the whole.
    pub(crate) fault: Option<String>,
    pub(crate) fields: Vec<FieldView>,
    pub(crate) action: String,
    pub(crate) button: String,
    pub(crate) links: Vec<(String, String)>,
}

impl FormPage {
    /// The answer: 200, or 422 where something is wrong.
    pub(crate) fn show(&self) -> Response {
        let is_wrong = self.fault.is_some() || any_wrong(&self.fields);
        show(if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, self)
    }
}

#[derive(Template)]
#[template(path = "desk/message.html")]
struct MessagePage {
    l: Lang,
    frame: Frame,
    heading: String,
    text: String,
    links: Vec<(String, String)>,
}

/// A page that says something.
pub(crate) fn message(frame: Frame, status: StatusCode, heading: &str, text: &str, link: (&str, &str)) -> Response {
    let links = vec![(link.0.to_owned(), link.1.to_owned())];
    show(status, &MessagePage { l: frame.l, frame, heading: heading.to_owned(), text: text.to_owned(), links })
}

/// The page for who tried too often.
pub(crate) fn too_often(frame: Frame) -> Response {
    let (heading, text) = (
        frame.l.t("しばらく時間をおいてください", "Please wait a while"),
        frame.l.t(
            "短い時間に何度も試されたため、受付を止めています。15分ほどしてから、もう一度お試しください。",
            "There were too many tries in a short time. Try again in about 15 minutes.",
        ),
    );
    let link = ("/", frame.l.t("トップへ", "Top"));
    message(frame, StatusCode::TOO_MANY_REQUESTS, heading, text, link)
}
