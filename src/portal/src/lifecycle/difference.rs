//! What changed between two versions of a form, field by field (5.1: 変更箇所が明瞭に分かるように).

use super::{Content, Form};

/// A field whose value changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) field: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// The fields that changed, in the form's order.
pub(crate) fn difference(form: &Form, before: &Content, after: &Content) -> Vec<Changed> {
    let pairs = form.fields.iter().map(|field| (&field.name, before.get(&field.name), after.get(&field.name)));
    let changed = pairs.filter(|(_, before, after)| before != after);
    changed
        .map(|(field, before, after)| Changed {
            field: field.clone(),
            before: before.to_owned(),
            after: after.to_owned(),
        })
        .collect()
}
