//! Every vector of `assets/vectors/documents` gets the verdict that stands in it.
#![expect(clippy::unwrap_used, reason = "a test fails where an unwrap does")]

#[expect(dead_code, reason = "each test takes what it needs of the shared reader")]
mod support;

use std::collections::HashSet;
use std::fs;

use jpki_signing::Error;
use jpki_trust::document::{self, DocumentVerifier, Verdict};
use jpki_trust::{CrlFiles, FixedClock, NotChecked, RevocationChecker};
use support::documents::{DocumentGroup, DocumentVector, documents};

fn verdict(group: &DocumentGroup, vector: &DocumentVector) -> &'static str {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, support::base64(text)).unwrap();
        path
    };
    let content = vector.content.as_ref().map(|content| put("content", content));
    let signatures = match document::read(&put("file", &vector.file), content.as_deref()) {
        Ok(signatures) => signatures,
        Err(Error::Refused(fault)) => return fault.word(),
        Err(error) => unreachable!("{}: {error}", vector.id),
    };
    let roots = group.store(vector);
    let revocation: Box<dyn RevocationChecker> = match &vector.crls {
        Some(crls) => {
            let mut lists = CrlFiles::new();
            crls.iter().for_each(|crl| lists.add(&support::base64(crl), &roots).unwrap());
            Box::new(lists)
        }
        None => Box::new(NotChecked),
    };
    let judged = DocumentVerifier::new(roots, revocation).with_clock(FixedClock(vector.time)).judge(&signatures);
    let refused = judged.signatures.iter().find_map(|signature| match signature.verdict {
        Verdict::Accepted { .. } => None,
        Verdict::Refused(refusal) => Some(refusal.reason()),
    });
    assert_eq!(judged.is_accepted(), refused.is_none(), "{}", vector.id);
    refused.unwrap_or("ok")
}

#[test]
fn every_document_gets_its_verdict() {
    let group = documents();
    let mut wrong = Vec::new();
    for vector in &group.vectors {
        let verdict = verdict(&group, vector);
        if verdict != vector.expected {
            wrong.push(format!("{}: {verdict} instead of {}", vector.id, vector.expected));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let ids: HashSet<_> = group.vectors.iter().map(|vector| &vector.id).collect();
    assert_eq!(ids.len(), group.vectors.len(), "ids are unique");
}
