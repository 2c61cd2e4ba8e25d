//! XML broken at random: nothing panics, and nothing that was changed is taken for what was signed.
#![expect(clippy::unwrap_used, reason = "a test fails where an unwrap does")]

use std::sync::OnceLock;

use jpki_signing::xml::{XmlDraft, signatures};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

#[path = "../src/testing.rs"]
mod testing;

const DOCUMENT: &str = "<a xmlns:n=\"urn:n\"><b n:c=\"d\">text<?e f?></b><![CDATA[g]]></a>";

fn signed() -> &'static str {
    static SIGNED: OnceLock<String> = OnceLock::new();
    SIGNED.get_or_init(|| {
        let mut draft = XmlDraft::enveloped(DOCUMENT.as_bytes().to_vec()).unwrap();
        String::from_utf8(testing::signed(&mut draft)).unwrap()
    })
}

/// What XML is made of, and the parts of a signature as a whole.
fn piece() -> impl Strategy<Value = String> {
    let marks = [
        "<",
        ">",
        "/>",
        "</",
        "<a>",
        "</a>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "&",
        "&#x",
        ";",
        "&amp;",
        "\"",
        "'",
        "=",
        " ",
        "\r\n",
        "\0",
        "xmlns",
        "xmlns:ds=\"urn:n\"",
        ":",
        "xml:id=\"x\"",
        " Id=\"x\"",
        "<!DOCTYPE a [",
        "<!ENTITY b \"c\">",
        "<?xml version=\"1.0\"?>",
        "\u{FEFF}",
        "\u{5BFF}",
        "#",
        "sha1",
        "exc-c14n",
    ];
    let part = any::<(Index, Index)>().prop_map(|(from, length)| {
        let parts: Vec<_> = signed().split_inclusive('>').collect();
        let from = from.index(parts.len());
        parts[from..(from + 1 + length.index(12)).min(parts.len())].concat()
    });
    prop_oneof![select(marks.to_vec()).prop_map(str::to_owned), part]
}

fn changed() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<Index>(), 0..40usize, vec(piece(), 0..3));
    vec(change, 1..4).prop_map(|changes| {
        let mut bytes = signed().as_bytes().to_vec();
        for (at, removed, pieces) in changes {
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..(at + removed).min(bytes.len()), pieces.concat().bytes());
        }
        bytes
    })
}

/// The document without what has no meaning: all that is known of it here are its tags and texts.
fn essence(document: &[u8]) -> String {
    let text = String::from_utf8_lossy(document).replace("\r\n", "\n").replace("<![CDATA[", "").replace("]]>", "");
    let (before, rest) = text.split_once("<ds:Signature").unwrap_or((&text, ""));
    let after = rest.rsplit_once("</ds:Signature>").map_or("", |(_, after)| after);
    format!("{before}{after}").split_whitespace().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_changed_is_refused(bytes in changed()) {
        if signatures(&bytes, None).is_ok() {
            let found = essence(&bytes).replace("<?xmlversion=\"1.0\"?>", "").replace('\u{FEFF}', "");
            prop_assert_eq!(found, essence(DOCUMENT.as_bytes()), "{}", String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn what_can_be_signed_is_read_again(pieces in vec(piece(), 0..12)) {
        let document = format!("<a>{}</a>", pieces.concat());
        if let Ok(mut draft) = XmlDraft::enveloped(document.clone().into_bytes()) {
            let signed = testing::signed(&mut draft);
            prop_assert!(signatures(&signed, None).is_ok(), "{document}");
        }
    }

    #[test]
    fn bytes_of_any_kind_are_read_without_a_panic(bytes in vec(any::<u8>(), 0..200)) {
        prop_assert!(signatures(&bytes, None).is_err());
        prop_assert!(signatures(&bytes, Some(&mut bytes.as_slice())).is_err());
        prop_assert!(XmlDraft::enveloped(bytes).is_err());
    }
}
