//! Whether one revision of a file adds signatures to another and does nothing else.
//!
//! Both revisions' cross-references are compared, so a change is seen however it was brought in; then each object that
//! changed must be one that signing changes, in the one way signing changes it. Everything unknown is refused.

use std::collections::BTreeSet;

use lopdf::xref::XrefEntry;
use lopdf::{Dictionary, Document, Object};

use super::document::{array, entry, name, object, references, same, same_entry, sub_dictionary};
use super::exact::{has_plain_trailers, is_plain};
use super::read::is_signature;

/// Entries of a new field or widget of a signature; no actions, which could run scripts.
const OF_NEW_FIELD: [&[u8]; 28] = [
    b"Type",
    b"Subtype",
    b"FT",
    b"T",
    b"TU",
    b"TM",
    b"V",
    b"F",
    b"Ff",
    b"Rect",
    b"P",
    b"AP",
    b"AS",
    b"MK",
    b"DA",
    b"DR",
    b"Q",
    b"Lock",
    b"SV",
    b"Kids",
    b"Parent",
    b"M",
    b"NM",
    b"BS",
    b"Border",
    b"H",
    b"C",
    b"Contents",
];

/// Entries that appear in an empty signature field when it is signed.
const OF_FILLED_FIELD: [&[u8]; 4] = [b"V", b"AP", b"MK", b"M"];

/// Whether `new` is `old` with further signatures; `update` is where it begins in `bytes`, which end as `new` does.
pub(super) fn only_signs(bytes: &[u8], update: usize, old: &Document, new: &Document) -> bool {
    bytes.get(update..).is_some_and(has_plain_trailers)
        && Comparison::new(bytes, old, new).is_some_and(|comparison| comparison.holds())
}

struct Comparison<'d> {
    bytes: &'d [u8],
    old: &'d Document,
    new: &'d Document,
    /// Numbers of objects that were there and are others now.
    changed: BTreeSet<u32>,
    /// Numbers of objects that were not there.
    added: BTreeSet<u32>,
    /// Numbers of the old revision's pages.
    pages: BTreeSet<u32>,
    /// Numbers of the arrays that list its form's fields and its pages' annotations.
    lists: BTreeSet<u32>,
}

impl<'d> Comparison<'d> {
    /// `None` if an object is gone.
    fn new(bytes: &'d [u8], old: &'d Document, new: &'d Document) -> Option<Self> {
        let in_use = |document: &'d Document, number: u32| {
            document.reference_table.get(number).filter(|entry| entry.is_normal() || entry.is_compressed())
        };
        if old
            .reference_table
            .entries
            .keys()
            .any(|&number| in_use(old, number).is_some() && in_use(new, number).is_none())
        {
            return None;
        }
        let (mut changed, mut added) = (BTreeSet::new(), BTreeSet::new());
        for &number in new.reference_table.entries.keys() {
            match (in_use(old, number), in_use(new, number)) {
                (Some(before), Some(after)) if !same_place(before, after) => changed.insert(number),
                (None, Some(_)) => added.insert(number),
                _ => false,
            };
        }
        let pages = old.page_iter().map(|(page, _)| page).collect();
        Some(Self { bytes, old, new, changed, added, pages, lists: lists(old) })
    }

    fn holds(&self) -> bool {
        self.trailer_is_kept()
            && !self.old_refers_to_added()
            && self.changed.iter().all(|&number| self.is_plain(number) && self.is_allowed(number).unwrap_or(false))
    }

    /// The catalog is the same object, and the document's information says nothing new but when and by what it was
    /// written.
    fn trailer_is_kept(&self) -> bool {
        let (old, new) = (&self.old.trailer, &self.new.trailer);
        let information = same_entry(old, new, b"Info")
            || sub_dictionary(self.new, new, b"Info").is_some_and(|after| {
                is_kept(sub_dictionary(self.old, old, b"Info").unwrap_or(&Dictionary::new()), after, &OF_INFORMATION)
            });
        same_entry(old, new, b"Root") && information
    }

    /// A reference that led nowhere in the old revision must not lead somewhere now.
    fn old_refers_to_added(&self) -> bool {
        let mut referred = BTreeSet::new();
        self.old.objects.values().for_each(|object| references(object, &mut referred));
        self.old.trailer.iter().for_each(|(_, object)| references(object, &mut referred));
        !self.added.is_disjoint(&referred)
    }

    fn is_allowed(&self, number: u32) -> Option<bool> {
        let before = object(self.old, number)?;
        let after = object(self.new, number)?;
        // The contents of streams are not compared, so none may be written anew.
        if matches!(before, Object::Stream(_)) || matches!(after, Object::Stream(_)) {
            return Some(false);
        }
        if same(before, after) {
            return Some(true);
        }
        if let (Ok(before), Ok(after)) = (before.as_array(), after.as_array()) {
            return Some(self.lists.contains(&number) && self.lists_more(before, after));
        }
        let (before, after) = (before.as_dict().ok()?, after.as_dict().ok()?);
        Some(if self.is_trailer_s(b"Root", number) {
            is_kept(before, after, &[b"AcroForm", b"Version", b"Extensions"]) && self.form_is_kept(before, after)
        } else if self.is_form(number) {
            self.is_form_kept(before, after)
        } else if self.is_trailer_s(b"Info", number) {
            is_kept(before, after, &OF_INFORMATION)
        } else if self.pages.contains(&number) {
            is_kept(before, after, &[b"Annots"]) && self.list_is_kept(before, after, b"Annots")
        } else {
            self.is_filled_field(before, after)
        })
    }

    fn is_trailer_s(&self, key: &[u8], number: u32) -> bool {
        self.old.trailer.get(key).and_then(Object::as_reference).is_ok_and(|(root, _)| root == number)
    }

    fn is_form(&self, number: u32) -> bool {
        let form = self.old.catalog().and_then(|catalog| catalog.get(b"AcroForm")).and_then(Object::as_reference);
        form.is_ok_and(|(form, _)| form == number)
    }

    fn form_is_kept(&self, before: &Dictionary, after: &Dictionary) -> bool {
        if same_entry(before, after, b"AcroForm") {
            return true;
        }
        let Some(after) = sub_dictionary(self.new, after, b"AcroForm") else { return false };
        self.is_form_kept(sub_dictionary(self.old, before, b"AcroForm").unwrap_or(&Dictionary::new()), after)
    }

    fn is_form_kept(&self, before: &Dictionary, after: &Dictionary) -> bool {
        let flags = |document, form| entry(document, form, b"SigFlags").and_then(|flags| flags.as_i64().ok());
        let (flags_before, flags_after) = (flags(self.old, before).unwrap_or(0), flags(self.new, after).unwrap_or(0));
        is_kept(before, after, &[b"Fields", b"SigFlags"])
            && flags_before & !flags_after == 0
            && self.list_is_kept(before, after, b"Fields")
    }

    fn list_is_kept(&self, before: &Dictionary, after: &Dictionary, key: &[u8]) -> bool {
        same_entry(before, after, key) || self.lists_more(array(self.old, before, key), array(self.new, after, key))
    }

    /// The same elements, and after them signatures that are new.
    fn lists_more(&self, before: &[Object], after: &[Object]) -> bool {
        after.split_at_checked(before.len()).is_some_and(|(kept, more)| {
            kept.iter().zip(before).all(|(kept, before)| same(kept, before))
                && more.iter().all(|element| self.is_new_signature(element).unwrap_or(false))
        })
    }

    /// A new field with a new signature, or a widget of one.
    fn is_new_signature(&self, element: &Object) -> Option<bool> {
        let dictionary = self.added_dictionary(element)?;
        let is_plain =
            |dictionary: &Dictionary| dictionary.iter().all(|(key, _)| OF_NEW_FIELD.contains(&key.as_slice()));
        let field = match dictionary.get(b"Parent") {
            Ok(parent) => self.added_dictionary(parent)?,
            Err(_) => dictionary,
        };
        Some(
            is_plain(dictionary)
                && is_plain(field)
                && name(self.new, field, b"FT") == Some(b"Sig")
                && self.is_new_value(field)?,
        )
    }

    fn added_dictionary(&self, element: &Object) -> Option<&'d Dictionary> {
        let id @ (number, _) = element.as_reference().ok()?;
        self.new.get_dictionary(id).ok().filter(|_| self.added.contains(&number) && self.is_plain(number))
    }

    fn is_plain(&self, number: u32) -> bool {
        is_plain(self.bytes, self.new, number)
    }

    fn is_new_value(&self, field: &Dictionary) -> Option<bool> {
        let value = self.added_dictionary(field.get(b"V").ok()?)?;
        Some(is_signature(self.new, value))
    }

    /// An empty signature field that was signed.
    fn is_filled_field(&self, before: &Dictionary, after: &Dictionary) -> bool {
        name(self.old, before, b"FT") == Some(b"Sig")
            && entry(self.old, before, b"V").is_none()
            && is_kept(before, after, &OF_FILLED_FIELD)
            && self.is_new_value(after).unwrap_or(false)
    }
}

/// The arrays apart from what they belong to: the form's fields and the pages' annotations.
fn lists(document: &Document) -> BTreeSet<u32> {
    let form = document.catalog().ok().and_then(|catalog| sub_dictionary(document, catalog, b"AcroForm"));
    let fields = form.and_then(|form| form.get(b"Fields").ok());
    let annotations = document.page_iter().filter_map(|page| document.get_dictionary(page).ok()?.get(b"Annots").ok());
    fields.into_iter().chain(annotations).filter_map(|list| Some(list.as_reference().ok()?.0)).collect()
}

/// Entries of the document information that say when and by what it was written.
const OF_INFORMATION: [&[u8]; 2] = [b"ModDate", b"Producer"];

fn same_place(before: &XrefEntry, after: &XrefEntry) -> bool {
    use XrefEntry::{Compressed, Normal};
    match (before, after) {
        (Normal { offset, generation }, Normal { offset: at, generation: of }) => offset == at && generation == of,
        (Compressed { container, index }, Compressed { container: within, index: at }) => {
            container == within && index == at
        }
        _ => false,
    }
}

/// The same entries under every key but these.
fn is_kept(before: &Dictionary, after: &Dictionary, but: &[&[u8]]) -> bool {
    let rest = |dictionary: &Dictionary| -> BTreeSet<Vec<u8>> {
        dictionary.iter().map(|(key, _)| key.clone()).filter(|key| !but.contains(&key.as_slice())).collect()
    };
    let keys = rest(before);
    keys == rest(after) && keys.iter().all(|key| same_entry(before, after, key))
}
