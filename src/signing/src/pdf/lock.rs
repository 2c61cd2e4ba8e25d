//! What an earlier signer forbade: certified documents (DocMDP) and fields that lock the document.

use lopdf::{Dictionary, Document, Object};

use super::document::{array, dictionary, entry, name, sub_dictionary};

/// Whether a signature in the document forbids any change, further signatures among them (ISO 32000-2, sections
/// 12.8.2.2 and 12.7.5.5: access permission 1). Permissions 2 and 3 allow to sign.
pub(super) fn forbids_signing(document: &Document) -> bool {
    let certified = document
        .catalog()
        .ok()
        .and_then(|catalog| sub_dictionary(document, catalog, b"Perms"))
        .and_then(|permissions| sub_dictionary(document, permissions, b"DocMDP"))
        .is_some_and(|signature| allows_nothing(document, signature));
    certified
        || document.objects.values().filter_map(|object| object.as_dict().ok()).any(|field| locks(document, field))
}

/// A certification: a signature reference with DocMDP and permission 1. A missing permission is 2.
fn allows_nothing(document: &Document, signature: &Dictionary) -> bool {
    let references = array(document, signature, b"Reference").iter();
    references.filter_map(|reference| dictionary(document, reference)).any(|reference| {
        name(document, reference, b"TransformMethod") == Some(b"DocMDP")
            && sub_dictionary(document, reference, b"TransformParams")
                .is_some_and(|parameters| permission(document, parameters) == Some(1))
    })
}

/// A signature field that is signed and whose lock dictionary has permission 1.
fn locks(document: &Document, field: &Dictionary) -> bool {
    name(document, field, b"FT") == Some(b"Sig")
        && entry(document, field, b"V").is_some()
        && sub_dictionary(document, field, b"Lock").is_some_and(|lock| permission(document, lock) == Some(1))
}

fn permission(document: &Document, parameters: &Dictionary) -> Option<i64> {
    entry(document, parameters, b"P").and_then(|object: &Object| object.as_i64().ok())
}
